"""What comes from the terminal, byte by byte and torn anywhere, becomes the events that were meant."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.message import Message

from quantix_tui.console.driver.input import Keyboard
from quantix_tui.console.driver.sequences import CursorAt

DELAY = 0.5


def told(messages: Iterable[Message | CursorAt]) -> list[str]:
    """The events in words."""
    said = []
    for message in messages:
        match message:
            case events.Key():
                said.append(message.key)
            case events.Paste():
                said.append(f"paste {message.text!r}")
            case CursorAt():
                said.append(f"cursor {message.row},{message.column}")
            case _:
                said.append(type(message).__name__)
    return said


def play(keyboard: Keyboard, parts: Iterable[tuple[float, bytes]]) -> list[str]:
    """Feed the parts at their times, with what falls due in between and afterwards."""
    messages: list[Message | CursorAt] = []
    for time, data in (*parts, (1e9, b"")):
        while (due := keyboard.deadline) is not None and due <= time:
            messages += keyboard.expire(due)
        if data:
            messages += keyboard.feed(data, time)
    assert keyboard.deadline is None
    return told(messages)


def at_once(data: bytes, marks_pastes: bool = True) -> list[str]:
    return play(Keyboard(DELAY, marks_pastes=marks_pastes), [(0.0, data)])


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a", ["a"]),
        (b"\r", ["enter"]),
        (b"\t", ["tab"]),
        (b"\x7f", ["backspace"]),
        (b"\x0c", ["ctrl+l"]),
        ("é漢".encode(), ["é", "漢"]),
        (b"\x1b", ["escape"]),
        (b"\x1b\x1b", ["escape", "escape"]),
        (b"\x1b[B", ["down"]),
        (b"\x1bOB", ["down"]),
        (b"\x1b[Z", ["shift+tab"]),
        (b"\x1b[[A", ["f1"]),  # the Linux console
        (b"\x1bOP", ["f1"]),
        (b"\x1b[11~", ["f1"]),
        (b"\x1b[24~", ["f12"]),
        (b"\x1b[1;5C", ["ctrl+right"]),
        (b"\x1b\x1b[B", ["escape", "down"]),
        (b"\x1bx", ["alt+x"]),
        (b"\x1bP", ["alt+shift+p"]),
        (b"\x1b[I\x1b[O", ["AppFocus", "AppBlur"]),
        (b"\x1b[<0;3;4M\x1b[<0;3;4m", ["MouseDown", "MouseUp"]),
        (b"\x1b[200~one\rtwo\x1b[201~x", ["paste 'one\\rtwo'", "x"]),
        (b"\x1b[30;100R", ["cursor 30,100"]),
        # What a terminal tells of itself, and keys that nobody knows, are typed by nobody.
        (b"\x1b[?62;1;2;6c", []),
        (b"\x1b[>0;276;0c", []),
        (b"\x1b[0n", []),
        (b"\x1b[?2026;2$y", []),
        (b"\x1b[8;24;80t", []),
        (b"\x1b]11;rgb:1e1e/1e1e/2e2e\x07", []),
        (b"\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\", []),
        (b"\x1bP>|XTerm(390)\x1b\\", []),
        (b"\x1b[?0u", []),
        (b"\x1b[9;9;9;9~x", ["x"]),
        (b"a\xffb", ["a", "replacement_character", "b"]),
    ],
)
def test_each_sequence(data: bytes, expected: list[str]) -> None:
    assert at_once(data) == expected


@given(
    st.lists(
        st.sampled_from(
            [
                b"\x1b[B",
                b"\x1bOP",
                b"\x1b[1;5C",
                "é".encode(),
                b"a",
                b"\x1b[?62;1c",
                b"\x1b[200~p\rq\x1b[201~",
                b"\x1b[[A",
            ]
        ),
        min_size=1,
        max_size=6,
    ).map(b"".join),
    st.data(),
)
def test_tearing_anywhere_changes_nothing(data: bytes, draw: st.DataObject) -> None:
    cuts = sorted(draw.draw(st.sets(st.integers(1, max(len(data) - 1, 1)), max_size=4)))
    parts = [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]
    torn = play(Keyboard(DELAY, marks_pastes=True), [(number * 0.4, part) for number, part in enumerate(parts)])
    assert torn == at_once(data)


def test_a_lone_escape_waits_for_its_delay_only() -> None:
    keyboard = Keyboard(DELAY, marks_pastes=True)
    assert keyboard.feed(b"\x1b", 10.0) == []
    assert keyboard.deadline == 10.0 + DELAY
    assert told(keyboard.expire(10.0 + DELAY)) == ["escape"]


def test_the_rest_of_an_arrow_key_that_is_very_late() -> None:
    keyboard = Keyboard(DELAY, marks_pastes=True)
    assert play(keyboard, [(0.0, b"\x1b["), (1.5, b"B")]) == ["down"]


def test_a_sequence_that_never_ends_is_dropped() -> None:
    keyboard = Keyboard(DELAY, marks_pastes=True)
    assert play(keyboard, [(0.0, b"\x1b[1;"), (5.0, b"x")]) == ["x"]


def test_latin_keys() -> None:
    keyboard = Keyboard(DELAY, marks_pastes=True, encoding="iso8859-15")
    assert told(keyboard.feed(b"\xe9\xa4", 0.0)) == ["é", "euro_sign"]


def slow(text: str, gap: float) -> list[tuple[float, bytes]]:
    return [(number * gap, character.encode()) for number, character in enumerate(text)]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        # Typing, however fast, and Enter
        (slow("yes\r", 0.1), ["y", "e", "s", "enter"]),
        ([(0.0, b"yes\r")], ["y", "e", "s", "enter"]),
        ([(0.0, b"y\rn")], ["y", "enter", "n"]),
        ([(0.0, b"\r\r")], ["enter", "enter"]),
        # A paste, at once and as a line at 9600 baud brings it
        ([(0.0, b"one\rtwo\r")], ["paste 'one\\rtwo\\r'"]),
        ([(0.0, b"one\r\ntwo")], ["paste 'one\\r\\ntwo'"]),
        (slow("one\rtwo\r", 0.001), ["o", "n", "e", "paste '\\rtwo\\r'"]),
        ([(0.0, b"one\rtwo"), (0.5, b"\r")], ["paste 'one\\rtwo'", "enter"]),
        # A key after a paste is one, and what was held back comes before it
        ([(0.0, b"one\rtwo\x1b[B")], ["paste 'one\\rtwo'", "down"]),
        ([(0.0, b"one\r\x1b[B")], ["o", "n", "e", "enter", "down"]),
    ],
)
def test_pasting_where_the_terminal_does_not_say_so(parts: list[tuple[float, bytes]], expected: list[str]) -> None:
    assert play(Keyboard(DELAY, marks_pastes=False), parts) == expected
