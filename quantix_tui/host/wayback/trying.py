"""Trying network settings: applied, then a countdown, then kept or taken back."""

import asyncio
import contextlib
import os
import time
from dataclasses import dataclass
from functools import partial

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.text import harmless
from quantix_tui.host.doing import Tell, do
from quantix_tui.host.files.problems import not_changed, why
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.netconfig.wanted import NetworkWork
from quantix_tui.host.system_log import log_to_system
from quantix_tui.host.wayback import back
from quantix_tui.host.wayback.files import remove
from quantix_tui.host.wayback.launch import start_keeper
from quantix_tui.host.wayback.record import Place, Record, Watched, now, this_boot
from quantix_tui.host.wayback.runtime import in_force

COUNTDOWN_SECS = 60.0
SPARE_SECS = 60.0
"""Above what all commands together may take, for the keeper's start: then it goes back though nobody said that it is
applied."""
END_SECS = 60.0
_POLL_SECS = 0.05
TOLD_SECS = 3600.0
"""It is told that long why a trial went back: later it is no news any more."""
FOLDER = "network-trial"
GONE_BACK = "The old ones are in force again."


def place_in(state: str) -> Place:
    """Where a trial keeps its files; ``state``: the folder of the console's state."""
    return Place(os.path.join(state, FOLDER))


@dataclass(frozen=True, slots=True)
class Trial:
    """Settings that are in force, and go again unless somebody confirms them."""

    place: Place

    def seconds_left(self) -> float | None:
        """None: it is over. Cheap enough for every tick; blocking for a file."""
        try:
            left = back.countdown(self.place)
        except (OSError, ValueError):
            return None
        return None if left is None else left.seconds

    async def confirm(self) -> None:
        """Raises :class:`QuantixError` when the old settings have come back, or the disk does not take it."""
        try:
            kept = await asyncio.to_thread(back.confirm, self.place)
        except OSError as error:
            raise not_changed(error) from None
        if not kept:
            raise QuantixError(_too_late(await asyncio.to_thread(why_gone_back, self.place)))

    async def go_back(self) -> None:
        """Now. Raises :class:`QuantixError` when the old files cannot be brought back; the keeper goes on trying."""
        try:
            if await back.go_back(self.place, "The new network settings were taken back."):
                # Whoever did that knows it.
                remove(self.place.result)
        except OSError as error:
            raise QuantixError(_not_gone_back(error)) from None

    async def why_over(self) -> str:
        """Once it is over without this console: the sentence why the old settings are in force again, when they are.

        Empty: somebody else has kept the new ones, or taken them back. Raises :class:`QuantixError` when the old ones
        do not come up within :data:`END_SECS`.
        """
        until = time.monotonic() + END_SECS
        while self.place.is_busy and time.monotonic() < until:  # noqa: ASYNC110 - of another process
            await asyncio.sleep(_POLL_SECS)
        if self.place.is_busy:
            raise QuantixError(_BACK_IS_LATE)
        return await asyncio.to_thread(why_gone_back, self.place)

    async def keep_watched(self) -> None:
        """Whatever ended the keeper, there is one again while this trial lasts. Raises :class:`QuantixError`."""
        if self.seconds_left() is not None and not await asyncio.to_thread(back.keeper_lives, self.place):
            await start_keeper(self.place)


async def try_network(
    place: Place, work: NetworkWork, tree: Tree, *, tell: Tell, watched: Watched, seconds: float = COUNTDOWN_SECS
) -> Trial:
    """Apply it, with the way back ready before anything changes; the countdown begins when it is applied.

    Raises :class:`QuantixError` with the old settings in force: it was refused, or it failed and went back.
    """
    if tree.root == "/":
        log_to_system()
    now = await asyncio.to_thread(in_force, work.devices)
    record = Record(this_boot(), (), work.back_before, work.back_after, watched, now)
    await _refuse_second(place)
    trial = Trial(place)
    try:
        async with back.applying(place):
            if place.is_busy:
                # Begun by another one since it was looked, or still going after all the time there was to wait.
                raise _NotArmed(_RUNS)
            await _arm(place, work, tree, record)
            await do(work.there, tree, tell)
            await asyncio.to_thread(partial(back.set_deadline, place, seconds, applied=True))
    except _NotArmed as error:
        raise QuantixError(error.problem) from None
    except QuantixError as error:
        await trial.go_back()
        raise QuantixError(_went_back(error.problem)) from None
    except OSError as error:
        await trial.go_back()
        raise QuantixError(_went_back(not_changed(error).problem)) from None
    except asyncio.CancelledError:
        await asyncio.shield(trial.go_back())
        raise
    return trial


