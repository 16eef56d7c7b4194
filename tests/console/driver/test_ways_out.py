"""Every way out of the program, as a process on a real pseudo-terminal: it ends, and the line is as before."""

import contextlib
import fcntl
import os
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from quantix_tui.console.driver.dialect import dialect_for
from quantix_tui.console.driver.emergency import rescue_for, restore
from quantix_tui.console.terminal import Colours, Family, Kind, Size, TerminalProfile
from quantix_tui.console.terminal.profile import UNICODE

from .emulator import Terminal
from .rig import set_size

ROOT = Path(__file__).parents[3]
SAMPLE = [sys.executable, "-m", "tests.console.driver.sample"]
PARENT = [sys.executable, "-c", f"import subprocess; raise SystemExit(subprocess.call({SAMPLE!r}))"]
XTERM = TerminalProfile(Kind.EMULATOR, Family.XTERM, Colours.TRUE, UNICODE, mouse=True, repeats=True)
MODES = {"1049", "2004", "1004", "1000", "1003", "1006"}
PATIENCE = 20.0
DEADLY = (
    signal.SIGQUIT,
    signal.SIGABRT,
    signal.SIGUSR1,
    signal.SIGUSR2,
    signal.SIGALRM,
    signal.SIGVTALRM,
    signal.SIGPROF,
    signal.SIGIO,
    signal.SIGXCPU,
    signal.SIGRTMIN,
    signal.SIGRTMAX,
)
"""Signals that nobody asks a program to end with, and that kill it all the same."""


@dataclass
class Process:
    """The program, and the terminal that it is on."""

    popen: "subprocess.Popen[bytes]"
    master: int
    path: str
    before: list[Any]
    terminal: Terminal
    received: bytearray = field(default_factory=bytearray)

    def read(self, seconds: float) -> None:
        if select.select([self.master], [], [], seconds)[0]:
            with contextlib.suppress(OSError):
                data = os.read(self.master, 65536)
                self.received += data
                self.terminal.feed(data)

    def until(self, condition: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, f"never came: {what}; {bytes(self.received[-500:])!r}"
            self.read(0.02)

    def shown(self) -> str:
        return "\n".join("".join(cell.text for cell in row) for row in self.terminal.cells)

    def type(self, data: bytes) -> None:
        os.write(self.master, data)

    def started(self) -> None:
        self.until(lambda: "entry number 3" in self.shown() and self.terminal.cursor_shown, "the picture")
        assert self.terminal.modes >= MODES

    def ended(self) -> int:
        self.until(lambda: self.popen.poll() is not None, "the end")
        for _ in range(20):
            self.read(0.01)
        return int(self.popen.returncode)

    def settings(self) -> list[Any]:
        anew = os.open(self.path, os.O_RDWR | os.O_NOCTTY)
        try:
            return termios.tcgetattr(anew)
        finally:
            os.close(anew)

    def is_left_as_found(self) -> bool:
        clean = not self.terminal.modes & MODES and self.terminal.cursor_shown and self.terminal.wraps
        return clean and self.settings() == self.before

    def children(self) -> list[int]:
        return [int(pid) for pid in Path(f"/proc/{self.popen.pid}/task/{self.popen.pid}/children").read_text().split()]


@contextlib.contextmanager
def process(
    command: list[str],
    *,
    ignore: tuple[signal.Signals, ...] = (),
    profile: TerminalProfile = XTERM,
    says: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Process]:
    master, slave = os.openpty()
    set_size(slave, Size(80, 24))
    before = termios.tcgetattr(slave)

    def prepare() -> None:
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        for number in ignore:
            signal.signal(number, signal.SIG_IGN)

    popen = subprocess.Popen(
        command,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        cwd=ROOT,
        start_new_session=True,
        preexec_fn=prepare,  # noqa: PLW1509  (no threads here)
        env={
            "PATH": os.environ["PATH"],
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LANG": "C.UTF-8",
            **says,
        },
    )
    path = os.ttyname(slave)
    terminal = Terminal(80, 24, dialect_for(profile), scrolls=True)
    running = Process(popen, master, path, before, terminal)
    try:
        yield running
    finally:
        os.close(slave)
        with contextlib.suppress(OSError):
            os.close(master)
        if popen.poll() is None:
            popen.kill()
        popen.wait()


def test_quitting() -> None:
    with process(SAMPLE) as program:
        program.started()
        program.type(b"\x11")
        assert program.ended() == 0
        assert program.is_left_as_found()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_being_told_to_end(number: signal.Signals) -> None:
    with process(SAMPLE) as program:
        program.started()
        program.popen.send_signal(number)
        assert program.ended() == 128 + number
        assert program.is_left_as_found()


@pytest.mark.parametrize("number", DEADLY, ids=lambda number: signal.Signals(number).name)
def test_every_signal_that_kills(number: signal.Signals) -> None:
    with process(SAMPLE) as program:
        program.started()
        program.popen.send_signal(number)
        assert program.ended() == -number
        assert program.is_left_as_found()


def test_a_signal_that_was_ignored_before_is_still_ignored() -> None:
    with process(SAMPLE, ignore=(signal.SIGQUIT,)) as program:
        program.started()
        program.popen.send_signal(signal.SIGQUIT)
        program.type(b"alive")
        program.until(lambda: "alive" in program.shown(), "the echo")
        program.type(b"\x11")
        assert program.ended() == 0


def test_an_exception() -> None:
    with process(SAMPLE) as program:
        program.started()
        program.type(b"\x05")
        assert program.ended() == 1
        assert b"on purpose" in program.received
        assert program.is_left_as_found()


def test_a_loop_that_is_stuck_ends_at_the_second_signal(tmp_path: Path) -> None:
    mark = tmp_path / "stuck"
    stuck = (
        "import tests.console.driver.sample as s, time\n"
        "def fail(self):\n"
        "    self.exit(return_code=0)\n"
        f"    open({str(mark)!r}, 'w').close()\n"
        "    while True: time.sleep(0.01)\n"
        "s.Sample.action_fail = fail\n"
        "s.main()"
    )
    with process([sys.executable, "-c", stuck]) as program:
        program.started()
        program.type(b"\x05")
        program.until(mark.exists, "the loop to be stuck")
        program.popen.send_signal(signal.SIGTERM)
        program.until(lambda: not _pending(program.popen.pid, signal.SIGTERM), "the first signal to be taken")
        program.popen.send_signal(signal.SIGTERM)
        assert program.ended() == 128 + signal.SIGTERM
        assert program.is_left_as_found()


def _pending(pid: int, number: signal.Signals) -> bool:
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("ShdPnd"))
    return bool(int(line.split()[1], 16) >> (number - 1) & 1)


