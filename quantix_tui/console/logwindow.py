"""The part of a log that is in memory: a window that slides over it, however long the log is. No I/O."""

from collections.abc import Sequence

from quantix_tui.host.logs.entry import Batch, Entry, Page, Place

MOST = 5000
"""Rows in memory."""
NEAR = 3
"""Screens from the window's end within which more is read."""


class LogWindow:
    """Rows oldest first, the one the cursor is on, and the one at the top of the screen.

    ``older`` and ``newer`` are where the log goes on beyond the rows; None where it has an end there.
    """

    def __init__(self) -> None:
        self.rows: list[Entry] = []
        self.at = 0
        self.top = 0
        self.older: Place | None = None
        self.newer: Place | None = None

    @property
    def chosen(self) -> Entry | None:
        return self.rows[self.at] if self.rows else None

    @property
    def at_end(self) -> bool:
        """Whether the cursor is on the last row of the log, as far as it was read."""
        return self.newer is None and self.at >= len(self.rows) - 1

    def begin(self, rows: Sequence[Entry], at: int, older: Place | None, newer: Place | None) -> None:
        """Show these instead."""
        self.rows = list(rows)
        self.at = min(max(0, at), max(0, len(self.rows) - 1))
        self.top = 0
        self.older, self.newer = older, newer

    def put_before(self, page: Page) -> None:
        """What comes before the rows; from the other end goes what is too much."""
        self.rows[:0] = page.entries
        self.at += len(page.entries)
        self.top += len(page.entries)
        self.older = page.reached
        if len(self.rows) > MOST:
            del self.rows[MOST:]
            self.newer = self.rows[-1].place

    def put_after(self, page: Page) -> None:
        """What comes after the rows."""
        self._add(page.entries)
        self.newer = page.reached

    def follow(self, batch: Batch) -> None:
        """What was added to the log; the cursor goes on to the last row."""
        if not batch.entries:
            self.there_is_more()  # All that is known of it is that it was much.
            return
        if batch.skipped:
            self.begin(batch.entries, len(batch.entries) - 1, batch.entries[0].place, None)
            return
        self._add(batch.entries)
        self.at = max(0, len(self.rows) - 1)

    def there_is_more(self) -> None:
        """Something was added to the log that is not shown."""
        if self.newer is None and self.rows:
            self.newer = self.rows[-1].place

    def go_to(self, place: Place) -> bool:
        """Put the cursor on the entry, if it is in memory."""
        for number, entry in enumerate(self.rows):
            if entry.place == place:
                self.at = number
                return True
        return False

    def move(self, step: int) -> None:
        self.at = min(max(0, self.at + step), max(0, len(self.rows) - 1))

    def keep_in_sight(self, height: int) -> None:
        """The cursor's row is on the screen, and no line of it is left empty that could be filled."""
        height = max(1, height)
        self.top = min(max(self.top, self.at - height + 1), self.at)
        self.top = max(0, min(self.top, len(self.rows) - height))

    def wants_older(self, height: int) -> bool:
        return self.older is not None and self.top < NEAR * height

    def wants_newer(self, height: int) -> bool:
        return self.newer is not None and len(self.rows) - self.top < (NEAR + 1) * height

    def _add(self, entries: Sequence[Entry]) -> None:
        # A line that was read before it was finished comes again, whole.
        if self.rows and entries and self.rows[-1].place == entries[0].place:
            del self.rows[-1]
        self.rows += entries
        surplus = len(self.rows) - MOST
        if surplus > 0:
            self.older = self.rows[surplus].place
            del self.rows[:surplus]
            self.at = max(0, self.at - surplus)
            self.top = max(0, self.top - surplus)
