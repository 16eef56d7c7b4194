"""What each state of an interface means."""

from dataclasses import replace
from pathlib import Path

import pytest

from quantix_tui.cluster.checks import Outcome
from quantix_tui.host.network.links import Link, about, bound_to_link, judge, parse_duplicates, read_links

UP = Link("eno1", "3c:ec:ef:12:34:56", True, True, 10_000, None, (("10.20.0.17", 24), ("fe80::1", 64)))


def test_an_interface_that_works_tells_all_about_itself() -> None:
    finding = judge(UP, any_routed=True)
    assert (finding.outcome, finding.learnt) == (
        Outcome.PASS,
        "10.20.0.17/24, fe80::1/64  10 Gb/s  3c:ec:ef:12:34:56",
    )
    assert about(replace(UP, speed_mbps=100)).split("  ")[1] == "100 Mb/s"


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        (replace(UP, up=False, addresses=()), "link_down"),
        (replace(UP, carrier=False, addresses=()), "no_carrier"),
        (replace(UP, addresses=(("fe80::1", 64),)), "no_address"),
    ],
)
def test_what_is_spare_on_a_machine_that_is_reached_is_the_fault_on_one_that_is_not(link: Link, reason: str) -> None:
    assert judge(link, any_routed=True).outcome is Outcome.SKIPPED
    finding = judge(link, any_routed=False)
    assert finding.outcome is Outcome.FAIL
    assert finding.problem is not None
    assert finding.problem.reason == reason
    assert finding.problem.hint


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        (replace(UP, carrier=False), "no_carrier"),
        (replace(UP, addresses=(("169.254.3.4", 16),)), "only_link_local"),
        (replace(UP, duplicates=("2001:db8::17",)), "duplicate_address"),
    ],
)
def test_what_is_wrong_whatever_the_others_do(link: Link, reason: str) -> None:
    finding = judge(link, any_routed=True)
    assert finding.problem is not None
    assert (finding.outcome, finding.problem.reason) == (Outcome.FAIL, reason)


def test_a_port_of_a_bridge_needs_no_address() -> None:
    finding = judge(replace(UP, addresses=(), master="br0"), any_routed=False)
    assert (finding.outcome, finding.learnt[:14]) == (Outcome.PASS, "belongs to br0")


def test_read_from_the_kernels_files(tmp_path: Path) -> None:
    ports = {
        "eno1": ("0x1003", "1", "10000"),
        "eno2": ("0x1003", "0", "-1"),
        "eno3": ("0x1002", "", ""),
        "veth12": ("0x1003", "1", ""),
        "lo": ("0x9", "1", ""),
    }
    for name, (flags, carrier, speed) in ports.items():
        folder = tmp_path / "sys/class/net" / name
        folder.mkdir(parents=True)
        for file, content in (
            ("flags", flags),
            ("carrier", carrier),
            ("speed", speed),
            ("address", "3c:ec:ef:00:00:01"),
        ):
            (folder / file).write_text(content + "\n")
    (tmp_path / "sys/class/net/eno2/master").symlink_to("../br0")
    found = {link.name: link for link in read_links(str(tmp_path), [("eno1", "10.20.0.17", 24)])}
    assert list(found) == ["eno1", "eno2", "eno3"]
    assert found["eno1"].speed_mbps == 10_000
    assert found["eno1"].addresses == (("10.20.0.17", 24),)
    assert (found["eno2"].carrier, found["eno2"].speed_mbps, found["eno2"].master) == (False, None, "br0")
    assert (found["eno3"].up, found["eno3"].carrier) == (False, None)


def test_an_address_that_another_machine_has_too() -> None:
    text = (
        "fe80000000000000003eecfffe123456 02 40 20 80     eno1\n"
        "20010db8000000000000000000000017 02 40 00 88     eno1\n"
        "no line of it\n"
    )
    assert parse_duplicates(text) == [("eno1", "2001:db8::17")]


@pytest.mark.parametrize(
    ("address", "bound"),
    [("169.254.1.1", True), ("fe80::1", True), ("febf::1", True), ("10.0.0.1", False), ("fec0::1", False)],
)
def test_which_addresses_are_bound_to_their_link(address: str, bound: bool) -> None:
    assert bound_to_link(address) is bound
