"""The one way in which a screen or a command sees the node (DESIGN 2).

Two implementations: :mod:`.http` over the daemon's API, :mod:`.local` on the same membership code
where no daemon answers. All methods raise :class:`QuantixError`; none blocks the event loop; all can
be cancelled.
"""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from quantix_tui.cluster.status import ClusterStatus
from quantix_tui.host.facts import HostFacts, HostMetrics

if TYPE_CHECKING:
    # The first dashboard needs neither: a check and a join come later.
    from quantix_tui.cluster.checks import CheckResult
    from quantix_tui.cluster.join import JoinRequest


class DaemonKind(StrEnum):
    """Who answers: decides what can be offered."""

    QUANTIX_NODE = "quantix-node"
    """Our daemon: everything."""
    LIMIQUANTIX = "limiquantix"
    """The existing Rust daemon at its head: it has no join route."""
    NONE = "none"
    """No daemon answers: the configuration is edited here."""


class Applied(StrEnum):
    """How a changed configuration was taken up."""

    RESTARTED = "restarted"
    RELOADED = "reloaded"


@dataclass(frozen=True, slots=True)
class NodeEvent:
    """One line of the node's journal (WIRE 1, ``GET /events``). ``timestamp`` is RFC 3339."""

    event_id: str
    timestamp: str
    level: str
    category: str
    message: str


class NodeGateway(Protocol):
    """What can be asked of a node and done to it."""

    @property
    def kind(self) -> DaemonKind:
        """Who answered last."""
        ...

    async def status(self) -> ClusterStatus: ...

    async def facts(self) -> HostFacts: ...

    async def metrics(self) -> HostMetrics: ...

    async def events(self, limit: int = 100) -> Sequence[NodeEvent]:
        """Newest first."""
        ...

    def check(self, request: "JoinRequest") -> "AsyncGenerator[CheckResult, None]":
        """Run the checks (DESIGN 4.2) and yield each result as it is known. Saves nothing."""
        ...

    async def join(self, request: "JoinRequest") -> ClusterStatus:
        """Check again, then save configuration and token, both or neither."""
        ...

    async def leave(self) -> ClusterStatus: ...

    async def restart(self) -> Applied:
        """Restart the daemon; returns as soon as the restart is under way (follow it by :meth:`status`)."""
        ...

    async def close(self) -> None: ...
