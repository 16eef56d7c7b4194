"""The window changes its size while somebody types, in the real program on a real pty."""

import random
import signal

from tests.support.console import console
from tests.support.sandbox import Sandbox

ADDRESS = "a-rather-long-name.vdc.example.com"
SIZES = [(80, 24), (40, 12), (120, 40), (30, 8), (200, 60), (64, 20), (39, 11)]


def test_resizing_while_typing_loses_nothing(sandbox: Sandbox) -> None:
    """Also what is typed while the window is too small to show anything of it."""
    chance = random.Random(7)
    with console(sandbox) as terminal:
        terminal.press("j")
        terminal.wait_for("Control plane")
        for character in ADDRESS:
            terminal.resize(*chance.choice(SIZES))
            terminal.press(character)
        terminal.resize(30, 8)
        terminal.wait_for("too small")
        terminal.press("x")
        terminal.press("backspace")
        terminal.resize(80, 24)
        terminal.wait_for(lambda text: f"{ADDRESS} " in text and "Esc  back" in text)
        terminal.press("esc")
        terminal.wait_for("THIS NODE")


def test_a_storm_of_resizes_ends_in_the_last_size(sandbox: Sandbox) -> None:
    with console(sandbox) as terminal:
        for _ in range(20):
            for size in SIZES:
                terminal.resize(*size)
                terminal.send_signal(signal.SIGWINCH)
        terminal.resize(100, 30)
        text = terminal.wait_for(lambda text: "STANDALONE" in text and "Quit" in text)
        assert len(text.splitlines()) == 30
        terminal.wait_until_quiet()
        assert "Quit" in terminal.text.splitlines()[-1]
