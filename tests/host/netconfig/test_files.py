"""The files that are written: pictures of them, and parsed back they mean what was meant."""

import configparser
import ipaddress
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings

from quantix_tui.host.files.tree import Tree
from quantix_tui.host.netconfig.ifupdown import Ifupdown
from quantix_tui.host.netconfig.interfaces import stanzas
from quantix_tui.host.netconfig.networkd import PREFIX, Networkd, network_files
from quantix_tui.host.netconfig.networkmanager import PRIORITY, SUFFIX, NetworkManager, keyfiles
from quantix_tui.host.netconfig.wanted import Family, Method, NetworkBackEnd, Wanted
from tests.host.files.trees import put
from tests.host.netconfig.anything import WANTED
from tests.host.netconfig.cases import CASES
from tests.support.golden import compare, told

GOLDEN = Path(__file__).with_name("golden")

DEBIAN = """\
# interfaces(5) file used by ifup(8) and ifdown(8)
source /etc/network/interfaces.d/*

auto lo
iface lo inet loopback

# The primary network interface
allow-hotplug eno1
iface eno1 inet static
    address 10.9.9.9/24
    # the old router
    gateway 10.9.9.1
    dns-nameservers 10.9.9.2 \\
        10.9.9.3

iface eno2 inet manual
"""
ALPINE = "auto lo\niface lo inet loopback\n\nauto eno1\niface eno1 inet dhcp\n\thostname localhost"


def debian(root: Path) -> NetworkBackEnd:
    put(root, "/etc/network/interfaces", DEBIAN)
    put(root, "/etc/network/interfaces.d/more", "auto eno3\niface eno1 inet6 auto\niface eno3 inet dhcp\n")
    put(root, "/etc/dhcp/dhclient.conf")
    put(root, "/etc/resolv.conf", "nameserver 9.9.9.9\noptions edns0\n")
    return Ifupdown(Tree(str(root)))


def alpine(root: Path) -> NetworkBackEnd:
    put(root, "/etc/network/interfaces", ALPINE)
    put(root, "/usr/share/udhcpc/default.script")
    return Ifupdown(Tree(str(root)))


def networkd(root: Path) -> NetworkBackEnd:
    (root / "etc").mkdir(parents=True)
    (root / "etc/resolv.conf").symlink_to("../run/systemd/resolve/stub-resolv.conf")
    return Networkd(Tree(str(root)))


def networkmanager(root: Path) -> NetworkBackEnd:
    (root / "etc/NetworkManager").mkdir(parents=True)
    return NetworkManager(Tree(str(root)))


BACK_ENDS = {"debian": debian, "alpine": alpine, "networkd": networkd, "networkmanager": networkmanager}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("back_end", BACK_ENDS)
def test_the_files(back_end: str, case: str, tmp_path: Path) -> None:
    made: Callable[[Path], NetworkBackEnd] = BACK_ENDS[back_end]
    there = made(tmp_path / "machine").work(CASES[case]).there
    assert not there.before
    assert not there.after
    compare(GOLDEN / f"{back_end}-{case}.txt", told(there.changes))


@pytest.mark.parametrize("back_end", BACK_ENDS)
def test_from_one_to_the_next_is_as_from_nothing(back_end: str, tmp_path: Path) -> None:
    """Nothing of an earlier attempt is left: what each case writes does not depend on the one before."""
    made: Callable[[Path], NetworkBackEnd] = BACK_ENDS[back_end]
    tried = made(tmp_path / "tried")
    for wanted in CASES.values():
        tree = Tree(str(tmp_path / "tried"))
        tree.apply(tried.work(wanted).there.changes)
        assert not tried.work(wanted).there.changes
        assert not [
            name for name in tree.names("/etc/systemd/network") if "eno1" in name and wanted.interface != "eno1"
        ]
    fresh = made(tmp_path / "fresh")
    last = list(CASES.values())[-1]
    Tree(str(tmp_path / "fresh")).apply(fresh.work(last).there.changes)
    for path in sorted((tmp_path / "fresh").rglob("*")):
        same = tmp_path / "tried" / path.relative_to(tmp_path / "fresh")
        if path.is_file() and path.name != "resolv.conf":
            assert same.read_bytes() == path.read_bytes(), path


