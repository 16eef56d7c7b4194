"""The node's daemon over its API, without blocking the event loop."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import TypeVar

from quantix_tui.cluster.checks import CheckResult
from quantix_tui.cluster.errors import ErrorCode, QuantixError
from quantix_tui.cluster.join import JoinRequest
from quantix_tui.cluster.status import ClusterStatus
from quantix_tui.host.facts import HostFacts, HostMetrics
from quantix_tui.node.gateway.absence import is_no_daemon
from quantix_tui.node.gateway.background import in_background, stream_in_background
from quantix_tui.node.gateway.client import NodeClient
from quantix_tui.node.gateway.endpoint import Endpoint
from quantix_tui.node.gateway.meeting import Meeting
from quantix_tui.node.gateway.protocol import Applied, DaemonKind, NodeEvent
from quantix_tui.node.gateway.service import NodeService
from quantix_tui.settings import Settings

T = TypeVar("T")


class HttpGateway:
    """A :class:`NodeGateway` to the daemon at one endpoint. ``files`` is what it works on, where that is known."""

    def __init__(self, endpoint: Endpoint, admin_token_file: str, files: Settings | None = None) -> None:
        self.endpoint = endpoint
        self._service = NodeService(endpoint, files)
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
            await self._service.restart(refused.problem)
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


_NOT_BY_ITSELF = (ErrorCode.NOT_SUPPORTED, ErrorCode.NODE_UNREACHABLE)
