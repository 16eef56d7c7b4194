"""The wizard without its pages: what was answered, what is wrong with it, what will be done, doing it."""

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.host.doing import Tell
from quantix_tui.host.files.problems import not_changed
from quantix_tui.host.wayback import back
from quantix_tui.host.wayback.record import Watched
from quantix_tui.host.wayback.trying import Trial, place_in, running_trial, try_network
from quantix_tui.node.gateway.background import in_background
from quantix_tui.setup.answers import Answers
from quantix_tui.setup.apply import Applier, Ended, Means, Outcome, Progress
from quantix_tui.setup.checking import Ground, faults
from quantix_tui.setup.claim import Claim, Doing, Holder, Taken, briefly, holder, take_soon
from quantix_tui.setup.fault import Fault
from quantix_tui.setup.first_boot import COMPLETED
from quantix_tui.setup.ground import look_again, read_ground
from quantix_tui.setup.review import Reviewed, review
from quantix_tui.setup.session import Session, taken_over
from quantix_tui.setup.state import Failure, Remembered, SetupState, is_as_kept, load, save
from quantix_tui.setup.steps import StepName, make_step


class OnTrial(Protocol):
    """Settings that go again by themselves unless somebody confirms them."""

    async def confirm(self) -> None:
        """Raises :class:`QuantixError` when they have gone."""
        ...


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What somebody else does, or has done meanwhile. ``held``: who sets the node up, or has the wizard open.

    ``is_lost``: the pages were ours; ``set_up``: the node is; ``as_kept``: what is kept is ours.
    """

    held: Holder | None
    is_lost: bool
    set_up: bool
    as_kept: bool


class Wizard:
    """One run through the pages. Nothing here blocks the event loop; everything raises :class:`QuantixError`.

    ``session``: whether the pages are ours. ``notice`` is a sentence to show first, where what was kept from an earlier
    run could not be taken up.
    """

    def __init__(
        self,
        means: Means,
        session: Session,
        kept: Remembered,
        ground: Ground,
        *,
        member_of: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``member_of``: the control plane's address, where the node has joined a cluster already."""
        self._means = means
        self.session = session
        self._claim: Claim | None = None
        self._applier = Applier(means, kept.state, clock)
        self._member_of = member_of
        self._ground = ground
        self._answers = kept.state.answers
        self._page = kept.state.page
        self._writes = 0
        self._writing = 0
        self._looking = False
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
    def failed(self) -> Failure | None:
        """What ended the last run, this one's or another one's."""
        return self._applier.state.failed

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

    async def look_around(self) -> None:
        """What cables and networks are there now is what answers are held against."""
        self._ground = await in_background(partial(look_again, self._means.tree, self._ground), lambda: None)

    def faults(self, answers: Answers, name: StepName | None = None) -> tuple[Fault, ...]:
        """What is wrong with ``answers``, which may be those of a page that is being typed; with one section alone."""
        found = faults(answers, self._ground_with(answers))
        return found if name is None else tuple(fault for fault in found if fault.place[0] == name.value)

    async def keep(self, answers: Answers, page: str) -> None:
        """A page was left: from now on a power cut costs what comes after it. No secret reaches the disk.

        Refused while somebody else sets the node up, or has taken the wizard over.
        """
        state = self._applier.state.with_answers(answers, page)
        with self._writes_now():
            await asyncio.to_thread(self._save, state)
            self._answers, self._page = answers, page
            # What is kept after this, by a step, stands on it.
            self._applier.resume(state)

    def _save(self, state: SetupState) -> None:
        # With a trial of our own nobody else keeps a page meanwhile.
        with nullcontext() if self._claim is not None else briefly(self._means.folder):
            other = self.session.other()
            if other is not None or self.set_up_elsewhere or not self.is_as_kept():
                raise QuantixError(taken_over(other))
            self.session.enter()
            save(self._means.folder, state)

    @contextmanager
    def _writes_now(self) -> Iterator[None]:
        """A look meanwhile could see the half of it."""
        self._writes += 1
        self._writing += 1
        try:
            yield
        finally:
            self._writing -= 1

    # Who else sets the node up

    async def look(self) -> Elsewhere | None:
        """None where nothing can be said: we write just now, or have meanwhile, or another look has not ended.

        However long the disk takes, nothing waits for it but this.
        """
        if self._looking or self._writing:
            return None
        writes, self._looking = self._writes, True
        try:
            seen = await in_background(partial(self._look, self._applier.state), lambda: None)
        finally:
            self._looking = False
        return seen if writes == self._writes else None

    def _look(self, state: SetupState) -> Elsewhere:
        return Elsewhere(
            self.held(), self.session.is_lost, self.set_up_elsewhere, is_as_kept(self._means.folder, state)
        )

    def held(self) -> Holder | None:
        """Who sets the node up now, or else has the wizard open, when that is not we. Some microseconds."""
        held = holder(self._means.folder)
        if held is not None:
            return None if held.is_us else held
        return self.session.other()

    async def take_over(self) -> bool:
        """The pages are ours, whoever has them, and whether what is kept is so too.

        Raises :class:`QuantixError`, also while somebody sets the node up.
        """
        with self._writes_now():
            await asyncio.to_thread(self.session.take_over)
        return await asyncio.to_thread(self.is_as_kept)

    async def kept_now(self) -> SetupState:
        """What is kept, by whomever."""
        return (await in_background(partial(load, self._means.folder), lambda: None)).state

    @property
    def set_up_elsewhere(self) -> bool:
        """Whether somebody else has completed it."""
        return not self.is_complete and os.path.exists(os.path.join(self._means.folder, COMPLETED))

    def is_as_kept(self) -> bool:
        """Whether what is kept is what we have kept, and not somebody else. Blocking, for a small file."""
        return is_as_kept(self._means.folder, self._applier.state)

    async def close(self) -> None:
        """The pages are nobody's any more."""
        self._let_go()
        await asyncio.to_thread(self.session.end)

    def _let_go(self) -> None:
        if self._claim is not None:
            self._claim.let_go()
            self._claim = None

    async def review(self, answers: Answers) -> tuple[Reviewed, ...]:
        """Every change that ``answers`` will make, as the machine is now."""
        try:
            return await asyncio.to_thread(review, answers, self._means.tree)
        except OSError as error:
            raise not_changed(error) from None

    async def running_trial(self) -> Trial | None:
        """Network settings that are on trial already, of a console that was killed. End it with :meth:`end_trial`.

        What nobody watches over any more goes back first, unless somebody sets the node up now.
        """
        place = place_in(self._means.folder)
        if self._claim is not None:
            return running_trial(place)
        if self.session.other() is not None:
            return None
        doing = Doing.TRIES if place.is_armed else Doing.GOES_BACK
        try:
            claim = await take_soon(self._means.folder, self._means.who, doing)
        except Taken:
            # Whoever tries them keeps them, or does not.
            return None
        found: Trial | None = None
        try:
            await back.recover(place)
            found = running_trial(place)
        except OSError as error:
            raise not_changed(error) from None
        finally:
            if found is None:
                claim.let_go()
        self._claim = claim if found is not None else None
        return found

    def end_trial(self) -> None:
        """Nobody looks after the settings on trial here any more: they stay, or they have gone back."""
        self._let_go()

    async def try_network(self, answers: Answers, tell: Tell) -> Trial:
        """The network's settings at once, with a way back. Keep them with :meth:`keep_network`, or go back; then
        :meth:`end_trial`. Meanwhile nobody else sets the node up."""
        if self._claim is None:
            self._claim = await take_soon(self._means.folder, self._means.who, Doing.TRIES)
        try:
            return await self._try(answers, tell)
        except BaseException:
            self._let_go()
            raise

    async def _try(self, answers: Answers, tell: Tell) -> Trial:
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
            with self._writes_now():
                await self._applier.took(StepName.NETWORK, self._answers.network)

    async def apply(self) -> AsyncGenerator[Progress, None]:
        """Everything that is not applied yet, step by step; after a failure, once more with mended answers."""
        failed = False
        with self._writes_now():
            async with aclosing(self._applier.apply(self._answers)) as steps:
                async for progress in steps:
                    failed = failed or (isinstance(progress, Ended) and progress.outcome is Outcome.FAILED)
                    yield progress
            self.is_complete = not failed


async def begin(
    means: Means,
    member_of: str = "",
    clock: Callable[[], float] = time.monotonic,
    session: Session | None = None,
) -> Wizard:
    """Take up what was kept, and look at the machine. Takes some milliseconds. Parameters as :class:`Wizard`'s.

    The pages are ours with the first one that is kept: after a boot there is a wizard on each line, and nobody sits
    at most of them. ``session``: of a wizard whose pages this one takes up anew.
    """
    session = session or Session(means.folder, means.who)
    kept = await asyncio.to_thread(load, means.folder)
    try:
        ground = await asyncio.to_thread(read_ground, means.tree)
    except OSError as error:
        raise not_changed(error) from None
    return Wizard(means, session, kept, ground, member_of=member_of, clock=clock)
