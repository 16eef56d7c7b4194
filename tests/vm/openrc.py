"""``python -m tests.vm.openrc``: a machine without systemd (busybox's init, OpenRC, ifupdown) is set up from answers.

Name, time, password, and network settings that go back by themselves when they lead nowhere; then the console on tty1.
"""

import sys
from collections.abc import Iterator

from tests.support.waiting import wait_until
from tests.vm.consoles import VirtualConsole
from tests.vm.machine import BOOT_SECS, Machine, wait_for_boot
from tests.vm.openrc_image import build_openrc, openrc_image_in
from tests.vm.program import archive
from tests.vm.serial import GuestShell
from tests.vm.setup import NEW, NOWHERE, OLD, PASSWORD, wait_for_address
from tests.vm.stories import PROGRAM, SLOW_SECS, Guest, tell

_PID = "/run/quantix-setup.pid"
_BEGIN = f"{PROGRAM} setup --answers /root/nowhere.yaml >/run/setup.log 2>&1 & echo $! >{_PID}"
_ANSWERS = """\
administrator: {password_file: password.txt}
name: {hostname: node1.example.com}
time: {timezone: Asia/Tokyo, ntp: [10.20.0.1]}
"""
_NETWORK = """\
network:
  interface: eno1
  ipv4: {{method: static, address: {0}, gateway: {1}}}
  ipv6: {{method: off}}
  dns: [10.20.0.2]
"""


def story(machine: Machine) -> Iterator[str]:
    """Do all of it; yields what was found right. Raises AssertionError or GuestError at the first fault."""
    shell, run = machine.shell, machine.shell.run
    put_files(shell)
    assert run("readlink /proc/1/exe; cat /run/openrc/softlevel").split() == ["/usr/bin/busybox", "default"]
    wait_for_address(shell, OLD)
    yield "busybox's init and OpenRC run this machine:\n" + run("rc-status --all")

    said = run(f"! {PROGRAM} setup --answers /root/nowhere.yaml 2>&1", SLOW_SECS * 2)
    assert "neither the gateway nor the control plane could be reached" in said, said
    wait_for_address(shell, OLD)
    yield "settings that lead nowhere are refused, and the old ones are in force:\n" + said

    said = run(f"{PROGRAM} setup --answers /root/all.yaml 2>&1", SLOW_SECS * 2)
    yield "set up:\n" + said
    yield from is_set_up(shell)
    inittab = run("cat /etc/inittab")
    yield "the console is installed:\n" + run(f"{PROGRAM} install --tty tty1 2>&1", SLOW_SECS)
    yield from goes_back(machine)

    boots = shell.boots
    run("sync; reboot")
    wait_for_boot(machine, boots)
    # The guest's shell is there early in it.
    command = "echo $(cat /run/openrc/softlevel 2>/dev/null) $(hostname)"
    wait_until(lambda: run(command).split() == ["default", "node1.example.com"], "the boot to end", BOOT_SECS)
    yield from is_set_up(shell)
    yield "and all of it holds after a reboot"
    yield from console_on_tty1(machine, inittab)


def is_set_up(shell: GuestShell) -> Iterator[str]:
    """The machine is what the answers say."""
    run = shell.run
    assert run("hostname; cat /etc/hostname").split() == ["node1.example.com"] * 2
    assert "127.0.1.1\tnode1.example.com node1" in run("cat /etc/hosts")
    assert run("date +%Z; cat /etc/timezone").split() == ["JST", "Asia/Tokyo"]
    wait_for_address(shell, NEW)
    assert "via 10.20.0.1 dev eno1" in run("ip route show default")
    assert "nameserver 10.20.0.2" in run("cat /etc/resolv.conf")
    assert "10.20.0.1" in run("grep -rh '^server' /etc/chrony/")
    # It was started a moment ago.
    wait_until(lambda: "10.20.0.1" in run("chronyc -n sources 2>&1; true"), "chronyd to ask 10.20.0.1", SLOW_SECS)
    assert "uid=0(root)" in run(f"echo '{PASSWORD}' | setpriv --reuid=nobody --clear-groups su -c id root 2>&1")
    yield "the machine has its name, its timezone, its time server, its address, and its password is taken"


def goes_back(machine: Machine) -> Iterator[str]:
    """The console killed and the machine reset while new settings are on trial."""
    shell, run = machine.shell, machine.shell.run
    run(_BEGIN)
    wait_for_address(shell, NOWHERE)
    run(f"kill -9 $(cat {_PID})")
    wait_for_address(shell, NEW)
    yield "the console killed: the old settings came back by themselves\n" + run("grep quantix-tui /var/log/messages")

    run(_BEGIN)
    wait_for_address(shell, NOWHERE)
    boots = shell.boots
    run("sync")
    machine.monitor.ask("system_reset")
    wait_for_boot(machine, boots)
    wait_for_address(shell, NEW)
    assert "started" in run("rc-service quantix-network-back status 2>&1")
    assert "machine restarted" in run("cat /var/lib/quantix-tui/network-trial/went-back")
    assert not run("ls /var/lib/quantix-tui/network-trial/*.json 2>/dev/null; true")
    yield "the plug pulled in the middle: the network came up with the settings that had been kept"


def console_on_tty1(machine: Machine, inittab: str) -> Iterator[str]:
    """In place of the login prompt in the inittab, and away again: ``inittab`` is what it was before."""
    console, run = VirtualConsole(machine), machine.shell.run
    console.wait_for("THIS NODE", SLOW_SECS)
    console.wait_for("10.20.0.44", SLOW_SECS)
    console.wait_until_still()
    yield "and stands on tty1:\n" + console.text
    run(f"{PROGRAM} uninstall 2>&1", SLOW_SECS)
    assert run("cat /etc/inittab") == inittab
    console.wait_for("node1.example.com login:", SLOW_SECS)
    yield "uninstalled, the login prompt is there again"


def put_files(shell: GuestShell) -> None:
    files = {
        "root/all.yaml": _ANSWERS + _NETWORK.format(NEW, "10.20.0.1"),
        "root/nowhere.yaml": _NETWORK.format(NOWHERE, "10.77.0.1"),
        "root/password.txt": PASSWORD,
    }
    shell.put(archive({name: text.encode() for name, text in files.items()}), "/")


if __name__ == "__main__":
    sys.exit(tell(story, "openrc", __doc__, guest=Guest(openrc_image_in, build_openrc)))
