"""A node that was never set up: its real daemon, the console on its lines, and a control plane to join."""

import json
from dataclasses import dataclass

from tests.support.waiting import wait_until
from tests.vm.consoles import Console
from tests.vm.image import APPLICATION, GUEST, PROJECT
from tests.vm.install import ask_for_login
from tests.vm.machine import BOOT_SECS, Machine
from tests.vm.program import archive
from tests.vm.serial import GuestShell
from tests.vm.stories import PROGRAM, SLOW_SECS

DAEMON = "limiquantix-node.service"
STATE = "/var/lib/quantix-tui"
DEVICE = "eno1"
_PLANE = "quantix-control-plane"
_PLANE_FOLDER = f"/var/lib/{_PLANE}"
_INSTALLED = "/opt/quantix-tui/"
"""Where the daemon's unit in assets looks for the program."""
_CONFIGURATION = b"# A node that has joined nothing.\nserver:\n  listen_address: 0.0.0.0:9090\n"
_HELD_BY = f"{STATE} /etc/limiquantix /etc/systemd /etc/hosts /run/limiquantix"


@dataclass(frozen=True, slots=True)
class ControlPlane:
    """Where it is, what an administrator of it sees, and tokens for one join each."""

    address: str
    fingerprint: str
    tokens: tuple[str, ...]


def prepare(shell: GuestShell) -> ControlPlane:
    """Everything that an image has in place; the wizard stands on both lines after the next boot."""
    unit = (PROJECT / "assets/systemd" / DAEMON).read_text().replace(_INSTALLED, f"/{APPLICATION}/")
    files = {f"etc/systemd/system/{DAEMON}": unit.encode()}
    files[f"etc/systemd/system/{_PLANE}.service"] = (GUEST / f"{_PLANE}.service").read_bytes()
    files[f"usr/local/lib/{_PLANE}.py"] = (GUEST / "control_plane.py").read_bytes()
    files["etc/limiquantix/config.yaml"] = (
        b"# A node that has joined nothing.\nserver:\n  listen_address: 0.0.0.0:9090\n"
    )
    shell.put(archive(files), "/")
    shell.run(f"systemctl daemon-reload; systemctl enable {DAEMON} {_PLANE} serial-getty@ttyS0 2>&1")
    shell.run(f"systemctl start {_PLANE}")
    facts = f"{_PLANE_FOLDER}/facts.json"
    wait_until(lambda: shell.run(f"cat {facts} 2>/dev/null; true"), "the control plane", SLOW_SECS)
    said = json.loads(shell.run(f"cat {facts}"))
    shell.run(f"{PROGRAM} install --tty tty1 --tty ttyS0", SLOW_SECS)
    # It has been there for a moment: as if it never had.
    shell.run(f"systemctl stop 'quantix-console*' limiquantix-node; rm -rf {STATE}")
    return ControlPlane(said["address"], said["fingerprint"], tuple(said["tokens"]))


def pull_the_plug(machine: Machine) -> None:
    """No goodbye: what the guest has not told its disk to keep is lost. Returns when it has booted again."""
    boots = machine.shell.boots
    machine.monitor.ask("system_reset")
    wait_until(lambda: machine.shell.boots > boots, "the guest to boot again", 2 * BOOT_SECS)


def wait_for_address(shell: GuestShell, address: str, timeout: float = SLOW_SECS) -> None:
    """Until it is the only one of its kind."""

    def alone() -> bool:
        return addresses(shell) == [address]

    wait_until(alone, f"{address} alone on {DEVICE}", timeout)


def addresses(shell: GuestShell) -> list[str]:
    """None while the device has yet to come."""
    words = shell.run(f"ip -4 -o address show dev {DEVICE} scope global 2>/dev/null; true").split()
    return [words[place + 1] for place, word in enumerate(words) if word == "inet"]


def steps_done(shell: GuestShell) -> list[str]:
    """The steps that the wizard remembers as made."""
    kept = shell.run(f"cat {STATE}/wizard.json 2>/dev/null; true")
    return list(json.loads(kept)["done"]) if kept else []


def secrets_on_disk(shell: GuestShell, secrets: list[str]) -> str:
    """Files of the node, and lines of its log, with one of ``secrets`` in them."""
    patterns = " ".join(f"-e '{secret}'" for secret in secrets)
    files = shell.run(f"grep -rlF {patterns} {_HELD_BY} 2>/dev/null; true")
    return files + shell.run(f"journalctl -q --no-pager | grep -F {patterns}; true")


def log_in_for_real(console: Console, user: str, password: str, host: str) -> None:
    """From the console to the login prompt of the line, in, and out again."""
    ask_for_login(console)
    console.wait_for(f"{host} login:", SLOW_SECS)
    console.type(user)
    console.wait_for(f"login: {user}", SLOW_SECS)
    console.press("enter")
    console.wait_for("Password:", SLOW_SECS)
    console.type(password)
    console.press("enter")
    console.wait_for(f"{user}@{host}", SLOW_SECS)
