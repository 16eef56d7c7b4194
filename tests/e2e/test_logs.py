"""A log of 100,000 lines in the real program on a real pty: to the top, a search, a flood, and out again."""

import sys
from pathlib import Path

from tests.support.logs import add, write_log
from tests.support.terminal import Terminal

COUNT = 100_000
PROGRAM = (sys.executable, "-m", "tests.support.logs_program")


def chosen(text: str) -> str:
    """The row with the cursor on it."""
    return next((row for row in text.splitlines() if row[1:3].strip() in ("▶", "▸", ">")), "")


def test_a_long_log_from_end_to_end(tmp_path: Path) -> None:
    log = tmp_path / "messages"
    write_log(log, COUNT)
    with Terminal([*PROGRAM, str(log)]) as terminal:
        terminal.wait_for(lambda text: "following" in text and f"line {COUNT - 1} of" in text)
        terminal.press("\x1b[H")
        terminal.wait_for(lambda text: "line 0 of" in text and "line 17 of" in text)
        terminal.press("pagedown", "pagedown")
        terminal.wait_for(lambda text: "line 36 of" in chosen(text))
        terminal.press("\x1b[F")
        terminal.wait_for(lambda text: "following" in text and f"line {COUNT - 1} of" in text)
        # Far up, so that most of the file is searched.
        terminal.press("/", "LINE 123 of", "enter")
        terminal.wait_for(lambda text: "line 123 of" in chosen(text))
        terminal.press("N")
        terminal.wait_for("is in no line below this one")
        terminal.press("\x1b[F")
        terminal.wait_for("following")
        for first in range(COUNT, COUNT + 50_000, 10_000):
            add(log, first, 10_000)
        terminal.press("up")
        terminal.wait_for("paused")
        terminal.press("\x1b[F")
        terminal.wait_for(f"line {COUNT + 49_999} of")
        terminal.press("esc")
        terminal.wait_for("THIS NODE")
        terminal.press("q")
        assert terminal.wait_for_exit() == 0
