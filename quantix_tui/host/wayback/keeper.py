"""The process that owns the way back: ``python -m quantix_tui.host.wayback.keeper FOLDER``.

It ends when the settings were confirmed, or when the old ones are in force again. A SIGTERM means: now.
"""

import asyncio
import contextlib
import fcntl
import os
import signal
import sys
import time

from quantix_tui.host.system_log import LOGGER, log_to_system
from quantix_tui.host.wayback.back import CUT_SHORT, Countdown, countdown, go_back, is_cut_short
from quantix_tui.host.wayback.record import Place, Watched, read_record
from quantix_tui.host.wayback.watch import until_unreachable

LOOK_SECS = 0.2
LOCK_SECS = 2.0
_POLL_SECS = 0.01
RETRY_SECS = (2.0, 5.0, 10.0, 30.0, 60.0)
"""Each attempt takes the network down and up again: the more have failed, the longer there is one between them."""
NOBODY = "Nobody confirmed the new network settings in time."
UNREACHABLE = "With the new network settings neither the gateway nor the control plane could be reached."
ENDED = "What watched over the new network settings was told to end."


def main(words: list[str]) -> int:
    place = Place(words[0])
    log_to_system()
    descriptor = os.open(place.keeper_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    if not _locked(descriptor):
        LOGGER.info("network settings: somebody else watches over them")
        return 0
    for number in (signal.SIGHUP, signal.SIGINT):
        # It belongs to no terminal; what ends a session does not end it.
        signal.signal(number, signal.SIG_IGN)
    return asyncio.run(_keep(place))


def _locked(descriptor: int) -> bool:
    """Whoever asks whether a keeper lives holds the lock for a moment too."""
    until = time.monotonic() + LOCK_SECS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                return False
            time.sleep(_POLL_SECS)
        else:
            return True


async def _keep(place: Place) -> int:
    told_to_end = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told_to_end.set)
    watching: asyncio.Task[None] | None = None
    failures = 0
    while place.is_busy:
        left = _countdown(place)
        if left is not None and left.is_applied and watching is None:
            watching = asyncio.create_task(_watch(place))
        why = ENDED if told_to_end.is_set() else UNREACHABLE if watching is not None and watching.done() else ""
        if left is not None and left.seconds <= 0:
            why = why or NOBODY
        if left is not None and not left.is_applied and is_cut_short(place):
            why = why or CUT_SHORT
        if why or place.is_going_back:
            # Where somebody else is at it this waits, and then finds nothing to do.
            if not await _go_back(place, why or NOBODY):
                await asyncio.sleep(RETRY_SECS[min(failures, len(RETRY_SECS) - 1)])
                failures += 1
            continue
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECS):
                await told_to_end.wait()
    if watching is not None:
        watching.cancel()
    return 0


def _countdown(place: Place) -> Countdown | None:
    try:
        return countdown(place)
    except (OSError, ValueError) as error:
        # Without a deadline to wait for there is no reason to wait.
        LOGGER.error("network settings: the deadline cannot be read: %s", error)
        return Countdown(0.0, is_applied=False)


async def _go_back(place: Place, why: str) -> bool:
    """False: it failed, and has to be tried again."""
    try:
        await go_back(place, why)
    except OSError as error:
        LOGGER.error("network settings: going back failed, and is tried again: %s", error)
        return False
    return True


async def _watch(place: Place) -> None:
    try:
        record = read_record(place.armed)
        await until_unreachable(record.watched if record else Watched())
    except (OSError, ValueError, KeyError, TypeError) as error:
        # The deadline still stands.
        LOGGER.error("network settings: the network cannot be watched: %s", error)
        await asyncio.Event().wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
