"""The first paint and the console after it, as a real process: whatever ends it, the shell's screen is as before."""

import signal
import sys
from pathlib import Path

import pytest

from quantix_tui.console.terminal import Colours, Family, Kind, TerminalProfile
from quantix_tui.console.terminal.profile import DRAWING

from .test_ways_out import XTERM, Process, process

VT220 = TerminalProfile(Kind.EMULATOR, Family.VT220, Colours.NONE, DRAWING)
VT220_SAYS = {"TERM": "vt220", "COLORTERM": "", "LANG": "C"}
TERMINALS = pytest.mark.parametrize(
    ("profile", "says"), [(XTERM, {}), (VT220, VT220_SAYS)], ids=["alternate screen", "one screen"]
)


def console(directory: Path, *options: str) -> list[str]:
    """The program as a shell runs it, below what the shell has written before."""
    node = ("--node", f"unix:{directory}/nobody.sock", "--config", f"{directory}/config.yaml")
    return [sys.executable, "-c", SHELL, *node, *options]


SHELL = (
    "import sys; sys.stdout.write('before the console\\n'); sys.stdout.flush()\n"
    "from quantix_tui.cli import main; sys.exit(main())"
)


def opened(program: Process) -> None:
    program.until(lambda: "Quit" in program.shown(), "the dashboard")


def trace(program: Process) -> list[str]:
    return [line.rstrip() for line in program.shown().splitlines() if line.strip()]


@TERMINALS
@pytest.mark.parametrize("end", ["q", signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT], ids=str)
def test_nothing_of_it_stays(
    tmp_path: Path, profile: TerminalProfile, says: dict[str, str], end: str | signal.Signals
) -> None:
    with process(console(tmp_path), profile=profile, says=says) as program:
        opened(program)
        if isinstance(end, str):
            program.type(end.encode())
        else:
            program.popen.send_signal(end)
        program.ended()
        assert trace(program) == ([] if says else ["before the console"])


@TERMINALS
def test_nothing_of_it_stays_when_it_ends_before_the_first_picture(
    tmp_path: Path, profile: TerminalProfile, says: dict[str, str]
) -> None:
    with process(console(tmp_path), profile=profile, says=says) as program:
        program.until(lambda: b"loading" in program.received, "the first paint")
        program.until(lambda: program.settings() != program.before, "the driver")
        program.popen.send_signal(signal.SIGUSR1)
        program.ended()
        assert trace(program) in ([], ["before the console"])


def test_a_node_that_is_no_address_is_told_where_the_first_paint_stood(tmp_path: Path) -> None:
    with process([*console(tmp_path), "--node", "gopher://x"]) as program:
        assert program.ended() != 0
        shown = trace(program)
        assert shown[0] == "before the console"
        assert not any("loading" in line for line in shown)
        assert len(shown) > 1


def test_a_console_without_a_first_paint_takes_nothing_away(tmp_path: Path) -> None:
    code = (
        "import sys; sys.stdout.write('one\\ntwo\\nthree\\n'); sys.stdout.flush()\n"
        "from quantix_tui.console.app import run_console\n"
        "from quantix_tui.settings import Settings\n"
        f"sys.exit(run_console(Settings(node='unix:{tmp_path}/nobody.sock', config_file='{tmp_path}/config.yaml')))"
    )
    with process([sys.executable, "-c", code]) as program:
        opened(program)
        program.type(b"q")
        assert program.ended() == 0
        assert trace(program) == ["one", "two", "three"]
