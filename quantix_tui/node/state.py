"""What the node says of its membership, computed from what is on disk and what runs. Pure: no I/O, no clock.

Rules (DESIGN 4):

- ``pending_restart``: what is on disk for the cluster is not what the daemon works with. Computed, never a flag.
- Not joined on disk: ``standalone`` at once; ``restart_required`` beside it until the daemon has let go.
- ``connected``: the last heartbeat was acknowledged less than three intervals ago. Else ``disconnected``.
- A configuration that cannot be read says nothing new: the state is that of what the daemon works
  with (a daemon that started with it works for no cluster: ``standalone``), the problem stands beside it.
- No daemon runs (the caller edits the configuration itself): a node that was registered is
  ``disconnected``, one that was never registered waits for the daemon's start: ``pending_restart``.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from quantix_tui.cluster.errors import ErrorCode, Problem
from quantix_tui.cluster.status import (
    MAX_HEARTBEAT_INTERVAL_SECS,
    MISSED_INTERVALS,
    ClusterState,
    ClusterStatus,
    PendingCleanup,
)
from quantix_tui.cluster.trust import CertificateFacts
from quantix_tui.config.cleanup import CleanupRecord
from quantix_tui.config.section import ControlPlaneSection

NO_DAEMON = Problem(
    ErrorCode.NODE_UNREACHABLE,
    "The node daemon is not running, so no heartbeat reaches the control plane.",
    "Start the node daemon.",
    "not_running",
)

OVERDUE = Problem(
    ErrorCode.CONTROL_PLANE_UNREACHABLE,
    "The control plane has not acknowledged a heartbeat for three intervals.",
    "Nothing needs to be done here: the node goes on trying. Check the network if it lasts.",
    "overdue",
)


class Phase(StrEnum):
    """What the agent is doing."""

    IDLE = "idle"
    """There is no cluster to work for."""
    REGISTERING = "registering"
    HEARTBEATING = "heartbeating"
    STOPPED = "stopped"
    """It gave up: no repetition cures the problem, a person must act."""
    ENDED = "ended"
    """A join or leave on this node ended what the daemon started with."""


@dataclass(frozen=True, slots=True)
class AgentView:
    """The agent at one moment. Fields without a unit in their name are readings of the monotonic clock."""

    phase: Phase = Phase.IDLE
    since: float = 0.0
    """When this phase began."""
    interval_secs: float = 30.0
    heartbeat_at: str | None = None
    """Wall clock of the last acknowledged heartbeat, RFC 3339."""
    heartbeat: float | None = None
    connected_since: float | None = None
    problem: Problem | None = None
    problem_since: float | None = None
    attempts: int = 0
    next_attempt: float | None = None
    cluster_name: str | None = None
    certificate: CertificateFacts | None = None
    """What the control plane proved itself with when it answered last."""

    def connected(self, now: float) -> bool:
        return (
            self.phase is Phase.HEARTBEATING
            and self.heartbeat is not None
            and now - self.heartbeat < MISSED_INTERVALS * self.interval_secs
        )


@dataclass(frozen=True, slots=True)
class Running:
    """The daemon: what it works with, and its agent."""

    section: ControlPlaneSection
    agent: AgentView
    started_at: str
    instance_id: str
    becoming: ControlPlaneSection | None = None
    """What the agent is writing to disk at this moment (the node id of a registration)."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What the configuration's directory says. ``section`` is None when ``problem`` kept it from being read."""

    section: ControlPlaneSection | None
    problem: Problem | None = None
    since: float | None = None
    """When this was first seen to be so; None when it was so all along."""
    cleanup: CleanupRecord | None = None
    credential: bool = False
    """A node credential lies beside a configuration that cannot be read: the node is a member, wherever that is."""


def compute_status(saved: Saved, running: Running | None, now: float) -> ClusterStatus:
    """One reading of the node's membership. ``now`` is the monotonic clock that the views were made with."""
    section = saved.section or (running.section if running else ControlPlaneSection())
    if saved.section is None and saved.credential and not section.joined:
        status = _member_of_nobody_knows_what(saved, now)
        return status if running is None else _signed(status, running)
    status = _joined(section, saved, running, now) if section.joined else _standalone(section, saved, running, now)
    return status if running is None else _signed(status, running)


