"""A real busybox init as the first process of a namespace: it reads the table, respawns, and reads it anew."""

import contextlib
import os
import pty
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from quantix_tui.host.files.tree import Tree
from quantix_tui.host.lines.init import Init, find_init
from quantix_tui.host.lines.line import Line, LineKind
from quantix_tui.host.lines.plan import plan_install, plan_uninstall
from tests.host.files.trees import link, put
from tests.support.waiting import wait_until

PROGRAM = "/opt/quantix-tui/bin/quantix-tui"
BUSYBOX = shutil.which("busybox")
TTYS0 = Line("ttyS0", LineKind.SERIAL)

START = """
mount --make-rprivate /
mount --bind "$1/dev-null" "$1/machine/dev/null" 2>/dev/null || mount --bind /dev/null "$1/machine/dev/null"
mount --bind "$2" "$1/machine/dev/ttyS0"
mount -t proc proc "$1/machine/proc"
exec chroot "$1/machine" /sbin/init
"""


class Machine:
    """A tree with busybox alone, run by it as init; its ttyS0 is a pty."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "machine"
        self._tree()
        self._controller, self._terminal = pty.openpty()
        self.text = ""
        threading.Thread(target=self._read, daemon=True).start()
        self._process = subprocess.Popen(
            ["unshare", "--pid", "--mount", "--fork", "--kill-child", "sh", "-ec", START, "sh", folder, self._line],
            env={**os.environ, "QUANTIX_CONSOLE_PAUSE_SECS": "0"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    @property
    def _line(self) -> str:
        return os.ttyname(self._terminal)

    def _tree(self) -> None:
        assert BUSYBOX is not None
        for name in ("dev", "proc", "run", "tmp"):
            (self.root / name).mkdir(parents=True)
        (self.root / "bin").mkdir()
        shutil.copy(BUSYBOX, self.root / "bin/busybox")
        for name in ("sh", "cat", "sleep", "mkdir", "rm", "tr", "cut", "head", "uname", "stty", "ip", "logger", "ls"):
            link(self.root, f"/bin/{name}", "busybox")
        link(self.root, "/sbin/init", "/bin/busybox")
        # A login program that says so and waits, whoever calls it and how.
        put(self.root, "/sbin/getty", "#!/bin/sh\nline=ttyS0\necho 'the getty asks'\nread -r name </dev/$line\n", 0o755)
        put(self.root, "/bin/login", "#!/bin/sh\necho a session begins\nread -r line\n", 0o755)
        put(self.root, PROGRAM, "#!/bin/sh\necho the console stands here\nexec sleep 1000\n", 0o755)
        put(self.root, "/etc/inittab", "::sysinit:/bin/true\nttyS0::respawn:/sbin/getty -L ttyS0 115200 vt100\n")
        for name in ("null", "ttyS0"):
            put(self.root, f"/dev/{name}")

    def _read(self) -> None:
        with contextlib.suppress(OSError):
            while data := os.read(self._controller, 65536):
                self.text += data.decode("utf-8", "replace")

    def see(self, wanted: str, count: int = 1) -> None:
        def there() -> bool:
            if self._process.poll() is not None:
                assert self._process.stderr is not None
                pytest.skip(f"no namespaces here: {self._process.stderr.read().decode()}")
            return self.text.count(wanted) >= count

        wait_until(there, f"{wanted!r} {count} times in\n{self.text}")

    def type(self, text: str) -> None:
        os.write(self._controller, text.encode())

    @property
    def init(self) -> int:
        """The first process of the namespace."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        return int(children[0])

    def processes(self, name: str) -> list[int]:
        """Those of the machine whose command holds ``name``."""
        space = os.readlink(f"/proc/{self.init}/ns/pid")
        found = []
        for pid in filter(str.isdecimal, os.listdir("/proc")):
            with contextlib.suppress(OSError):
                command = Path(f"/proc/{pid}/cmdline").read_bytes()
                if os.readlink(f"/proc/{pid}/ns/pid") == space and name.encode() in command:
                    found.append(int(pid))
        return found

    def reread(self) -> None:
        os.kill(self.init, signal.SIGHUP)

    def close(self) -> None:
        self._process.kill()
        self._process.wait(10)
        if self._process.stderr is not None:
            self._process.stderr.close()
        os.close(self._terminal)
        os.close(self._controller)


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    if os.geteuid() != 0 or BUSYBOX is None or shutil.which("unshare") is None:
        pytest.skip("it takes root, busybox and unshare")
    machine = Machine(tmp_path)
    try:
        yield machine
    finally:
        machine.close()


def test_the_console_comes_fails_recovers_and_goes(machine: Machine) -> None:
    machine.see("the getty asks")
    tree = Tree(str(machine.root))
    assert find_init(tree) is Init.INITTAB
    before = (machine.root / "etc/inittab").read_bytes()
    tree.apply(plan_install(tree, Init.INITTAB, [TTYS0], PROGRAM, None).changes)
    for getty in machine.processes("/sbin/getty"):
        os.kill(getty, signal.SIGKILL)
    machine.reread()
    machine.see("the console stands here")
    wait_until(lambda: not machine.processes("/sbin/getty"), "the getty to be gone")

    for count in range(1, 6):
        machine.see("the console stands here", count)
        (console,) = wait_until(lambda: machine.processes("sleep\x001000"), "the console's process")
        os.kill(console, signal.SIGKILL)
        wait_until(lambda: console not in machine.processes("sleep\x001000"), "its end")  # noqa: B023
    # The page itself cannot be waited for: a getty flushes the line, and a pty has no way to wait until it was read.
    machine.see("login:")
    machine.type("root\r")
    machine.see("a session begins")
    machine.type("exit\r")
    machine.see("the console stands here", 6)

    # The script itself is killed: init starts it again.
    (script,) = machine.processes("console-line")
    os.kill(script, signal.SIGKILL)
    machine.see("the console stands here", 7)

    tree.apply(plan_uninstall(tree, Init.INITTAB, []).changes)
    assert (machine.root / "etc/inittab").read_bytes() == before
    machine.reread()
    machine.see("the getty asks", 2)
    for script in machine.processes("console-line"):
        os.kill(script, signal.SIGKILL)
    wait_until(lambda: not machine.processes("sleep\x001000"), "the console to be gone")