def test_others_files_are_as_before_once_another_interface_is_chosen(tmp_path: Path) -> None:
    back_end = debian(tmp_path)
    tree = Tree(str(tmp_path))
    tree.apply(back_end.work(CASES["fixed"]).there.changes)
    interfaces = tmp_path / "etc/network/interfaces"
    assert interfaces.read_text() != DEBIAN
    tree.apply(back_end.work(Wanted("eno9")).there.changes)
    assert interfaces.read_text() == DEBIAN


def test_what_a_trial_keeps_beside_the_files_is_not_touched(tmp_path: Path) -> None:
    back_end = debian(tmp_path)
    put(tmp_path, "/etc/network/interfaces.d/.quantix-before.more", "iface eno1 inet dhcp\n")
    changes = back_end.work(CASES["fixed"]).there.changes
    assert changes
    assert not [change for change in changes if "quantix-before" in str(change)]


@pytest.mark.parametrize("folder", ["/etc/systemd/network", "/run/systemd/network", "/usr/lib/systemd/network"])
def test_networkd_reads_ours_before_anybody_elses(folder: str, tmp_path: Path) -> None:
    put(tmp_path, f"{folder}/10-netplan-eno1.network", "[Match]\nName=eno1\n")
    back_end, tree = Networkd(Tree(str(tmp_path))), Tree(str(tmp_path))
    tree.apply(back_end.work(CASES["vlan"]).there.changes)
    ours = ["05-quantix-eno1.100.netdev", "05-quantix-eno1.100.network", "05-quantix-eno1.network"]
    assert [name for name in tree.names("/etc/systemd/network") if "quantix" in name] == ours
    for name in ("05-quantix-eno1.network.d/more.conf", "05-quantix.link"):
        put(tmp_path, f"/etc/systemd/network/{name}")
    put(tmp_path, f"{folder}/00-all.network", "[Match]\nName=*\n")
    tree.apply(back_end.work(CASES["fixed"]).there.changes)
    first, *rest = sorted({*tree.names("/etc/systemd/network"), *tree.names(folder)})
    assert first == "+quantix-eno1.network"
    # Neither its earlier names nor anybody else's files are in the way, or taken away.
    others = ["00-all.network", "05-quantix-eno1.network.d", "05-quantix.link", "10-netplan-eno1.network"]
    assert rest == others
    assert not back_end.work(CASES["fixed"]).there.changes


@settings(deadline=None)
@given(WANTED)
def test_networkd_reads_what_was_meant(wanted: Wanted) -> None:
    files = network_files(wanted)
    parsed = _repeated(files[f"{PREFIX}{wanted.device}.network"])
    assert parsed["Match", "Name"] == [wanted.device]
    assert (parsed["Network", "DHCP"] == ["ipv4"]) == (wanted.ipv4.method is Method.AUTOMATIC)
    assert (parsed["Network", "IPv6AcceptRA"] == ["yes"]) == (wanted.ipv6.method is Method.AUTOMATIC)
    assert (parsed["Network", "LinkLocalAddressing"] == ["no"]) == (wanted.ipv6.method is Method.OFF)
    fixed = [family for family in (wanted.ipv4, wanted.ipv6) if family.address]
    assert parsed.get(("Network", "Address"), []) == [str(family.address) for family in fixed]
    assert parsed.get(("Network", "Gateway"), []) == [str(family.gateway) for family in fixed if family.gateway]
    assert parsed.get(("Network", "DNS"), []) == [str(server) for server in wanted.dns]
    assert parsed.get(("Network", "Domains"), []) == ([" ".join(wanted.search)] if wanted.search else [])
    if wanted.vlan is not None:
        netdev = _repeated(files[f"{PREFIX}{wanted.device}.netdev"])
        assert netdev["VLAN", "Id"] == [str(wanted.vlan)]
        assert netdev["NetDev", "Name"] == [wanted.device]
        assert _repeated(files[f"{PREFIX}{wanted.interface}.network"])["Network", "VLAN"] == [wanted.device]


