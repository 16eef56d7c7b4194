"""systemd's journal, through ``journalctl``: it knows where the journal is, old and new, and who may read it."""

import asyncio
import contextlib
import json
import re
import shutil
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.text import harmless
from quantix_tui.host import programs
from quantix_tui.host.logs.entry import Batch, Entry, Found, Least, Page, Place, Subject, Which
from quantix_tui.host.logs.journal_entry import FIELDS, read_entry, text_of
from quantix_tui.host.logs.source import FOLLOW_EVERY, FOLLOW_MOST

READ_WITHIN = 20.0
"""Seconds for a page: it takes milliseconds, unless the disk hangs."""
_LONGEST = 1 << 20
_NO_PATTERNS = "without pattern matching"
_SEARCHED = 2000
"""Entries of one step of a search that has to read them."""
_AT_ONCE = 200
"""Entries that are read between two looks at the keys."""


class JournalSource:
    """``root`` is ``/`` but for tests; ``program`` what speaks for the journal."""

    name = "Journal"

    def __init__(self, root: str = "/", program: str = "journalctl") -> None:
        self._program = program
        self._place = () if root == "/" else (f"--root={root}",)

    async def older(self, before: Place | None, count: int, which: Which) -> Page:
        # With --reverse "after" is the older side.
        start = () if before is None else (f"--after-cursor={before}",)
        entries = await self._read((*start, "--reverse", f"--lines={count}"), count, which)
        entries.reverse()
        return Page(tuple(entries), entries[0].place if len(entries) == count else None)

    async def newer(self, after: Place | None, count: int, which: Which) -> Page:
        start = () if after is None else (f"--after-cursor={after}",)
        entries = await self._read(start, count, which)
        return Page(tuple(entries), entries[-1].place if len(entries) == count else None)

    async def find(self, start: Place, words: str, which: Which, *, older: bool) -> Found:
        # No --lines: together with --grep it would turn the direction round.
        pattern = f"--grep={re.escape(words)}"
        options = (f"--after-cursor={start}", pattern, "--case-sensitive=false", *(("--reverse",) if older else ()))
        try:
            entries = await self._read(options, 1, which, within=None)
        except QuantixError as error:
            if _NO_PATTERNS not in error.problem.message:
                raise
            return await self._find_by_reading(start, words, which, older=older)
        return Found(entries[0] if entries else None)

    async def _find_by_reading(self, start: Place, words: str, which: Which, *, older: bool) -> Found:
        """For a journalctl that was built without the library for patterns."""
        page = await (self.older if older else self.newer)(start, _SEARCHED, which)
        wanted = words.casefold()
        for entry in reversed(page.entries) if older else page.entries:
            if wanted in entry.message.casefold():
                return Found(entry)
        return Found(None, page.reached)

    async def follow(self, after: Place | None, which: Which) -> AsyncGenerator[Batch, None]:
        start = ("--lines=0",) if after is None else (f"--after-cursor={after}", "--no-tail")
        errors = bytearray()
        lines: asyncio.Queue[Sequence[bytes] | None] = asyncio.Queue(64)  # When it is full, journalctl waits.
        command = self._command((*start, "--follow"), which)
        reader = asyncio.create_task(_fill(lines, command, errors))
        try:
            while True:
                gathered, total, ended = await _gather(lines)
                entries = await _entries(gathered)
                if total:
                    yield Batch(tuple(entries), total - len(gathered))
                if ended:
                    await reader  # What went wrong with it is told.
                    raise _failed(bytes(errors) or b"it ended by itself")
        finally:
            reader.cancel()
            with contextlib.suppress(asyncio.CancelledError, QuantixError):
                await reader

    async def whole(self, entry: Entry) -> str:
        options = ("--all", f"--cursor={entry.place}", "--lines=1")
        async for line in self._lines(options, Which()):
            with contextlib.suppress(ValueError):
                return text_of(json.loads(line).get("MESSAGE"))
        return entry.message

    async def _read(
        self, options: Sequence[str], count: int, which: Which, within: float | None = READ_WITHIN
    ) -> list[Entry]:
        entries: list[Entry] = []
        try:
            async with asyncio.timeout(within), aclosing(self._lines(options, which)) as lines:
                async for line in lines:
                    entry = read_entry(line)
                    if entry is not None:
                        entries.append(entry)
                    if len(entries) == count:
                        break
                    if len(entries) % _AT_ONCE == 0:
                        await asyncio.sleep(0)
        except TimeoutError:
            raise QuantixError(
                Problem(
                    ErrorCode.TIMED_OUT,
                    f"The journal did not answer within {READ_WITHIN:g} s.",
                    "Look whether the disk is well: dmesg shows its errors. Then try again.",
                    "journal_slow",
                )
            ) from None
        return entries

    async def _lines(self, options: Sequence[str], which: Which) -> AsyncGenerator[bytes, None]:
        errors = bytearray()
        seen = False
        async with aclosing(_split(self._command(options, which), errors)) as parts:
            async for lines in parts:
                for line in lines:
                    seen = True
                    yield line
        if errors and not seen:
            raise _failed(bytes(errors))

    def _command(self, options: Sequence[str], which: Which) -> tuple[str, ...]:
        program = shutil.which(self._program)
        if program is None:
            raise _failed(b"journalctl is not installed")
        least = () if which.least is Least.ALL else (f"--priority={int(which.least)}",)
        plain = ("--quiet", "--no-pager", "--output=json", f"--output-fields={FIELDS}")
        return (program, *self._place, *plain, *least, *options, *matches(which.subject))


