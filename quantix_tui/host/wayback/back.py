"""Arming a trial, confirming it, and going back. Each turn is one rename: of two that want it, one gets it."""

import asyncio
import contextlib
import fcntl
import os
import time
from collections.abc import AsyncGenerator, Iterable, Sequence
from dataclasses import dataclass, replace

from quantix_tui.host.doing import run_all
from quantix_tui.host.files.changes import Change, Edit, Move, Put, Remove
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.system_log import LOGGER
from quantix_tui.host.wayback.files import remove, sync_folder, write
from quantix_tui.host.wayback.record import Kept, Place, Record, now, read_record, this_boot, to_bytes
from quantix_tui.host.wayback.runtime import bring_back

SECOND = ".quantix-before."
"""Begins with a dot: no program that reads such folders takes it for a configuration."""
_LEFT = (".quantix-new", ".quantix-old")
"""Of changes that were cut short (:class:`Tree`)."""
_POLL_SECS = 0.05
LOCK_SECS = 60.0
CUT_SHORT = "What put the new network settings in force was ended in the middle of it."


def arm(place: Place, tree: Tree, changes: Sequence[Change], record: Record, seconds: float) -> None:
    """Keep what ``changes`` will change, for at most ``seconds`` without a confirmation. Blocking.

    Raises OSError with nothing changed and nothing kept.
    """
    kept = tuple({kept.path: kept for change in changes for kept in _kept(tree, change)}.values())
    record = replace(record, kept=kept)
    os.makedirs(place.folder, 0o700, exist_ok=True)
    remove(place.result)
    try:
        set_deadline(place, seconds, applied=False)
        write(place.arming, to_bytes(record))
        for file in kept:
            if file.second is not None:
                remove(file.second)
                os.link(file.path, file.second, follow_symlinks=False)
        _sync(kept)
        os.rename(place.arming, place.armed)
        sync_folder(place.folder)
    except OSError:
        _forget(kept)
        remove(place.arming)
        remove(place.armed)
        raise


@dataclass(frozen=True, slots=True)
class Countdown:
    """``seconds`` until it goes back. ``is_applied``: the new settings are in force, and may be judged."""

    seconds: float
    is_applied: bool


def set_deadline(place: Place, seconds: float, *, applied: bool) -> None:
    """It goes back in ``seconds`` from now. Raises OSError; the deadline is then what it was."""
    write(place.deadline, f"{now() + seconds:.3f} {'applied' if applied else 'applying'}\n".encode())


def countdown(place: Place) -> Countdown | None:
    """None when nothing is on trial. Raises OSError, ValueError."""
    if not place.is_armed:
        return None
    with open(place.deadline, encoding="ascii") as file:
        at, word = file.read(60).split()
    return Countdown(max(0.0, float(at) - now()), word == "applied")


def is_cut_short(place: Place) -> bool:
    """Whether whoever applied the new settings was ended before all of them were in force. Raises OSError, ValueError.

    They must not be kept: nobody knows how far it came.
    """
    # In this order: whoever arms has the lock already, and gives it back behind the deadline.
    if not place.is_armed or _is_locked(place.back_lock):
        return False
    left = countdown(place)
    return left is not None and not left.is_applied


def confirm(place: Place) -> bool:
    """The new settings stay. False: it has gone back already, or is about to. Raises OSError. Blocking."""
    try:
        os.rename(place.armed, place.confirmed)
    except FileNotFoundError:
        return False
    LOGGER.info("network settings: confirmed")
    try:
        sync_folder(place.folder)
        _clear_confirmed(place)
    except OSError as error:
        # They are confirmed all the same; the next start clears up.
        LOGGER.error("network settings: the old files cannot be removed: %s", error)
    return True


async def go_back(place: Place, why: str, *, files_only: bool = False) -> bool:
    """Bring the old settings back; also to end what somebody has begun. False: there is nothing to go back from.

    ``why``: a sentence. ``files_only``: the network has not been set up yet in this run of the machine.
    Raises OSError when the old files cannot be brought back; the next attempt goes on with it.
    """
    async with applying(place):
        with contextlib.suppress(FileNotFoundError):
            os.rename(place.armed, place.going_back)
        record = _read(place.going_back)
        if record is None:
            return False
        LOGGER.warning("network settings: going back: %s", why)
        if not files_only:
            await run_all(record.before)
        try:
            restore(record.kept)
        finally:
            # With files that could not be restored too: what was taken down comes up again, as far as it can.
            if not files_only:
                await run_all(record.after)
                await bring_back(record.in_force)
        try:
            write(place.result, f"{this_boot()} {now():.3f} {why}\n".encode())
        except OSError as error:
            LOGGER.error("network settings: why they went back cannot be kept: %s", error)
        remove(place.going_back)
        sync_folder(place.folder)
        LOGGER.warning("network settings: the old ones are in force again")
        return True


