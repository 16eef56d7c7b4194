"""The key for rich or plain, in the real program on a real pty."""

import sys
from pathlib import Path

from tests.support.terminal import Terminal


def opened(tmp_path: Path, state: Path, *options: str, line: str = "") -> Terminal:
    command = [sys.executable, "-m", "quantix_tui", "--node", f"unix:{tmp_path}/nobody.sock", *options]
    environment = {
        "QUANTIX_STATE": str(state),
        "QUANTIX_CONFIG": str(tmp_path / "config.yaml"),
        "QUANTIX_LINE": line,
        "COLORTERM": "truecolor",
    }
    return Terminal(command, environment=environment)


def test_what_was_chosen_holds_at_once_and_the_next_time(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with opened(tmp_path, state) as terminal:
        terminal.wait_for(lambda text: "THIS NODE" in text and "\u256d" in text)
        terminal.press("p")
        text = terminal.wait_for("Drawn plain from now on")
        assert text.isascii(), text
        terminal.press("q")
        assert terminal.wait_for_exit() == 0
    with opened(tmp_path, state) as terminal:
        text = terminal.wait_for(lambda text: "THIS NODE" in text and "Quit" in text)
        assert text.isascii(), text
        terminal.press("p")
        terminal.wait_for(lambda text: "Drawn rich from now on" in text and "\u256d" in text)
        terminal.press("q")
        assert terminal.wait_for_exit() == 0
    assert (state / "drawing").read_text() == "emulator rich\n"


def test_a_choice_that_cannot_be_kept_is_made_all_the_same_and_says_so(tmp_path: Path) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("")
    with opened(tmp_path, blocked / "state") as terminal:
        terminal.wait_for(lambda text: "THIS NODE" in text and "Quit" in text)
        terminal.press("p")
        text = terminal.wait_for("could not be kept")
        assert "Not a directory" in text
        assert text.isascii(), text
        terminal.press("q")
        assert terminal.wait_for_exit() == 0


def test_on_a_locked_line_it_holds_until_the_console_ends(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with opened(tmp_path, state, line="tty1") as terminal:
        terminal.wait_for(lambda text: "THIS NODE" in text and "Quit" in text)
        terminal.press("p")
        terminal.wait_for(lambda text: "until this console ends" in text and text.isascii())
    assert not (state / "drawing").exists()


def test_an_option_says_what_the_terminal_is(tmp_path: Path) -> None:
    with opened(tmp_path, tmp_path, "--glyphs", "ascii", "--colors=none") as terminal:
        text = terminal.wait_for(lambda text: "THIS NODE" in text and "Quit" in text)
        assert text.isascii(), text
        assert b"38;" not in terminal.received
        terminal.press("q")
        assert terminal.wait_for_exit() == 0


def test_an_option_that_is_none_of_the_choices_is_told(tmp_path: Path) -> None:
    with opened(tmp_path, tmp_path, "--colors", "mauve") as terminal:
        assert terminal.wait_for_exit() == 2
        assert "--colors (QUANTIX_COLORS) is 'mauve'; it can be none, 8, 16," in terminal.text
