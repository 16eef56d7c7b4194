"""Joining and leaving: one code for the daemon and for a console that finds no daemon (DESIGN 4).

Nothing here knows of the API or of the agent: the daemon that runs, if one does, is a small Protocol.
"""

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace
from typing import Protocol

from quantix_tui.cluster.checks import CheckResult
from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError, nothing_saved
from quantix_tui.cluster.join import JoinRequest
from quantix_tui.cluster.status import ClusterStatus
from quantix_tui.config.cleanup import CleanupRecord
from quantix_tui.config.section import ControlPlaneSection
from quantix_tui.config.store import ConfigStore
from quantix_tui.config.store import Membership as SavedMembership
from quantix_tui.node.cleanup import FIRST_ATTEMPT_SECS, Cleanup, readable_section
from quantix_tui.node.events import Journal, timestamp
from quantix_tui.node.state import Phase, Running, Saved, compute_status

NOTHING_READ = Saved(None)


class RunningDaemon(Protocol):
    """What a join or leave has to know of the daemon that it happens in."""

    def running(self) -> Running: ...

    async def pause(self) -> None:
        """Let the agent finish what must not be torn (a registration on its way) and rest."""
        ...

    def resume(self) -> None:
        """Nothing was changed after all: go on."""
        ...

    def end(self) -> None:
        """What the agent worked for has ended; it rests until a restart or reload."""
        ...


