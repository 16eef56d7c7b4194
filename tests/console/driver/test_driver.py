"""The driver between a real Textual program and a real pseudo-terminal."""

import asyncio
import os
import signal

import pytest
from textual.widgets import Input

from quantix_tui.console.terminal import Colours, Family, Kind, Size, TerminalProfile
from quantix_tui.console.terminal.profile import CONSOLE_COMMON, DRAWING, UNICODE

from .rig import running, set_size, until

VT220 = TerminalProfile(Kind.SERIAL, Family.VT220, Colours.NONE, DRAWING)
LINUX = TerminalProfile(Kind.CONSOLE, Family.LINUX, Colours.SIXTEEN, CONSOLE_COMMON)
XTERM = TerminalProfile(Kind.EMULATOR, Family.XTERM, Colours.TRUE, UNICODE, mouse=True, repeats=True)
EACH = pytest.mark.parametrize("profile", [VT220, LINUX, XTERM], ids=["vt220", "linux", "xterm"])


@EACH
async def test_a_program_is_shown_and_the_terminal_is_left_as_found(profile: TerminalProfile) -> None:
    async with running(profile) as rig:
        assert "┌" in rig.shown()
        assert "entry number 3" in rig.shown()
    assert rig.terminal.wraps
    assert rig.terminal.cursor_shown
    assert "ready" not in rig.shown()


@EACH
async def test_typing_is_echoed_in_a_byte_and_the_cursor_stands_after_it(profile: TerminalProfile) -> None:
    async with running(profile) as rig:
        rig.type(b"a")
        await until(lambda: rig.typed == "a", "the key")
        await rig.settled()
        rig.take()
        rig.type(b"b")
        await until(lambda: rig.typed == "ab", "the echo")
        assert rig.take() == b"b"
        field = rig.app.query_one("#name")
        assert (rig.terminal.x, rig.terminal.y) == (field.content_region.x + 2, field.content_region.y)
        assert rig.terminal.cursor_shown
        rig.type(b"\t\t")
        await until(lambda: not rig.terminal.cursor_shown, "a cursor that is hidden on the list")


async def test_nothing_is_sent_while_nothing_changes() -> None:
    async with running(LINUX) as rig:
        await rig.settled()
        rig.take()
        rig.app.say("ready")
        await rig.settled()
        assert rig.take() == b""


async def test_resizing() -> None:
    async with running(XTERM) as rig:
        size = Size(60, 20)
        rig.look_away()
        await rig.settled()
        rig.terminal = type(rig.terminal)(*size, rig.terminal.dialect, modes=rig.terminal.modes)
        rig.look()
        set_size(rig.slave, size)
        os.kill(os.getpid(), signal.SIGWINCH)
        await until(lambda: "entry number 2" in rig.shown(), "the picture in the new size")
        await until(lambda: rig.shown().splitlines()[1].endswith("┐"), "all of it")
        assert tuple(rig.app.size) == size
        rig.type(b"x")
        await until(lambda: rig.typed == "x", "typing goes on")


async def test_repainting_mends_what_others_wrote() -> None:
    async with running(VT220) as rig:
        await rig.settled()
        rig.terminal.feed(b"\x1b[3;3Hkernel: something")
        assert "kernel" in rig.shown()
        rig.type(b"\x0c")
        await until(lambda: "kernel" not in rig.shown() and "entry number 2" in rig.shown(), "the picture again")


async def test_a_line_without_a_size_is_asked_again_when_repainting() -> None:
    async with running(VT220) as rig:
        set_size(rig.slave, Size(0, 0))
        await rig.settled()
        rig.look_away()
        rig.type(b"\x0c")
        asked = bytearray()

        def question() -> bool:
            try:
                asked.extend(os.read(rig.master, 4096))
            except BlockingIOError:
                return False
            return b"\x1b[6n" in asked

        await until(question, "the question")
        rig.terminal = type(rig.terminal)(100, 30, rig.terminal.dialect, modes=rig.terminal.modes)
        rig.look()
        rig.type(b"\x1b[30;100R")
        await until(lambda: tuple(rig.app.size) == (100, 30), "the new size")
        await until(lambda: "ready" in rig.shown(), "the picture in it")
        assert rig.app.keys == []


async def test_a_cursor_report_that_nobody_asked_for_changes_nothing() -> None:
    async with running(VT220) as rig:
        rig.type(b"\x1b[30;100R\x1b[?62;1;2c\x1b]11;rgb:0000/0000/0000\x07x")
        await until(lambda: rig.typed == "x", "the key after them")
        assert tuple(rig.app.size) == (80, 24)
        assert rig.app.value("name") == "x"


async def test_bytes_that_are_no_utf8() -> None:
    async with running(LINUX) as rig:
        rig.type(b"a\xff\xfeb")
        await until(lambda: rig.typed == "a??b", "the rest of the text")
        assert "\ufffd" not in rig.shown()


async def test_a_torn_arrow_key_on_a_serial_line() -> None:
    async with running(VT220) as rig:
        for part in (b"x", b"y", b"\x1b", b"[", b"D", b"z"):
            rig.type(part)
            await asyncio.sleep(0.15)  # longer than Textual waits, as a serial-over-LAN client does
        await until(lambda: rig.app.value("name") == "xzy", "the arrow key")


async def test_a_lone_escape_is_the_key() -> None:
    async with running(XTERM) as rig:
        rig.type(b"\x1b")
        await until(lambda: "escape" in rig.app.keys, "Esc")


@EACH
async def test_a_paste_of_several_lines_presses_no_enter(profile: TerminalProfile) -> None:
    async with running(profile) as rig:
        if profile is XTERM:
            rig.type(b"\x1b[200~first line\rsecond line\r\x1b[201~")
        else:
            rig.type(b"first line\rsecond line\r")
        await until(lambda: bool(rig.app.value("name")), "the paste")
        assert rig.app.value("name") == "first line"
        assert rig.app.submitted == []
        rig.type(b"\r")
        await until(lambda: rig.app.submitted == ["first line"], "Enter after it")


async def test_fast_typing_and_enter_is_no_paste() -> None:
    async with running(VT220) as rig:
        rig.type(b"some words\r")
        await until(lambda: rig.app.submitted == ["some words"], "Enter")


async def test_a_line_that_takes_nothing_stops_neither_loop_nor_keys() -> None:
    async with running(XTERM) as rig:
        await rig.settled()
        rig.look_away()
        loop = asyncio.get_running_loop()
        # More pictures than any buffer holds, none of them read.
        for round_ in range(400):
            rig.app.query_one("#name", Input).value = chr(65 + round_ % 26) * 70
            rig.app.say(f"{round_} " + "─┼" * 35)
            before = loop.time()
            await asyncio.sleep(0)
            rig.driver.repaint()
            await asyncio.sleep(0)
            assert loop.time() - before < 1
        await until(
            lambda: rig.driver._session is not None and rig.driver._session.output._waits_for_room, "a full line"
        )
        rig.type(b"\t\x1b[B")
        await until(lambda: rig.app.focused is rig.app.query_one("#address"), "the key")
        rig.app.say("the newest")
        rig.look()
        await until(lambda: "the newest" in rig.shown(), "the newest picture")


async def test_end_of_file_ends_the_program() -> None:
    async with running(VT220) as rig:
        rig.look_away()
        rig.driver._line_lost()
        await until(lambda: rig.app._exit, "the end")
    assert rig.app.return_code == 128 + signal.SIGHUP
