"""``python -m tests.vm.setup``: a machine set up from answers under a real systemd: name, password, time and network.

New network settings that lead nowhere go back by themselves: refused, with the console killed, and over a reset.
"""

import sys
from collections.abc import Iterator

from tests.support.waiting import wait_until
from tests.vm.image import PROJECT
from tests.vm.machine import BOOT_SECS, Machine
from tests.vm.program import archive
from tests.vm.serial import GuestShell
from tests.vm.stories import PROGRAM, SLOW_SECS, tell

OLD, NEW, NOWHERE = "10.20.0.17/24", "10.20.0.44/24", "10.77.0.5/24"
PASSWORD = "correct horse battery"
TRIAL = "quantix-network-trial.service"
UNIT = "quantix-network-back.service"
_PID = "/run/quantix-setup.pid"
_BEGIN = f"{PROGRAM} setup --answers /root/nowhere.yaml >/run/setup.log 2>&1 & echo $! >{_PID}"
_ANSWERS = """\
administrator: {password_file: password.txt}
name: {hostname: node1.example.com}
time: {timezone: Asia/Tokyo}
"""
_NETWORK = (
    "network:\n  interface: eno1\n  ipv4: {{method: static, address: {0}, gateway: {1}}}\n  ipv6: {{method: off}}\n"
)


def story(machine: Machine) -> Iterator[str]:
    """Do all of it; yields what was found right. Raises AssertionError or GuestError at the first fault."""
    shell, run = machine.shell, machine.shell.run
    put_answers(shell, "all", _ANSWERS + _NETWORK.format(NEW, "10.20.0.1"))
    put_answers(shell, "nowhere", _NETWORK.format(NOWHERE, "10.77.0.1"))

    said = run(f"! {PROGRAM} setup --answers /root/nowhere.yaml 2>&1", SLOW_SECS * 2)
    assert "neither the gateway nor the control plane could be reached" in said
    wait_for_address(shell, OLD)
    yield "settings that lead nowhere are refused, and the old ones are in force:\n" + said

    said = run(f"{PROGRAM} setup --answers /root/all.yaml 2>&1", SLOW_SECS * 2)
    yield "set up:\n" + said
    assert run("hostname; hostnamectl --static").split() == ["node1.example.com"] * 2
    assert "127.0.1.1\tnode1.example.com node1" in run("cat /etc/hosts")
    assert "Asia/Tokyo" in run("timedatectl show --property=Timezone; date +%Z; readlink /etc/localtime")
    assert "JST" in run("date +%Z")
    wait_for_address(shell, NEW)
    assert "10.20.0.1" in run("ip route show default")
    assert "uid=0(root)" in run(f"echo '{PASSWORD}' | setpriv --reuid=nobody --clear-groups su -c id root 2>&1")
    yield "the machine has its name, its timezone, its address, and its password is taken"

    run(_BEGIN)
    wait_for_address(shell, NOWHERE)
    wait_until(lambda: run(f"systemctl is-active {TRIAL}; true") == "active\n", "the keeper", SLOW_SECS)
    run(f"kill -9 $(cat {_PID})")
    wait_for_address(shell, NEW)
    yield "the console killed: the unit has brought the old settings back\n" + run("journalctl -q -t quantix-tui -n 8")

    run("systemctl enable quantix-network-back.service 2>&1")
    run(_BEGIN)
    wait_for_address(shell, NOWHERE)
    boots = shell.boots
    run("sync")
    machine.monitor.ask("system_reset")
    wait_until(lambda: shell.boots > boots, "the guest to boot again", BOOT_SECS)
    wait_for_address(shell, NEW)
    assert "machine restarted" in run(f"journalctl -q -b -u {UNIT}; cat /var/lib/quantix-tui/network-trial/went-back")
    assert not run("ls /var/lib/quantix-tui/network-trial/*.json 2>/dev/null; true")
    yield "the plug pulled in the middle: the network came up with the settings that had been kept"


def put_answers(shell: GuestShell, name: str, text: str) -> None:
    files = {f"root/{name}.yaml": text.encode(), "root/password.txt": PASSWORD.encode()}
    unit = (PROJECT / "assets/systemd" / UNIT).read_text().replace("@PROGRAM@", PROGRAM)
    shell.put(archive({**files, f"etc/systemd/system/{UNIT}": unit.encode()}), "/")


def wait_for_address(shell: GuestShell, address: str) -> None:
    """Until it is the only one."""

    def alone() -> bool:
        found = shell.run("ip -4 -o address show dev eno1 scope global 2>&1; true").split()
        return found.count("inet") == 1 and address in found

    try:
        wait_until(alone, f"{address} alone on eno1", SLOW_SECS)
    except AssertionError as error:
        said = shell.run("cat /run/setup.log; journalctl -q -b -t quantix-tui -n 20; true")
        raise AssertionError(f"{error}\n{said}") from None


if __name__ == "__main__":
    sys.exit(tell(story, "setup", __doc__))