def restart_required(section: ControlPlaneSection, running: Running | None) -> bool:
    """Whether the daemon must start anew (or reload) to work with ``section``."""
    if running is None:
        return False
    return running.agent.phase is Phase.ENDED or section not in (running.section, running.becoming)


def _standalone(section: ControlPlaneSection, saved: Saved, running: Running | None, now: float) -> ClusterStatus:
    return ClusterStatus(
        joined=False,
        control_plane_address=None,
        node_id=None,
        last_heartbeat=None,
        status=ClusterState.STANDALONE,
        restart_required=restart_required(section, running),
        state_age_secs=_age(saved.since, now),
        problem=saved.problem,
        pending_cleanup=_cleanup(saved.cleanup),
    )


def _member_of_nobody_knows_what(saved: Saved, now: float) -> ClusterStatus:
    """The daemon started with an unreadable configuration, and the credential says that the node is registered."""
    return ClusterStatus(
        joined=True,
        control_plane_address=None,
        node_id=None,
        last_heartbeat=None,
        status=ClusterState.DISCONNECTED,
        problem=saved.problem,
        problem_age_secs=_age(saved.since, now),
    )


def _joined(section: ControlPlaneSection, saved: Saved, running: Running | None, now: float) -> ClusterStatus:
    agent = _agent_of(section, running)
    pending = restart_required(section, running) or (running is None and section.node_id is None)
    problem, problem_since = _problem(saved, running, agent, now)
    if pending:
        state, age = ClusterState.PENDING_RESTART, _age(saved.since, now)
    elif agent.connected(now):
        state, age = ClusterState.CONNECTED, _age(agent.connected_since, now)
    else:
        state, age = ClusterState.DISCONNECTED, _age(_disconnected_since(agent), now) if running else None
    return ClusterStatus(
        joined=True,
        control_plane_address=str(section.address),
        node_id=section.node_id,
        last_heartbeat=agent.heartbeat_at,
        status=state,
        restart_required=pending,
        heartbeat_age_secs=_age(agent.heartbeat, now),
        heartbeat_interval_secs=agent.interval_secs,
        state_age_secs=age,
        problem=problem,
        problem_age_secs=_age(problem_since, now),
        attempts=agent.attempts,
        next_attempt_secs=None if agent.next_attempt is None else max(0.0, agent.next_attempt - now),
        trust=_trust(section),
        pin_sha256=str(section.trust.pin) if section.trust.pin else None,
        certificate=agent.certificate,
        cluster_name=agent.cluster_name,
        pending_cleanup=_cleanup(saved.cleanup),
    )


def _agent_of(section: ControlPlaneSection, running: Running | None) -> AgentView:
    """The agent's figures as long as they are about this membership; those of another one would mislead."""
    if running is None or running.agent.phase is Phase.ENDED or running.section.address != section.address:
        return AgentView(interval_secs=min(section.heartbeat_interval_secs, MAX_HEARTBEAT_INTERVAL_SECS))
    return running.agent


def _problem(
    saved: Saved, running: Running | None, agent: AgentView, now: float
) -> tuple[Problem | None, float | None]:
    if saved.problem is not None:
        return saved.problem, saved.since
    if running is None:
        return (NO_DAEMON, None) if saved.section is not None and saved.section.node_id else (None, None)
    overdue = agent.phase is Phase.HEARTBEATING and agent.heartbeat is not None and not agent.connected(now)
    if agent.problem is None and overdue:
        return OVERDUE, _disconnected_since(agent)
    return agent.problem, agent.problem_since


def _disconnected_since(agent: AgentView) -> float | None:
    """A lost connection is lost from the moment when the third interval had passed, not from the first error."""
    if agent.phase is Phase.HEARTBEATING and agent.heartbeat is not None:
        return agent.heartbeat + MISSED_INTERVALS * agent.interval_secs
    return agent.since


def _trust(section: ControlPlaneSection) -> str:
    plain = section.address is not None and not section.address.encrypted
    return "not encrypted" if plain else section.trust.describe()


def _cleanup(record: CleanupRecord | None) -> PendingCleanup | None:
    if record is None:
        return None
    return PendingCleanup(str(record.address), record.node_id, record.since, record.problem)


def _age(moment: float | None, now: float) -> float | None:
    return None if moment is None else max(0.0, now - moment)


def _signed(status: ClusterStatus, running: Running) -> ClusterStatus:
    return replace(status, daemon_started_at=running.started_at, instance_id=running.instance_id)
