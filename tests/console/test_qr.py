"""QR codes as they are drawn: read by a real reader where there is one, module by module everywhere."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
import segno

from quantix_tui.console.lines import Line, Role
from quantix_tui.console.look import look_for
from quantix_tui.console.qr import qr_lines
from quantix_tui.console.screens.about import CodeScreen
from tests.console.looking import TERMINALS, look_at
from tests.console.screen import opened
from tests.console.scripted import STANDALONE, ScriptedGateway
from tests.support.picture import Picture

ADDRESS = "https://10.20.0.17:8443"
LONG = "https://[2001:db8:1234:5678:9abc:def0:1234:5678]:8443"
ZBAR = shutil.which("zbarimg")
_DARK = {" ": (False, False), "▀": (True, False), "▄": (False, True), "█": (True, True)}


def drawn(lines: Sequence[Line], *, halves: bool) -> list[list[bool]]:
    """The modules back from the characters."""
    rows: list[list[bool]] = []
    for line in lines:
        if halves:
            cells = [_DARK[character] for words, _ in line for character in words]
            rows += [[upper for upper, _ in cells], [lower for _, lower in cells]]
        else:
            assert {words for words, _ in line} == {"  "}
            rows.append([role is not Role.CODE for _, role in line])
    return rows


@pytest.mark.parametrize("halves", [True, False])
@pytest.mark.parametrize("text", [ADDRESS, LONG])
def test_every_module_is_where_it_belongs(text: str, halves: bool) -> None:
    lines = qr_lines(text, 200, 200, halves=halves)
    assert lines is not None
    rows = drawn(lines, halves=halves)
    code = segno.make(text, error="l", micro=False)
    expected = [[bool(module) for module in row] for row in code.matrix_iter(border=4)]
    assert rows[: len(expected)] == expected
    assert not any(any(row) for row in rows[len(expected) :])


def test_in_what_room_it_is_drawn() -> None:
    """At 80x24 with half blocks also for the longest address; with less quiet around it where there is less room."""
    assert qr_lines(LONG, 74, 19, halves=True) is not None
    assert len(qr_lines(ADDRESS, 74, 19, halves=True) or ()) == 17
    assert len(qr_lines(ADDRESS, 74, 16, halves=True) or ()) == 15
    assert qr_lines(ADDRESS, 74, 14, halves=True) is None
    assert qr_lines(ADDRESS, 74, 19, halves=False) is None


def to_pgm(picture: Picture, wide: int = 8, high: int = 16) -> bytes:
    """The picture in pixels, grey: what a camera sees of it. Letters are drawn as blots of their colour."""
    rows = bytearray()
    for row in picture:
        upper, lower = bytearray(), bytearray()
        for cell in row:
            fore, back = (sum(bytes.fromhex(colour[1:])) // 3 for colour in (cell.foreground, cell.background))
            halves = _DARK.get(cell.text)
            ink = halves if halves is not None else (True, False)
            upper += bytes([fore if ink[0] else back]) * wide
            lower += bytes([fore if ink[1] else back]) * wide
        rows += bytes(upper) * (high // 2) + bytes(lower) * (high // 2)
    return b"P5 %d %d 255\n" % (len(picture[0]) * wide, len(picture) * high) + bytes(rows)


def read_by_zbar(file: Path) -> str:
    done = subprocess.run([str(ZBAR), "-q", "--raw", str(file)], capture_output=True, text=True, check=False)
    return done.stdout.strip()


@pytest.mark.skipif(ZBAR is None, reason="it takes zbarimg (zbar-tools)")
@pytest.mark.parametrize(
    ("look", "size"), [("modern", (80, 24)), ("console", (80, 24)), ("console", (120, 40)), ("plain", (120, 40))]
)
@pytest.mark.parametrize("text", [ADDRESS, LONG])
async def test_a_reader_reads_it_from_the_screen(look: str, size: tuple[int, int], text: str, tmp_path: Path) -> None:
    profile = TERMINALS[look]
    async with opened(ScriptedGateway(STANDALONE), look=look_for(profile), size=size) as hands:
        await hands.app.push_screen(CodeScreen(text, hands.app.clock))
        await hands.until(text)
        file = tmp_path / "screen.pgm"
        file.write_bytes(to_pgm(look_at(hands.app, profile).picture()))
    assert read_by_zbar(file) == text


async def test_without_room_the_address_stands_there_as_text() -> None:
    async with opened(ScriptedGateway(STANDALONE), look=look_for(TERMINALS["plain"])) as hands:
        await hands.app.push_screen(CodeScreen(ADDRESS, hands.app.clock))
        await hands.until("The QR code needs a larger screen than this one. The address:")
        assert ADDRESS in hands.text
