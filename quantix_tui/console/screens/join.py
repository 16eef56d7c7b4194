"""The join form: a cluster is named and checked, then saved for, and the node daemon restarted."""

import asyncio
from dataclasses import dataclass, replace
from typing import ClassVar

from quantix_tui.cluster.errors import NOTHING_SAVED, Problem, QuantixError
from quantix_tui.cluster.join import JoinRequest
from quantix_tui.console.clock import Clock
from quantix_tui.console.crash import fault_problem
from quantix_tui.console.demo_hints import DemoHints
from quantix_tui.console.draft import Draft
from quantix_tui.console.join_form import was_saved
from quantix_tui.console.join_words import SAVING, STOPPED_SAVING, UNSURE, ready_lines, refusal_lines
from quantix_tui.console.lines import Role
from quantix_tui.console.screens.cluster_form import ClusterForm
from quantix_tui.console.tale import Paragraph, short_address
from quantix_tui.console.widgets.choices import Choice
from quantix_tui.node.gateway.protocol import NodeGateway


@dataclass(frozen=True, slots=True)
class Joined:
    """The form's result: saved, and whether to restart the daemon now; in the demo, with which of its tokens."""

    address: str
    restart: bool
    demo_token: str | None = None


class JoinScreen(ClusterForm[Joined]):
    """What is ready is saved."""

    TITLE: ClassVar[str] = "Join a cluster"

    def __init__(self, gateway: NodeGateway, draft: Draft, clock: Clock, demo: DemoHints | None) -> None:
        super().__init__(gateway, draft, clock, demo)
        self._saving = False

    @property
    def begun(self) -> bool:
        return self._saving

    @property
    def committed(self) -> bool:
        return self._saving

    def offer(self, request: JoinRequest) -> None:
        self._outcome.tell(ready_lines(request.address))
        self._choices.offer((Choice("restart", "Save and restart now"), Choice("save", "Save only")))
        self.set_focus(self._choices)

    def take(self, key: str, request: JoinRequest) -> None:
        if self._saving:
            return
        self._saving = True
        self._choices.offer(())
        self._outcome.tell([Paragraph(SAVING, Role.STRONG)])
        self._work = self.run_worker(self._join(request, key == "restart"), group="join", exclusive=True)

    async def _join(self, request: JoinRequest, restart: bool) -> None:
        try:
            await self._gateway.join(request)
        except QuantixError as error:
            if error.problem.code in UNSURE and await self._saved_after_all(request):
                self._leave_joined(request, restart)
                return
            self._fail_save(error.problem)
        except Exception as error:  # noqa: BLE001 - the worker's border: told in the form, with a report kept
            self._fail_save(fault_problem(error))
        else:
            self._leave_joined(request, restart)

    async def _saved_after_all(self, request: JoinRequest) -> bool:
        try:
            async with asyncio.timeout(5):
                return was_saved(request.address, await self._gateway.status())
        except (QuantixError, TimeoutError):
            return False

    def _leave_joined(self, request: JoinRequest, restart: bool) -> None:
        # The token has served: it is not kept any longer than the form that used it.
        self._entries.draft = replace(self.draft, token="")
        kind = self._demo.kind_of(request.token.reveal()) if self._demo and request.token else None
        self.close(Joined(short_address(str(request.address)), restart, kind))

    def _fail_save(self, problem: Problem) -> None:
        self._saving = False
        unsure = problem.code in UNSURE
        saved = "Whether it was saved is not known: the dashboard shows it." if unsure else NOTHING_SAVED
        self._outcome.tell(refusal_lines(problem, saved))
        self._choices.offer((Choice("again", "Check again"), Choice("cancel", "Cancel")))
        self.set_focus(self._choices)

    def action_back(self) -> None:
        """Esc stops a save too; nothing typed is lost."""
        if not self._saving:
            super().action_back()
            return
        self._stop()
        self._saving = False
        self._outcome.tell([Paragraph(STOPPED_SAVING, Role.WARN)])
        self._choices.offer((Choice("again", "Check again"), Choice("cancel", "Back")), selected=1)
        self.set_focus(self._choices)
