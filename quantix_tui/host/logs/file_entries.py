"""Entries out of the raw lines of a file, and the places where they stand."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from quantix_tui.host.logs.blocks import RawLine, line_at
from quantix_tui.host.logs.entry import KEPT, Entry, Place, Subject, Which
from quantix_tui.host.logs.textline import TextLine, take_apart


@dataclass(frozen=True, slots=True)
class FilePlace:
    """The line that begins at ``offset``; with ``before`` the gap in front of it. A rotation does not change it."""

    inode: int
    offset: int
    before: bool = False

    def __str__(self) -> str:
        return f"{self.inode}:{self.offset}{'-' * self.before}"

    @classmethod
    def read(cls, place: Place) -> "FilePlace":
        inode, _, offset = place.partition(":")
        return cls(int(inode), int(offset.rstrip("-")), offset.endswith("-"))

    def behind(self, descriptor: int) -> int:
        """Where what comes after it begins. Raises OSError."""
        line = None if self.before else line_at(descriptor, self.offset)
        return line.end if line else self.offset


def parsed(raw: bytes) -> TextLine:
    return take_apart(raw.rstrip(b"\r\0").decode("utf-8", "replace"), datetime.now().astimezone())


def wanted_entries(inode: int, line: RawLine, which: Which, wanted: str = "") -> Iterator[Entry]:
    """The line's entry when it is one of those: none for an empty line. ``wanted`` is in lower case."""
    if not line.text.strip(b"\r\0 \t"):
        return
    text = parsed(line.text)
    if not which.least.admits(text.level) or not _is_of(which.subject, text.program):
        return
    if wanted and wanted not in text.message.casefold():
        return
    place = str(FilePlace(inode, line.start))
    yield Entry(place, text.time, text.level, text.program, text.message[:KEPT], len(text.message) > KEPT)


def _is_of(subject: Subject, program: str) -> bool:
    return subject.is_everything or program in subject.programs