@pytest.mark.parametrize("ignore", [(), (signal.SIGHUP,)], ids=["hears SIGHUP", "ignores SIGHUP"])
def test_the_terminal_goes_away(ignore: tuple[signal.Signals, ...]) -> None:
    with process(SAMPLE, ignore=ignore) as program:
        program.started()
        os.close(program.master)
        assert program.popen.wait(PATIENCE) == 128 + signal.SIGHUP


def test_the_parent_is_killed() -> None:
    with process(PARENT) as program:
        program.started()
        child = program.children()[0]
        program.popen.kill()
        program.until(lambda: not Path(f"/proc/{child}").exists(), "the end of the program")
        program.until(program.is_left_as_found, "the terminal as it was")


def test_a_parent_puts_the_terminal_back_when_the_program_is_killed() -> None:
    with process(SAMPLE) as program:
        rescue = rescue_for(os.open(program.path, os.O_RDWR | os.O_NOCTTY), XTERM)
        program.started()
        assert program.settings() != program.before
        program.popen.kill()
        program.ended()
        assert restore(type(rescue)(rescue.path, program.before, rescue.farewell))
        program.until(program.is_left_as_found, "the terminal as it was")


def test_stopped_and_carried_on_without_being_asked() -> None:
    """SIGSTOP cannot be caught; whoever had the terminal meanwhile has set and written it as it liked."""
    with process(SAMPLE) as program:
        program.started()
        program.popen.send_signal(signal.SIGSTOP)
        program.until(
            lambda: "State:\tT" in Path(f"/proc/{program.popen.pid}/status").read_text(), "the program to stop"
        )
        anew = os.open(program.path, os.O_RDWR | os.O_NOCTTY)
        termios.tcsetattr(anew, termios.TCSANOW, program.before)
        os.close(anew)
        program.terminal.feed(b"\x1b[?1049l\x1b[?2004l\x1b[?25h\x1b[3;3Ha shell wrote this")
        program.popen.send_signal(signal.SIGCONT)
        program.until(lambda: "a shell wrote this" not in program.shown(), "the picture again")
        program.started()
        program.type(b"\x1b[200~pasted\x1b[201~")
        program.until(lambda: "pasted" in program.shown(), "the echo, in raw mode")
        program.type(b"\x11")
        assert program.ended() == 0
        assert program.is_left_as_found()


def test_a_program_run_in_front_while_the_screen_repaints() -> None:
    with process(SAMPLE) as program:
        program.started()
        program.received.clear()
        program.type(b"\x14")
        program.until(lambda: "back" in program.shown(), "the program again")
        assert b"in the shell" in program.received
        assert program.terminal.modes >= MODES
        assert "entry number 3" in program.shown()
        program.type(b"\x11")
        assert program.ended() == 0
        assert program.is_left_as_found()


def test_being_stopped_by_a_shell_and_carried_on() -> None:
    with process(PARENT) as program:
        program.started()
        child = program.children()[0]
        program.type(b"\x1a")
        program.until(lambda: "State:\tT" in Path(f"/proc/{child}/status").read_text(), "it stops")
        program.until(program.is_left_as_found, "the terminal as it was")
        program.type(b"typed ahead")
        os.kill(child, signal.SIGCONT)
        program.started()
        program.until(lambda: "typed ahead" in program.shown(), "what was typed")
        program.type(b"\x11")
        assert program.ended() == 0
        assert program.is_left_as_found()


def test_a_line_of_its_own_is_never_stopped() -> None:
    with process(SAMPLE) as program:
        program.started()
        program.popen.send_signal(signal.SIGTSTP)
        program.type(b"\x1aalive")
        program.until(lambda: "alive" in program.shown(), "the echo")


def test_a_line_that_takes_nothing_does_not_hold_up_the_end() -> None:
    with process(SAMPLE) as program:
        program.started()
        fd = os.open(program.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        try:
            with contextlib.suppress(BlockingIOError):
                while True:
                    os.write(fd, b"\0" * 4096)
        finally:
            os.close(fd)
        program.popen.send_signal(signal.SIGTERM)
        assert program.popen.wait(PATIENCE) == 128 + signal.SIGTERM
        assert program.settings() == program.before
