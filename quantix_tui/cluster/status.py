"""What the node says of its membership: the four states and the status that travels on the wire.

Wire: the document's five fields keep their names and meanings; ours stand beside them (DESIGN 4).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from quantix_tui.cluster.errors import ErrorCode, Problem, problem_from_json
from quantix_tui.cluster.text import harmless
from quantix_tui.cluster.trust import CertificateFacts, certificate_from_json


class ClusterState(StrEnum):
    """Exactly these four words on the wire (document, "Cluster Status Values")."""

    STANDALONE = "standalone"
    PENDING_RESTART = "pending_restart"
    CONNECTED = "connected"
    DISCONNECTED = "disconnected"


MISSED_INTERVALS = 3
"""So many intervals without an acknowledged heartbeat, and the node is no longer connected (DESIGN 4)."""
MAX_HEARTBEAT_INTERVAL_SECS = 300.0
"""No heartbeat interval is longer, whoever asks for it: "connected" holds for three of them, and a word that may be a
quarter of an hour old is as old as it may get. A real control plane takes a node for lost after 90 s."""


@dataclass(frozen=True, slots=True)
class PendingCleanup:
    """A leave that the control plane has not heard of yet; the daemon retries until it is done."""

    control_plane_address: str
    node_id: str
    since: str
    """RFC 3339."""
    problem: Problem | None = None

    @property
    def told(self) -> tuple[str, str]:
        """What stands in the way of the clean-up, and what comes of it: two sentences.

        A control plane that answers and refuses (virtual machines run here) is not one that could not be reached.
        """
        place = self.control_plane_address.removeprefix("https://")
        problem = self.problem
        if problem is not None and problem.code is ErrorCode.CONTROL_PLANE_ERROR:
            return f"{place} has been told, and keeps this node listed. {problem.message}", problem.hint
        why = f" {problem.message}" if problem else ""
        return (
            f"{place} has not been told yet that this node left.{why}",
            "The node daemon, while it runs, tries again until it is done.",
        )


@dataclass(frozen=True, slots=True)
class ClusterStatus:
    """One reading of the node's membership. Times are RFC 3339 in UTC; ages are seconds at the reading.

    Ages come from the daemon's monotonic clock: the screen counts on from them with its own, so that
    no step of the wall clock makes a heartbeat look younger or older than it is.
    """

    # The document's five.
    joined: bool
    control_plane_address: str | None
    node_id: str | None
    last_heartbeat: str | None
    status: ClusterState
    # Beside them.
    restart_required: bool = False
    heartbeat_age_secs: float | None = None
    heartbeat_interval_secs: float | None = None
    state_age_secs: float | None = None
    problem: Problem | None = None
    """The last error of the agent: why it is disconnected, or what stopped the registration."""
    problem_age_secs: float | None = None
    attempts: int = 0
    """Failed attempts in a row."""
    next_attempt_secs: float | None = None
    """Seconds until the next attempt; None when none is planned."""
    trust: str | None = None
    """How the control plane's identity is verified, in words."""
    pin_sha256: str | None = None
    """The fingerprint that is pinned, as the configuration writes it; None where none is."""
    certificate: CertificateFacts | None = None
    """The control plane's own certificate as it was verified last; None as long as the daemon has not met it."""
    cluster_name: str | None = None
    pending_cleanup: PendingCleanup | None = None
    daemon_started_at: str | None = None
    instance_id: str | None = None
    """Changes with every start of the daemon: how a restart is recognised."""

    def to_json(self) -> dict[str, object]:
        """The wire form, snake_case, the document's five fields first."""
        cleanup = self.pending_cleanup
        return {
            "joined": self.joined,
            "control_plane_address": self.control_plane_address,
            "node_id": self.node_id,
            "last_heartbeat": self.last_heartbeat,
            "status": self.status.value,
            "restart_required": self.restart_required,
            "heartbeat_age_secs": _rounded(self.heartbeat_age_secs),
            "heartbeat_interval_secs": self.heartbeat_interval_secs,
            "state_age_secs": _rounded(self.state_age_secs),
            "problem": self.problem.to_json() if self.problem else None,
            "problem_age_secs": _rounded(self.problem_age_secs),
            "attempts": self.attempts,
            "next_attempt_secs": _rounded(self.next_attempt_secs),
            "trust": self.trust,
            "pin_sha256": self.pin_sha256,
            "certificate": self.certificate.to_json() if self.certificate else None,
            "cluster_name": self.cluster_name,
            "pending_cleanup": {
                "control_plane_address": cleanup.control_plane_address,
                "node_id": cleanup.node_id,
                "since": cleanup.since,
                "problem": cleanup.problem.to_json() if cleanup.problem else None,
            }
            if cleanup
            else None,
            "daemon_started_at": self.daemon_started_at,
            "instance_id": self.instance_id,
        }


def status_from_json(body: Mapping[str, object]) -> ClusterStatus:
    """Read the status of any daemon: ours (snake_case) or the existing Rust one (camelCase).

    Raises ValueError when the four states' word or ``joined`` is missing: a status is never guessed.
    """
    read = _Reader(body)
    joined = read.value("joined")
    if not isinstance(joined, bool):
        raise ValueError("the status does not say whether the node has joined")
    cleanup = read.value("pending_cleanup")
    problem = read.value("problem")
    certificate = read.value("certificate")
    return ClusterStatus(
        joined=joined,
        control_plane_address=read.text("control_plane_address"),
        node_id=read.text("node_id"),
        last_heartbeat=read.text("last_heartbeat"),
        status=ClusterState(str(read.value("status"))),
        restart_required=read.value("restart_required") is True or read.value("status") == ClusterState.PENDING_RESTART,
        heartbeat_age_secs=read.number("heartbeat_age_secs"),
        heartbeat_interval_secs=read.number("heartbeat_interval_secs"),
        state_age_secs=read.number("state_age_secs"),
        problem=problem_from_json(problem) if isinstance(problem, Mapping) else None,
        problem_age_secs=read.number("problem_age_secs"),
        attempts=int(read.number("attempts") or 0),
        next_attempt_secs=read.number("next_attempt_secs"),
        trust=read.text("trust"),
        pin_sha256=read.text("pin_sha256"),
        certificate=certificate_from_json(certificate) if isinstance(certificate, Mapping) else None,
        cluster_name=read.text("cluster_name"),
        pending_cleanup=_cleanup(cleanup) if isinstance(cleanup, Mapping) else None,
        daemon_started_at=read.text("daemon_started_at"),
        instance_id=read.text("instance_id"),
    )


def _cleanup(body: Mapping[str, object]) -> PendingCleanup:
    read = _Reader(body)
    problem = read.value("problem")
    return PendingCleanup(
        control_plane_address=read.text("control_plane_address") or "",
        node_id=read.text("node_id") or "",
        since=read.text("since") or "",
        problem=problem_from_json(problem) if isinstance(problem, Mapping) else None,
    )


class _Reader:
    """Looks a snake_case name up in either spelling; text comes out harmless."""

    def __init__(self, body: Mapping[str, object]) -> None:
        self._body = body

    def value(self, name: str) -> object:
        if name in self._body:
            return self._body[name]
        first, *rest = name.split("_")
        return self._body.get(first + "".join(word.title() for word in rest))

    def text(self, name: str) -> str | None:
        value = self.value(name)
        return harmless(value) if isinstance(value, str) else None

    def number(self, name: str) -> float | None:
        value = self.value(name)
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)
