"""What is right in an answer, and what is said of what is not."""

import ipaddress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantix_tui.cluster.secret import Secret
from quantix_tui.cluster.token import RegistrationToken
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.netconfig.wanted import device_name
from quantix_tui.setup.answers import (
    AdministratorAnswers,
    Answers,
    ClusterAnswers,
    Ipv4Answers,
    Ipv4Method,
    Ipv6Answers,
    Ipv6Method,
    NameAnswers,
    NetworkAnswers,
    TimeAnswers,
)
from quantix_tui.setup.checking import Ground, faults
from quantix_tui.setup.ground import read_ground
from quantix_tui.setup.names import domain_problem, hostname_problem
from quantix_tui.setup.network_rules import address_problem, dns_problem, gateway_problem, vlan_problem
from quantix_tui.setup.time_rules import time_server_problem, timezone_problem
from tests.host.files.trees import put

HASH = Secret("$6$saltsalt$" + "a" * 86)
YESCRYPT = "$y$j9T$saltsaltsaltsaltsalt$" + "a" * 43


@pytest.mark.parametrize("name", ["node1", "a", "N1", "node-1.example.com", "4you", "x" * 63, "10.node"])
def test_names_that_a_machine_can_have(name: str) -> None:
    assert hostname_problem(name) == ""


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "empty"),
        ("node 1", "a space"),
        ("node_1", "an underscore"),
        ("nöde", "'ö'"),
        ("-node", "hyphen"),
        ("node-", "hyphen"),
        ("node-.example", "hyphen"),
        ("a..b", "dot too many"),
        (".a", "dot too many"),
        ("a.", "dot too many"),
        ("x" * 64, "63"),
        ("x.y" * 30, "64 are the most"),
        ("localhost", "every machine's"),
        ("LOCALHOST.localdomain", "every machine's"),
        ("12345", "digits alone"),
        ("10.20.0.17", "digits alone"),
        ("node\n", "a space"),
        ("node\x1b[2J", "'?'"),
    ],
)
def test_names_that_it_cannot(name: str, said: str) -> None:
    problem = hostname_problem(name)
    assert said in problem
    assert "\x1b" not in problem
    assert "node1" in problem or "Put a letter" in problem


@settings(deadline=None)
@given(st.text(max_size=70))
def test_a_name_is_taken_only_if_it_can_stand_in_every_file(name: str) -> None:
    if not hostname_problem(name):
        assert name.isascii()
        assert not set(name) & set(" \t\r\n#=\"'\\/:;")
        assert not domain_problem(name)


@pytest.mark.parametrize(
    ("address", "version", "said"),
    [
        ("10.20.0.17/24", 4, ""),
        ("10.20.0.16/31", 4, ""),
        ("10.20.0.17/32", 4, ""),
        ("2001:db8::17/64", 6, ""),
        ("fd00::1/8", 6, ""),
        ("", 4, "10.20.0.17/24"),
        ("10.20.0.17", 4, "prefix is missing"),
        ("10.20.0.300/24", 4, "no IPv4 address"),
        ("10.20.0.17/33", 4, "no IPv4 address"),
        ("10.20.0.0/24", 4, "the network itself"),
        ("10.20.0.255/24", 4, "broadcast"),
        ("127.0.0.1/8", 4, "others could reach"),
        ("224.0.0.1/24", 4, "others could reach"),
        ("255.255.255.255/32", 4, "others could reach"),
        ("169.254.3.4/16", 4, "own cable"),
        ("fe80::1/64", 6, "own cable"),
        ("10.20.0.17/0", 4, "whole world"),
        ("2001:db8::17/64", 4, "an IPv6 address"),
        ("10.0.0.1/24\nGateway=1.2.3.4", 4, "no IPv4 address"),
    ],
)
def test_addresses(address: str, version: int, said: str) -> None:
    problem = address_problem(address, version)
    assert (said in problem) if said else problem == ""


