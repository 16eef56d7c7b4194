"""What the console knows of the node at one moment, with the age of each piece: the screens are drawn from it."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from quantix_tui.cluster.errors import Problem
from quantix_tui.cluster.status import ClusterStatus
from quantix_tui.host.facts import HostFacts, HostMetrics
from quantix_tui.node.gateway.absence import is_no_daemon
from quantix_tui.node.gateway.protocol import DaemonKind, NodeEvent

T = TypeVar("T")

HISTORY_KEPT = 60
"""Readings: what the widest screen draws."""
HISTORY_STEP = 2.0
"""Seconds that two of them are apart at least: whoever asks again and again does not push the past out of sight."""

STALE_AFTER = 25.0
"""Seconds after which a figure shows its age: two refreshes and a half have been missed."""


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """A value and when it was read (monotonic seconds)."""

    value: T
    at: float

    def age(self, now: float) -> float:
        return max(0.0, now - self.at)

    def stale(self, now: float) -> bool:
        return self.age(now) > STALE_AFTER


@dataclass(frozen=True, slots=True)
class Silence:
    """The status could not be read: why, and since when (monotonic seconds)."""

    problem: Problem
    since: float


@dataclass(frozen=True, slots=True)
class NodeView:
    """Everything that was read, each piece None until its first answer.

    ``silence`` stands while the last question for the status failed; ``status`` is then the last one known.
    """

    asked_at: float
    kind: DaemonKind | None = None
    status: Reading[ClusterStatus] | None = None
    heard: Reading[ClusterStatus] | None = None
    """The last status that a daemon told: what is left of it when there is none any more."""
    facts: Reading[HostFacts] | None = None
    metrics: Reading[HostMetrics] | None = None
    events: Reading[tuple[NodeEvent, ...]] | None = None
    events_problem: Problem | None = None
    silence: Silence | None = None
    history: tuple[Reading[HostMetrics], ...] = ()
    """The last figures as they were read, the newest last; a reading that failed leaves no trace."""

    @property
    def daemon_is_there(self) -> bool:
        """Whether a daemon's process is there as far as is known: it answered last, or it is there and fails."""
        if self.silence is not None:
            return not is_no_daemon(self.silence.problem)
        return self.kind not in (None, DaemonKind.NONE)


def with_reading(history: tuple[Reading[T], ...], reading: Reading[T]) -> tuple[Reading[T], ...]:
    """The history with one more reading; one that follows too soon takes the place of the last."""
    if history and reading.at - history[-1].at < HISTORY_STEP:
        history = history[:-1]
    return (*history, reading)[-HISTORY_KEPT:]
