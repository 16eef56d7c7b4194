"""The settings on a real network, by real programs: in a namespace of its own, with a router at the other end."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.host.netconfig.on_network import NO_VLAN
from tests.support import own_kernel

# A PID namespace too: what is left running ends with it.
_OWN_NETWORK = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
_MODULES = ["drivers/net/veth", "net/8021q/8021q", "net/ipv6/ipv6"]

OLD = {"addresses": ["10.99.0.50/24"], "gateway": "10.99.0.1", "files_old": True}
IFUPDOWN = "ifupdown (/etc/network/interfaces)"
NEW = {"addresses": ["10.99.0.77/24"], "gateway": "10.99.0.1", "files_old": False}
RESULTS: dict[str, object] = {
    "kept": [NEW, NEW],
    "expired": [["10.99.0.77/24"], OLD, None],
    "killed": [["10.99.0.77/24"], OLD],
    "unreachable": ["new_network_silent", OLD],
    "unattended_kept": ["kept: the gateway answers", NEW],
    "dhcp": [{**NEW, "addresses": ["10.99.0.120/24"]}, OLD],
    "vlan": [["the gateway answers", [], ["10.98.0.7/24"]], ["10.99.0.50/24"], ["10.99.0.77/24"], []],
    "ipv6": [{"addresses": ["2001:db8:99::7/64"], "gateway": "2001:db8:99::1", "files_old": False}, OLD],
    "ipv6_gateway_on_link": [
        {"addresses": ["2001:db8:99::7/64"], "gateway": "fe80::99", "files_old": False},
    ]
    * 2,
    "announced": [[True, "fe80"], ["2001:db8:99::7/64"], "2001:db8:99::1"],
    "others_first": [NEW, NEW],
    "moved": [["10.88.0.7/24"], ["10.99.0.50/24"], ["10.99.0.77/24"], []],
    "by_hand": [NEW, {**OLD, "files_old": False}],
}

BY_KIND: dict[str, dict[str, object]] = {
    "networkd": {
        "let_be": [["systemd-networkd"] * 2, ["systemd-networkd", IFUPDOWN]],
        "bridged": [["10.99.0.77/24"], "b0"],
    },
    "networkmanager": {
        "let_be": [["NetworkManager"] * 2, ["NetworkManager", IFUPDOWN]],
        "bridged": ["no_ethernet_port", []],
    },
    "ifupdown": {"bridged": [["10.99.0.77/24"], "b0"]},
}


def busybox(folder: Path) -> None:
    found = shutil.which("busybox")
    applets = subprocess.run([found or "false", "--list"], capture_output=True, text=True, check=False).stdout.split()
    if found is None or not {"ifup", "ifdown", "udhcpc", "udhcpd"} <= set(applets):
        pytest.skip("it takes a busybox with ifup, udhcpc and udhcpd")
    for name in ("ifup", "ifdown", "udhcpc"):
        (folder / name).symlink_to(found)


def debian(folder: Path) -> None:
    found = shutil.which("ifup", path=f"{os.environ['PATH']}:/sbin:/usr/sbin")
    version = subprocess.run([found or "false", "--version"], capture_output=True, text=True, check=False)
    if found is None or "ifup version" not in version.stdout + version.stderr:
        pytest.skip("it takes Debian's ifupdown")
    for name in ("ifup", "ifdown"):
        (folder / name).symlink_to(Path(found).with_name(name))


def has_dhcp_client(program: object) -> bool:
    """Debian's ifup looks in places of its own, wherever the busybox of this test is."""
    return program is not debian or any(shutil.which(name, path="/sbin:/usr/sbin") for name in ("dhclient", "udhcpc"))


def networkd(folder: Path) -> None:
    if shutil.which("dbus-daemon") is None or not os.path.exists("/usr/lib/systemd/systemd-networkd"):
        pytest.skip("it takes systemd-networkd and a bus")


def networkmanager(folder: Path) -> None:
    if not all(shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin") for name in ("NetworkManager", "nmcli")):
        pytest.skip("it takes NetworkManager")


# What a back end has nothing to do with is tried with one of them.
ALL = ("kept", "others_first", "bridged", "dhcp", "vlan", "ipv6", "ipv6_gateway_on_link", "announced", "moved")
CASES = [
    *((busybox, scenario) for scenario in RESULTS),
    *((debian, scenario) for scenario in ("expired", *ALL)),
    *((networkmanager, scenario) for scenario in ("unreachable", "let_be", *ALL)),
    *((networkd, scenario) for scenario in ("unreachable", "let_be", *ALL)),
]


@pytest.mark.parametrize(("program", "scenario"), CASES, ids=[f"{program.__name__}-{name}" for program, name in CASES])
def test_on_a_real_network(scenario: str, program: Callable[[Path], None], tmp_path: Path) -> None:
    if os.geteuid() != 0 or not all(map(shutil.which, ("unshare", "nsenter", "ip"))):
        pytest.skip("it takes root, unshare, nsenter and ip")
    if scenario == "dhcp" and not has_dhcp_client(program):
        pytest.skip("it takes a DHCP client")
    (tmp_path / "bin").mkdir()
    kind = program.__name__ if program in (networkd, networkmanager) else "ifupdown"
    program(tmp_path / "bin")
    words = [sys.executable, "-m", "tests.host.netconfig.on_network"]
    done = subprocess.run(
        [*_OWN_NETWORK, *words, str(tmp_path), kind, scenario],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if done.stdout.strip() == json.dumps(NO_VLAN):
        if why_not := own_kernel.why_not():
            pytest.skip(f"{NO_VLAN}, and there is no other one: {why_not}")
        copied = f"cp -a {shlex.quote(str(tmp_path / 'bin'))} /mnt && exec "
        there = ["sh", "-c", copied + shlex.join([*_OWN_NETWORK, *words, "/mnt", kind, scenario])]
        done = own_kernel.run(there, tmp_path, _MODULES, timeout=180)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {**RESULTS, **BY_KIND[kind]}[scenario], done.stderr
