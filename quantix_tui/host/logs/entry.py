"""What a log consists of, whichever kind it is."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

Place = str
"""Where an entry stands in its log; only the source that gave it can read it."""

LEVELS = ("emerg", "alert", "crit", "error", "warning", "notice", "info", "debug")
"""Severities of syslog by number, the worst first (RFC 5424, table 2)."""

KEPT = 2000
"""Characters of a message that stay in memory; :meth:`LogSource.whole` reads the rest."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. ``level`` is an index of :data:`LEVELS`, None where the log does not say; ``time`` likewise.

    ``message`` is as it was written: whoever shows it makes it harmless. ``cut`` tells that there is more of it.
    """

    place: Place
    time: datetime | None
    level: int | None
    program: str
    message: str
    cut: bool = False


class Least(IntEnum):
    """The least severe level that is shown."""

    ERROR = 3
    WARNING = 4
    INFO = 6
    ALL = 7

    def admits(self, level: int | None) -> bool:
        """Lines whose level nobody knows are never hidden."""
        return level is None or level <= self


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose lines are shown: those of ``units`` (systemd) or of ``programs`` (syslog); all for neither."""

    name: str
    units: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()

    @property
    def is_everything(self) -> bool:
        return not self.units and not self.programs


EVERYTHING = Subject("everything")
KERNEL = Subject("kernel", programs=("kernel",))
NODE_DAEMON = Subject("node daemon", ("limiquantix-node.service",), ("limiquantix-node", "quantix-node"))
CONSOLE = Subject("this console", programs=("quantix-tui", "quantix-console"))
SUBJECTS = (EVERYTHING, NODE_DAEMON, KERNEL, CONSOLE)


@dataclass(frozen=True, slots=True)
class Which:
    """Which entries are wanted."""

    subject: Subject = EVERYTHING
    least: Least = Least.ALL


@dataclass(frozen=True, slots=True)
class Page:
    """Entries one after the other, the oldest first.

    ``reached`` is where the reading goes on in the same direction; None at the end of the log. A page may hold fewer
    entries than were asked for, even none, and still not be at the end: no call reads a whole log to fill it.
    ``began`` is where a reading from the newest began, for following on where no entry was wanted; None: not known.
    """

    entries: tuple[Entry, ...] = ()
    reached: Place | None = None
    began: Place | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to: the entry, or where it goes on; neither at the end of the log."""

    entry: Entry | None = None
    reached: Place | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """What was added to a log while it was followed, the oldest first.

    ``skipped`` entries came before those given, faster than anybody could read them; they can be paged back to.
    ``said`` is what became of the log itself: it was emptied, or replaced.
    """

    entries: tuple[Entry, ...] = ()
    skipped: int = 0
    said: str = ""