@pytest.mark.parametrize(
    ("gateway", "address", "version", "said"),
    [
        ("", "10.20.0.17/24", 4, ""),
        ("10.20.0.1", "10.20.0.17/24", 4, ""),
        ("10.20.0.16", "10.20.0.17/31", 4, ""),
        ("fe80::1", "2001:db8::17/64", 6, ""),
        ("2001:db8::1", "2001:db8::17/64", 6, ""),
        ("10.21.0.1", "10.20.0.17/24", 4, "not in this node's network 10.20.0.0/24"),
        ("10.20.0.17", "10.20.0.17/24", 4, "own address"),
        ("10.20.0.0", "10.20.0.17/24", 4, "network itself"),
        ("10.20.0.255", "10.20.0.17/24", 4, "broadcast"),
        ("router", "10.20.0.17/24", 4, "no IPv4 address"),
        ("2001:db8::1", "10.20.0.17/24", 4, "no IPv4 address"),
        ("fe80::1%eno1", "2001:db8::17/64", 6, "no IPv6 address"),
    ],
)
def test_gateways(gateway: str, address: str, version: int, said: str) -> None:
    problem = gateway_problem(gateway, address, version)
    assert (said in problem) if said else problem == ""


@settings(deadline=None)
@given(st.ip_addresses(v=4), st.integers(1, 30), st.ip_addresses(v=4))
def test_a_gateway_is_taken_only_within_the_network(
    own: ipaddress.IPv4Address, prefix: int, gateway: ipaddress.IPv4Address
) -> None:
    network = ipaddress.ip_interface(f"{own}/{prefix}").network
    right = gateway in network and gateway != own and gateway not in (network[0], network[-1])
    assert (gateway_problem(str(gateway), f"{own}/{prefix}", 4) == "") == right


def test_the_rest_of_the_network() -> None:
    assert [vlan_problem(number) == "" for number in (-1, 0, 1, 4094, 4095)] == [False, False, True, True, False]
    assert dns_problem("10.20.0.2") == dns_problem("2001:db8::53") == ""
    assert "named by its address" in dns_problem("dns.example.com")
    assert "machine" in dns_problem("0.0.0.0")
    wrong = NetworkAnswers(
        interface="eno1",
        ipv4=Ipv4Answers(method=Ipv4Method.STATIC, address="10.0.0.2/24", gateway="10.0.1.1"),
        ipv6=Ipv6Answers(address="2001:db8::2/64"),
        dns=("10.0.0.2", "1.1.1.1", "1.1.1.1"),
        search=("a.example", "A.example", "b c"),
    )
    assert [fault.field for fault in faults(Answers(network=wrong))] == [
        "network.ipv4.gateway",
        "network.ipv6.address",
        "network.dns[0]",
        "network.dns[2]",
        "network.search[1]",
        "network.search[2]",
    ]
    off = NetworkAnswers(
        interface="eno1", ipv4=Ipv4Answers(method=Ipv4Method.OFF), ipv6=Ipv6Answers(method=Ipv6Method.OFF)
    )
    assert "nobody could reach" in str(faults(Answers(network=off))[0])


def test_what_is_held_against_a_network_on_a_machine_that_is_known() -> None:
    ground = Ground(interfaces={"eno1": True, "eno2": False}, addresses=(("eno2", "10.0.0.2"), ("eno1.7", "10.0.0.9")))

    def said(**more: object) -> str:
        static = {"method": "static", "address": "10.0.0.2/24"}
        answers = Answers.model_validate({"network": {"interface": "eno1", "ipv4": static, **more}})
        return " ".join(map(str, faults(answers, ground)))

    assert "already this machine's address on eno2" in said()
    assert said(interface="eno2") == ""
    assert "It has: eno1, eno2" in said(interface="eth7")
    assert said(vlan=7, ipv4={"method": "static", "address": "10.0.0.9/24"}) == ""
    assert device_name("eno1", 7) == "eno1.7"
    assert device_name("enp129s0f0np0", 4094) == "vlan4094"


