"""Samples are from real machines: a Dell server with two default routes, a node with IPv6 only, a plain VM."""

import os
import subprocess
import sys
from pathlib import Path
from struct import pack

from quantix_tui.host.addresses import (
    default_route,
    in_order,
    interface_addresses,
    management_address,
    name_servers,
    parse_addresses,
    parse_ipv6_route,
    parse_resolv_conf,
    parse_route,
)

ROUTE = """\
Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eno2\t00000000\t0100000A\t0003\t0\t0\t200\t00000000\t0\t0\t0
eno1\t00000000\t0100140A\t0003\t0\t0\t100\t00000000\t0\t0\t0
eno1\t0000140A\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
blackhole\t00000000\t00000000\t0200\t0\t0\t0\t00000000\t0\t0\t0
"""
NONE = "0" * 32
IPV6_ROUTE = "\n".join(
    f"{to} {bits} {NONE} 00 {via} {metric} 00000001 00000000 {flags}     {name}"
    for to, bits, via, metric, flags, name in [
        ("20010db8000000000000000000000000", "40", NONE, "00000100", "00000001", "eno1"),
        (NONE, "00", "fe80000000000000021122fffe334455", "00000400", "00000003", "eno1"),
        (NONE, "00", NONE, "ffffffff", "00200200", "lo"),
    ]
)


def test_the_default_route_with_the_lowest_metric_counts() -> None:
    assert parse_route(ROUTE) == ("eno1", "10.20.0.1")


def test_a_default_route_straight_onto_the_link_has_no_gateway() -> None:
    assert parse_route("head\nppp0 00000000 00000000 0001 0 0 0 00000000 0 0 0\n") == ("ppp0", None)


def test_without_a_default_route_there_is_none() -> None:
    assert parse_route("head\neth0 000200C0 00000000 0001 0 0 0 00FFFFFF 0 0 0\n") is None
    assert parse_route("") is None
    assert parse_route("head\nshort line\neth0 zz zz zz 0 0 zz zz\n") is None


def test_the_ipv6_default_route_leaves_out_the_unreachable_one() -> None:
    assert parse_ipv6_route(IPV6_ROUTE) == ("eno1", "fe80::211:22ff:fe33:4455")
    assert parse_ipv6_route("nonsense\n") is None


def test_ipv6_routes_are_looked_at_where_there_is_no_ipv4_one(tmp_path: Path) -> None:
    (tmp_path / "proc/net").mkdir(parents=True)
    (tmp_path / "proc/net/route").write_text("Iface\tDestination\n")
    (tmp_path / "proc/net/ipv6_route").write_text(IPV6_ROUTE)
    assert default_route(str(tmp_path)) == ("eno1", "fe80::211:22ff:fe33:4455")


def test_name_servers_in_their_order_each_once() -> None:
    text = "# by dhcp\nsearch example.com\nnameserver 10.20.0.2\nnameserver\t10.20.0.3 \nnameserver 10.20.0.2\n"
    text += "nameserver\n"
    assert parse_resolv_conf(text) == ["10.20.0.2", "10.20.0.3"]
    assert parse_resolv_conf("nameserver 2001:db8::53\n" * 3) == ["2001:db8::53"]


