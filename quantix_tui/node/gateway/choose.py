"""The gateway that finds the node by itself: the daemon where one answers, else its configuration here.

It looks again with every call, so a daemon that dies or comes back is noticed at once. A daemon that runs but
does not answer is not "no daemon": its truth is unknown then, and nothing is edited behind its back.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import TypeVar

from quantix_tui.cluster.checks import CheckResult
from quantix_tui.cluster.errors import QuantixError
from quantix_tui.cluster.join import JoinRequest
from quantix_tui.cluster.status import ClusterStatus
from quantix_tui.host.facts import HostFacts, HostMetrics
from quantix_tui.node.gateway.absence import is_no_daemon
from quantix_tui.node.gateway.background import in_background
from quantix_tui.node.gateway.endpoint import Endpoint, endpoints
from quantix_tui.node.gateway.faults import may_be_elsewhere
from quantix_tui.node.gateway.http import HttpGateway
from quantix_tui.node.gateway.protocol import Applied, DaemonKind, NodeEvent, NodeGateway
from quantix_tui.settings import Settings

T = TypeVar("T")


def choose_gateway(settings: Settings) -> NodeGateway:
    """The node that ``settings`` mean. Raises ``invalid_request`` for a node that is no address."""
    places = endpoints(settings)
    files = settings if _files_are_its(settings, places) else None
    return ChosenGateway([HttpGateway(place, settings.admin_token, files) for place in places], files)


def _files_are_its(settings: Settings, places: Sequence[Endpoint]) -> bool:
    """Whether the configuration at hand is that of the daemon that was looked for.

    Never for a node elsewhere; and a daemon in a place of its own has a configuration of its own, which then
    must be named too.
    """
    standard = set(places) <= set(endpoints(Settings()))
    return standard or (all(place.local for place in places) and settings.config_file != Settings().config_file)


class ChosenGateway:
    """A :class:`NodeGateway` that asks the first of ``daemons`` that is there.

    Without one it works on the files that ``files`` names; where ``files`` is None it says that nothing answers.
    """

    def __init__(self, daemons: Sequence[HttpGateway], files: Settings | None) -> None:
        self._daemons = daemons
        self._files = files
        self._local: NodeGateway | None = None
        self._answered: NodeGateway | None = None

    @property
    def kind(self) -> DaemonKind:
        return self._answered.kind if self._answered else DaemonKind.NONE

    async def status(self) -> ClusterStatus:
        return await self._ask(lambda gateway: gateway.status())

    async def facts(self) -> HostFacts:
        return await self._ask(lambda gateway: gateway.facts())

    async def metrics(self) -> HostMetrics:
        return await self._ask(lambda gateway: gateway.metrics())

    async def events(self, limit: int = 100) -> Sequence[NodeEvent]:
        return await self._ask(lambda gateway: gateway.events(limit))

    async def check(self, request: JoinRequest) -> AsyncGenerator[CheckResult, None]:
        # Found by asking for the status: a stream that has begun cannot go on elsewhere.
        gateway = await self._ask(_once_it_answers)
        async with aclosing(gateway.check(request)) as results:
            async for result in results:
                yield result

    async def join(self, request: JoinRequest) -> ClusterStatus:
        return await self._ask(lambda gateway: gateway.join(request))

    async def leave(self) -> ClusterStatus:
        return await self._ask(lambda gateway: gateway.leave())

    async def restart(self) -> Applied:
        return await self._ask(lambda gateway: gateway.restart())

    async def close(self) -> None:
        for gateway in (*self._daemons, self._local):
            if gateway is not None:
                await gateway.close()

    async def _ask(self, question: Callable[[NodeGateway], Awaitable[T]]) -> T:
        refusals: list[QuantixError] = []
        for daemon in self._daemons:
            try:
                answer = await question(daemon)
            except QuantixError as error:
                if may_be_elsewhere(error.problem):
                    refusals.append(error)
                    continue
                self._answered = daemon
                raise
            self._answered = daemon
            return answer
        # A daemon whose socket this user may not use is there all the same: nothing is edited behind its back.
        there = [error for error in refusals if not is_no_daemon(error.problem)]
        if there or self._files is None:
            raise (there or refusals)[0]
        self._answered = await self._without_daemon(self._files)
        return await question(self._answered)

    async def _without_daemon(self, files: Settings) -> NodeGateway:
        if self._local is None:
            # Two calls at once may both get here; the first to come back is kept.
            opened = await in_background(lambda: _open_files(files), lambda: None)
            self._local = self._local or opened
        return self._local


async def _once_it_answers(gateway: NodeGateway) -> NodeGateway:
    # Files do not go away in the middle of a stream; what they do not say keeps nobody from checking an address.
    if isinstance(gateway, HttpGateway):
        await gateway.status()
    return gateway


def _open_files(files: Settings) -> NodeGateway:
    # Imported here, beside the event loop: YAML and the configuration's code are needed only without a daemon.
    from quantix_tui.node.gateway.local import LocalGateway

    return LocalGateway(files)
