"""Doing what a back end wants done: files all or none, commands one by one, each told and logged with its result."""

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.text import harmless
from quantix_tui.host.files.problems import not_changed
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.privilege import as_root
from quantix_tui.host.programs import Ran, run
from quantix_tui.host.services import last_lines
from quantix_tui.host.system_log import LOGGER
from quantix_tui.host.work import Command, Work


@dataclass(frozen=True, slots=True)
class Done:
    """One act that was done: ``edit /etc/hosts``. ``failure``: why an optional one was not."""

    what: str
    seconds: float
    failure: str = ""


Tell = Callable[[Done], None]


def _nobody(_: Done) -> None: ...


async def do(work: Work, tree: Tree, tell: Tell = _nobody) -> None:
    """All of it, in its order. Raises :class:`QuantixError` with the first act that failed; files are then as before,
    but for those of acts that were done already."""
    if tree.root != "/" and (work.before or work.after):
        raise ValueError("commands for a machine that does not run")
    await run_all(work.before, tell)
    if work.changes:
        began = time.monotonic()
        try:
            done = await asyncio.to_thread(tree.apply, work.changes)
        except OSError as error:
            LOGGER.error("files could not be changed: %s", error)
            raise not_changed(error) from None
        seconds = time.monotonic() - began
        for change in done:
            LOGGER.info("done: %s", change)
            tell(Done(str(change), seconds / len(done)))
    await run_all(work.after, tell)


async def run_all(commands: Iterable[Command], tell: Tell = _nobody) -> None:
    """Raises :class:`QuantixError` with the first that failed and is not optional."""
    for command in commands:
        began = time.monotonic()
        failure = await _failure(command)
        seconds = time.monotonic() - began
        if failure and not command.optional:
            LOGGER.error("failed: %s: %s", command, failure)
            raise QuantixError(_refused(command, failure))
        LOGGER.info("ran: %s: %s", command, failure or "done")
        tell(Done(str(command), seconds, failure))


async def _failure(command: Command) -> str:
    """Why it failed; empty when it did not."""
    given = command.given.reveal().encode("utf-8", "surrogateescape") if command.given else None
    try:
        ran = await run(as_root(command.words), command.within, given=given)
    except FileNotFoundError:
        return f"{command.words[0]} is not installed"
    except OSError as error:
        return harmless(error.strerror or "it cannot be run")
    return _told(ran, command)


def _told(ran: Ran, command: Command) -> str:
    if ran.code == 0:
        return ""
    said = "" if _shows_secret(ran.output, command) else last_lines(ran.output)
    if ran.code is None:
        return f"it did not end within {command.within:g} s" + (f"; it said: {said}" if said else "")
    return said or f"exit status {ran.code}"


def _shows_secret(output: bytes, command: Command) -> bool:
    """Whether it says what only its standard input may know: ``USER:PASSWORD`` of chpasswd."""
    if command.given is None:
        return False
    secret = command.given.reveal().partition(":")[2].strip()
    return not secret or secret.encode("utf-8", "surrogateescape") in output


def _refused(command: Command, why: str) -> Problem:
    return Problem(
        ErrorCode.MACHINE_REFUSED,
        f"{command.words[0]} failed: {why.rstrip('.')}.",
        f"Mend what it complains of and try again. The command was, as root: {command}",
        "command_failed",
        {"command": str(command)},
    )
