"""The node's daemon over its API, without blocking the event loop."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import TypeVar

from quantix_tui.cluster.checks import CheckResult
from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.join import JoinRequest
from quantix_tui.cluster.status import ClusterStatus
from quantix_tui.host.facts import HostFacts, HostMetrics
from quantix_tui.node.gateway.background import in_background, stream_in_background
from quantix_tui.node.gateway.client import NodeClient
from quantix_tui.node.gateway.endpoint import Endpoint, endpoints
from quantix_tui.node.gateway.faults import is_no_daemon
from quantix_tui.node.gateway.meeting import Meeting
from quantix_tui.node.gateway.protocol import Applied, DaemonKind, NodeEvent
from quantix_tui.settings import Settings

T = TypeVar("T")


class HttpGateway:
    """A :class:`NodeGateway` to the daemon at one endpoint."""

    def __init__(self, endpoint: Endpoint, admin_token_file: str) -> None:
        self.endpoint = endpoint
        self._admin_token_file = admin_token_file
        self._met: Meeting | None = None

    @property
    def kind(self) -> DaemonKind:
        return DaemonKind(self._met.kind) if self._met else DaemonKind.NONE

    async def status(self) -> ClusterStatus:
        return await self._call(NodeClient.status)

    async def facts(self) -> HostFacts:
        return await self._call(NodeClient.facts)

    async def metrics(self) -> HostMetrics:
        return await self._call(NodeClient.metrics)

    async def events(self, limit: int = 100) -> Sequence[NodeEvent]:
        return await self._call(lambda client: client.events(limit))

    async def check(self, request: JoinRequest) -> AsyncGenerator[CheckResult, None]:
        client = self._client()
        async with aclosing(stream_in_background(lambda: client.check(request), client.abort)) as results:
            async for result in results:
                yield result
        self._met = client.met

    async def join(self, request: JoinRequest) -> ClusterStatus:
        return await self._call(lambda client: client.join(request))

    async def leave(self) -> ClusterStatus:
        return await self._call(NodeClient.leave)

    async def restart(self) -> Applied:
        """By the daemon itself; where it has no such route or hangs, by this machine's service manager."""
        try:
            await self._call(NodeClient.restart)
        except QuantixError as refused:
            if is_no_daemon(refused.problem) or refused.problem.code not in _NOT_BY_ITSELF:
                raise
            await restart_service(self.endpoint)
        return Applied.RESTARTED

    async def close(self) -> None:
        """Nothing stays open between calls."""

    def _client(self) -> NodeClient:
        return NodeClient(self.endpoint, self._admin_token_file, self._met)

    async def _call(self, ask: Callable[[NodeClient], T]) -> T:
        client = self._client()
        try:
            answer = await in_background(lambda: ask(client), client.abort)
        except QuantixError as error:
            # What comes to this place later may be another daemon.
            self._met = None if is_no_daemon(error.problem) else client.met or self._met
            raise
        self._met = client.met
        return answer


async def restart_service(endpoint: Endpoint) -> None:
    """Restart the daemon of ``endpoint`` by this machine's service manager.

    Raises ``restart_failed`` with the way to do it by hand.
    """
    if not endpoint.local:
        raise QuantixError(_restart_there(endpoint))
    if endpoint not in endpoints(Settings()):
        raise QuantixError(_no_service(endpoint))
    # Imported here: subprocess is needed for this alone.
    from quantix_tui.host.services import restart_node_daemon

    await in_background(restart_node_daemon, lambda: None)


_NOT_BY_ITSELF = (ErrorCode.NOT_SUPPORTED, ErrorCode.NODE_UNREACHABLE)


def _restart_there(endpoint: Endpoint) -> Problem:
    return Problem(
        ErrorCode.RESTART_FAILED,
        f"The node daemon at {endpoint} cannot be restarted from here.",
        "Run on the node itself: systemctl restart limiquantix-node (OpenRC: rc-service quantix-node restart).",
        "remote",
    )


def _no_service(endpoint: Endpoint) -> Problem:
    """The service manager knows the daemon of the standard places; it must not restart that one instead."""
    where = f"--socket {endpoint.path}" if endpoint.path else f"--listen {endpoint.authority}"
    return Problem(
        ErrorCode.RESTART_FAILED,
        f"The node daemon at {endpoint} is not this machine's service, so it cannot be started from here.",
        f"Start it where it was started before, for example with: quantix-node {where}",
        "no_service",
    )
