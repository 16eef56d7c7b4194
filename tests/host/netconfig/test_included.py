"""Which files interfaces(5) has read beside itself."""

from pathlib import Path

import pytest

from quantix_tui.host.files.tree import Tree
from quantix_tui.host.netconfig.ifupdown import Ifupdown
from quantix_tui.host.netconfig.included import included, would_include
from quantix_tui.host.netconfig.wanted import Wanted
from tests.host.files.trees import put
from tests.host.netconfig.cases import CASES, FIXED4, OFF

INTERFACES = "/etc/network/interfaces"
OWN = "/etc/network/interfaces.d/quantix-tui"


@pytest.mark.parametrize(
    ("line", "found", "own"),
    [
        ("source /etc/network/interfaces.d/*", ["a.cfg", "b", "quantix-tui"], True),
        ("source interfaces.d/*", ["a.cfg", "b", "quantix-tui"], True),
        ("\tsource\t/etc/network/interfaces.d/* ", ["a.cfg", "b", "quantix-tui"], True),
        ("source /etc/network/interfaces.d/*.cfg", ["a.cfg"], False),
        ("source /etc/net*/interfaces.d/b", ["b"], False),
        ("source-directory interfaces.d", ["b", "quantix-tui"], True),
        ("source-directory /etc/network/interfaces.d/", ["b", "quantix-tui"], True),
        ("#source /etc/network/interfaces.d/*", [], False),
        ("source-directory /etc/network/interfaces.e", [], False),
    ],
)
def test_the_files_that_are_read(line: str, found: list[str], own: bool, tmp_path: Path) -> None:
    for name in ("a.cfg", "b", ".hidden", "quantix-tui"):
        put(tmp_path, f"/etc/network/interfaces.d/{name}")
    text = f"auto lo\n{line}\n"
    tree = Tree(str(tmp_path))
    assert [path.rpartition("/")[2] for path in included(tree, INTERFACES, text)] == found
    assert would_include(text, INTERFACES, OWN) is own


def test_files_that_name_others_or_one_another(tmp_path: Path) -> None:
    put(tmp_path, "/etc/network/more", "source /run/network/late\nsource interfaces\n")
    put(tmp_path, "/run/network/late", "source-directory ../../etc/network/interfaces.d\nsource late\n")
    put(tmp_path, "/etc/network/interfaces.d/last", "source nothing\n")
    assert included(Tree(str(tmp_path)), INTERFACES, "source more\n") == [
        "/etc/network/more",
        "/run/network/late",
        "/etc/network/interfaces.d/last",
    ]


# As cloud-init, Debian's cloud images and administrators have it.
@pytest.mark.parametrize(
    ("line", "other"),
    [
        ("source /etc/network/interfaces.d/*.cfg", "/etc/network/interfaces.d/50-cloud-init.cfg"),
        ("source-directory /run/network/interfaces.d", "/run/network/interfaces.d/eno1"),
        ("source /etc/network/eno1.conf", "/etc/network/eno1.conf"),
    ],
)
def test_whatever_says_something_of_the_interface_is_out_of_force(line: str, other: str, tmp_path: Path) -> None:
    put(tmp_path, INTERFACES, f"auto lo\niface lo inet loopback\n{line}\n")
    put(tmp_path, other, "auto eno1\niface eno1 inet dhcp\n\tmetric 100\n")
    tree = Tree(str(tmp_path))
    tree.apply(Ifupdown(tree).work(CASES["fixed"]).there.changes)
    text = (tmp_path / other.lstrip("/")).read_text()
    assert [line for line in text.splitlines() if not line.startswith("#")] == ["auto eno1"]
    # What is not read is written to where it is.
    assert "address 10.20.0.17" in (tmp_path / INTERFACES.lstrip("/")).read_text()
    assert not (tmp_path / OWN.lstrip("/")).exists()


def test_a_comment_in_other_letters_is_one_line(tmp_path: Path) -> None:
    """Some of their bytes end a line in Latin-1 (NEL), and in no other program."""
    text = "auto lo eno1\niface eno1 inet dhcp\n\tmetric 5 # хост iface\n\n# хост iface eno1 inet dhcp\n"
    put(tmp_path, INTERFACES, text)
    tree = Tree(str(tmp_path))
    tree.apply(Ifupdown(tree).work(CASES["fixed"]).there.changes)
    lines = (tmp_path / INTERFACES.lstrip("/")).read_text().split("\n")
    off = "#quantix-tui# "
    assert lines[1:5] == [
        f"{off}iface eno1 inet dhcp",
        f"{off}\tmetric 5 # хост iface",
        "",
        "# хост iface eno1 inet dhcp",
    ]


BRIDGE = """\
auto br0
iface br0 inet static
\taddress 10.9.9.9/24
\tbridge_ports eno1 eno2
\tbridge-stp off
\tmtu 9000
\tdns-nameservers 10.9.9.1
\tup echo up
iface br0 inet6 auto
\tmtu 9000
"""


def test_a_bridge_stays_one(tmp_path: Path) -> None:
    put(tmp_path, INTERFACES, f"source interfaces.d/*\n{BRIDGE}")
    tree = Tree(str(tmp_path))
    wanted = Wanted("br0", ipv4=FIXED4, ipv6=OFF)
    for _ in range(2):
        tree.apply(Ifupdown(tree).work(wanted).there.changes)
        own = (tmp_path / OWN.lstrip("/")).read_text()
        rest = (tmp_path / INTERFACES.lstrip("/")).read_text()
        assert [line.strip() for line in own.splitlines() if "pre-up" not in line and line[0] != "#"] == [
            "iface br0 inet static",
            "bridge_ports eno1 eno2",
            "bridge-stp off",
            "mtu 9000",
            "address 10.20.0.17",
            "netmask 255.255.255.0",
            "gateway 10.20.0.1",
        ]
        assert [line for line in rest.splitlines() if not line.startswith("#")] == ["source interfaces.d/*", "auto br0"]
