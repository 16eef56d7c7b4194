"""The real program on lines that do not know their size, and on terminals that change it all the time."""

import os
import random
import re
import sys
from collections.abc import Callable
from pathlib import Path

from quantix_tui.console.driver.dialect import Dialect, dialect_for
from quantix_tui.console.terminal import Colours, Family, Kind, Size, TerminalProfile
from quantix_tui.console.terminal.profile import DRAWING

from .emulator import Terminal
from .rig import set_size
from .test_ways_out import XTERM, Process, process

SERIAL = TerminalProfile(Kind.SERIAL, Family.VT220, Colours.NONE, DRAWING)
SERIAL_SAYS = {"TERM": "vt220", "COLORTERM": "", "LANG": "C", "QUANTIX_TERMINAL": "serial"}
CLEARED = re.compile(rb"\x1b\[m\x0f?\x1b\[r\x1b\[H\x1b\[J")
QUESTION = b"\x1b[6n"
ADDRESS = "vdc-0123456789.example.com"


class Unseen(Terminal):
    """Nobody looks: what is sent while the size changes fits no size."""

    def feed(self, data: bytes) -> None:
        pass


def console(directory: Path, columns: int = 80, rows: int = 24) -> list[str]:
    return [
        sys.executable,
        "-c",
        "import sys, tests.console.driver.rig as rig\n"
        f"rig.set_size(0, rig.Size({columns}, {rows}))\n"
        "from quantix_tui.cli import main; sys.exit(main())",
        *("--node", f"unix:{directory}/nobody.sock", "--config", f"{directory}/config.yaml"),
    ]


def since_cleared(program: Process, size: Size, dialect: Dialect) -> str:
    """What a terminal of this size shows of all that came since the screen was erased last."""
    last = max((match.start() for match in CLEARED.finditer(program.received)), default=len(program.received))
    terminal = Terminal(*size, dialect, wraps=False)
    try:
        terminal.feed(bytes(program.received[last:]))
    except AssertionError:  # for another size still
        return ""
    return "\n".join("".join(cell.text for cell in row) for row in terminal.cells)


def asked(program: Process, times: int) -> Callable[[], bool]:
    return lambda: program.received.count(QUESTION) >= times


def test_a_line_without_a_size_is_asked_at_the_start_and_again_with_ctrl_l(tmp_path: Path) -> None:
    dialect = dialect_for(SERIAL)
    says = {**SERIAL_SAYS, "QUANTIX_STATE": str(tmp_path)}
    with process(console(tmp_path, 0, 0), profile=SERIAL, says=says) as program:
        program.terminal = Unseen(80, 24, dialect)
        program.until(asked(program, 1), "the question for the size")
        program.type(b"\x1b[30;100R")

        def fills(size: Size) -> bool:
            lines = since_cleared(program, size, dialect).splitlines()
            return bool(lines) and "Quit" in lines[-1] and len(lines[0].rstrip()) > size.columns - 12

        program.until(lambda: fills(Size(100, 30)), "the dashboard, 100 by 30")
        program.type(b"\x0c")
        program.until(asked(program, 2), "the question again")
        program.type(b"\x1b[24;80R")
        program.until(lambda: fills(Size(80, 24)), "the dashboard, 80 by 24")
        program.type(b"q")
        assert program.ended() == 0
        assert program.settings() == program.before


def test_resizing_while_typing_loses_nothing(tmp_path: Path) -> None:
    with process(console(tmp_path), says={"QUANTIX_STATE": str(tmp_path)}) as program:
        program.until(lambda: "Quit" in program.shown(), "the dashboard")
        program.terminal = Unseen(80, 24, dialect_for(XTERM))
        sizes = random.Random(7)
        line = os.open(program.path, os.O_RDWR | os.O_NOCTTY)
        try:
            for character in f"j{ADDRESS}":
                for _ in range(3):
                    set_size(line, Size(sizes.randint(40, 200), sizes.randint(12, 60)))
                program.type(character.encode())
                program.read(0)
            set_size(line, Size(80, 24))
        finally:
            os.close(line)
        dialect = dialect_for(XTERM)
        program.until(lambda: ADDRESS in since_cleared(program, Size(80, 24), dialect), "all that was typed")
