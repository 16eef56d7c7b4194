"""Leaving the cluster: what will happen is said first, then a second deliberate act, then the restart is offered."""

from textual.app import ComposeResult

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.status import ClusterStatus
from quantix_tui.console.clock import Clock
from quantix_tui.console.crash import fault_problem
from quantix_tui.console.lines import BLANK, Role
from quantix_tui.console.screens.dialogue import Dialogue
from quantix_tui.console.tale import Paragraph, short_address
from quantix_tui.console.widgets.box import Box
from quantix_tui.console.widgets.choices import Choice, Choices
from quantix_tui.console.widgets.sentences import Sentences, Told
from quantix_tui.node.gateway.protocol import NodeGateway

_UNSURE = (ErrorCode.NODE_UNREACHABLE, ErrorCode.TIMED_OUT, ErrorCode.CANCELLED)


class LeaveScreen(Dialogue[str]):
    """Dismissed with ``restart`` when the daemon is to be restarted now, ``left`` when only left, None when not."""

    CHANGES = True

    def __init__(self, gateway: NodeGateway, address: str | None, clock: Clock) -> None:
        super().__init__(clock)
        self._gateway = gateway
        self._place = short_address(address or "") or "its cluster"
        self._leaving = False
        self._left = False

    @property
    def busy(self) -> bool:
        return self._leaving

    @property
    def begun(self) -> bool:
        return self._leaving

    def compose(self) -> ComposeResult:
        what: list[Told] = [
            Paragraph(f"This node leaves {self._place} and runs on its own again:"),
            BLANK,
            Paragraph("The configuration of this node is changed first; nothing else in it is touched.", mark="1"),
            Paragraph("The control plane is told. If it cannot be reached, the node daemon tells it later.", mark="2"),
            Paragraph("The node daemon restarts, when you say so.", mark="3"),
            BLANK,
            Paragraph(
                "VMs keep running here. Live migration, shared storage and central management end. To come back "
                "you need a new token.",
                Role.WARN,
            ),
        ]
        yield Box(Sentences(what), Choices(aside="Esc  back"), title="Leave the cluster")

    def on_mount(self) -> None:
        self._choices.offer((Choice("stay", "Stay"), Choice("leave", "Leave the cluster")))
        self.set_focus(self._choices, scroll_visible=False)

    def on_choices_chosen(self, event: Choices.Chosen) -> None:
        event.stop()
        match event.key:
            case "leave":
                self._leave()
            case "restart":
                self.dismiss("restart")
            case _:
                self.action_back()

    def action_back(self) -> None:
        """While it runs, Esc stops waiting: whether the node has left is then for the dashboard to show."""
        if self._leaving:
            self.workers.cancel_node(self)
            self._leaving = False
            self._tell([Paragraph("Stopped waiting. The dashboard shows whether the node has left.", Role.WARN)])
            self._choices.offer((Choice("close", "Close"),))
            self.set_focus(self._choices, scroll_visible=False)
        else:
            self.dismiss("left" if self._left else None)

    def _leave(self) -> None:
        self._leaving = True
        self._choices.offer(())
        self._tell([Paragraph("Leaving: changing the configuration, telling the control plane ...", Role.STRONG)])
        self.run_worker(self._run(), group="leave", exclusive=True)

    async def _run(self) -> None:
        try:
            status = await self._gateway.leave()
        except QuantixError as error:
            self._refused(error.problem)
        except Exception as error:  # noqa: BLE001 - the worker's border: told in the dialogue, with a report kept
            self._refused(fault_problem(error))
        else:
            self._done(status)
        self._leaving = False

    def _refused(self, problem: Problem) -> None:
        unsure = problem.code in _UNSURE
        what = "Whether the node has left is not known: the dashboard shows it." if unsure else "Nothing was changed."
        self._tell([Paragraph(problem.message, Role.BAD), Paragraph(f"{what} {problem.hint}".strip())])
        self._choices.offer((Choice("close", "Close"), Choice("leave", "Try again")))
        self.set_focus(self._choices, scroll_visible=False)

    def _done(self, status: ClusterStatus) -> None:
        self._left = True
        told = [Paragraph(f"This node has left {self._place}.", Role.GOOD)]
        cleanup = status.pending_cleanup
        if cleanup is not None:
            told.append(Paragraph(" ".join(cleanup.told), Role.WARN))
        elif status.problem is not None:
            told.append(Paragraph(f"{status.problem.message} {status.problem.hint}".strip(), Role.WARN))
        if status.restart_required:
            told.append(Paragraph("The node daemon still runs with the old configuration until it has restarted."))
            self._choices.offer((Choice("restart", "Restart it now"), Choice("close", "Later")))
        else:
            self._choices.offer((Choice("close", "Close"),))
        self._tell(told)
        self.set_focus(self._choices, scroll_visible=False)

    def _tell(self, told: list[Paragraph]) -> None:
        self.query_one(Sentences).tell(told)

    @property
    def _choices(self) -> Choices:
        return self.query_one(Choices)
