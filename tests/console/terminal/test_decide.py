"""Every kind of terminal that was met, as a line of a table: what is seen, and what it means."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from quantix_tui.console.driver.dialect import dialect_for
from quantix_tui.console.terminal import (
    Colours,
    Facts,
    Family,
    Kind,
    Overrides,
    Size,
    TerminalProfile,
    decide,
    overrides_from,
    textual_environment,
)
from quantix_tui.console.terminal.profile import ASCII, CONSOLE_COMMON, CP437, DRAWING, UNICODE, Glyphs

FONT = frozenset("─│┌┐└┘█░é")
TTY1 = Facts(major=4, minor=1, answers_as_console=True, font=FONT, size=Size(80, 25))
TTYS0 = Facts(major=4, minor=64, speed=115200)


def seen(facts: Facts, **environment: str) -> Facts:
    return replace(facts, environment=environment)


def ssh(**environment: str) -> Facts:
    return seen(Facts(size=Size(120, 40), utf8_input=True), **environment)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (
            seen(TTY1, TERM="linux", LANG="C"),
            (Kind.CONSOLE, Family.LINUX, Colours.SIXTEEN, Glyphs("utf-8", FONT), None, False),
        ),
        (
            seen(replace(TTY1, vga_text=True, font_is_large=True), TERM="xterm-256color", COLORTERM="truecolor"),
            (Kind.CONSOLE, Family.LINUX, Colours.EIGHT, Glyphs("utf-8", FONT), None, False),
        ),
        (
            seen(replace(TTY1, font=None), TERM="linux"),
            (Kind.CONSOLE, Family.LINUX, Colours.SIXTEEN, CONSOLE_COMMON, None, False),
        ),
        (
            seen(TTYS0, TERM="vt220"),
            (Kind.SERIAL, Family.VT220, Colours.NONE, DRAWING, 115200, False),
        ),
        (
            seen(replace(TTYS0, speed=9600), TERM="dumb"),
            (Kind.SERIAL, Family.VT220, Colours.NONE, DRAWING, 9600, False),
        ),
        (
            seen(TTYS0, TERM="vt100"),
            (Kind.SERIAL, Family.VT100, Colours.NONE, DRAWING, 115200, False),
        ),
        (
            seen(TTYS0, TERM="xterm-256color", COLORTERM="truecolor", LANG="C.UTF-8"),
            (Kind.SERIAL, Family.XTERM, Colours.SIXTEEN, DRAWING, 115200, False),
        ),
        (
            seen(TTYS0, TERM="ansi"),
            (Kind.SERIAL, Family.ANSI, Colours.EIGHT, ASCII, 115200, False),
        ),
        (  # a USB serial adapter, and a hypervisor's console
            seen(Facts(major=188, speed=9600), TERM="linux"),
            (Kind.SERIAL, Family.LINUX, Colours.EIGHT, DRAWING, 9600, False),
        ),
        (
            seen(Facts(major=229), TERM="vt220"),
            (Kind.SERIAL, Family.VT220, Colours.NONE, DRAWING, None, False),
        ),
        (
            ssh(TERM="xterm-256color", LANG="de_DE.UTF-8"),
            (Kind.EMULATOR, Family.XTERM, Colours.MANY, UNICODE, None, True),
        ),
        (
            ssh(TERM="xterm-256color", COLORTERM="truecolor", LANG="en_US.UTF-8"),
            (Kind.EMULATOR, Family.XTERM, Colours.TRUE, UNICODE, None, True),
        ),
        (
            ssh(TERM="xterm-kitty", LANG="en_US.UTF-8"),
            (Kind.EMULATOR, Family.XTERM, Colours.TRUE, UNICODE, None, True),
        ),
        (
            ssh(TERM="xterm", LANG="en_US.UTF-8"),
            (Kind.EMULATOR, Family.XTERM, Colours.SIXTEEN, UNICODE, None, True),
        ),
        (  # a root shell of a minimal system: no locale at all, the line's flag says UTF-8
            ssh(TERM="xterm-256color"),
            (Kind.EMULATOR, Family.XTERM, Colours.MANY, UNICODE, None, True),
        ),
        (  # Python has put LC_CTYPE there itself
            ssh(TERM="xterm-256color", LANG="C", LC_CTYPE="C.UTF-8"),
            (Kind.EMULATOR, Family.XTERM, Colours.MANY, DRAWING, None, True),
        ),
        (
            ssh(TERM="xterm-256color", LC_ALL="POSIX"),
            (Kind.EMULATOR, Family.XTERM, Colours.MANY, DRAWING, None, True),
        ),
        (
            ssh(TERM="xterm-256color", LANG="en_US.UTF-8", NO_COLOR="1"),
            (Kind.EMULATOR, Family.XTERM, Colours.NONE, UNICODE, None, True),
        ),
        (
            ssh(TERM="tmux-256color", TMUX="/tmp/tmux-0/default,1,0", LANG="en_US.UTF-8"),
            (Kind.MULTIPLEXER, Family.TMUX, Colours.MANY, UNICODE, None, True),
        ),
        (
            ssh(TERM="screen", STY="1.pts-0.host", LANG="en_US.UTF-8"),
            (Kind.MULTIPLEXER, Family.SCREEN, Colours.EIGHT, UNICODE, None, False),
        ),
        (
            ssh(TERM="screen.xterm-256color", TMUX="x", LANG="en_US.UTF-8"),
            (Kind.MULTIPLEXER, Family.TMUX, Colours.MANY, UNICODE, None, True),
        ),
        (
            ssh(TERM="linux", LANG="en_US.UTF-8"),
            (Kind.EMULATOR, Family.LINUX, Colours.EIGHT, UNICODE, None, False),
        ),
        (
            ssh(TERM="dumb", LANG="en_US.UTF-8"),
            (Kind.DUMB, Family.ANSI, Colours.NONE, ASCII, None, False),
        ),
        (
            Facts(is_tty=False),
            (Kind.DUMB, Family.ANSI, Colours.NONE, ASCII, None, False),
        ),
    ],
)
def test_what_is_seen_decides(facts: Facts, expected: tuple[Any, ...]) -> None:
    profile = decide(facts)
    found = (profile.kind, profile.family, profile.colours, profile.glyphs, profile.speed, profile.mouse)
    assert found == expected


@pytest.mark.parametrize(
    ("environment", "repeats"),
    [
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, False),
        ({"TERM": "tmux-256color", "TMUX": "x"}, False),
        ({"TERM": "linux"}, False),
    ],
)
def test_rep_only_where_it_is_known(environment: Mapping[str, str], repeats: bool) -> None:
    assert decide(Facts(environment=environment)).repeats is repeats


def test_what_a_person_said_wins() -> None:
    said = overrides_from(
        {
            "QUANTIX_TERMINAL": "console",
            "QUANTIX_COLORS": "none",
            "QUANTIX_GLYPHS": "cp437",
            "QUANTIX_SIZE": "100x30",
            "QUANTIX_SPEED": "9600",
            "QUANTIX_MOUSE": "on",
        }
    )
    profile = decide(ssh(TERM="xterm-256color", LANG="C.UTF-8"), said)
    assert profile == TerminalProfile(Kind.CONSOLE, Family.LINUX, Colours.NONE, CP437, Size(100, 30), 9600)


def test_a_console_outside_utf8_is_put_into_it_and_back() -> None:
    profile = decide(replace(TTY1, latin_keys=True))
    assert profile.input_encoding == "iso8859-15"
    assert "\x1b%G" in dialect_for(profile).start
    assert "\x1b%@" in dialect_for(profile).stop
    assert "\x1b%" not in dialect_for(decide(TTY1)).start + dialect_for(decide(TTY1)).stop


def test_a_size_that_nothing_knows_is_the_usual_one() -> None:
    assert decide(TTYS0).size == (80, 24)


@pytest.mark.parametrize(
    "environment",
    [
        {"QUANTIX_TERMINAL": "teletype"},
        {"QUANTIX_COLORS": "17"},
        {"QUANTIX_GLYPHS": "emoji"},
        {"QUANTIX_SIZE": "big"},
        {"QUANTIX_SIZE": "80x0"},
        {"QUANTIX_SPEED": "fast"},
        {"QUANTIX_MOUSE": "maybe"},
    ],
)
def test_a_value_that_is_none_of_the_choices_is_told(environment: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=next(iter(environment))):
        overrides_from(environment)


def test_nothing_said_is_nothing_overridden() -> None:
    assert overrides_from({}) == Overrides()


@pytest.mark.parametrize(
    ("profile", "name", "value"),
    [
        (TerminalProfile(), "TEXTUAL_COLOR_SYSTEM", "truecolor"),
        (TerminalProfile(colours=Colours.MANY), "TEXTUAL_ANIMATIONS", "none"),
        (TerminalProfile(Kind.SERIAL, speed=9600), "TEXTUAL_FPS", "30"),
        (TerminalProfile(Kind.SERIAL, speed=115200), "ESCDELAY", "500"),
    ],
)
def test_what_textual_is_told(profile: TerminalProfile, name: str, value: str) -> None:
    assert textual_environment(profile)[name] == value