class Membership:
    """This node's membership. ``daemon`` is None where no daemon runs."""

    def __init__(
        self,
        store: ConfigStore,
        hostname: str,
        journal: Journal,
        cleanup: Cleanup,
        daemon: RunningDaemon | None = None,
    ) -> None:
        self._store = store
        self._hostname = hostname
        self._journal = journal
        self._cleanup = cleanup
        self._daemon = daemon
        self._saved = NOTHING_READ
        self.changing = asyncio.Lock()
        """Held while the membership changes; a reload waits for it."""

    def status(self) -> ClusterStatus:
        """One reading. Costs a few system calls, asks nobody, never fails: problems stand in the answer."""
        now = time.monotonic()
        self._saved = self._read(self._saved, now)
        return compute_status(self._saved, self._daemon.running() if self._daemon else None, now)

    async def check(self, request: JoinRequest) -> AsyncGenerator[CheckResult, None]:
        """Run the checks of a join and yield each result as it is known. Changes nothing here.

        What failed stands among the events afterwards; a certificate to compare is a question, no failure.
        """
        async with aclosing(self._check(request)) as results:
            async for result in results:
                if result.problem is not None and not _is_question(result):
                    message = f"Check failed: {result.problem.message} (joining {request.address})"
                    self._journal.add("warning", "cluster", message)
                yield result

    async def identify(self, request: JoinRequest) -> tuple[str, str]:
        """The name and the version that the control plane gives itself. Raises :class:`QuantixError`."""
        from quantix_tui.controlplane.client import ControlPlaneClient

        section = readable_section(self._store)
        async with ControlPlaneClient(
            request.address, request.trust, proxy=section.proxy, allow_plaintext=section.allow_plaintext
        ) as client:
            info = await client.info()
        return info.name, info.version

    async def join(self, request: JoinRequest) -> ClusterStatus:
        """Check, then save configuration and token, both or neither.

        Raises :class:`QuantixError`: ``already_joined``, what the first failed check said,
        ``config_unreadable`` or ``config_write_error``; nothing is saved then.
        """
        try:
            return await self._join(request)
        except QuantixError as error:
            if _has_changed(error):
                raise
            raise QuantixError(nothing_saved(error.problem)) from None

    async def _join(self, request: JoinRequest) -> ClusterStatus:
        token = request.token
        if token is None:
            raise QuantixError(_NO_TOKEN)
        self._refuse_second(self._store.load())
        async for result in self._check(request):
            if result.problem is not None:
                self._journal.add("warning", "cluster", f"Join refused: {result.problem.message}")
                raise QuantixError(result.problem)
        async with self.changing:
            self._refuse_second(self._store.load())
            await self._change(lambda: self._store.save_join(request.address, request.trust, token))
            self._journal.add("info", "cluster", f"Joined to {request.address}; the node daemon must restart.")
            return self.status()

    async def leave(self) -> ClusterStatus:
        """Leave on this node first, then tell the control plane once; the daemon goes on telling it.

        Raises :class:`QuantixError` (``config_unreadable``, ``config_write_error``); nothing has changed then.
        """
        async with self.changing:
            section = self._store.load()
            if not section.joined:
                return self.status()
            await self._change(lambda: self._store.save_leave(_cleanup_of))
        self._journal.add("info", "cluster", f"Left {section.address}; this node runs on its own.")
        problem = await self._cleanup.attempt(FIRST_ATTEMPT_SECS)
        self._cleanup.notice()
        status = self.status()
        if problem is not None and status.pending_cleanup is None:
            # Nothing is kept to be tried again, so this answer is the only one that can say it.
            return replace(status, problem=problem)
        return status

    async def _check(self, request: JoinRequest) -> AsyncGenerator[CheckResult, None]:
        # Imported here: httpx and the certificate code cost 100 ms, and a reading of the status needs neither.
        from quantix_tui.controlplane.preflight import ThisNode, preflight

        section = readable_section(self._store)  # a join refuses an unreadable one itself
        await self._finish_earlier_leave(request)
        node = ThisNode(self._hostname, section.address if self._in_force(section) else None)
        checks = preflight(request, node, allow_plaintext=section.allow_plaintext, proxy=section.proxy)
        async for result in checks:
            yield result

    async def _finish_earlier_leave(self, request: JoinRequest) -> None:
        """A node that comes back must not be refused because its own leave has not been told yet."""
        record = self._store.cleanup()
        if record is not None and record.address == request.address:
            await self._cleanup.attempt(FIRST_ATTEMPT_SECS)

    def _in_force(self, section: ControlPlaneSection) -> bool:
        """Joined, and not given up for good: after a refused token one may join again without leaving first."""
        given_up = self._daemon is not None and self._daemon.running().agent.phase is Phase.STOPPED
        return section.joined and not given_up

    def _refuse_second(self, section: ControlPlaneSection) -> None:
        if self._in_force(section):
            raise QuantixError(
                Problem(
                    ErrorCode.ALREADY_JOINED,
                    f"This node has already joined {section.address}.",
                    "Leave that cluster first.",
                    details={"control_plane_address": str(section.address)},
                )
            )

    async def _change(self, save: Callable[[], None]) -> None:
        """Change what is on disk while the agent rests; if that fails the agent goes on as if nothing was."""
        if self._daemon is not None:
            await self._daemon.pause()
        try:
            await asyncio.to_thread(save)
        except BaseException as error:
            if self._daemon is not None and not _has_changed(error):
                self._daemon.resume()
            raise
        if self._daemon is not None:
            self._daemon.end()

    def _read(self, before: Saved, now: float) -> Saved:
        section, cleanup, problem, credential = None, None, None, False
        try:
            section = self._store.load()
            cleanup = self._store.cleanup()
        except QuantixError as error:
            problem = error.problem
            credential = section is None and os.path.exists(self._store.paths.node_credential)
        if before == NOTHING_READ:
            since = None
        else:
            same = section == before.section and problem == before.problem
            since = before.since if same else now
        return Saved(section, problem, since, cleanup, credential)


def _is_question(result: CheckResult) -> bool:
    """Whether somebody is asked to compare a certificate for the first time. A pin that no longer fits is a failure."""
    return result.certificate is not None and result.problem is not None and result.problem.reason == "unknown_ca"


def _cleanup_of(left: SavedMembership) -> CleanupRecord | None:
    """What the control plane has to be told; nothing when the node was never registered there."""
    section = left.section
    if section.address is None or section.node_id is None:
        return None
    return CleanupRecord(section.address, section.trust, section.node_id, left.credential, timestamp())


def _has_changed(error: BaseException) -> bool:
    """Whether a failed save took effect all the same (ConfigStore: it is only not known to survive a power cut)."""
    return isinstance(error, QuantixError) and error.problem.reason == "unconfirmed"


_NO_TOKEN = Problem(
    ErrorCode.INVALID_TOKEN,
    "No registration token was given.",
    "Ask your vDC administrator for a registration token.",
    "empty",
)
