"""A plain log file: read in blocks from either end, followed through rotation and truncation."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import TypeVar

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.host.logs.blocks import Having, line_at, lines_after, lines_before
from quantix_tui.host.logs.entry import Batch, Entry, Found, Page, Place, Which
from quantix_tui.host.logs.file_entries import FilePlace, parsed, wanted_entries
from quantix_tui.host.logs.follower import FileFollower, unfinished
from quantix_tui.host.logs.problems import file_problem
from quantix_tui.host.logs.segments import Segment, opened, segments
from quantix_tui.host.logs.source import FOLLOW_EVERY

BUDGET = 1 << 22
"""Bytes that one call reads at most, however rare what is looked for."""

T = TypeVar("T")


class FileSource:
    """``path`` is what a person calls it, ``file`` where it is (they differ in tests only)."""

    def __init__(self, path: str, file: str | None = None) -> None:
        self.name = path
        self._file = file or path

    async def older(self, before: Place | None, count: int, which: Which) -> Page:
        return await self._ask(lambda: self._older(before, count, which))

    async def newer(self, after: Place | None, count: int, which: Which) -> Page:
        return await self._ask(lambda: self._newer(after, count, which))

    async def find(self, start: Place, words: str, which: Which, *, older: bool) -> Found:
        wanted = words.casefold()
        step = self._older if older else self._newer

        def search() -> Found:
            page = step(start, 1, which, wanted)
            return Found(page.entries[0]) if page.entries else Found(None, page.reached)

        return await self._ask(search)

    async def whole(self, entry: Entry) -> str:
        place = FilePlace.read(entry.place)

        def read() -> str:
            parts = segments(self._file)
            with opened(parts[self._index(parts, place.inode)].path) as descriptor:
                line = line_at(descriptor, place.offset)
            return parsed(line.text).message if line else entry.message

        return await self._ask(read)

    async def follow(self, after: Place | None, which: Which) -> AsyncGenerator[Batch, None]:
        reader = await self._ask(lambda: FileFollower(self._file, after, which))
        try:
            while True:
                batch = await self._ask(reader.read)
                if batch.entries or batch.skipped or batch.said:
                    yield batch
                await asyncio.sleep(FOLLOW_EVERY)
        finally:
            reader.close()

    async def _ask(self, call: Callable[[], T]) -> T:
        """In a thread: a disk may be slow, and the screen must not be."""
        try:
            return await asyncio.to_thread(call)
        except OSError as error:
            raise QuantixError(file_problem(self.name, self._file, error)) from None

    def _older(self, before: Place | None, count: int, which: Which, wanted: str = "") -> Page:
        parts = segments(self._file)
        place = FilePlace.read(before) if before is not None else FilePlace(parts[0].inode, parts[0].size)
        at = self._index(parts, place.inode)
        end = min(place.offset, parts[at].size)
        down_to = max(0, end - BUDGET)
        entries: list[Entry] = []
        reached = end
        with opened(parts[at].path) as descriptor:
            began = str(FilePlace(place.inode, unfinished(descriptor, end), before=True)) if before is None else None
            for line in lines_before(descriptor, end, down_to, _having(wanted)):
                if line.start == down_to > 0 and line.end < end:
                    reached = line.end  # Its beginning is further up.
                    break
                reached = line.start
                entries += wanted_entries(place.inode, line, which, wanted)
                if len(entries) == count:
                    break
        entries.reverse()
        if 0 < reached < end:
            return Page(tuple(entries), str(FilePlace(place.inode, reached)), began)
        further = parts[at + 1] if at + 1 < len(parts) else None
        return Page(tuple(entries), str(FilePlace(further.inode, further.size)) if further else None, began)

    def _newer(self, after: Place | None, count: int, which: Which, wanted: str = "") -> Page:
        parts = segments(self._file)
        place = FilePlace.read(after) if after is not None else FilePlace(parts[-1].inode, 0, before=True)
        at = self._index(parts, place.inode)
        entries: list[Entry] = []
        with opened(parts[at].path) as descriptor:
            start = place.behind(descriptor)
            up_to = start + BUDGET
            reached, ended = up_to, parts[at].size <= up_to
            for line in lines_after(descriptor, start, up_to, _having(wanted)):
                if not (line.complete or ended) and line.start > start:
                    reached = line.start  # Its end is further down.
                    break
                entries += wanted_entries(place.inode, line, which, wanted)
                if len(entries) == count:
                    reached, ended = line.end, False
                    break
        if not ended:
            return Page(tuple(entries), str(FilePlace(place.inode, reached, before=True)))
        return Page(tuple(entries), str(FilePlace(parts[at - 1].inode, 0, before=True)) if at else None)

    def _index(self, parts: list[Segment], inode: int) -> int:
        for number, part in enumerate(parts):
            if part.inode == inode:
                return number
        raise QuantixError(
            Problem(
                ErrorCode.NOT_SUPPORTED,
                f"This part of {self.name} is gone: it was rotated away while you read it.",
                "End goes to the newest lines.",
                "log_gone",
            )
        )


def _having(words: str) -> Having | None:
    """Whether a piece of a file may have the words, at the speed of bytes where they are ASCII."""
    if not words:
        return None
    if words.isascii():
        plain = words.encode()
        return lambda piece: plain in piece.lower()
    return lambda piece: words in piece.decode("utf-8", "replace").casefold()
