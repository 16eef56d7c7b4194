"""Follows one plain log file: what is added, and what becomes of the file itself."""

import os
from collections import deque

from quantix_tui.host.logs.blocks import lines_after, lines_before
from quantix_tui.host.logs.entry import Batch, Entry, Place, Which
from quantix_tui.host.logs.file_entries import FilePlace, wanted_entries
from quantix_tui.host.logs.segments import open_log
from quantix_tui.host.logs.source import FOLLOW_MOST

BACKLOG = 1 << 24
"""Bytes behind which a reader has fallen too far: it goes on with the newest of them."""


class FileFollower:
    """Reads on from a place, or from the end. Every call may raise OSError; not to be called from two threads."""

    def __init__(self, path: str, after: Place | None, which: Which) -> None:
        self._path = path
        self._which = which
        self._descriptor = open_log(path)
        status = os.fstat(self._descriptor)
        self._inode = status.st_ino
        place = FilePlace.read(after) if after is not None else None
        if place is None:
            self._offset = unfinished(self._descriptor, status.st_size)
        elif place.inode != self._inode:
            self._offset = 0
        else:
            # An entry that was read before its line was finished comes again, whole.
            line = next(lines_after(self._descriptor, place.offset), None)
            self._offset = line.end if line and line.complete and not place.before else place.offset

    def read(self) -> Batch:
        """What has been added since the last time."""
        batch = self._read_on()
        try:
            replaced = os.stat(self._path).st_ino != self._inode
        except FileNotFoundError:
            return batch  # In the middle of a rotation: the new one is not there yet.
        if replaced and not batch.entries:
            # Only now that the old one is read to its end.
            os.close(self._descriptor)
            self._descriptor = open_log(self._path)
            self._inode, self._offset = os.fstat(self._descriptor).st_ino, 0
            new = self._read_on()
            return Batch(new.entries, new.skipped, "A new file has taken the place of the old one.")
        return batch

    def close(self) -> None:
        os.close(self._descriptor)

    def _read_on(self) -> Batch:
        said = ""
        size = os.fstat(self._descriptor).st_size
        if size < self._offset:
            self._offset, said = 0, "The file was emptied."
        skipped = 0
        if size - self._offset > BACKLOG:
            fresh = unfinished(self._descriptor, size - FOLLOW_MOST * 64)
            skipped, self._offset = _count(self._descriptor, self._offset, fresh), fresh
        newest: deque[Entry] = deque(maxlen=FOLLOW_MOST)
        for line in lines_after(self._descriptor, self._offset):
            if not line.complete:
                break
            self._offset = line.end
            for entry in wanted_entries(self._inode, line, self._which):
                skipped += len(newest) == FOLLOW_MOST
                newest.append(entry)
        return Batch(tuple(newest), skipped, said)


def unfinished(descriptor: int, end: int) -> int:
    """Where the line begins that has no line feed before ``end``; ``end`` when it has one."""
    if end <= 0 or os.pread(descriptor, 1, end - 1) == b"\n":
        return max(0, end)
    line = next(lines_before(descriptor, end), None)
    return line.start if line else end


def _count(descriptor: int, start: int, end: int) -> int:
    """Line feeds between two places."""
    total = 0
    while start < end:
        block = os.pread(descriptor, min(1 << 20, end - start), start)
        if not block:
            break
        total += block.count(b"\n")
        start += len(block)
    return total
