"""The plain lines that the commands print. Pure: text in, text out; nothing here needs a terminal."""

from quantix_tui.cluster import spans
from quantix_tui.cluster.status import ClusterState, ClusterStatus

# For the types only: `quantix-tui status` prints no checks and no events.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from quantix_tui.cluster.checks import CheckResult
    from quantix_tui.cluster.trust import CertificateFacts
    from quantix_tui.node.gateway.protocol import NodeEvent

_STATES = {
    ClusterState.STANDALONE: "standalone: this node runs on its own",
    ClusterState.PENDING_RESTART: "pending_restart: saved, the node daemon must restart to take it up",
    ClusterState.CONNECTED: "connected: the control plane acknowledges the heartbeats",
    ClusterState.DISCONNECTED: "disconnected: joined, but no heartbeat is acknowledged",
}
_NOT_RUNNING = {
    ClusterState.PENDING_RESTART: "pending_restart: saved; the node daemon takes it up when it starts",
    ClusterState.DISCONNECTED: "unknown: the node daemon does not run; by its configuration this node has joined",
}
_LABEL = 15
_OTHER_CONFIGURATION = "needed: the daemon works with another configuration than the saved one"
_NO_DAEMON_YET = "needed: the node daemon does not run; it takes up the saved configuration when it starts"


def status_lines(status: ClusterStatus, daemon: str) -> "Iterator[str]":
    """The status as label and value, one a line. ``daemon`` is who gave it."""
    states = _STATES | _NOT_RUNNING if daemon == "none" else _STATES
    yield _row("Cluster", states[status.status] + _since(status))
    if status.control_plane_address:
        yield _row("Control plane", status.control_plane_address + (f" ({status.trust})" if status.trust else ""))
    if status.cluster_name:
        yield _row("Cluster name", status.cluster_name)
    if status.joined:
        yield _row("Node id", status.node_id or "none yet")
        # Without the daemon nothing is known of heartbeats, least of all that there was none.
        yield _row("Heartbeat", "unknown: the node daemon does not run" if daemon == "none" else _heartbeat(status))
    if status.restart_required:
        yield _row("Restart", _NO_DAEMON_YET if daemon == "none" else _OTHER_CONFIGURATION)
    if status.problem is not None:
        yield _row("Problem", f"{status.problem.message} ({status.problem.code.value})" + _attempts(status))
        if status.problem.hint:
            yield _row("What to do", status.problem.hint)
    cleanup = status.pending_cleanup
    if cleanup is not None:
        what, then = cleanup.told
        yield _row("Clean-up", what)
        yield _row("", then)
    yield _row("Node daemon", "not running; this was read from its configuration" if daemon == "none" else daemon)


def check_line(result: "CheckResult") -> str:
    """One check: mark, name, what was learnt or what went wrong, how long it took."""
    told = result.problem.message if result.problem else result.learnt or ("not checked" if _idle(result) else "")
    took = "" if _idle(result) else f"  {result.duration_ms:.0f} ms"
    return f"{_mark(result):<5} {result.name:<14} {told}{took}"


def running_line(name: str) -> str:
    """The check that runs now."""
    return f"...   {name}"


def certificate_lines(certificate: "CertificateFacts", command: str) -> "Iterator[str]":
    """What to compare before pinning, and what to type once it matches."""
    first, second = certificate.fingerprint.rows()
    issuer = "self-issued" if certificate.self_issued else f"issued by {certificate.issuer}"
    yield "Compare this fingerprint with the one that your vDC administrator sees:"
    yield f"  SHA-256   {first}"
    yield f"            {second}"
    yield f"  Issued to {certificate.subject} ({issuer}), valid to {certificate.not_after}"
    yield f"If it matches, repeat {command} with: --pin {certificate.fingerprint}"
    yield "If it does not, stop: something else answers at this address."


def event_line(event: "NodeEvent") -> str:
    return f"{event.timestamp}  {event.level:<7}  {event.category:<8}  {event.message}"


def _row(label: str, value: str) -> str:
    return f"{label:<{_LABEL}}{value}"


def _since(status: ClusterStatus) -> str:
    return "" if status.state_age_secs is None else f", for {spans.short(status.state_age_secs)}"


def _heartbeat(status: ClusterStatus) -> str:
    every = f", every {status.heartbeat_interval_secs:g} s" if status.heartbeat_interval_secs else ""
    if status.last_heartbeat is None:
        # A member's earlier ones were acknowledged to the daemon before this one: it does not know of them.
        return "none acknowledged since the daemon started" if status.node_id else "none acknowledged yet"
    age = f" ({spans.short(status.heartbeat_age_secs)} ago)" if status.heartbeat_age_secs is not None else ""
    return f"{status.last_heartbeat}{age}{every}"


def _attempts(status: ClusterStatus) -> str:
    if not status.attempts:
        return ""
    next_attempt = status.next_attempt_secs
    times = "once" if status.attempts == 1 else f"{status.attempts} times"
    return f", tried {times}" + (f", next in {spans.short(next_attempt)}" if next_attempt is not None else "")


def _mark(result: "CheckResult") -> str:
    if result.certificate is not None and result.problem is not None:
        return "?"
    return {"pass": "OK", "warn": "!", "fail": "FAIL", "skipped": "-", "could_not_run": "?"}[result.outcome.value]


def _idle(result: "CheckResult") -> bool:
    return result.outcome.value == "skipped"