def restore(kept: Iterable[Kept]) -> None:
    """The old files again; a second time changes nothing. Raises OSError after all that can be restored are."""
    failure: OSError | None = None
    for file in kept:
        try:
            _restore(file)
        except OSError as error:
            LOGGER.error("network settings: %s cannot be brought back: %s", file.path, error)
            # By the name that the file goes by, not by that of the one that is kept.
            failure = OSError(error.errno, error.strerror, file.path)
    if failure is not None:
        raise failure
    _sync(kept)


async def recover(place: Place, *, files_only: bool = False) -> bool:
    """What an earlier run of the console, the keeper or the machine has left. True: the old settings came back.

    While a keeper lives, only what was cut short goes back. Raises OSError.
    """
    if keeper_lives(place):
        return _is_half_applied(place) and await go_back(place, CUT_SHORT, files_only=files_only)
    if arming := _read(place.arming):
        # Nothing had been changed yet.
        _forget(arming.kept)
        remove(place.arming)
    _clear_confirmed(place)
    if place.is_going_back:
        return await go_back(place, "Going back was cut short, and is now complete.", files_only=files_only)
    armed = _read(place.armed)
    if armed is None:
        return False
    if armed.boot != this_boot():
        said = "The machine restarted before anybody confirmed the new network settings."
    else:
        said = "Nobody confirmed the new network settings, and what watched over them was ended."
    return await go_back(place, said, files_only=files_only)


def _is_half_applied(place: Place) -> bool:
    try:
        return is_cut_short(place)
    except ValueError as error:
        LOGGER.error("network settings: the deadline cannot be read: %s", error)
        return False


def keeper_lives(place: Place) -> bool:
    """Whether somebody watches over a trial."""
    return _is_locked(place.keeper_lock)


def _kept(tree: Tree, change: Change) -> list[Kept]:
    if isinstance(change, Move):
        raise ValueError("a file that gets another name has no way back here")
    if not isinstance(change, Put | Edit | Remove):
        return []
    path = tree.real(change.path, follow=isinstance(change, Edit))
    folder, name = os.path.split(path)
    return [Kept(path, os.path.join(folder, SECOND + name) if os.path.lexists(path) else None)]


def _restore(file: Kept) -> None:
    for left in _LEFT:
        remove(file.path + left)
    if file.second is None:
        remove(file.path)
    elif os.path.lexists(file.second):
        os.rename(file.second, file.path)
        # To rename a file over another name of itself does nothing (rename(2)).
        remove(file.second)


def _clear_confirmed(place: Place) -> None:
    confirmed = _read(place.confirmed)
    if confirmed is not None:
        _forget(confirmed.kept)
        remove(place.confirmed)


def _forget(kept: Iterable[Kept]) -> None:
    for file in kept:
        if file.second is not None:
            remove(file.second)


def _read(path: str) -> Record | None:
    """One that cannot be read any more is put aside: it must not hinder every later trial. Raises OSError."""
    try:
        return read_record(path)
    except (ValueError, KeyError, TypeError) as error:
        LOGGER.error("network settings: %s cannot be read: %s", path, error)
        os.replace(path, f"{path}.unreadable")
        return None


def _sync(kept: Iterable[Kept]) -> None:
    for folder in {os.path.dirname(file.path) for file in kept}:
        if os.path.isdir(folder):
            sync_folder(folder)


@contextlib.asynccontextmanager
async def applying(place: Place) -> AsyncGenerator[None, None]:
    """Held while the network is changed, there or back: nobody goes back under the hands of whoever still applies.

    For a while only: whoever was stopped while holding it must not keep the old settings from coming back.
    """
    os.makedirs(place.folder, 0o700, exist_ok=True)
    descriptor = os.open(place.back_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    until = time.monotonic() + LOCK_SECS
    try:
        while not _lock(descriptor) and time.monotonic() < until:  # noqa: ASYNC110 - of another process
            await asyncio.sleep(_POLL_SECS)
        yield
    finally:
        os.close(descriptor)


def _is_locked(path: str) -> bool:
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        return not _lock(descriptor)
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
