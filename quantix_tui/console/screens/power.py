"""Restart or switch off the node: what runs on it first, a reason for the log, then a second deliberate act."""

import asyncio
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from textual.app import ComposeResult

from quantix_tui.cluster.errors import Problem, QuantixError
from quantix_tui.console.access import Access
from quantix_tui.console.clock import Clock
from quantix_tui.console.crash import fault_problem
from quantix_tui.console.join_form import Note
from quantix_tui.console.lines import BLANK, Role
from quantix_tui.console.screens.dialogue import Dialogue
from quantix_tui.console.tale import Paragraph, short_address
from quantix_tui.console.widgets.box import Box
from quantix_tui.console.widgets.choices import Choice, Choices
from quantix_tui.console.widgets.field import Field
from quantix_tui.console.widgets.sentences import Sentences, Told
from quantix_tui.host.audit import record
from quantix_tui.host.guests import running_guests
from quantix_tui.host.power import PowerAct, order

if TYPE_CHECKING:
    from quantix_tui.console.application import ConsoleApp

NAMED = 6
"""So many virtual machines are told by name; of more, how many they are."""
_DOES = {PowerAct.REBOOT: "restarts", PowerAct.SHUT_DOWN: "is switched off"}
_LABELS = {PowerAct.REBOOT: "Restart the node", PowerAct.SHUT_DOWN: "Switch it off"}


class Machine(Protocol):
    """What this screen asks of the machine and orders it to do."""

    async def guests(self) -> Sequence[str] | None:
        """The names of the virtual machines that run; None where that is not known."""
        ...

    async def order(self, act: PowerAct, reason: str) -> None:
        """Raises :class:`QuantixError` when the machine refuses."""
        ...


class ThisMachine:
    """The machine that the console runs on; what is ordered goes into its log with who ordered it."""

    def __init__(self, access: Access) -> None:
        self._access = access

    async def guests(self) -> Sequence[str] | None:
        return await asyncio.to_thread(running_guests)

    async def order(self, act: PowerAct, reason: str) -> None:
        said = f"{act.value} ordered ({reason or 'no reason given'})"
        await record(said, user=self._access.user or "?", line=self._access.line)
        await order(act)


async def open_on(app: "ConsoleApp") -> None:
    async def act() -> None:
        facts = app.view.facts.value if app.view.facts else None
        status = app.view.status.value if app.view.status else None
        cluster = status.control_plane_address if status is not None and status.joined else None
        name = facts.hostname if facts else os.uname().nodename
        await app.push_screen(PowerScreen(ThisMachine(app.guard.access), name, cluster, app.clock))

    await app.administration.do_here(act)


