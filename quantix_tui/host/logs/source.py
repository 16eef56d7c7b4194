"""What a log can do for a screen."""

from collections.abc import AsyncGenerator
from typing import Protocol

from quantix_tui.host.logs.entry import Batch, Entry, Found, Page, Place, Which

FOLLOW_EVERY = 0.2
"""Seconds for which what is added is gathered before it is handed on."""
FOLLOW_MOST = 2000
"""Entries that are handed on at once: more than any screen has lines."""


class LogSource(Protocol):
    """One log. Every call is bounded in memory and may be cancelled; all raise QuantixError.

    ``node_unreachable`` is not among the codes: a log that cannot be read is ``unauthorized`` (no right to it),
    ``not_supported`` (it is not there) or ``internal`` (what reads it failed).
    """

    @property
    def name(self) -> str:
        """What a person calls it: ``Journal``, ``/var/log/messages``."""
        ...

    async def older(self, before: Place | None, count: int, which: Which) -> Page:
        """Up to ``count`` entries before a place, from the newest for None."""
        ...

    async def newer(self, after: Place | None, count: int, which: Which) -> Page:
        """Up to ``count`` entries after a place, from the oldest for None."""
        ...

    async def find(self, start: Place, words: str, which: Which, *, older: bool) -> Found:
        """The nearest entry before or after ``start`` whose message has ``words``, in whatever case."""
        ...

    def follow(self, after: Place | None, which: Which) -> AsyncGenerator[Batch, None]:
        """What is added after a place, for ever; from now on for None."""
        ...

    async def whole(self, entry: Entry) -> str:
        """The entry's message in full, as far as 1 MiB of it."""
        ...