def _repeated(text: str) -> dict[tuple[str, str], list[str]]:
    """systemd.syntax(7): a setting may be given more than once."""
    found: dict[tuple[str, str], list[str]] = {}
    section = ""
    for line in text.splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.setdefault((section, name), []).append(value)
    return found


@settings(deadline=None)
@given(WANTED)
def test_networkmanager_reads_what_was_meant(wanted: Wanted) -> None:
    files = keyfiles(wanted)
    parsed = configparser.ConfigParser(interpolation=None, delimiters=("=",))
    parsed.read_string(files[f"quantix-{wanted.device}{SUFFIX}"])
    assert parsed["connection"]["interface-name"] == wanted.device
    for version, family in ((4, wanted.ipv4), (6, wanted.ipv6)):
        section = parsed[f"ipv{version}"]
        methods = {Method.AUTOMATIC: "auto", Method.FIXED: "manual", Method.OFF: "disabled"}
        assert section["method"] == methods[family.method]
        assert section.get("address1") == _address_and_gateway(family)
        if family.method is not Method.OFF:
            servers = [server for server in section.get("dns", "").split(";") if server]
            assert servers == [str(server) for server in wanted.dns if server.version == version]
    if wanted.vlan is not None:
        assert parsed["vlan"]["parent"] == wanted.interface
        assert parsed["vlan"]["id"] == str(wanted.vlan)


def _address_and_gateway(family: Family) -> str | None:
    if family.address is None:
        return None
    return f"{family.address},{family.gateway}" if family.gateway else str(family.address)


@settings(deadline=None)
@given(WANTED)
def test_ifupdown_reads_what_was_meant(wanted: Wanted) -> None:
    rows = [line.split() for line in stanzas(wanted, (), {}).splitlines() if line.strip()]
    assert [row[1] for row in rows if row[0] == "auto"] == list(wanted.devices)
    found: dict[tuple[str, str], dict[str, str]] = {}
    for row in rows:
        if row[0] == "iface":
            found[row[1], row[2]] = {"method": row[3]}
        elif row[0] != "auto":
            found[list(found)[-1]][row[0]] = " ".join(row[1:])
    ipv4 = found[wanted.device, "inet"]
    assert (
        ipv4["method"] == {Method.AUTOMATIC: "dhcp", Method.FIXED: "static", Method.OFF: "manual"}[wanted.ipv4.method]
    )
    for family, name in ((wanted.ipv4, "inet"), (wanted.ipv6, "inet6")):
        if family.address is not None:
            stanza = found[wanted.device, name]
            assert ipaddress.ip_interface(f"{stanza['address']}/{stanza['netmask']}") == family.address
            assert stanza.get("gateway") == (str(family.gateway) if family.gateway else None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"interface": "eno1\nUp"},
        {"interface": "eno*"},
        {"interface": "-a"},
        {"interface": ""},
        {"interface": "e" * 16},
        {"interface": "eno1", "vlan": 0},
        {"interface": "eno1", "search": ("a b",)},
        {"interface": "eno1", "search": ("a\nDNS=1.2.3.4",)},
    ],
)
def test_nothing_else_gets_into_a_file(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="no n"):
        Wanted(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("case", CASES)
def test_the_real_networkmanager_takes_the_keyfiles(case: str) -> None:
    nmcli = shutil.which("nmcli")
    if nmcli is None:
        pytest.skip("it takes nmcli")
    for text in keyfiles(CASES[case]).values():
        # Reads a keyfile and writes it again as it has understood it.
        command = [nmcli, "--offline", "connection", "modify", "connection.autoconnect-priority", str(PRIORITY)]
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
        assert done.stderr == ""
        meant, understood = (configparser.ConfigParser(interpolation=None, delimiters=("=",)) for _ in range(2))
        meant.read_string(text)
        understood.read_string(done.stdout)
        for section in meant.sections():
            for name, value in meant[section].items():
                # What is its default anyway is left out.
                if (name, value) not in (("may-fail", "true"), ("flags", "1")):
                    assert understood[section][name] == value, (section, name)
