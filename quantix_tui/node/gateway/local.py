"""The node without its daemon: the same membership code, in this process, on the same files."""

import os
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

from quantix_tui.cluster.checks import CheckResult
from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError, nothing_saved
from quantix_tui.cluster.join import JoinRequest
from quantix_tui.cluster.status import ClusterStatus
from quantix_tui.config.store import ConfigPaths, ConfigStore
from quantix_tui.host.facts import HostFacts, HostMetrics
from quantix_tui.host.machine import MetricsReader, read_facts
from quantix_tui.node.cleanup import Cleanup
from quantix_tui.node.events import Journal
from quantix_tui.node.gateway.absence import NO_CONFIGURATION
from quantix_tui.node.gateway.background import in_background
from quantix_tui.node.gateway.endpoint import endpoints
from quantix_tui.node.gateway.protocol import Applied, DaemonKind, NodeEvent
from quantix_tui.node.gateway.service import NodeService
from quantix_tui.node.membership import Membership
from quantix_tui.settings import Settings

NO_JOURNAL = Problem(
    ErrorCode.NODE_UNREACHABLE,
    "The node daemon keeps the events, and it does not answer.",
    "Start it: quantix-tui restart.",
    "no_journal",
)


class LocalGateway:
    """A :class:`NodeGateway` for when no daemon runs: it edits the configuration itself, if this user may."""

    kind = DaemonKind.NONE

    def __init__(self, settings: Settings) -> None:
        self._service = NodeService(endpoints(settings)[0], settings)
        self._config_file = settings.config_file
        self._store = ConfigStore(ConfigPaths(settings.config_file))
        self._journal = Journal()
        self._membership: Membership | None = None
        self._metrics: MetricsReader | None = None

    async def status(self) -> ClusterStatus:
        """What the configuration says. One that is not there says nothing, and a daemon that would know does not run.

        Raises ``node_unreachable`` then: nobody is there who could say anything.
        """
        self._refuse_unreadable()
        if not self._config_file.exists():
            raise QuantixError(_nothing_there(self._config_file))
        status = await in_background(self._members().status, _nothing)
        if status.problem is not None and status.problem.code is ErrorCode.CONFIG_UNREADABLE:
            # Nothing else knows the state, and it is not guessed.
            raise QuantixError(status.problem)
        return status

    async def facts(self) -> HostFacts:
        return await in_background(read_facts, _nothing)

    async def metrics(self) -> HostMetrics:
        return await in_background(self._read_metrics, _nothing)

    async def events(self, limit: int = 100) -> Sequence[NodeEvent]:
        """What happened in this process: the daemon alone keeps a journal, so that "nothing" would be a guess."""
        own = self._journal.latest(limit)
        if not own:
            raise QuantixError(NO_JOURNAL)
        return own

    async def check(self, request: JoinRequest) -> AsyncGenerator[CheckResult, None]:
        await in_background(_import_control_plane, _nothing)
        request = await _with_ca(request)
        async with aclosing(self._members().check(request)) as results:
            async for result in results:
                yield result

    async def join(self, request: JoinRequest) -> ClusterStatus:
        await self._prepare_change()
        return await self._members().join(await _with_ca(request))

    async def leave(self) -> ClusterStatus:
        await self._prepare_change()
        return await self._members().leave()

    async def restart(self) -> Applied:
        await self._service.restart()
        return Applied.RESTARTED

    async def close(self) -> None:
        """Nothing stays open between calls."""

    def _members(self) -> Membership:
        if self._membership is None:
            cleanup = Cleanup(self._store, self._journal)
            self._membership = Membership(self._store, os.uname().nodename, self._journal, cleanup)
        return self._membership

    async def _prepare_change(self) -> None:
        """Refuse what this user may not do; clear up what an earlier crash left, since no daemon has done it."""
        self._refuse_unwritable()
        await in_background(self._store.recover, _nothing)
        await in_background(_import_control_plane, _nothing)

    def _read_metrics(self) -> HostMetrics:
        if self._metrics is None:
            self._metrics = MetricsReader()
        return self._metrics.read()

    def _refuse_unreadable(self) -> None:
        # The directory too: a file that cannot be seen does not look as if it were missing.
        directory = self._config_file.parent
        hidden = directory.exists() and not os.access(directory, os.X_OK)
        if hidden or (self._config_file.exists() and not os.access(self._config_file, os.R_OK)):
            raise QuantixError(self._denied("read"))

    def _refuse_unwritable(self) -> None:
        self._refuse_unreadable()
        # Root is let through: what stops root (a read-only file system) the write itself tells better.
        directory = self._config_file.parent
        if os.geteuid() != 0 and directory.exists() and not os.access(directory, os.W_OK):
            raise QuantixError(nothing_saved(self._denied("change")))

    def _denied(self, verb: str) -> Problem:
        return Problem(
            ErrorCode.UNAUTHORIZED,
            f"The node daemon is not running, and this user may not {verb} the configuration {self._config_file}.",
            "Run it as root (sudo).",
            f"config_{verb}",
        )


def _nothing_there(config_file: Path) -> Problem:
    return Problem(
        ErrorCode.NODE_UNREACHABLE,
        f"Whether this node belongs to a cluster is not known: the node daemon does not run, and there is no"
        f" configuration {config_file}.",
        "Start the node daemon (quantix-tui restart), or name the configuration with --config; a join makes a new one.",
        NO_CONFIGURATION,
    )


def _import_control_plane() -> None:
    """Import what talks to the control plane beside the event loop: it takes 100 ms, and a key must not wait for it."""
    import quantix_tui.controlplane.preflight  # noqa: F401


async def _with_ca(request: JoinRequest) -> JoinRequest:
    """The request as the daemon would get it: with the content of a CA file, for the node keeps a copy of its own."""
    from quantix_tui.controlplane.ca import carried

    return replace(request, trust=await in_background(lambda: carried(request.trust), _nothing))


def _nothing() -> None:
    """Reading a few small files ends by itself."""
