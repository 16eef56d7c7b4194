"""A gateway that is opened at its first use, so that what it needs is imported when the first dashboard stands."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING

from quantix_tui.node.gateway.protocol import Applied, DaemonKind, NodeEvent, NodeGateway

if TYPE_CHECKING:
    from quantix_tui.cluster.checks import CheckResult
    from quantix_tui.cluster.join import JoinRequest
    from quantix_tui.cluster.status import ClusterStatus
    from quantix_tui.host.facts import HostFacts, HostMetrics


class LateGateway:
    """A :class:`NodeGateway` that asks ``open_gateway`` for the real one once and passes everything on."""

    def __init__(self, open_gateway: Callable[[], NodeGateway]) -> None:
        self._open = open_gateway
        self._opened: NodeGateway | None = None

    @property
    def kind(self) -> DaemonKind:
        return self._opened.kind if self._opened else DaemonKind.NONE

    async def status(self) -> "ClusterStatus":
        return await self._gateway().status()

    async def facts(self) -> "HostFacts":
        return await self._gateway().facts()

    async def metrics(self) -> "HostMetrics":
        return await self._gateway().metrics()

    async def events(self, limit: int = 100) -> Sequence[NodeEvent]:
        return await self._gateway().events(limit)

    async def check(self, request: "JoinRequest") -> "AsyncGenerator[CheckResult, None]":
        async with aclosing(self._gateway().check(request)) as results:
            async for result in results:
                yield result

    async def join(self, request: "JoinRequest") -> "ClusterStatus":
        return await self._gateway().join(request)

    async def leave(self) -> "ClusterStatus":
        return await self._gateway().leave()

    async def restart(self) -> Applied:
        return await self._gateway().restart()

    async def close(self) -> None:
        if self._opened is not None:
            await self._opened.close()

    def _gateway(self) -> NodeGateway:
        if self._opened is None:
            self._opened = self._open()
        return self._opened