class PowerScreen(Dialogue[None]):
    """``cluster`` is the control plane's address where the node belongs to one."""

    CHANGES = True

    def __init__(self, machine: Machine, node: str, cluster: str | None, clock: Clock) -> None:
        super().__init__(clock)
        self._machine = machine
        self._node = node
        self._cluster = cluster
        self._guests: Sequence[str] | None = ()
        self._known = False
        self._chosen: PowerAct | None = None
        self._ordered = False

    @property
    def busy(self) -> bool:
        return self._ordered

    @property
    def begun(self) -> bool:
        return self._ordered

    def compose(self) -> ComposeResult:
        yield Box(Sentences(), Field("Reason", "", id="reason"), Choices(aside="Esc  back"), title="Power")

    def on_mount(self) -> None:
        self._field.tell(Note("for the log of this node; Enter goes on"))
        self._ask()
        self.set_focus(self._field)
        self.run_worker(self._look(), group="guests")

    async def _look(self) -> None:
        try:
            self._guests = await self._machine.guests()
        except Exception as error:  # noqa: BLE001 - the worker's border: told in the dialogue, with a report kept
            self._guests = None
            self._refused(fault_problem(error))
            return
        self._known = True
        self._tell()

    def _ask(self) -> None:
        self._chosen = None
        self._field.display = True
        choices = [Choice(act.name, label) for act, label in _LABELS.items()]
        self._choices.offer((Choice("back", "Back"), *choices))
        self._tell()

    def _tell(self) -> None:
        guests = (
            guest_sentence(self._guests, self._chosen) if self._known else Paragraph("Virtual machines: asking ...")
        )
        if self._chosen is None:
            self._say([Paragraph(f"Restart {self._node}, or switch it off."), BLANK, guests, *self._of_the_cluster()])
        else:
            first = Paragraph(f"{self._node} {_DOES[self._chosen]}.", Role.STRONG)
            self._say([first, BLANK, guests, *self._of_the_cluster(), BLANK, *self._way_back(self._chosen)])

    def _of_the_cluster(self) -> list[Told]:
        if self._cluster is None:
            return []
        place = short_address(self._cluster)
        return [
            Paragraph(f"It belongs to {place}, which sees it as gone until it is back; nothing is moved away first.")
        ]

    def _way_back(self, act: PowerAct) -> list[Told]:
        if act is PowerAct.REBOOT:
            return [Paragraph("It is back by itself, and this console with it.")]
        return [Paragraph("Somebody has to switch it on again: at the machine, or through its BMC.", Role.WARN)]

    def on_input_submitted(self, event: Field.Submitted) -> None:
        event.stop()
        self.set_focus(self._choices)

    def on_choices_chosen(self, event: Choices.Chosen) -> None:
        event.stop()
        match event.key:
            case "back":
                self.action_back()
            case "now" if self._chosen is not None:
                self._order(self._chosen)
            case _:
                self._confirm(PowerAct[event.key])

    def action_back(self) -> None:
        """From the second act to the first, and from there out. What was ordered is not taken back."""
        if self._chosen is not None and not self._ordered:
            self._ask()
            self.set_focus(self._choices)
        else:
            self.dismiss(None)

    def _confirm(self, act: PowerAct) -> None:
        self._chosen = act
        self._field.display = False
        now = "Restart now" if act is PowerAct.REBOOT else "Switch it off now"
        self._choices.offer((Choice("back", "Stay"), Choice("now", now)))
        self.set_focus(self._choices)
        self._tell()

    def _order(self, act: PowerAct) -> None:
        self._ordered = True
        self._choices.offer(())
        self._say([Paragraph(f"{self._node} {_DOES[act]}: ordering it ...", Role.STRONG)])
        # The program's worker, not the dialogue's: what was ordered goes on although nobody watches.
        self.app.run_worker(self._carry_out(act, self._field.value.strip()), group="order", exclusive=True)

    async def _carry_out(self, act: PowerAct, reason: str) -> None:
        problem: Problem | None = None
        try:
            await self._machine.order(act, reason)
        except QuantixError as error:
            problem = error.problem
        except Exception as error:  # noqa: BLE001 - the worker's border: told in the dialogue, with a report kept
            problem = fault_problem(error)
        if not self.is_open:
            return
        if problem is not None:
            self._refused(problem)
        else:
            said = "It has been ordered. The services end first; then this screen ends too."
            self._say([Paragraph(f"{self._node} {_DOES[act]}.", Role.WARN), BLANK, Paragraph(said)])
            self._offer_close()

    def _refused(self, problem: Problem) -> None:
        self._ordered = False
        self._chosen = None
        self._say([Paragraph(problem.message, Role.BAD), Paragraph(problem.hint)])
        self._offer_close()

    def _offer_close(self) -> None:
        self._field.display = False
        self._choices.offer((Choice("back", "Close"),))
        self.set_focus(self._choices)

    def _say(self, told: list[Told]) -> None:
        self.query_one(Sentences).tell(told)

    @property
    def _field(self) -> Field:
        return self.query_one(Field)

    @property
    def _choices(self) -> Choices:
        return self.query_one(Choices)


def guest_sentence(guests: Sequence[str] | None, chosen: PowerAct | None) -> Paragraph:
    """What the virtual machines of the node have to expect."""
    if guests is None:
        return Paragraph("Whether virtual machines run here is not known: this user cannot see them.", Role.WARN)
    if not guests:
        return Paragraph("No virtual machine runs here.")
    names = ", ".join(guests[:NAMED]) + (f" and {len(guests) - NAMED} more" if len(guests) > NAMED else "")
    one = len(guests) == 1
    what = "1 virtual machine runs" if one else f"{len(guests)} virtual machines run"
    end = "It ends" if one else "They end"
    then = f" {end} with the node." if chosen is not None else ""
    return Paragraph(f"{what} here: {names}.{then}", Role.WARN)