def test_times() -> None:
    zones = {"Europe/Berlin", "UTC"}
    assert timezone_problem("Europe/Berlin", zones) == ""
    assert timezone_problem("Mars/Phobos", None) == ""
    assert "Did you mean Europe/Berlin?" in timezone_problem("Europe/berlin", zones)
    assert "no name of a timezone" in timezone_problem("../../etc/shadow", None)
    assert "No timezone" in timezone_problem("", zones)
    assert time_server_problem("time.example.com") == time_server_problem("10.0.0.3") == ""
    assert time_server_problem("2001:db8::3") == ""
    assert "no address" in time_server_problem("10.0.0.300")
    assert "neither" in time_server_problem("time server")
    twice = TimeAnswers(timezone="UTC", ntp=("a.example", "A.EXAMPLE"))
    assert [fault.field for fault in faults(Answers(time=twice))] == ["time.ntp[1]"]


@pytest.mark.parametrize(
    ("administrator", "said"),
    [
        (AdministratorAnswers(password=Secret("correct horse")), ""),
        (AdministratorAnswers(password_hash=HASH), ""),
        (AdministratorAnswers(), "no password for root"),
        (AdministratorAnswers(user="root:x", password=Secret("correct horse")), "no name of a user"),
        (AdministratorAnswers(user="bob", password=Secret("correct horse")), "no user of that name"),
        (AdministratorAnswers(password=Secret("seven77")), "7 so far"),
        (AdministratorAnswers(password=Secret("correct\nhorse")), "control character"),
        (AdministratorAnswers(password=Secret("ü" * 256)), "longer than the 511 bytes"),
        (AdministratorAnswers(password_hash=Secret("rBfGpxhlQzQUs")), "strong enough"),
        (AdministratorAnswers(password_hash=Secret(HASH.reveal() + "\nroot2:")), "strong enough"),
        (AdministratorAnswers(password_hash=Secret(HASH.reveal()[:-1])), "not whole"),
        (AdministratorAnswers(password_hash=Secret(HASH.reveal() + "a")), "not whole"),
        (AdministratorAnswers(password_hash=Secret("$6$" + "a" * 86)), "not whole"),
        (AdministratorAnswers(password_hash=Secret("$6$rounds=5000$saltsalt$" + "a" * 86)), ""),
        (AdministratorAnswers(password_hash=Secret("$5$saltsalt$" + "a" * 43)), ""),
        (AdministratorAnswers(password_hash=Secret("$2b$12$" + "a" * 53)), ""),
        (AdministratorAnswers(password_hash=Secret(YESCRYPT)), ""),
        (AdministratorAnswers(password_hash=Secret("$7$CU..../....saltsaltsalt$" + "a" * 43)), ""),
        (AdministratorAnswers(password=Secret("correct horse"), password_hash=HASH), "both given"),
    ],
)
def test_administrators(administrator: AdministratorAnswers, said: str) -> None:
    problem = " ".join(map(str, faults(Answers(administrator=administrator), Ground(users=frozenset({"root"})))))
    assert (said in problem) if said else problem == ""
    for secret in (administrator.password, administrator.password_hash):
        assert secret is None or secret.reveal() not in problem


def test_a_hash_that_the_machine_cannot_check_lets_nobody_in(tmp_path: Path) -> None:
    put(tmp_path, "/lib/ld-musl-x86_64.so.1", "")
    put(tmp_path, "/etc/passwd", "root:x:0:0::/root:/bin/sh\n")
    ground = read_ground(Tree(str(tmp_path)))
    answers = Answers(administrator=AdministratorAnswers(password_hash=Secret(YESCRYPT)))
    (fault,) = faults(answers, ground)
    assert str(fault) == (
        "This machine cannot check a hash of this kind (yescrypt): nobody could log in. "
        "Make one with: mkpasswd -m sha-512, or openssl passwd -6."
    )
    assert faults(Answers(administrator=AdministratorAnswers(password_hash=HASH)), ground) == ()
    # Of what is not known nothing is said.
    assert faults(answers, Ground()) == ()


