"""Making the changes: step by step, each told with its result and its time. What is done is not done again."""

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Protocol

from quantix_tui.cluster.errors import Problem, QuantixError
from quantix_tui.cluster.join import JoinRequest
from quantix_tui.host.doing import Done, Tell, do
from quantix_tui.host.files.changes import Sweep
from quantix_tui.host.files.problems import not_changed
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.netconfig.wanted import NetworkWork
from quantix_tui.host.system_log import LOGGER, log_to_system
from quantix_tui.host.wayback.record import Watched
from quantix_tui.host.work import Work
from quantix_tui.setup.answers import Answers, Section
from quantix_tui.setup.claim import Doing, Who, claimed
from quantix_tui.setup.state import Failure, SetupState, complete, save
from quantix_tui.setup.steps import Step, StepName, answered, make_step


class Outcome(Enum):
    DONE = "done"
    ALREADY = "already done"
    """In an earlier attempt, with the same answers."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Began:
    name: StepName


@dataclass(frozen=True, slots=True)
class Did:
    """One act of the step, done."""

    name: StepName
    act: Done


@dataclass(frozen=True, slots=True)
class Ended:
    """``seconds`` are those that the step took. ``problem`` where it failed: nothing comes after it."""

    name: StepName
    outcome: Outcome
    seconds: float
    problem: Problem | None = None


Progress = Began | Did | Ended


class Joining(Protocol):
    """How a cluster is joined. Raises :class:`QuantixError`; a second time for the same cluster changes nothing."""

    def __call__(self, request: JoinRequest, tell: Tell) -> Awaitable[None]: ...


class Networking(Protocol):
    """How a network is set up with a way back. Raises :class:`QuantixError` with the old one in force again."""

    def __call__(self, work: NetworkWork, watched: Watched, tell: Tell) -> Awaitable[None]: ...


@dataclass(frozen=True, slots=True)
class Means:
    """What the steps are made with. ``folder``: where the state is kept, as this process sees it; ``who``: us."""

    tree: Tree
    folder: str
    join: Joining
    network: Networking
    who: Who = field(default_factory=Who)


class Applier:
    """Applies answers, and after a failure the mended ones: steps whose answers stayed the same are not repeated.

    A section with a secret counts as the same only in the process that applied it: the secret is kept nowhere else.
    """

    def __init__(self, means: Means, state: SetupState, clock: Callable[[], float] = time.monotonic) -> None:
        self._means = means
        self._state = state
        self._clock = clock
        self._seen: dict[StepName, Section] = {}
        self._is_swept = False

    @property
    def state(self) -> SetupState:
        return self._state

    def resume(self, state: SetupState) -> None:
        """Go on from ``state``: the page that one is on, and what was made elsewhere. Not while it applies."""
        self._state = state

    async def apply(self, answers: Answers) -> AsyncGenerator[Progress, None]:
        """Answers without fault. The marker stands when the last step has ended, and not before.

        Raises :class:`QuantixError` while somebody else sets the node up.
        """
        if self._means.tree.root == "/":
            log_to_system()
        means = self._means
        async with claimed(means.folder, means.who, Doing.APPLIES), aclosing(self._steps(answers)) as steps:
            async for progress in steps:
                yield progress

    async def _steps(self, answers: Answers) -> AsyncGenerator[Progress, None]:
        self._state = SetupState(answers, self._state.page, self._state.done)
        for name, section in answered(answers):
            yield Began(name)
            if self._is_done(name, section):
                yield Ended(name, Outcome.ALREADY, 0.0)
                continue
            began = self._clock()
            acts: asyncio.Queue[Done | None] = asyncio.Queue()
            working = asyncio.create_task(self._made(name, section, acts))
            try:
                while (act := await acts.get()) is not None:
                    yield Did(name, act)
                problem = await working
            finally:
                # Whoever stops listening stops the step.
                working.cancel()
            seconds = self._clock() - began
            LOGGER.info("setup: %s: %s in %.1f s", name, "failed" if problem else "done", seconds)
            if problem is not None:
                await self._remember(Failure(name, problem, str(self._means.who)))
            yield Ended(name, Outcome.FAILED if problem else Outcome.DONE, seconds, problem)
            if problem is not None:
                return
        await asyncio.to_thread(complete, self._means.folder)

    async def _remember(self, failed: Failure) -> None:
        """For whoever opens the wizard after this run."""
        self._state = replace(self._state, failed=failed)
        try:
            await asyncio.to_thread(save, self._means.folder, self._state)
        except QuantixError as error:
            # It is told all the same: why the step failed may be why it cannot be kept.
            LOGGER.error("setup: why %s failed cannot be kept: %s", failed.name, error.problem.message)

    async def took(self, name: StepName, section: Section) -> None:
        """A step was made, here or elsewhere, with these answers. Raises :class:`QuantixError` where it is not kept."""
        self._seen[name] = section
        self._state = self._state.with_done(name, section)
        await asyncio.to_thread(save, self._means.folder, self._state)

    def _is_done(self, name: StepName, section: Section) -> bool:
        seen = self._seen.get(name)
        return name in self._state.applied() and (seen == section if seen is not None else not section.has_secret)

    async def _made(self, name: StepName, section: Section, acts: "asyncio.Queue[Done | None]") -> Problem | None:
        try:
            if name in self._state.done:
                # What was applied with other answers is so no more from here on, whatever becomes of it.
                self._state = self._state.without_done(name)
                await asyncio.to_thread(save, self._means.folder, self._state)
            await self._make(name, acts.put_nowait)
            await self.took(name, section)
        except QuantixError as error:
            return error.problem
        except OSError as error:
            return not_changed(error).problem
        finally:
            acts.put_nowait(None)
        return None

    async def _make(self, name: StepName, tell: Callable[[Done], None]) -> None:
        means = self._means
        if not self._is_swept:
            # Where the power went between a change and its end, the file is right and nobody would come by again.
            await do(Work(changes=await asyncio.to_thread(_left, means.tree)), means.tree, tell)
            self._is_swept = True
        step: Step = await asyncio.to_thread(make_step, name, self._state.answers, means.tree)
        if step.join is not None:
            await means.join(step.join, tell)
        elif step.network is not None and means.tree.root == "/":
            await means.network(step.network, step.watched, tell)
        else:
            await do(step.work, means.tree, tell)
            if step.work.before or step.work.after:
                # chpasswd and hostnamectl do not wait for the disk, and a step that is noted as done is done for good.
                await asyncio.to_thread(os.sync)


def _left(tree: Tree) -> tuple[Sweep, ...]:
    """What a run that was cut short has left where configurations are; some programs read every file there."""
    return tuple(Sweep(path) for path in tree.unfinished(tree.folders("/etc")))