def matches(subject: Subject) -> tuple[str, ...]:
    """What journalctl is to look for: lines of the units, lines about them, lines of the programs."""
    terms: list[tuple[str, ...]] = []
    for unit in subject.units:
        terms += [(f"_SYSTEMD_UNIT={unit}",), ("_PID=1", f"UNIT={unit}")]
    for name in subject.programs:
        terms.append(("_TRANSPORT=kernel",) if name == "kernel" else (f"SYSLOG_IDENTIFIER={name}",))
    words = [word for term in terms for word in ("+", *term)]
    return tuple(words[1:])


async def _split(command: Sequence[str], errors: bytearray) -> AsyncGenerator[list[bytes], None]:
    """The program's lines, as many at once as came; of one longer than 1 MiB nothing is left to be read."""
    rest = bytearray()
    try:
        async with aclosing(programs.chunks(command, errors)) as parts:
            async for chunk in parts:
                rest += chunk
                if b"\n" in chunk:
                    *lines, last = bytes(rest).split(b"\n")
                    rest = bytearray(last)
                    yield [line for line in lines if len(line) <= _LONGEST]
                elif len(rest) > _LONGEST:
                    del rest[_LONGEST + 1 :]  # Keeps it too long to be taken for a whole one.
    except OSError as error:
        raise _failed((error.strerror or "unknown error").encode()) from None


async def _fill(queue: asyncio.Queue[Sequence[bytes] | None], command: Sequence[str], errors: bytearray) -> None:
    try:
        async with aclosing(_split(command, errors)) as parts:
            async for lines in parts:
                await queue.put(lines)
    finally:
        if queue.full():
            queue.get_nowait()
        queue.put_nowait(None)


async def _gather(queue: asyncio.Queue[Sequence[bytes] | None]) -> tuple[list[bytes], int, bool]:
    """The newest lines of what comes within a moment from the first one on, how many came, whether that was all."""
    newest: deque[bytes] = deque(maxlen=FOLLOW_MOST)
    total = 0
    part = await queue.get()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(FOLLOW_EVERY):
            while part is not None:
                newest.extend(part)
                total += len(part)
                part = []
                part = await queue.get()
    return list(newest), total, part is None


async def _entries(lines: Sequence[bytes]) -> list[Entry]:
    entries: list[Entry] = []
    for number, line in enumerate(lines):
        entry = read_entry(line)
        if entry is not None:
            entries.append(entry)
        if number % _AT_ONCE == _AT_ONCE - 1:
            await asyncio.sleep(0)
    return entries


def _failed(said: bytes) -> QuantixError:
    why = harmless(said.decode("utf-8", "replace"), 300).rstrip(".")
    return QuantixError(
        Problem(
            ErrorCode.INTERNAL,
            f"The journal could not be read: {why}.",
            "Try journalctl in a shell of this node; the plain files under /var/log may say more.",
            "journal_failed",
        )
    )
