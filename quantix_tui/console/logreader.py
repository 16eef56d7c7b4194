"""Fills a :class:`LogWindow` from a log: its end, its beginning, what lies around a place, what is near its edges."""

from collections.abc import Callable

from quantix_tui.console.logwindow import LogWindow
from quantix_tui.host.logs.entry import Entry, Page, Place, Which
from quantix_tui.host.logs.source import LogSource

CHUNK = 500
"""Entries that are asked for at once."""


class LogReader:
    """Every call raises QuantixError and may be cancelled; ``told`` is called whenever the window has changed."""

    def __init__(self, source: LogSource, which: Which, window: LogWindow, told: Callable[[], None]) -> None:
        self.source = source
        self.which = which
        self._window = window
        self._told = told
        self.began: Place | None = None
        """Where the last :meth:`tail` began; what is behind it is new, also where no entry was wanted before it."""

    async def tail(self, height: int) -> None:
        """The newest entries, enough for a screen of ``height`` lines."""
        page = await self.source.older(None, CHUNK, self.which)
        self.began = page.began
        self._window.begin(page.entries, len(page.entries) - 1, page.reached, None)
        self._told()
        await self.slide(height)

    async def head(self, height: int) -> None:
        """The oldest entries."""
        page = await self.source.newer(None, CHUNK, self.which)
        while not page.entries and page.reached is not None:
            page = await self.source.newer(page.reached, CHUNK, self.which)
        self._window.begin(page.entries, 0, None, page.reached)
        self._told()
        await self.slide(height)

    async def slide(self, height: int) -> None:
        """Read on wherever the window's edge is near."""
        window = self._window
        while window.wants_older(height):
            place = window.older
            page = await self.source.older(place, CHUNK, self.which)
            if window.older == place:  # Else the window was moved elsewhere meanwhile.
                window.put_before(page)
                self._told()
        while window.wants_newer(height):
            place = window.newer
            page = await self.source.newer(place, CHUNK, self.which)
            if window.newer == place:
                window.put_after(page)
                self._told()

    async def find(self, start: Place, words: str, *, older: bool) -> Entry | None:
        """The next entry with the words, and the window around it."""
        found = await self.source.find(start, words, self.which, older=older)
        while found.entry is None and found.reached is not None:
            found = await self.source.find(found.reached, words, self.which, older=older)
        if found.entry is not None and not self._window.go_to(found.entry.place):
            before: Page = await self.source.older(found.entry.place, CHUNK, self.which)
            after: Page = await self.source.newer(found.entry.place, CHUNK, self.which)
            rows = (*before.entries, found.entry, *after.entries)
            self._window.begin(rows, len(before.entries), before.reached, after.reached)
        self._told()
        return found.entry