@pytest.mark.parametrize("shell", ["/usr/sbin/nologin", "/bin/false"])
def test_an_administrator_whom_no_password_lets_in(shell: str, tmp_path: Path) -> None:
    put(tmp_path, "/etc/passwd", f"root:x:0:0::/root:/bin/sh\nbin:x:2:2::/bin:{shell}\nold:x:9:9::/:/bin/sh\n")
    put(tmp_path, "/etc/shadow", "root:*:19000:0:99999:7:::\nbin:*:1::::::\nold:*:19000:0:99999:7::19001:\n")
    ground = read_ground(Tree(str(tmp_path)))
    assert set(ground.barred) == {"bin", "old"}
    for user, why in (("bin", shell), ("old", "has expired"), ("root", "")):
        administrator = AdministratorAnswers(user=user, password=Secret("correct horse battery"))
        (*found,) = faults(Answers(administrator=administrator), ground)
        assert [why in str(fault) for fault in found] == ([True] if why else [])


def test_a_port_of_a_bridge_is_no_management_interface() -> None:
    ground = Ground(interfaces={"eno1": True, "br0": True}, ports={"eno1": "br0"})
    found = faults(Answers(network=NetworkAnswers(interface="eno1")), ground)
    assert [fault.place for fault in found] == [("network", "interface")]
    assert "br0" in str(found[0])
    assert not faults(Answers(network=NetworkAnswers(interface="br0")), ground)


def test_clusters() -> None:
    token = RegistrationToken("QUANTIX-AAAA-BBBB")
    right = ClusterAnswers(address="vdc.example.com", token=token)
    assert faults(Answers(cluster=right)) == ()
    assert faults(Answers(cluster=ClusterAnswers())) == ()

    def fields(cluster: ClusterAnswers, ground: Ground | None = None) -> list[str]:
        return [fault.field for fault in faults(Answers(cluster=cluster), ground)]

    assert fields(ClusterAnswers(token=token)) == ["cluster.token"]
    assert fields(ClusterAnswers(address="ftp://x", token=token)) == ["cluster.address"]
    assert fields(ClusterAnswers(address="vdc", pin="sha256:12", token=token)) == ["cluster.pin"]
    assert fields(ClusterAnswers(address="vdc", pin="0" * 64, ca_file="/a", token=token)) == ["cluster.pin"]
    assert fields(ClusterAnswers(address="vdc", ca_file="a", token=token)) == ["cluster.ca_file"]
    assert fields(ClusterAnswers(address="vdc")) == ["cluster.token"]
    assert fields(ClusterAnswers(address="vdc"), Ground(done=frozenset({"cluster"}))) == []


def test_a_name_among_the_answers() -> None:
    assert [fault.field for fault in faults(Answers(name=NameAnswers(hostname="a b")))] == ["name.hostname"]


@settings(deadline=None)
@given(st.text(max_size=30), st.text(max_size=30))
def test_no_secret_is_ever_dumped(password: str, token: str) -> None:
    marked = f"<<{password}>>", f"<<{token}>>"
    answers = Answers(
        administrator=AdministratorAnswers(password=Secret(marked[0]), password_hash=Secret(marked[0])),
        cluster=ClusterAnswers(address="vdc", token=RegistrationToken(marked[1])),
    )
    told = f"{answers!r} {answers} {answers.model_dump()} {answers.model_dump_json()} {faults(answers)}"
    assert "<<" not in told
    assert Answers.model_validate_json(answers.model_dump_json()).cluster == ClusterAnswers(address="vdc")
