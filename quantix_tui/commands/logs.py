"""``quantix-tui logs``: the last lines of this node's log, or those that come."""

import asyncio
from collections.abc import Sequence

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.cluster.text import harmless
from quantix_tui.commands import ends
from quantix_tui.commands.options import GlobalOptions, Parser, count_to
from quantix_tui.host.logs.entry import LEVELS, SUBJECTS, Entry, Least, Place, Which
from quantix_tui.host.logs.problems import NO_LOGS
from quantix_tui.host.logs.source import LogSource
from quantix_tui.host.logs.sources import find_logs

MOST_LINES = 10_000
_ABOUT = {subject.name.replace(" ", "-"): subject for subject in SUBJECTS}


def run(words: Sequence[str], _: GlobalOptions) -> int:
    parser = Parser("logs", "Show the last lines of this node's log: the journal, or the file that stands in for it.")
    parser.add_argument("-n", type=count_to(MOST_LINES), default=50, metavar="N", help="how many lines at most (50)")
    parser.add_argument("--about", choices=list(_ABOUT), default=next(iter(_ABOUT)), help="whose lines (everything)")
    parser.add_argument("--level", choices=[least.name.lower() for least in Least], default="all", help="the least one")
    parser.add_argument("--search", default="", metavar="WORDS", help="only lines with these words, in whatever case")
    parser.add_argument("--follow", action="store_true", help="go on with what is added, until Ctrl-C")
    given = parser.read(words)
    which = Which(_ABOUT[given.about], Least[given.level.upper()])
    source = readable_log()
    asyncio.run(_show(source, which, given.n, given.search.lower(), follow=given.follow))
    return ends.DONE


def readable_log() -> LogSource:
    """The first log that can be read. Raises :class:`QuantixError` with why there is none."""
    logs = find_logs()
    for log in logs:
        if log.problem is None:
            return log.source
    raise QuantixError((logs[0].problem if logs else None) or NO_LOGS)


async def last_entries(
    source: LogSource, which: Which, count: int, words: str = "", before: Place | None = None
) -> list[Entry]:
    """The newest ``count`` entries (``before`` a place) that have ``words`` (lower case), the oldest first.

    Raises :class:`QuantixError`.
    """
    found: list[Entry] = []
    place = before
    while len(found) < count:
        page = await source.older(place, count, which)
        found = [entry for entry in page.entries if words in entry.message.lower()] + found
        if page.reached is None:
            break
        place = page.reached
    return found[-count:]


def entry_line(entry: Entry) -> str:
    when = f"{entry.time.astimezone():%Y-%m-%d %H:%M:%S}" if entry.time else f"{'?':<19}"
    level = LEVELS[entry.level] if entry.level is not None else "?"
    return f"{when}  {level:<7}  {harmless(entry.program, 24)}: {harmless(entry.message, 2000)}"


async def _show(source: LogSource, which: Which, count: int, words: str, *, follow: bool) -> None:
    entries = await last_entries(source, which, count, words)
    for entry in entries:
        print(entry_line(entry), flush=True)
    if follow:
        async for batch in source.follow(entries[-1].place if entries else None, which):
            for entry in batch.entries:
                if words in entry.message.lower():
                    print(entry_line(entry), flush=True)
