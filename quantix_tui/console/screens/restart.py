"""Restart the node daemon and follow it to the first heartbeat, or to the exact reason why not."""

import asyncio
from dataclasses import replace

from textual.app import ComposeResult
from textual.worker import Worker

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.status import ClusterStatus
from quantix_tui.console.clock import Clock
from quantix_tui.console.crash import fault_problem
from quantix_tui.console.lines import Role
from quantix_tui.console.restart_steps import Progress, rows
from quantix_tui.console.screens.dialogue import Dialogue
from quantix_tui.console.tale import Paragraph
from quantix_tui.console.view import NodeView
from quantix_tui.console.widgets.box import Box
from quantix_tui.console.widgets.checklist import CheckList
from quantix_tui.console.widgets.choices import Choice, Choices
from quantix_tui.console.widgets.sentences import Sentences
from quantix_tui.node.gateway.follow import Failed, Reached, Waiting, follow, gave_up
from quantix_tui.node.gateway.protocol import Applied, NodeGateway
from quantix_tui.node.gateway.service import HANGS

POLL_EVERY = 0.5
ANSWER_WITHIN = 5.0
PATIENCE = 90.0
"""Seconds after which the dialogue stops following; the daemon goes on by itself."""

_SLOW = Problem(ErrorCode.TIMED_OUT, "The node daemon does not answer yet.", "", "slow")


class RestartScreen(Dialogue[str]):
    """Dismissed with ``leave`` when that is the way back that was chosen, else None.

    ``saved`` is whether a join (True) or a leave (False) was saved just now: then it begins without asking.
    """

    CHANGES = True

    def __init__(self, gateway: NodeGateway, view: NodeView, clock: Clock, *, saved: bool | None = None) -> None:
        super().__init__(clock)
        self._gateway = gateway
        self._begin = saved is not None
        status = view.status.value if view.status else None
        self._joined = saved if saved is not None else status is not None and status.joined
        # A daemon that is not there cannot be taken for the new one.
        self._present = view.daemon_is_there
        self._before = status.instance_id if status is not None and self._present else None
        self._progress: Progress | None = None
        self._work: Worker[None] | None = None

    @property
    def busy(self) -> bool:
        return self.begun

    @property
    def begun(self) -> bool:
        return self._progress is not None and not isinstance(self._progress.step, Reached | Failed)

    def compose(self) -> ComposeResult:
        yield Box(CheckList("Steps"), Sentences(), Choices(aside="Esc  back"), title=self._heading())

    def on_mount(self) -> None:
        self._outcome.add_class("gap")
        if self._begin:
            self._start()
            return
        what = "restarts" if self._present else "is started"
        self._outcome.tell(
            [Paragraph(f"The node daemon {what}; that takes a few seconds. VMs keep running, this console stays.")]
        )
        label = "Restart now" if self._present else "Start now"
        # As everywhere, a second deliberate key: what was typed once too often restarts nothing.
        self._choices.offer((Choice("close", "Cancel"), Choice("start", label)))
        self.set_focus(self._choices)

    def on_choices_chosen(self, event: Choices.Chosen) -> None:
        event.stop()
        match event.key:
            case "start":
                self._start()
            case "follow":
                self._follow_on()
            case "leave":
                self.dismiss("leave")
            case _:
                self.action_back()

    def action_back(self) -> None:
        """Esc stops following, never the restart."""
        if self._work is not None:
            # Before the widgets go: what it would still tell has no place any more.
            self._work.cancel()
        self.dismiss(None)

    def _heading(self) -> str:
        return "Restart the node daemon" if self._present else "Start the node daemon"

    def _start(self) -> None:
        self._choices.offer((Choice("close", "Stop following"),))
        self.set_focus(self._choices)
        self._outcome.tell([])
        self._show(Progress(self.clock.monotonic(), self._joined, self._before))
        self._work = self.run_worker(self._restart(), group="restart", exclusive=True)

    def _follow_on(self) -> None:
        begun = self._begun
        applied = begun.applied or Applied.RESTARTED  # A daemon that hung was asked, and may still have heard it.
        self._choices.offer((Choice("close", "Stop following"),))
        self._outcome.tell([])
        self._show(replace(begun, began=self.clock.monotonic(), step=None, applied=applied))
        self._work = self.run_worker(self._follow(), group="restart", exclusive=True)

    async def _restart(self) -> None:
        try:
            applied = await self._gateway.restart()
        except QuantixError as error:
            self._end(Failed(error.problem))
            return
        except Exception as error:  # noqa: BLE001 - the worker's border: told in the dialogue, with a report kept
            self._end(Failed(fault_problem(error)))
            return
        before = self._before if applied is Applied.RESTARTED else None
        self._show(replace(self._begun, applied=applied, before=before))
        await self._follow()

    async def _follow(self) -> None:
        waiting: Waiting | None = None
        while self.clock.monotonic() - self._begun.began < PATIENCE:
            reading = await self._read()
            step = follow(self._begun.before, reading, self._gateway.kind)
            self._show(replace(self._begun, reading=reading, kind=self._gateway.kind, step=step))
            if not isinstance(step, Waiting):
                self._end(step)
                return
            waiting = step
            self._outcome.tell(
                [Paragraph(f"{step.text} {step.tried}".strip(), Role.WARN if step.problem else Role.DIM)]
            )
            await asyncio.sleep(POLL_EVERY)
        self._end(Failed(gave_up(waiting, PATIENCE)))

    async def _read(self) -> ClusterStatus | Problem:
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                return await self._gateway.status()
        except TimeoutError:
            return _SLOW
        except QuantixError as error:
            return error.problem
        except Exception as error:  # noqa: BLE001 - the worker's border: told in the dialogue, with a report kept
            return fault_problem(error)

    @property
    def _begun(self) -> Progress:
        """How far it is; only once it was begun."""
        assert self._progress is not None  # noqa: S101 - everything that asks runs in the worker that began it
        return self._progress

    def _show(self, progress: Progress) -> None:
        self._progress = progress
        self.query_one(CheckList).show(rows(progress, self.clock.monotonic()))

    def _end(self, step: Reached | Failed) -> None:
        self._show(replace(self._begun, step=step))
        if isinstance(step, Reached):
            self._reached(step.status)
        else:
            self._failed(step.problem)
        self.set_focus(self._choices)

    def _reached(self, status: ClusterStatus) -> None:
        words = "Connected: the control plane acknowledges the heartbeats of this node."
        if not status.joined:
            words = "Done: the node daemon runs, and this node stands on its own."
        self._outcome.tell([Paragraph(words, Role.GOOD)])
        self._choices.offer((Choice("close", "Close"),))

    def _failed(self, problem: Problem) -> None:
        self._outcome.tell([Paragraph(problem.message, Role.BAD), Paragraph(problem.hint)])
        choices = [Choice("close", "Close")]
        if problem.code is ErrorCode.TIMED_OUT or problem.reason == HANGS:
            choices.append(Choice("follow", "Go on waiting"))
        choices.append(Choice("start", "Restart again" if self._present else "Start again"))
        if self._joined:
            choices.append(Choice("leave", "Leave the cluster"))
        self._choices.offer(choices)

    @property
    def _outcome(self) -> Sentences:
        return self.query_one(Sentences)

    @property
    def _choices(self) -> Choices:
        return self.query_one(Choices)
