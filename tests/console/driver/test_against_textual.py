"""A real program's own output and the driver's, each on an independent terminal (pyte): the same picture."""

from typing import Any

import pyte
from textual.widgets import OptionList

from quantix_tui.console.terminal import Colours, Family, Kind, TerminalProfile
from quantix_tui.console.terminal.profile import UNICODE

from .rig import Rig, running, until

XTERM = TerminalProfile(Kind.EMULATOR, Family.XTERM, Colours.TRUE, UNICODE, repeats=False)
# pyte knows neither the alternate screen nor the mouse; what is compared is the picture.
LOOK = ("data", "fg", "bg", "bold", "italics", "underscore", "strikethrough", "reverse")


class Twin:
    """Two terminals: one is given what Textual writes, the other what the driver sends."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.textual = pyte.Screen(80, 24)
        self.textual_stream = pyte.Stream(self.textual)
        self.ours = pyte.Screen(80, 24)
        self.our_stream = pyte.ByteStream(self.ours)
        # pyte colours only those erased cells that were written once.
        self.our_stream.feed(b"x" * 80 * 24)
        write = rig.driver.write

        def both(data: str) -> None:
            self.textual_stream.feed(data)
            write(data)

        rig.driver.write = both  # type: ignore[method-assign]

    async def same(self) -> None:
        await self.rig.settled()
        self.our_stream.feed(self.rig.take())
        for y in range(24):
            for x in range(80):
                assert look(self.ours, x, y) == look(self.textual, x, y), (x, y, self.ours.display[y])


def look(screen: Any, x: int, y: int) -> tuple[Any, ...]:
    cell = screen.buffer[y][x]
    if cell.data == " " and not (cell.reverse or cell.underscore or cell.strikethrough):
        # On a blank only the background is seen.
        cell = cell._replace(fg="default", bold=False, italics=False)
    return tuple(getattr(cell, part) for part in LOOK)


async def test_the_same_picture_after_each_step() -> None:
    async with running(XTERM) as rig:
        await rig.settled()
        rig.take()
        twin = Twin(rig)
        rig.driver.repaint()
        rig.app.refresh(layout=True)
        rig.app.screen.refresh(layout=True)
        await until(lambda: "entry number 3" in "\n".join(twin.textual.display), "Textual's whole picture")
        await twin.same()
        rig.app.say("漢字 é — ✓ ▁▂▃ ╭──╮")
        await until(lambda: "漢" in twin.textual.display[0], "the label")
        await twin.same()
        rig.type(b"hello\t")
        await until(lambda: rig.app.value("name") == "hello", "the text")
        await twin.same()
        rig.type(b"\t")
        await until(lambda: rig.app.focused is rig.app.query_one(OptionList), "the list")
        for key in (b"\x1b[B", b"\x1b[6~", b"\x1b[6~", b"\x1b[5~", b"\x1b[F"):
            rig.type(key)
            before = rig.app.query_one(OptionList).highlighted
            await until(lambda before=before: rig.app.query_one(OptionList).highlighted != before, "the list moves")  # type: ignore[misc]
            await twin.same()
        rig.app.screen.styles.background = "#203040"
        await until(lambda: twin.textual.buffer[22][5].bg != "default", "another background")
        await twin.same()
