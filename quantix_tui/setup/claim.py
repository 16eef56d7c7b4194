"""One at a time sets a node up: tty1, a serial line, an SSH session, or answers that came with the boot.

A lock of the kernel's on a file in the state folder, which ends with the process that holds it; who that is stands in
the file, and counts only while the lock is held.
"""

import asyncio
import contextlib
import fcntl
import json
import os
import time
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass
from enum import StrEnum

from quantix_tui.cluster import spans
from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.text import harmless
from quantix_tui.host.files.problems import not_changed, why
from quantix_tui.host.wayback.record import now

LOCK = "setup.lock"
PATIENCE_SECS = 0.3
"""Somebody who only looks who has it, or keeps a page, has it for less."""
SAVING_SECS = 5.0
"""How long keeping a page may take somebody else, on a slow disk."""
_POLL_SECS = 0.01
_MOST_BYTES = 1 << 12
_MOST_WORD = 160
_COMMAND = "quantix-tui"


@dataclass(frozen=True, slots=True)
class Who:
    """Who sets the node up: ``program`` as a person knows it, and the ``line`` that it runs on; empty: on none."""

    program: str = "the wizard"
    line: str = ""

    def __str__(self) -> str:
        return f"{self.program} on {self.line}" if self.line else self.program


class Doing(StrEnum):
    APPLIES = "sets this node up"
    TRIES = "tries network settings"
    GOES_BACK = "brings old network settings back"
    ASKS = "is open"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has it, for what. ``since``: by the clock that nobody sets (:func:`now`)."""

    who: Who
    doing: Doing
    since: float
    pid: int

    @property
    def is_us(self) -> bool:
        """Whether it is this process."""
        return self.pid == os.getpid()

    def __str__(self) -> str:
        """As a sentence, with how long it has gone on."""
        return begun(f"{self.who} {self.doing}, for {spans.short(now() - self.since)} now.")


def begun(sentence: str) -> str:
    """With a capital letter, unless it begins with a command: that is typed as it stands."""
    return sentence if sentence.startswith(_COMMAND) else sentence[:1].upper() + sentence[1:]


class Taken(QuantixError):
    """Somebody else has it. Any other :class:`QuantixError` here means that the state folder takes nothing."""


class Claim:
    """Held from :func:`take` until it is let go, and at most as long as this process lives."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    def let_go(self) -> None:
        """A second time changes nothing."""
        if self._descriptor is not None:
            with contextlib.suppress(OSError):
                os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None


def take(folder: str, who: Who, doing: Doing) -> Claim:
    """Raises :class:`Taken` when somebody else has it, with who, and :class:`QuantixError` when nobody can have it.

    Blocking, for some tenths of a second.
    """
    descriptor = _open(folder)
    try:
        _lock(descriptor, folder)
        write_holder(descriptor, Holder(who, doing, now(), os.getpid()))
    except OSError as error:
        os.close(descriptor)
        raise not_kept(folder, error) from None
    except QuantixError:
        os.close(descriptor)
        raise
    return Claim(descriptor)


@contextlib.asynccontextmanager
async def claimed(folder: str, who: Who, doing: Doing) -> AsyncGenerator[None, None]:
    """Held for as long as the block runs. Raises as :func:`take`."""
    claim = await take_soon(folder, who, doing)
    try:
        yield
    finally:
        claim.let_go()


async def take_soon(folder: str, who: Who, doing: Doing) -> Claim:
    """As :func:`take`, without blocking; cancelled, it holds nothing."""
    taking = asyncio.create_task(asyncio.to_thread(take, folder, who, doing))
    try:
        return await asyncio.shield(taking)
    except asyncio.CancelledError:
        taking.add_done_callback(_let_go)
        raise


def _let_go(taking: "asyncio.Task[Claim]") -> None:
    if not taking.cancelled() and taking.exception() is None:
        taking.result().let_go()


@contextlib.contextmanager
def briefly(folder: str) -> Iterator[None]:
    """Held to keep a page, which nobody is told of. Raises as :func:`take`."""
    descriptor = _open(folder)
    try:
        _lock(descriptor, folder)
        # What a killed holder has left is not about this one.
        os.ftruncate(descriptor, 0)
        yield
    finally:
        os.close(descriptor)


def holder(folder: str) -> Holder | None:
    """Who has it now, this process among them; None when nobody does. Some microseconds; raises nothing."""
    return holder_of(os.path.join(folder, LOCK))


def holder_of(path: str) -> Holder | None:
    """Whose the file's lock is; None when it is nobody's. Some microseconds; raises nothing."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return read_holder(descriptor)
        return None
    finally:
        os.close(descriptor)


def read_holder(descriptor: int) -> Holder | None:
    """What is written in a file that is locked; None when it says nothing that can be read."""
    try:
        body = json.loads(os.pread(descriptor, _MOST_BYTES, 0))
        program, line = (harmless(str(body[name]), _MOST_WORD) for name in ("program", "line"))
        return Holder(Who(program, line), Doing(body["doing"]), float(body["since"]), int(body["pid"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_holder(descriptor: int, held: Holder) -> None:
    """Raises OSError."""
    who = {"program": held.who.program, "line": held.who.line, "pid": held.pid}
    body = {**who, "doing": held.doing.value, "since": held.since}
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(body).encode(), 0)


def taken(held: Holder | None) -> Problem:
    """That the node is somebody else's now."""
    who = str(held) if held else "This node is being set up right now, by somebody who does not say who."
    return Problem(
        ErrorCode.MACHINE_REFUSED,
        f"{who} Nothing was changed here.",
        "Wait until that has ended, then try again.",
        "setup_runs",
    )


def not_kept(folder: str, error: OSError) -> QuantixError:
    """The state folder takes nothing."""
    what = f"What is answered cannot be kept in {folder}: {why(error)}."
    return QuantixError(Problem(ErrorCode.CONFIG_WRITE_ERROR, what, not_changed(error).problem.hint, "not_kept"))


def _open(folder: str) -> int:
    try:
        os.makedirs(folder, 0o700, exist_ok=True)
        return os.open(os.path.join(folder, LOCK), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise not_kept(folder, error) from None


def _lock(descriptor: int, folder: str) -> None:
    began = time.monotonic()
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            held = holder(folder)
            waited = time.monotonic() - began
            if waited > (PATIENCE_SECS if held else SAVING_SECS):
                raise Taken(taken(held)) from None
            time.sleep(_POLL_SECS)
        else:
            return
