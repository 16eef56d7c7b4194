"""One line of a log in full, on a page of its own."""

from typing import TYPE_CHECKING, Any

from quantix_tui.cluster.text import harmless
from quantix_tui.console import words
from quantix_tui.console.clock import Clock
from quantix_tui.console.lines import BLANK, Role
from quantix_tui.console.screens.page import PageScreen
from quantix_tui.console.tale import Paragraph
from quantix_tui.console.widgets.loglist import level_word
from quantix_tui.console.widgets.sentences import Told
from quantix_tui.host.logs.entry import Entry
from quantix_tui.host.logs.source import LogSource

if TYPE_CHECKING:
    from textual.app import App

SHOWN = 16_000
"""Characters of it that a page shows: some hundred screen lines."""


async def open_line(app: "App[Any]", source: LogSource, entry: Entry, clock: Clock) -> None:
    """Read what is not in memory, and show it. Raises QuantixError."""
    message = await source.whole(entry) if entry.cut else entry.message
    app.push_screen(PageScreen("Log line", whole_lines(entry, message), clock))


def whole_lines(entry: Entry, message: str) -> list[Told]:
    """A message of several lines keeps them."""
    time = f"{entry.time:%Y-%m-%d %H:%M:%S.%f}"[:-3] + f"{entry.time:%z}" if entry.time else "not told"
    rows = {
        "Time": time,
        "Level": level_word(entry.level) or "not told",
        "Program": harmless(entry.program) or "not told",
    }
    told: list[Told] = [((f"{label:<10}", Role.DIM), (value, Role.TEXT)) for label, value in rows.items()]
    shown = message[:SHOWN]
    told += [BLANK, *(Paragraph(harmless(line, SHOWN)) if line.strip() else BLANK for line in shown.split("\n"))]
    if len(message) > SHOWN:
        rest = words.size(len(message) - SHOWN)
        told += [BLANK, Paragraph(f"That is the beginning; {rest} of it are not shown here.", Role.WARN)]
    return told