class _NotArmed(Exception):
    """There is nothing to go back from."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


async def _arm(place: Place, work: NetworkWork, tree: Tree, record: Record) -> None:
    """The way back, and somebody who watches over it. Raises :class:`_NotArmed` with nothing changed."""
    most = SPARE_SECS + sum(command.within for command in (*work.there.before, *work.there.after))
    try:
        await asyncio.to_thread(back.arm, place, tree, work.there.changes, record, most)
    except OSError as error:
        raise _NotArmed(not_changed(error).problem) from None
    try:
        await start_keeper(place)
    except QuantixError as error:
        await asyncio.to_thread(back.confirm, place)
        raise _NotArmed(error.problem) from None


def running_trial(place: Place) -> Trial | None:
    """The trial that another console, or this one before it was killed, has begun; None when there is none."""
    return Trial(place) if place.is_armed else None


def why_gone_back(place: Place) -> str:
    """The sentence why the last trial went back; empty when it did not, or not lately.

    Every console says it, and each once more when it is started anew: nobody knows before which of them a person sits.
    """
    with contextlib.suppress(OSError, ValueError), open(place.result, encoding="utf-8") as file:
        boot, at, why = file.read(400).strip().split(" ", 2)
        if boot == this_boot() and now() - float(at) < TOLD_SECS:
            return why
    return ""


async def _refuse_second(place: Place) -> None:
    try:
        await back.recover(place)
    except OSError as error:
        raise not_changed(error) from None
    await asyncio.to_thread(_wait_for_the_end, place)
    if place.is_busy or back.keeper_lives(place):
        raise QuantixError(_RUNS)


_RUNS = Problem(
    ErrorCode.MACHINE_REFUSED,
    "Network settings are being tried already. Nothing was changed.",
    "Keep them or take them back where they are being tried, or wait until their time is up.",
    "trial_runs",
)


_BACK_IS_LATE = Problem(
    ErrorCode.MACHINE_REFUSED,
    "The time is over, and the old network settings are not all in force again yet.",
    "It is tried again and again; what hinders it is in this machine's log.",
    "not_gone_back",
)


def _wait_for_the_end(place: Place) -> None:
    """Of a trial that is over but for its last moves: the keeper has yet to end, or the old settings to come up."""
    until = time.monotonic() + END_SECS
    while not place.is_armed and (place.is_going_back or back.keeper_lives(place)) and time.monotonic() < until:
        time.sleep(_POLL_SECS)


def _went_back(problem: Problem) -> Problem:
    said = f"The new network settings could not be applied. {problem.message} {GONE_BACK}"
    return Problem(problem.code, said, problem.hint, problem.reason, problem.details)


def _not_gone_back(error: OSError) -> Problem:
    place = harmless(str(error.filename or ""), 120) or "A file"
    return Problem(
        ErrorCode.CONFIG_WRITE_ERROR,
        f"The old network settings are not back: {place} cannot be brought back: {why(error)}.",
        "Mend that: it is tried again by itself, and whenever a console or this machine is started.",
        "not_gone_back",
    )


def _too_late(why: str) -> Problem:
    return Problem(
        ErrorCode.MACHINE_REFUSED,
        f"{why or 'The time was up.'} {GONE_BACK}",
        "Try them again; then there is another minute to keep them.",
        "went_back",
    )
