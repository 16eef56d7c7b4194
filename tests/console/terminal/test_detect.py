"""Looking at real lines: pseudo-terminals with what a serial line or an emulator has set on them."""

import os
import select
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator

import pytest

from quantix_tui.console.terminal import Kind, Overrides, Size, detect
from quantix_tui.console.terminal.detect import IUTF8, look, read_unimap, window_size
from quantix_tui.console.terminal.probe import ASK_SIZE, probe_size
from tests.console.driver.rig import set_size

Pty = tuple[int, int]


@pytest.fixture
def pty() -> Iterator[Pty]:
    master, slave = os.openpty()
    yield master, slave
    os.close(master)
    os.close(slave)


def answer(master: int, data: bytes) -> threading.Thread:
    """Answers the question for the size as a terminal does."""

    def terminal() -> None:
        asked = b""
        while ASK_SIZE not in asked:
            assert select.select([master], [], [], 5)[0]
            asked += os.read(master, 1024)
        os.write(master, data)

    thread = threading.Thread(target=terminal)
    thread.start()
    return thread


def test_a_pseudo_terminal_is_seen_as_it_is(pty: Pty) -> None:
    _, slave = pty
    set_size(slave, Size(100, 40))
    attributes = termios.tcgetattr(slave)
    attributes[0] |= IUTF8
    termios.tcsetattr(slave, termios.TCSANOW, attributes)
    facts = look(slave, {"TERM": "xterm"})
    assert facts.is_tty
    assert 136 <= facts.major < 144
    assert not facts.answers_as_console
    assert facts.utf8_input
    assert facts.size == Size(100, 40)
    assert facts.speed == 38400


def test_a_pipe_is_no_terminal() -> None:
    reading, writing = os.pipe()
    try:
        assert detect(reading, {"TERM": "xterm"}).profile.kind is Kind.DUMB
    finally:
        os.close(reading)
        os.close(writing)


def test_no_size_is_none(pty: Pty) -> None:
    assert window_size(pty[1]) is None


@pytest.mark.parametrize(
    ("reply", "size", "typed"),
    [
        (b"\x1b[30;100R", Size(100, 30), b""),
        (b"q\x1b[24;80Rj", Size(80, 24), b"qj"),
        (b"\x1b[0;0R", None, b""),
    ],
)
def test_a_line_without_a_size_is_asked(pty: Pty, reply: bytes, size: Size | None, typed: bytes) -> None:
    master, slave = pty
    before = termios.tcgetattr(slave)
    thread = answer(master, reply)
    probe = probe_size(slave, wait=5)
    thread.join()
    assert (probe.size, probe.typed) == (size, typed)
    assert termios.tcgetattr(slave) == before


def test_a_line_that_does_not_answer_is_not_waited_for(pty: Pty) -> None:
    master, slave = pty
    os.write(master, b"typed")
    probe = probe_size(slave, wait=0.05)
    assert probe.size is None
    assert probe.typed == b"typed"


def test_a_serial_line_is_asked_once_and_what_was_typed_is_kept(pty: Pty) -> None:
    master, slave = pty
    thread = answer(master, b"x\x1b[30;100R")
    found = detect(slave, {"TERM": "vt220"}, Overrides(kind=Kind.SERIAL))
    thread.join()
    assert found.profile.size == Size(100, 30)
    assert found.typed == b"x"


def test_an_emulator_is_never_asked(pty: Pty) -> None:
    master, slave = pty
    assert detect(slave, {"TERM": "xterm"}).profile.size == Size(80, 24)
    assert not select.select([master], [], [], 0)[0]


def test_the_map_of_a_font() -> None:
    # (character, glyph): a letter, a line, the replacement mark, a combining sequence's marker, a large font's glyph
    assert read_unimap([0x41, 65, 0x2500, 196, 0xFFFD, 4, 0xFFFE, 5, 0xE9, 300]) == (frozenset("─é"), True)
    assert read_unimap([0x2500, 196]) == (frozenset("─"), False)
    assert read_unimap([]) == (None, False)


def test_textual_is_not_needed_to_find_out() -> None:
    code = 'import quantix_tui.console.terminal, sys; print({"textual", "rich", "asyncio"} & set(sys.modules))'
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
