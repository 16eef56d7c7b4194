"""The logs of this machine: read, followed, searched. Nothing here changes anything."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.types import CSSPathType
from textual.widgets import Input

from quantix_tui.cluster.errors import Problem, QuantixError
from quantix_tui.console.clock import Clock
from quantix_tui.console.crash import fault_problem
from quantix_tui.console.lines import Role
from quantix_tui.console.logreader import LogReader
from quantix_tui.console.logwindow import LogWindow
from quantix_tui.console.machine_here import titled
from quantix_tui.console.screens.dialogue import Dialogue
from quantix_tui.console.screens.logline import open_line
from quantix_tui.console.screens.logsource import SourceScreen
from quantix_tui.console.widgets.box import Box
from quantix_tui.console.widgets.field import Field
from quantix_tui.console.widgets.keybar import KeyBar
from quantix_tui.console.widgets.loghead import LogHead
from quantix_tui.console.widgets.loglist import LogList
from quantix_tui.host.logs.entry import EVERYTHING, Batch, Entry, Least, Subject, Which
from quantix_tui.host.logs.problems import NO_LOGS
from quantix_tui.host.logs.sources import Log, find_logs, place_of

if TYPE_CHECKING:
    from quantix_tui.console.application import ConsoleApp

SHOW_BUSY_AFTER = 0.1
_KEYS = (
    ("Enter", "Line"), ("/", "Find"), ("n N", "Next"), ("L", "Level"), ("S", "Log"), ("F", "Follow"), ("Esc", "Back"),
)  # fmt: skip
_LEVELS = {
    Least.ALL: "all levels",
    Least.INFO: "without debug",
    Least.WARNING: "warnings and errors",
    Least.ERROR: "errors only",
}


async def open_on(app: "ConsoleApp") -> None:
    await open_logs(app)


async def open_logs(app: "ConsoleApp", subject: Subject = EVERYTHING) -> None:
    """Open them on the lines of ``subject``."""
    logs = await asyncio.to_thread(find_logs)
    title = titled("Logs", app.settings, demo=app.demo is not None)
    await app.push_screen(LogsScreen(logs, app.clock, subject, title))


class LogsScreen(Dialogue[None]):
    """``logs`` are those that this machine has; the one in which ``subject`` is told is shown first."""

    CSS_PATH: ClassVar[CSSPathType | None] = ["dialogue.tcss", "logs.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("home,g", "home", show=False),
        Binding("end,G", "end", show=False),
        Binding("slash", "search", show=False),
        Binding("n", "find(True)", show=False),
        Binding("N", "find(False)", show=False),
        Binding("l,L", "level", show=False),
        Binding("s,S", "source", show=False),
        Binding("f,F", "follow", show=False),
    ]

    def __init__(self, logs: Sequence[Log], clock: Clock, subject: Subject = EVERYTHING, title: str = "Logs") -> None:
        super().__init__(clock)
        self._page_title = title
        self._logs = logs
        self._log, subject = place_of(subject, logs)
        self._which = Which(subject)
        self._window = LogWindow()
        self._reader: LogReader | None = None
        self._following = True
        self._new_lines = 0
        """Added to the log since following paused."""
        self._words = ""
        self._busy = ""

    def compose(self) -> ComposeResult:
        search = Field("Search", "", id="search")
        yield Box(LogHead(), LogList(self._window, self.clock), search, KeyBar(_KEYS), title=self._page_title)

    def on_mount(self) -> None:
        self.set_focus(self._list)
        # Once the list has its height.
        self.call_after_refresh(self._open)

    # What is shown

    def _open(self) -> None:
        """Show the log from its end, as it is chosen and narrowed down now."""
        self._window.begin((), 0, None, None)
        self._reader = None
        problem = NO_LOGS if self._log is None else self._log.problem
        if self._log is None or problem is not None:
            self._fail(problem or NO_LOGS)
            return
        self._reader = LogReader(self._log.source, self._which, self._window, self._changed)
        self._tail()

    def _tail(self) -> None:
        reader = self._reader
        if reader is None:
            return

        async def read() -> None:
            await reader.tail(self._height)
            self._follow_on()

        self._window.begin((), 0, None, None)
        self._read(read, "reading ...")

    def _changed(self) -> None:
        if not self.is_open:
            return
        self._list.show("" if self._busy else self._nothing())
        self._tell()

    def _tell(self) -> None:
        if not self.is_open:
            return
        source, subject = self._log.source.name if self._log else "", self._which.subject
        what = source if subject.is_everything else f"{source}: {subject.name}"
        parts = [what, _LEVELS[self._which.least], f'"{self._words}"' if self._words else ""]
        now, role = self._now()
        self._head.show("   ".join(part for part in parts if part), now, role)

    def _now(self) -> tuple[str, Role]:
        if self._busy:
            return self._busy, Role.WARN
        if not self._following or self._reader is None:
            return "not followed", Role.DIM
        if self._paused:
            count = f"{self._new_lines:,} new line{'' if self._new_lines == 1 else 's'}"
            return f"paused, {count}: End" if self._new_lines else "paused: End goes on", Role.WARN
        return "following", Role.GOOD

    def _nothing(self) -> str:
        if self._which.subject.is_everything and self._which.least is Least.ALL:
            return "This log is empty."
        return "Nothing of that is in this log. L shows more levels, S other lines."

    @property
    def _paused(self) -> bool:
        return not self._window.at_end

    # Reading

    def _read(self, act: Callable[[], Awaitable[None]], words: str) -> None:
        """One at a time: what is asked for now is worth more than what was asked for before."""

        async def work() -> None:
            try:
                with self._doing(words):
                    await act()
            except QuantixError as error:
                self._fail(error.problem)
            except Exception as error:  # noqa: BLE001 - the worker's border: told in place, with a report kept
                self._fail(fault_problem(error))

        self.run_worker(work(), group="read", exclusive=True)

    @contextmanager
    def _doing(self, words: str) -> Iterator[None]:
        """Say what is done once it takes a moment."""

        def say() -> None:
            self._busy = words
            self._tell()

        timer = asyncio.get_running_loop().call_later(SHOW_BUSY_AFTER, say)
        replaced = False
        try:
            yield
        except asyncio.CancelledError:
            replaced = True  # How it stands is told by what is read instead.
            raise
        finally:
            timer.cancel()
            if not replaced:
                self._busy = ""
                self._changed()

    def _fail(self, problem: Problem) -> None:
        if not self.is_open:
            return
        if self._window.rows:
            self._bar.tell(f"{problem.message} {problem.hint}", Role.BAD)
            self._tell()
        else:
            self._list.show(f"{problem.message} {problem.hint}")
            self._tell()

    # Following

    def _follow_on(self) -> None:
        """Follow from the last row on."""
        self._new_lines = 0
        if self._following:
            self.run_worker(self._follow(), group="follow", exclusive=True)
        self._tell()

    async def _follow(self) -> None:
        reader = self._reader
        if reader is None:
            return
        last = self._window.rows[-1].place if self._window.rows else reader.began
        try:
            async with aclosing(reader.source.follow(last, reader.which)) as stream:
                async for batch in stream:
                    self._added(batch)
        except QuantixError as error:
            self._following = False
            self._fail(error.problem)
        except Exception as error:  # noqa: BLE001 - the worker's border: told in place, with a report kept
            self._following = False
            self._fail(fault_problem(error))

    def _added(self, batch: Batch) -> None:
        if batch.said and self.is_open:
            self._bar.tell(batch.said, Role.WARN)
        if not (batch.entries or batch.skipped):
            return
        if self._paused:
            self._new_lines += len(batch.entries) + batch.skipped
            self._window.there_is_more()
            self._tell()
        else:
            self._window.follow(batch)
            self._changed()

    def action_follow(self) -> None:
        """On or off; where it has paused it goes on."""
        self._following = self._paused or not self._following
        if self._following:
            self._tail()
        else:
            self.workers.cancel_group(self, "follow")
            self._tell()

    # Moving

    def on_log_list_moved(self, event: LogList.Moved) -> None:
        event.stop()
        self._bar.tell("")
        self._tell()
        reader, window = self._reader, self._window
        if reader is None:
            return
        if window.wants_older(self._height) or window.wants_newer(self._height):
            self._slide(reader)

    def _slide(self, reader: LogReader) -> None:
        if any(worker.group == "read" and not worker.is_finished for worker in self.workers if worker.node is self):
            return  # It looks at the edges itself.

        async def read() -> None:
            await reader.slide(self._height)
            if self._window.newer is None and self._new_lines:
                self._follow_on()

        self._read(read, "reading ...")

    def action_home(self) -> None:
        reader = self._reader
        if reader is not None and self._window.older is not None:
            self._window.there_is_more()
            self._read(lambda: reader.head(self._height), "reading from the beginning ...")
        else:
            self._list.action_move(-len(self._window.rows))

    def action_end(self) -> None:
        if self._window.newer is not None:
            self._tail()
        else:
            self._list.action_move(len(self._window.rows))

    def on_log_list_taken(self, event: LogList.Taken) -> None:
        event.stop()
        reader = self._reader
        if reader is not None:
            self._read(lambda: open_line(self.app, reader.source, event.entry, self.clock), "reading the line ...")

    def action_page(self, step: int) -> None:
        """The paging keys are the list's, also while something is typed."""
        self._list.action_page(step)

    # Searching

    def action_search(self) -> None:
        self.add_class("-search")
        self._search.value = self._words
        self._search.select_all()
        self.set_focus(self._search)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._words = self._list.marked = event.value if event.value.strip() else ""
        self._close_search()
        chosen = self._window.chosen
        if self._words and chosen is not None and self._words.casefold() in chosen.message.casefold():
            self._changed()
        else:
            self.action_find(older=True)

    def action_find(self, older: bool) -> None:
        reader, chosen, words = self._reader, self._window.chosen, self._words
        if not words:
            self.action_search()
        elif reader is not None and chosen is not None:
            self._bar.tell("")
            self._read(lambda: self._find(reader, chosen, words, older=older), "searching ...")

    async def _find(self, reader: LogReader, chosen: Entry, words: str, *, older: bool) -> None:
        if await reader.find(chosen.place, words, older=older) is None:
            where, other = ("above", "N looks below") if older else ("below", "n looks above")
            self._bar.tell(f'"{words}" is in no line {where} this one; {other} it.', Role.WARN)
        else:
            await reader.slide(self._height)

    def _close_search(self) -> None:
        self.remove_class("-search")
        self.set_focus(self._list)

    # Choosing

    def action_level(self) -> None:
        levels = list(_LEVELS)
        least = levels[(levels.index(self._which.least) + 1) % len(levels)]
        self._which = Which(self._which.subject, least)
        self._open()

    def action_source(self) -> None:
        def chosen(choice: tuple[Log, Subject] | None) -> None:
            if choice is not None:
                self._log, subject = choice
                self._which = Which(subject, self._which.least)
                self._open()

        self.app.push_screen(SourceScreen(self._logs, self._log, self._which.subject, self.clock), chosen)

    def action_back(self) -> None:
        if self.has_class("-search"):
            self._close_search()
        else:
            self.dismiss(None)

    @property
    def _height(self) -> int:
        return max(1, self._list.size.height)

    @property
    def _list(self) -> LogList:
        return self.query_one(LogList)

    @property
    def _head(self) -> LogHead:
        return self.query_one(LogHead)

    @property
    def _bar(self) -> KeyBar:
        return self.query_one(KeyBar)

    @property
    def _search(self) -> Field:
        return self.query_one(Field)
