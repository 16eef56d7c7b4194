"""Lines of a file of any size, read from any place in either direction, a block at a time.

Of a line of many megabytes no more than its first :data:`KEPT_BYTES` are held. Bytes that are no text do no harm.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate

BLOCK = 1 << 18
KEPT_BYTES = 1 << 20

Having = Callable[[bytes], bool]
"""Whether a piece of the file may hold a wanted line: what does not is not taken apart."""


@dataclass(frozen=True, slots=True)
class RawLine:
    """``start`` and ``end`` are offsets in the file; ``end`` is behind the line feed, if there is one."""

    start: int
    end: int
    text: bytes
    complete: bool = True
    """Whether a line feed was seen; reading forwards only."""


def lines_before(descriptor: int, end: int, down_to: int = 0, having: Having | None = None) -> Iterator[RawLine]:
    """The lines between ``down_to`` and ``end``, where a line begins, the last one first. Raises OSError.

    ``down_to`` may be in the middle of a line: the last one given then begins there.
    """
    carried, line_end, position = b"", end, end
    while position > down_to:
        start = max(down_to, position - BLOCK)
        block = os.pread(descriptor, position - start, start)
        if len(block) < position - start:
            return  # Somebody has cut the file short.
        if line_end == position:
            block = block.removesuffix(b"\n")
        feed = block.find(b"\n")
        if feed < 0:
            carried, position = (block + carried)[:KEPT_BYTES], start
            continue
        if having is None or having(block[feed + 1 :] + carried):
            pieces = block[feed + 1 :].split(b"\n")
            begins = list(_begins(start + feed + 1, pieces))
            pieces[-1] += carried
            for begin, piece in zip(reversed(begins), reversed(pieces), strict=True):
                yield RawLine(begin, line_end, piece[:KEPT_BYTES])
                line_end = begin
        carried, line_end, position = block[:feed], start + feed + 1, start
    if line_end > down_to:
        yield RawLine(down_to, line_end, carried)


def lines_after(
    descriptor: int, start: int, up_to: int | None = None, having: Having | None = None
) -> Iterator[RawLine]:
    """The lines from ``start``, where one begins, to the end of the file or ``up_to``. Raises OSError.

    The last one is not ``complete`` where no line feed ends it.
    """
    carried, begin, position = b"", start, start
    while wanted := BLOCK if up_to is None else min(BLOCK, up_to - position):
        block = os.pread(descriptor, wanted, position)
        if not block:
            break
        feed = block.rfind(b"\n")
        if feed < 0:
            carried, position = (carried + block)[:KEPT_BYTES], position + len(block)
            continue
        if having is None or having(carried + block[:feed]):
            pieces = block[:feed].split(b"\n")
            ends = [*list(_begins(position, pieces))[1:], position + feed + 1]
            pieces[0] = (carried + pieces[0])[:KEPT_BYTES]
            for end, piece in zip(ends, pieces, strict=True):
                yield RawLine(begin, end, piece)
                begin = end
        carried, begin, position = block[feed + 1 :], position + feed + 1, position + len(block)
    if begin < position:
        yield RawLine(begin, position, carried, complete=False)


def _begins(first: int, pieces: list[bytes]) -> Iterator[int]:
    """Where each piece begins when one line feed stands between two of them."""
    yield from accumulate((len(piece) + 1 for piece in pieces[:-1]), initial=first)


def line_at(descriptor: int, start: int) -> RawLine | None:
    """The line that begins there; None at the end of the file. Raises OSError."""
    return next(lines_after(descriptor, start), None)
