"""What stands on a virtual console: its characters as the kernel keeps them, and the font they are drawn with."""

import base64
import json
import struct
import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.vm.attributes import Attributes, parse_attributes
from tests.vm.serial import GuestShell

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

_UNICODE_MAP = (Path(__file__).parent / "guest" / "font.py").read_text()


@dataclass(frozen=True, slots=True)
class VirtualScreen:
    """The characters of a virtual console, row by row, how they are drawn, its cursor (column and row, from 0)."""

    rows: tuple[str, ...]
    attributes: Attributes
    cursor: tuple[int, int]

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        return len(self.rows[0]), len(self.rows)

    @property
    def text(self) -> str:
        return "\n".join(row.rstrip() for row in self.rows)


def parse_screen(drawn: bytes, cells: bytes) -> VirtualScreen:
    """Put together what /dev/vcsa and /dev/vcsu hold; see vcs(4).

    Raises ValueError when the two don't fit each other.
    """
    rows, columns, column, row = drawn[:4]
    if len(cells) != rows * columns * 4:
        raise ValueError(f"{columns}x{rows} cells in {len(cells)} bytes")
    points = struct.unpack(f"={rows * columns}I", cells)
    characters = "".join(chr(point) if point >= 32 else " " for point in points)
    return VirtualScreen(
        tuple(characters[start : start + columns] for start in range(0, len(characters), columns)),
        parse_attributes(drawn),
        (column, row),
    )


def screen_command(number: int = 1) -> str:
    """What to run in the guest: two lines for :func:`screen_in`. No Python there: it would take a second each time."""
    return "; ".join(f"gzip -1 </dev/{device}{number} | base64 -w0; echo" for device in ("vcsa", "vcsu"))


def screen_in(drawn: str, cells: str) -> VirtualScreen:
    """Read the two lines of :func:`screen_command`."""
    return parse_screen(*(zlib.decompress(base64.b64decode(line), wbits=31) for line in (drawn, cells)))


def read_screen(shell: GuestShell, number: int = 1) -> VirtualScreen:
    """The screen of virtual console ``number`` now."""
    return screen_in(*shell.run(screen_command(number)).splitlines())


def read_font(shell: GuestShell, number: int = 1) -> frozenset[str]:
    """The characters that the font of virtual console ``number`` has a glyph for."""
    return parse_font(shell.run(f"python3 - /dev/tty{number} <<'END'\n{_UNICODE_MAP}\nEND"))


def parse_font(code_points: str) -> frozenset[str]:
    return frozenset(chr(point) for point in json.loads(code_points))


def unshown(rows: Iterable[str], font: frozenset[str]) -> Counter[str]:
    """The characters that show as a replacement mark, and how often; a replacement mark itself is one of them."""
    return Counter(
        character for row in rows for character in row if character == REPLACEMENT or character not in font | {" "}
    )
