"""The console's side of a login: starts the process that talks to PAM, bounds it in time, ends it."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from quantix_tui.cluster.secret import Secret
from quantix_tui.cluster.text import harmless
from quantix_tui.host.login.child import Request
from quantix_tui.host.login.messages import Accepted, Asked, Conversation, End, Message, Stage, Told
from quantix_tui.host.login.service import SERVICE, SERVICE_FOLDERS, has_service
from quantix_tui.host.login.words import no_answer, not_administrator, refusal, unusable

ANSWER_WITHIN_SECS = 120.0
"""For a person, who may have to think of a new password."""
MODULE_WITHIN_SECS = 60.0
"""For a module: longer than any waits for a directory or a hardware key."""
END_WITHIN_SECS = 1.0
MOST_MESSAGES = 200
COMMAND = (sys.executable, "-P", "-m", "quantix_tui.host.login.child")


class PamLogin:
    """Logins on ``line`` against the machine's PAM, for administrators of this node.

    ``environment`` and ``folders`` (where PAM reads its service files) are those of this machine unless named.
    """

    def __init__(
        self,
        line: str,
        admin_groups: Sequence[str],
        *,
        by: str = "root",
        command: Sequence[str] = COMMAND,
        environment: Mapping[str, str] | None = None,
        folders: Sequence[str] = SERVICE_FOLDERS,
        answer_within: float = ANSWER_WITHIN_SECS,
        module_within: float = MODULE_WITHIN_SECS,
    ) -> None:
        """``command`` starts the process; the two times are in seconds."""
        self._line = line
        self._admin_groups = tuple(admin_groups)
        self._by = by
        self._command = tuple(command)
        self._environment = environment
        self._folders = folders
        self._answer_within = answer_within
        self._module_within = module_within
        self._ends: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def begin(self, user: str) -> AsyncIterator[Conversation]:
        """Start a login. Leaving ends the process with everything that it has started."""
        request = Request(SERVICE, user, self._line, self._by, self._admin_groups)
        if not has_service(self._folders):
            yield Ended(unusable(NO_SERVICE, NO_SERVICE_CURE))
            return
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                # A group of its own: what a module has started ends with it. And no terminal to write on.
                start_new_session=True,
                env=self._environment,
            )
        except OSError as error:
            why = harmless(error.strerror or "unknown error")
            yield Ended(unusable(f"The process that asks PAM could not be started: {why}."))
            return
        login = Running(process, request, self._answer_within, self._module_within)
        try:
            yield login
        finally:
            # A task of its own: whoever breaks a login off, twice if need be, must not cut its end short.
            task = asyncio.create_task(_end(process))
            self._ends.add(task)
            task.add_done_callback(self._ends.discard)
            await asyncio.shield(task)


class Ended:
    """A login that never began."""

    def __init__(self, end: End) -> None:
        self._end = end

    async def __aiter__(self) -> AsyncIterator[Message]:
        yield self._end

    async def answer(self, secret: Secret) -> None:
        """There is nothing to answer."""


class Running:
    """A login in its process."""

    def __init__(
        self, process: asyncio.subprocess.Process, request: Request, answer_within: float, module_within: float
    ) -> None:
        self._process = process
        self._request = request
        self._answer_within = answer_within
        self._module_within = module_within
        self._answered = asyncio.Event()

    @property
    def pid(self) -> int:
        return self._process.pid

    async def __aiter__(self) -> AsyncIterator[Message]:
        """The messages up to the end. Never raises for what the process does."""
        said: list[str] = []
        await self._write(self._request.to_json())
        for _ in range(MOST_MESSAGES):
            try:
                async with asyncio.timeout(self._module_within):
                    message = _message(await self._read(), self._request, said)
            except TimeoutError:
                yield unusable(f"A module of PAM has not come to an end within {self._module_within:g} s.")
                return
            if isinstance(message, Told):
                said.append(message.text)
            self._answered.clear()
            yield message
            if not isinstance(message, Asked | Told):
                return
            if isinstance(message, Asked):
                try:
                    async with asyncio.timeout(self._answer_within):
                        await self._answered.wait()
                except TimeoutError:
                    yield no_answer(self._answer_within)
                    return
                said.clear()
        yield unusable(f"A module of PAM has said more than {MOST_MESSAGES} things and come to no end.")

    async def answer(self, secret: Secret) -> None:
        await self._write({"answer": secret.reveal()})
        self._answered.set()

    async def _write(self, message: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None  # noqa: S101 - it was asked for
        # A process that has died is noticed where its messages are read.
        with suppress(ConnectionError):
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            await self._process.stdin.drain()

    async def _read(self) -> dict[str, Any] | None:
        assert self._process.stdout is not None  # noqa: S101 - it was asked for
        try:
            heard = json.loads(await self._process.stdout.readline())
        except ValueError:  # Its end, too long a line, or no JSON.
            return None
        return heard if isinstance(heard, dict) else None


NO_SERVICE = f"PAM does not know how to log in here: the service file {SERVICE_FOLDERS[0]}/{SERVICE} is missing."
NO_SERVICE_CURE = 'As root, "quantix-tui install --tty LINE" puts it in place.'
_MISSING = {
    "library": ("This machine has no PAM (libpam.so.0): nobody's password can be checked.", ""),
    "binding": (
        "The Python package pamela is missing: PAM cannot be asked.",
        "Install the console anew, which brings it along.",
    ),
}


def _message(heard: dict[str, Any] | None, request: Request, said: Sequence[str]) -> Message:
    match heard:
        case {"kind": "ask", "text": str(text), "hidden": bool(hidden), "stage": str(stage)}:
            return Asked(text, hidden, Stage(stage))
        case {"kind": "tell", "text": str(text), "error": bool(error)}:
            return Told(text, error)
        case {"kind": "end", "missing": str(what)}:
            return unusable(*_MISSING[what])
        case {"kind": "end", "stage": str(stage), "code": int(code), "text": str(text)}:
            return refusal(Stage(stage), code, text, said)
        case {"kind": "end", "user": str(user), "changed": bool(changed), "administrator": bool(administrator)}:
            return Accepted(user, changed) if administrator else not_administrator(user, request.admin_groups)
    return unusable("The process that asks PAM has ended before it had an answer: a module of PAM may have crashed.")


async def _end(process: asyncio.subprocess.Process) -> None:
    """Let it notice that nobody listens any more, then end it with all that it has started."""
    assert process.stdin is not None  # noqa: S101 - it was asked for
    assert process.stdout is not None  # noqa: S101 - it was asked for
    process.stdin.close()
    try:
        await _wait_a_while(process, process.stdout)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    # One that stands in a system call that never ends, on a dead file server, does not even heed that.
    await _wait_a_while(process, process.stdout)


async def _wait_a_while(process: asyncio.subprocess.Process, output: asyncio.StreamReader) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(END_WITHIN_SECS):
            # To its end, and nothing kept: asyncio counts a process as ended only when all its output has been read.
            while await output.read(1 << 16):
                pass
            await process.wait()