def test_the_servers_behind_systemd_resolved_are_shown(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/resolv.conf").write_text("nameserver 127.0.0.53\noptions edns0\n")
    assert name_servers(str(tmp_path)) == ["127.0.0.53"]
    (tmp_path / "run/systemd/resolve").mkdir(parents=True)
    (tmp_path / "run/systemd/resolve/resolv.conf").write_text("nameserver 10.0.0.2\n")
    assert name_servers(str(tmp_path)) == ["10.0.0.2"]


def test_no_resolv_conf_means_no_name_servers(tmp_path: Path) -> None:
    assert name_servers(str(tmp_path)) == []


def newaddr(family: int, prefix: int, flags: int, scope: int, index: int, *attributes: tuple[int, bytes]) -> bytes:
    body = pack("=BBBBI", family, prefix, flags, scope, index)
    for kind, value in attributes:
        body += pack("=HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)
    return pack("=IHHII", 16 + len(body), 20, 2, 1, 0) + body


def test_addresses_are_read_from_a_netlink_dump() -> None:
    ours, theirs = bytes([10, 8, 0, 2]), bytes([10, 8, 0, 1])
    v6 = bytes.fromhex("20010db8000000000000000000000017")
    dump = (
        newaddr(2, 8, 0x80, 254, 1, (1, bytes([127, 0, 0, 1])), (2, bytes([127, 0, 0, 1])), (3, b"lo\0"))
        # Point to point: attribute 1 is the other end, attribute 2 is this one.
        + newaddr(2, 32, 0x80, 0, 7, (1, theirs), (2, ours))
        + newaddr(10, 64, 0x80, 0, 2, (1, v6))
        # Another machine has this address already (duplicate address detection failed): it is not ours.
        + newaddr(10, 64, 0x08, 0, 2, (1, v6[:-1] + b"\x18"))
        + pack("=IHHII", 20, 3, 2, 1, 0)
        + bytes(4)
    )
    assert parse_addresses(dump) == [
        (1, "127.0.0.1", 8, 254),
        (7, "10.8.0.2", 32, 0),
        (2, "2001:db8::17", 64, 0),
    ]


def test_a_broken_dump_ends_the_reading() -> None:
    whole = newaddr(2, 24, 0, 0, 2, (2, bytes([10, 0, 0, 1])))
    assert parse_addresses(whole + pack("=IHHII", 3, 20, 0, 0, 0)) == [(2, "10.0.0.1", 24, 0)]
    assert parse_addresses(whole[:10]) == []
    assert parse_addresses(newaddr(2, 24, 0, 0, 2, (2, b"\x0a"))) == []


def test_the_interface_of_the_default_route_comes_first_and_link_local_last() -> None:
    found = [
        (1, "127.0.0.1", 8, 254),
        (2, "fe80::1", 64, 253),
        (2, "192.168.1.5", 24, 0),
        (3, "fe80::2", 64, 253),
        (3, "2001:db8::17", 64, 0),
        (3, "10.20.0.17", 24, 0),
        (9, "10.9.9.9", 24, 0),
    ]
    names = {1: "lo", 2: "eno2", 3: "eno1"}
    assert in_order(found, "eno1", names) == [
        ("eno1", "10.20.0.17", 24),
        ("eno1", "2001:db8::17", 64),
        ("eno1", "fe80::2", 64),
        ("eno2", "192.168.1.5", 24),
        ("eno2", "fe80::1", 64),
    ]
    assert in_order(found, None, names)[0] == ("eno2", "192.168.1.5", 24)


def test_a_node_is_managed_at_an_address_that_others_reach() -> None:
    rows = [("eno1", "169.254.3.4", 16), ("eno1", "fe80::1", 64), ("eno1", "2001:db8::17", 64), ("eno2", "10.0.0.1", 8)]
    assert management_address(rows) == "2001:db8::17"
    assert management_address(rows[:2]) is None


def test_this_machine_tells_its_addresses_and_no_loopback() -> None:
    rows = interface_addresses()
    assert all(name != "lo" and 0 <= prefix <= 128 for name, _, prefix in rows)
    assert not any(address in ("127.0.0.1", "::1") for _, address, _ in rows)
    route = default_route()
    if rows and route:
        assert rows[0][0] == route[0]


def test_reading_the_addresses_imports_nothing_heavy() -> None:
    """They stand on the screen before anything else is imported (DESIGN 7)."""
    code = "import sys, quantix_tui.host.addresses as a; a.interface_addresses(); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ, "LC_ALL": "C"}
    )
    heavy = {"socket", "dataclasses", "pathlib", "re", "typing", "asyncio", "psutil", "json", "enum", "ipaddress"}
    before = set(
        subprocess.run(
            [sys.executable, "-c", "import sys; print(*sys.modules)"], capture_output=True, text=True, check=True
        ).stdout.split()
    )
    assert not (set(done.stdout.split()) - before) & heavy
