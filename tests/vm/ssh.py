"""``python -m tests.vm.ssh``: the console over a real sshd: the same state as on tty1, and who may only look.

Pictures go into ``assets/screens/vm``.
"""

import contextlib
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.support.picture import seen_by, svg_of
from tests.support.terminal import Terminal
from tests.vm.consoles import VirtualConsole
from tests.vm.image import PROJECT
from tests.vm.machine import Machine
from tests.vm.program import archive
from tests.vm.stories import PROGRAM, SLOW_SECS, sandbox_at_boot, settle, tell, wait_for_console

GUEST = "10.20.0.17"
"""Where the guest is on its own network; no forwarding would find it by itself, for it asks no DHCP."""
PICTURES = PROJECT / "assets" / "screens" / "vm"
_OPTIONS = (
    *("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR"),
    *("-o", "PreferredAuthentications=publickey", "-o", "IdentitiesOnly=yes"),
)


class Far:
    """Somebody at another machine, with a key of their own."""

    def __init__(self, port: int, key: Path) -> None:
        self._command = ("ssh", "-i", str(key), "-p", str(port), *_OPTIONS)

    @contextlib.contextmanager
    def session(self, user: str, *, term: str = "xterm-256color", locale: str = "C.UTF-8") -> Iterator[Terminal]:
        command = [*self._command, "-o", "SendEnv=LC_ALL", "-tt", f"{user}@127.0.0.1"]
        with Terminal(command, environment={"LC_ALL": locale}, term=term) as terminal:
            yield terminal

    def run(self, user: str, words: Sequence[str]) -> "subprocess.CompletedProcess[str]":
        command = [*self._command, f"{user}@127.0.0.1", *words]
        return subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SLOW_SECS, check=False
        )


def story(machine: Machine) -> Iterator[str]:
    """Do all of it; yields what was found right. Raises AssertionError or GuestError at the first fault."""
    shell, run = machine.shell, machine.shell.run
    screen = VirtualConsole(machine)
    sandbox = sandbox_at_boot(shell)
    settle(shell, sandbox)
    with tempfile.TemporaryDirectory(prefix="quantix-ssh-") as folder:
        key = Path(folder) / "key"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
        for user, group in (("alice", "sudo"), ("bob", "users")):
            run(f"useradd --create-home --shell /bin/bash --groups {group} {user}")
            shell.put(archive({f"home/{user}/.ssh/authorized_keys": key.with_suffix(".pub").read_bytes()}), "/")
            run(f"chown -R {user}: /home/{user}/.ssh; chmod 700 /home/{user}/.ssh")
        said = run(f"{PROGRAM} install --tty tty1 --ssh-user alice --ssh-user bob", SLOW_SECS)
        yield "installed:\n" + said
        run("ssh-keygen -A; systemctl unmask ssh.service; systemctl start ssh.service", SLOW_SECS)
        far = Far(forward(machine, 22), key)
        wait_for_console(shell, screen)
        screen.wait_for("STANDALONE", SLOW_SECS)
        yield from visit(far, screen, sandbox.address, sandbox.tokens["valid"][0])
    yield "taken away:\n" + run(f"{PROGRAM} uninstall", SLOW_SECS)
    assert run("getent passwd alice").strip().endswith(":/bin/bash")
    yield "the shells of both are what they were"


def visit(far: Far, screen: VirtualConsole, address: str, token: str) -> Iterator[str]:
    """What people do over SSH."""
    with far.session("bob") as terminal:
        terminal.wait_for("STANDALONE", SLOW_SECS)
        terminal.wait_for("bob, looking only", SLOW_SECS)
        terminal.press("j")
        terminal.wait_for("bob may only look", SLOW_SECS)
        photograph(terminal, "vm-ssh-looking-only")
        terminal.resize(120, 40)
        terminal.wait_for(lambda text: max(map(len, map(str.rstrip, text.splitlines()))) > 100, SLOW_SECS)
        terminal.press("q")
        assert terminal.wait_for_exit(SLOW_SECS) == 0
    yield "bob sees the same state as on tty1, follows the size of his window, and changes nothing"

    refused = far.run("bob", ["uptime"])
    assert refused.returncode == 1, refused
    yield "a command in place of a session is refused: " + (refused.stderr or refused.stdout).strip()

    with far.session("bob", term="a-terminal-nobody-knows") as terminal:
        terminal.wait_for("STANDALONE", SLOW_SECS)
    yield "a terminal that nobody has heard of is drawn plainly"
    with far.session("bob", locale="C") as terminal:
        terminal.wait_for("STANDALONE", SLOW_SECS)
        # The emulator here knows no line drawing; what matters is that nothing is sent that is not ASCII.
        assert bytes(terminal.received).isascii()
    yield "in the locale C it sends ASCII alone"

    with far.session("alice") as terminal:
        terminal.wait_for("STANDALONE", SLOW_SECS)
        terminal.press("j")
        terminal.wait_for("What happens", SLOW_SECS)
        terminal.press(address, "tab", token, "enter")
        terminal.wait_for("It matches", SLOW_SECS)
        terminal.press("left", "enter")
        terminal.wait_for("Save and restart", SLOW_SECS)
        terminal.press("enter")
        terminal.wait_for("Connected:", SLOW_SECS)
        terminal.press("enter")
        terminal.wait_for("CONNECTED", SLOW_SECS)
        photograph(terminal, "vm-ssh-connected")
        screen.wait_for("CONNECTED", SLOW_SECS)
    yield "alice, an administrator who is not root, joins; tty1 shows it too"


def forward(machine: Machine, port: int) -> int:
    """A port of this host that leads to ``port`` of the guest."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free: int = probe.getsockname()[1]
    machine.monitor.type_line(f"hostfwd_add net tcp:127.0.0.1:{free}-{GUEST}:{port}")
    return free


def photograph(terminal: Terminal, name: str) -> None:
    terminal.wait_until_quiet(0.5, SLOW_SECS)
    (PICTURES / f"{name}.svg").write_text(svg_of(seen_by(terminal.screen)))


if __name__ == "__main__":
    sys.exit(tell(story, "ssh", __doc__))
