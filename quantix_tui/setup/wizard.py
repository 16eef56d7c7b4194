"""The wizard without its pages: what was answered, what is wrong with it, what will be done, doing it."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace
from typing import Protocol

from quantix_tui.host.doing import Tell
from quantix_tui.host.files.problems import not_changed
from quantix_tui.host.wayback.record import Watched
from quantix_tui.host.wayback.trying import Trial, place_in, running_trial, try_network
from quantix_tui.setup.answers import Answers
from quantix_tui.setup.apply import Applier, Ended, Means, Outcome, Progress
from quantix_tui.setup.checking import Ground, faults
from quantix_tui.setup.fault import Fault
from quantix_tui.setup.ground import read_ground
from quantix_tui.setup.review import Reviewed, review
from quantix_tui.setup.state import Remembered, SetupState, load, save
from quantix_tui.setup.steps import StepName, make_step


class OnTrial(Protocol):
    """Settings that go again by themselves unless somebody confirms them."""

    async def confirm(self) -> None:
        """Raises :class:`QuantixError` when they have gone."""
        ...


class Wizard:
    """One run through the pages. Nothing here blocks the event loop; everything raises :class:`QuantixError`.

    ``notice`` is a sentence to show first, where what was kept from an earlier run could not be taken up.
    """

    def __init__(
        self,
        means: Means,
        kept: Remembered,
        ground: Ground,
        member_of: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``member_of``: the control plane's address, where the node has joined a cluster already."""
        self._means = means
        self._applier = Applier(means, kept.state, clock)
        self._member_of = member_of
        self._ground = ground
        self._answers = kept.state.answers
        self._page = kept.state.page
        self.notice = kept.notice
        self.is_complete = False

    @property
    def answers(self) -> Answers:
        return self._answers

    @property
    def page(self) -> str:
        """Where one was, also before a power cut; empty at the very beginning."""
        return self._page

    @property
    def applied(self) -> frozenset[StepName]:
        """What is applied with the answers as they are now."""
        return self.applied_with(self._answers)

    def applied_with(self, answers: Answers) -> frozenset[StepName]:
        """What is applied, were these the answers."""
        return replace(self._applier.state, answers=answers).applied()

    @property
    def ground(self) -> Ground:
        """What is known of the machine."""
        return self._ground_with(self._answers)

    def _ground_with(self, answers: Answers) -> Ground:
        done = {name.value for name in self.applied_with(answers)}
        # A join that was saved when the power went: its token has served, and the step only restarts the daemon.
        joined = answers.cluster is not None and answers.cluster.address == self._member_of != ""
        return replace(self._ground, done=frozenset(done | ({StepName.CLUSTER.value} if joined else set())))

    def faults(self, answers: Answers, name: StepName | None = None) -> tuple[Fault, ...]:
        """What is wrong with ``answers``, which may be those of a page that is being typed; with one section alone."""
        found = faults(answers, self._ground_with(answers))
        return found if name is None else tuple(fault for fault in found if fault.place[0] == name.value)

    async def keep(self, answers: Answers, page: str) -> None:
        """A page was left: from now on a power cut costs what comes after it. No secret reaches the disk."""
        self._answers, self._page = answers, page
        state = SetupState(answers, page, self._applier.state.done)
        # What is kept after this, by a step, stands on it.
        self._applier.resume(state)
        await asyncio.to_thread(save, self._means.folder, state)

    async def review(self) -> tuple[Reviewed, ...]:
        """Every change that will be made, as the machine is now."""
        try:
            return await asyncio.to_thread(review, self._answers, self._means.tree)
        except OSError as error:
            raise not_changed(error) from None

    def running_trial(self) -> Trial | None:
        """Network settings that are on trial already: of this console before it was killed, or of another one."""
        return running_trial(place_in(self._means.folder))

    async def try_network(self, answers: Answers, tell: Tell) -> Trial:
        """The network's settings at once, with a way back. Keep them with :meth:`keep_network`."""
        # Whoever comes after a console that was killed meanwhile keeps what is on trial, and nothing else.
        await self.keep(answers, self._page)
        try:
            step = await asyncio.to_thread(make_step, StepName.NETWORK, answers, self._means.tree)
        except OSError as error:
            raise not_changed(error) from None
        if step.network is None:
            raise ValueError("there are no answers about the network")
        # In a tree there is no network that could answer.
        watched = step.watched if self._means.tree.root == "/" else Watched()
        place = place_in(self._means.folder)
        return await try_network(place, step.network, self._means.tree, tell=tell, watched=watched)

    async def keep_network(self, trial: OnTrial) -> None:
        """They stay. Raises :class:`QuantixError` when the time was up: the old ones are in force again."""
        await trial.confirm()
        if self._answers.network is not None:
            await self._applier.took(StepName.NETWORK, self._answers.network)

    async def apply(self) -> AsyncGenerator[Progress, None]:
        """Everything that is not applied yet, step by step; after a failure, once more with mended answers."""
        failed = False
        async with aclosing(self._applier.apply(self._answers)) as steps:
            async for progress in steps:
                failed = failed or (isinstance(progress, Ended) and progress.outcome is Outcome.FAILED)
                yield progress
        self.is_complete = not failed


async def begin(means: Means, member_of: str = "", clock: Callable[[], float] = time.monotonic) -> Wizard:
    """Take up what was kept, and look at the machine. Takes some milliseconds. Parameters as :class:`Wizard`'s."""
    kept = await asyncio.to_thread(load, means.folder)
    try:
        ground = await asyncio.to_thread(read_ground, means.tree)
    except OSError as error:
        raise not_changed(error) from None
    return Wizard(means, kept, ground, member_of, clock)
