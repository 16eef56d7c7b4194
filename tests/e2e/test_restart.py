"""The restart dialogue in a real pty: a daemon that hangs, and more keys than anybody needs."""

import os
import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from tests.e2e.test_console import wait_for_words
from tests.support.console import console
from tests.support.sandbox import Sandbox
from tests.support.terminal import Terminal

SEED = 20261124
BURSTS = 24
# A lone Esc comes last: followed at once by a letter the two are one key, Alt and the letter.
KEYS = (b"r", b"l", b"j", b"?", b"e", b"d", b"\r", b"\t", b" ", b"\x1b[A", b"\x1b[B", b"\x1b[C", b"\x1b[D", b"\x1b[15~")


@contextmanager
def hanging(sandbox: Sandbox) -> Iterator[None]:
    """The daemon's process stopped in its tracks: its socket takes connections and nothing answers."""
    (daemon,) = [
        child
        for child in psutil.Process(sandbox.process.pid).children(recursive=True)
        if "quantix_tui.node.server" in child.cmdline()
    ]
    os.kill(daemon.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(daemon.pid, signal.SIGCONT)


def test_a_daemon_that_hangs_is_not_told_as_one_that_is_down(sandbox: Sandbox) -> None:
    with console(sandbox) as terminal:
        terminal.wait_for("STANDALONE")
        with hanging(sandbox):
            terminal.press("r")
            terminal.wait_for("Restart now")
            terminal.press("right", "enter")
            screen = wait_for_words(terminal, "does not answer: it hangs or is very slow")
            assert "cannot be started" not in screen
            assert f"--config {sandbox.config}" in screen.replace(" ", "").replace("--config", "--config ")
            terminal.wait_for("Go on waiting")
        terminal.press("right", "enter")
        wait_for_words(terminal, "stands on its own")
        terminal.press("esc")
        terminal.wait_for("STANDALONE")


def test_a_daemon_that_is_down_is_started_not_restarted(sandbox: Sandbox) -> None:
    with console(sandbox) as terminal:
        terminal.wait_for("STANDALONE")
        sandbox.control("/daemon", action="kill")
        terminal.press("f5")
        terminal.wait_for("R  Start the daemon")
        terminal.press("r")
        terminal.wait_for("Start now")
        terminal.press("right", "enter")
        wait_for_words(terminal, "is not running")
        terminal.wait_for("Start again")


@pytest.mark.parametrize("burst", [b"rr\x1b[C\r\r\x1b", b"r\x1b[C\r\x1b", b"r\t\r\t\r\r\x1b\x1b", b"r\r\x1b"])
def test_a_burst_of_keys_in_the_restart_dialogue_harms_nothing(sandbox: Sandbox, burst: bytes) -> None:
    with console(sandbox) as terminal:
        terminal.wait_for("STANDALONE")
        for _ in range(3):
            send(terminal, burst)
            back_to_the_dashboard(terminal)
        terminal.press("q")
        assert terminal.wait_for_exit() == 0


def test_no_burst_of_keys_ends_the_console(sandbox: Sandbox) -> None:
    chance = random.Random(SEED)
    with console(sandbox) as terminal:
        terminal.wait_for("STANDALONE")
        for number in range(BURSTS):
            burst = b"".join(chance.choices(KEYS, k=chance.randint(3, 14))) + b"\x1b" * chance.randint(0, 2)
            send(terminal, burst)
            try:
                back_to_the_dashboard(terminal)
            except AssertionError as error:
                raise AssertionError(f"burst {number}, {burst!r}: {error}") from error
        terminal.press("q")
        assert terminal.wait_for_exit() == 0


def send(terminal: Terminal, burst: bytes) -> None:
    """All of it in one write, as a terminal that was held up delivers it."""
    os.write(terminal.descriptor, burst)


def back_to_the_dashboard(terminal: Terminal) -> None:
    """Press Esc until nothing lies over the dashboard; it never quits the console."""
    for _ in range(6):
        # Quiet first and last: a key right behind an Esc would be one with Alt.
        terminal.wait_until_quiet()
        if "THIS NODE" in terminal.text and "Quit" in terminal.text:
            return
        terminal.press("esc")
    raise AssertionError(f"Esc leads nowhere; the screen shows\n{terminal.text}")
