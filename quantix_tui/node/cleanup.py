"""Telling a control plane that this node has left: once right after the leave, then until it is done.

A leave has already happened on this node when this runs; nothing here can fail it.
"""

import asyncio
import logging
import random
from collections.abc import Callable

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.config.cleanup import CleanupRecord
from quantix_tui.config.section import ControlPlaneSection
from quantix_tui.config.store import ConfigStore
from quantix_tui.node.backoff import Backoff
from quantix_tui.node.events import Journal

FIRST_ATTEMPT_SECS = 3.0
"""A leave waits no longer than this for the control plane."""
ATTEMPT_SECS = 20.0
SLOW = Backoff()
CREDENTIAL_MISSING = "credential_missing"
"""Reason under unauthorized: there is no node credential on this node to show."""

log = logging.getLogger(__name__)


class Cleanup:
    """The leaves that control planes have yet to hear of."""

    def __init__(
        self,
        store: ConfigStore,
        journal: Journal,
        backoff: Backoff = SLOW,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._store = store
        self._journal = journal
        self._backoff = backoff
        self._chance = chance
        self._one_at_a_time = asyncio.Lock()
        self._due = asyncio.Event()
        self._due.set()

    def notice(self) -> None:
        """There may be something to clean up: :meth:`run` looks at once."""
        self._due.set()

    async def run(self) -> None:
        """Retry what is pending until it is done, for as long as the daemon runs."""
        failures = 0
        while True:
            await self._due.wait()
            self._due.clear()
            while (problem := await self.attempt(ATTEMPT_SECS)) is not None:
                failures += 1
                wait = self._backoff.delay(failures, self._chance(), retry_after(problem))
                try:
                    async with asyncio.timeout(max(wait, self._backoff.base)):
                        await self._due.wait()
                except TimeoutError:
                    continue
                self._due.clear()
            failures = 0

    async def attempt(self, seconds: float) -> Problem | None:
        """Tell the control plane once, within so many seconds. None: done, or nothing was pending."""
        try:
            # Not wait_for(): in Python 3.11 it loses a cancellation that comes at the moment of success.
            async with asyncio.timeout(seconds):
                await self._one_at_a_time.acquire()
        except TimeoutError:
            return _no_answer(seconds)
        try:
            record = self._store.cleanup()
            return await self._try(record, seconds) if record is not None else None
        except QuantixError as error:
            # The record itself cannot be read or written; the leave stands all the same.
            log.error("The pending clean-up cannot be kept up: %s", error.problem.message)
            return error.problem
        finally:
            self._one_at_a_time.release()

    async def _try(self, record: CleanupRecord, seconds: float) -> Problem | None:
        problem = await _tell(record, readable_section(self._store), seconds)
        if record.credential is None and problem is not None and problem.code is ErrorCode.UNAUTHORIZED:
            # No repetition brings the credential back: it is told once, to whoever leaves, and in the events.
            await asyncio.to_thread(self._store.finish_cleanup, record)
            lost = without_credential(record)
            self._journal.add("warning", "cluster", f"{lost.message} {lost.hint}")
            return lost
        if problem is None or is_done(problem):
            await asyncio.to_thread(self._store.finish_cleanup, record)
            self._journal.add("info", "cluster", _done(record, problem))
            return None
        if record.problem is None or record.problem.code is not problem.code:
            message = f"{record.address} does not know yet that node {record.node_id} has left: {problem.message}"
            self._journal.add("warning", "cluster", message)
        await asyncio.to_thread(self._store.update_cleanup, problem, record)
        return problem


def readable_section(store: ConfigStore) -> ControlPlaneSection:
    """The section, for what has to go on with an unreadable configuration too: nothing is set there then."""
    try:
        return store.load()
    except QuantixError:
        return ControlPlaneSection()


async def _tell(record: CleanupRecord, section: ControlPlaneSection, seconds: float) -> Problem | None:
    """Decommission the node; returns what the control plane or the network has against it.

    The way there (``proxy``, ``allow_plaintext``) is the administrator's: it stays in ``section`` after a leave.
    """
    # Imported here: httpx costs 100 ms and 10 MB, and most nodes never have anything pending.
    from quantix_tui.controlplane.client import ControlPlaneClient
    from quantix_tui.controlplane.limits import Timeouts

    client = ControlPlaneClient(
        record.address,
        record.trust,
        timeouts=Timeouts(request=seconds),
        proxy=section.proxy,
        allow_plaintext=section.allow_plaintext,
    )
    try:
        async with asyncio.timeout(seconds):
            async with client:
                await client.decommission(record.node_id, record.credential)
    except QuantixError as error:
        return error.problem
    except TimeoutError:
        return _no_answer(seconds)
    return None


def without_credential(record: CleanupRecord) -> Problem:
    """The node's credential was lost before it left: the control plane cannot know that it is this node that asks."""
    return Problem(
        ErrorCode.UNAUTHORIZED,
        f"{record.address} could not be told that this node left: the node credential was missing on this node.",
        f"It may go on listing node {record.node_id}: remove it there (vDC, Hosts).",
        CREDENTIAL_MISSING,
    )


def is_done(problem: Problem) -> bool:
    """Whether a refusal means that the node is gone there: not found, or its credential no longer valid.

    A credential ends with its node, so a control plane that no longer takes it has removed the node.
    """
    return problem.code in (ErrorCode.REMOVED, ErrorCode.UNAUTHORIZED)


def _done(record: CleanupRecord, problem: Problem | None) -> str:
    if problem is not None and problem.code is ErrorCode.UNAUTHORIZED:
        return f"{record.address} no longer takes node {record.node_id} for a member; if it lists it, remove it there."
    return f"{record.address} has removed node {record.node_id}."


def _no_answer(seconds: float) -> Problem:
    return Problem(
        ErrorCode.CONTROL_PLANE_UNREACHABLE,
        f"The control plane did not answer within {seconds:.0f} seconds.",
        "Nothing needs to be done here: the node daemon goes on trying.",
        "timed_out",
    )


def retry_after(problem: Problem) -> float | None:
    """Seconds that the control plane asked to wait, where it did."""
    try:
        return float(problem.details["retry_after_secs"])
    except (KeyError, ValueError):
        return None
