"""Time: the timezone, and whom the node asks for the time. The servers are really asked."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Input

from quantix_tui.console.check_row import CheckRow, known_row
from quantix_tui.console.lines import Line, Role, hanging, rule
from quantix_tui.console.look import Look, look_of
from quantix_tui.console.screens.wizard.bench import Bench, PageName
from quantix_tui.console.screens.wizard.page import Page
from quantix_tui.console.tale import Paragraph
from quantix_tui.console.widgets.formfield import FormField
from quantix_tui.console.widgets.picklist import Pick, PickList
from quantix_tui.console.widgets.sentences import Sentences
from quantix_tui.setup.answers import Answers, TimeAnswers
from quantix_tui.setup.fault import Fault
from quantix_tui.setup.steps import StepName
from quantix_tui.setup.typed import ntp_faults, servers_of

_NTP = ("time", "ntp")
_HELP = "names or addresses; empty: left as they are"
UTC = "UTC"
MARK = 6
_BEFORE = "Servers that are named are asked as soon as the field is left."


class Time(Page):
    NAME: ClassVar[PageName] = PageName.TIME
    WORDS: ClassVar[str] = "timezone and time servers"
    ABOUT: ClassVar[Sequence[str]] = (
        "Type a part of the timezone's name (berlin, new york) to narrow the list down; the arrows choose.",
        "The time servers are asked as soon as the field is left: each says how far this node's clock is off. Tokens "
        "and certificates fail when clocks disagree. A server that does not answer may be named all the same.",
    )

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._asked: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        around, given = self.bench.around, self.bench.answers.time
        zones = sorted(self.bench.zones or {UTC}, key=lambda zone: (zone != UTC, zone))
        now = given.timezone if given else around.timezone or UTC
        if now not in zones:
            zones.insert(0, now)
        servers = given.ntp if given else around.time_servers
        picks = [Pick(zone, zone.replace("_", " ")) for zone in zones]
        yield PickList("Timezone", picks, now, id="timezone")
        yield FormField("Time servers", " ".join(servers), id="ntp", help=_HELP)
        yield Sentences([Paragraph(_BEFORE, Role.DIM)], id="asked")

    def on_mount(self) -> None:
        self.judge()

    def begins_at(self) -> Widget:
        return self.query_one(PickList)

    def opened(self) -> None:
        self._ask()

    def around_changed(self) -> None:
        if self.bench.answers.time is not None or self.is_touched:
            return
        self.query_one("#ntp", FormField).offer(" ".join(self.bench.around.time_servers))
        self.mark_untouched()
        if self.display:
            self._ask()

    @property
    def answers(self) -> Answers:
        given = TimeAnswers(timezone=self.query_one(PickList).chosen, ntp=servers_of(self._typed))
        return self.bench.answers.model_copy(update={"time": given})

    def page_faults(self) -> Sequence[Fault]:
        return (
            *self.bench.faults_with(self.answers, StepName.TIME),
            *ntp_faults(self._typed),
        )

    @property
    def _typed(self) -> str:
        return self.query_one("#ntp", FormField).typed

    def fields(self) -> Mapping[tuple[str, ...], str]:
        return {_NTP: "ntp"}

    def on_pick_list_picked(self, event: PickList.Picked) -> None:
        event.stop()
        self.post_message(self.Changed())

    def on_input_blurred(self, event: Input.Blurred) -> None:
        super().on_input_blurred(event)
        self._ask()

    def _ask(self) -> None:
        """Ask those that are named now, once."""
        servers = self.answers.time.ntp if self.answers.time else ()
        if servers == self._asked:
            return
        self._asked = servers
        wrong = any(fault.place[:2] == _NTP for fault in self.page_faults())
        if wrong or not servers:
            self.workers.cancel_node(self)
            self._asked_now.tell([Paragraph(_BEFORE, Role.DIM)])
        else:
            self.run_worker(self._ask_all(servers), group="ntp", exclusive=True)

    async def _ask_all(self, servers: Sequence[str]) -> None:
        rows: dict[str, CheckRow] = {}

        def show() -> None:
            told = [
                rows.get(server) or CheckRow("...", server, f"{server} is asked", "", Role.DIM) for server in servers
            ]
            self._asked_now.tell([partial(_asked_lines, told, look_of(self))])

        async def ask(server: str) -> None:
            kit = self.bench.kit
            began = kit.clock.monotonic()
            finding = await kit.ask_time(server)
            rows[server] = known_row(finding.after(server, (kit.clock.monotonic() - began) * 1000))
            show()

        show()
        await asyncio.gather(*map(ask, servers))

    @property
    def _asked_now(self) -> Sentences:
        return self.query_one("#asked", Sentences)


def _asked_lines(rows: Sequence[CheckRow], look: Look, width: int) -> Sequence[Line]:
    """Each server's answer whole: it names the server, and how far this clock is off."""
    lines: list[Line] = [rule(width - 1, "Asked now")]
    for row in rows:
        lines += hanging((f"{look.mark(row.mark):<{MARK}}", row.role), row.told, width - 1, row.role)
    return lines


PAGE = Time
