"""About this node (A): versions, the machine, its keys and certificate; its address as a QR code."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual.app import ComposeResult

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.cluster.trust import parse_fingerprint
from quantix_tui.console.about import about_rows
from quantix_tui.console.clock import Clock
from quantix_tui.console.crash import fault_problem
from quantix_tui.console.fingerprints import grouped
from quantix_tui.console.lines import Line, Role, hanging
from quantix_tui.console.look import look_of
from quantix_tui.console.qr import qr_lines
from quantix_tui.console.screens.dialogue import Dialogue
from quantix_tui.console.tale import Paragraph
from quantix_tui.console.widgets.box import Box
from quantix_tui.console.widgets.choices import Choice, Choices
from quantix_tui.console.widgets.sentences import Sentences, Told

if TYPE_CHECKING:
    from quantix_tui.console.application import ConsoleApp
    from quantix_tui.node.gateway.about import About

LABEL = 14
FRAME_ROWS = 5
"""Rows of the dialogue that are not for the code: its frame, the address, the choices and the line before them."""
FRAME_COLUMNS = 4


async def open_on(app: "ConsoleApp") -> None:
    async def read() -> "About":
        from quantix_tui.node.gateway.about import read_about

        return await read_about(app.gateway, app.settings)

    await app.push_screen(AboutScreen(read, app.clock))


class AboutScreen(Dialogue[None]):
    """``read`` is asked once, while the screen stands."""

    def __init__(self, read: Callable[[], Awaitable["About"]], clock: Clock) -> None:
        super().__init__(clock)
        self._read = read
        self._address: str | None = None

    def compose(self) -> ComposeResult:
        yield Box(Sentences([((" asking ...", Role.DIM),)]), Choices(aside="Esc  back"), title="About this node")

    def on_mount(self) -> None:
        choices = self.query_one(Choices)
        choices.offer((Choice("close", "Close"),))
        self.set_focus(choices, scroll_visible=False)
        self.run_worker(self._ask(), group="about")

    async def _ask(self) -> None:
        try:
            about = await self._read()
        except QuantixError as error:
            told: list[Told] = [Paragraph(error.problem.message, Role.BAD), Paragraph(error.problem.hint)]
        except Exception as error:  # noqa: BLE001 - the worker's border: told in the dialogue, with a report kept
            problem = fault_problem(error)
            told = [Paragraph(problem.message, Role.BAD), Paragraph(problem.hint)]
        else:
            told = about_lines(about)
            self._address = about.management_address
        self.query_one(Sentences).tell(told)
        if self._address is not None:
            self.query_one(Choices).offer((Choice("close", "Close"), Choice("code", "QR code")))

    def on_choices_chosen(self, event: Choices.Chosen) -> None:
        event.stop()
        if event.key == "code" and self._address is not None:
            self.app.push_screen(CodeScreen(self._address, self.clock))
        else:
            self.dismiss(None)


def about_lines(about: "About") -> list[Told]:
    """Label and value; a fingerprint in the groups in which it is compared."""
    told: list[Told] = []
    for label, value in about_rows(about):
        name = f" {label:<{LABEL - 1}} "
        if value.startswith("sha256:"):
            told.append(partial(grouped, name, parse_fingerprint(value).rows()))
        else:
            told.append(partial(hanging, (name, Role.DIM), value))
    if about.problem is not None:
        told.append(Paragraph(f"{about.problem.message} {about.problem.hint}".strip(), Role.WARN))
    return told


class CodeScreen(Dialogue[None]):
    """``address`` as a QR code; where there is too little room, the address alone."""

    def __init__(self, address: str, clock: Clock) -> None:
        super().__init__(clock)
        self._address = address

    def compose(self) -> ComposeResult:
        yield Box(Sentences([self._lines]), Choices(aside="Esc  back"), title="Manage this node")

    def on_mount(self) -> None:
        choices = self.query_one(Choices)
        choices.offer((Choice("close", "Close"),))
        self.set_focus(choices, scroll_visible=False)

    def on_choices_chosen(self, event: Choices.Chosen) -> None:
        event.stop()
        self.dismiss(None)

    def _lines(self, width: int) -> Sequence[Line]:
        room = self.app.size.height - FRAME_ROWS
        code = qr_lines(self._address, width, room, halves=look_of(self).signs.halves)
        if code is None:
            said = "The QR code needs a larger screen than this one. The address:"
            return [*hanging(("", Role.DIM), said, width), ((f" {self._address}", Role.STRONG),)]
        indent = " " * ((width - sum(len(words) for words, _ in code[0])) // 2)
        address = ((f"{self._address:^{width}}".rstrip(), Role.STRONG),)
        return [*(((indent, Role.TEXT), *line) for line in code), address]
