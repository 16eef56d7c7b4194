"""What the cluster widget says: does this node belong to a cluster, is that true right now, what can be done.

Decided here in whole from what was read, drawn in :mod:`quantix_tui.console.widgets.cluster`.
"""

from dataclasses import dataclass
from datetime import datetime

from quantix_tui.cluster import spans
from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.status import ClusterState, ClusterStatus, PendingCleanup
from quantix_tui.cluster.trust import CertificateFacts, parse_fingerprint
from quantix_tui.console import glyphs, words
from quantix_tui.console.lines import Role
from quantix_tui.console.view import NodeView, Reading, Silence
from quantix_tui.node.gateway.protocol import DaemonKind

EXPIRY_TOLD = 14
"""Days before a certificate's end from which it is told in so many words."""
SILENT_DAEMON = "The node daemon does not answer."
MISSED_ROUTE = "This daemon cannot join a cluster from here."


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A sentence or two, with what kind of news it is; ``mark`` stands before the first line, as in a list."""

    text: str
    role: Role = Role.TEXT
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Tale:
    """The widget's content from top to bottom.

    ``age`` stands beside the state; ``rows`` are label and value; ``keys`` the keys that help, with what each does;
    ``more`` are rows for which there is seldom room: they stand under Enter as well.
    """

    mark: str
    state: str
    role: Role
    age: str = ""
    paragraphs: tuple[Paragraph, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()
    notes: tuple[Paragraph, ...] = ()
    keys: tuple[tuple[str, str], ...] = ()
    more: tuple[tuple[str, str], ...] = ()


JOIN = ("J", "Join a cluster")
LEAVE = ("L", "Leave cluster")
RESTART = ("R", "Restart daemon")
START = ("R", "Start the daemon")


def tell(view: NodeView, now: float, today: datetime) -> Tale:
    """The tale of this view at the monotonic time ``now``; ``today`` is the wall clock, for the certificate's days."""
    reading = view.status
    if reading is None:
        return _unread(view, now)
    if view.silence is not None:
        return _silent(view, view.silence, reading, now, today)
    if view.kind is DaemonKind.NONE:
        return _without_daemon(reading.value, view.heard, now, today)
    return _answered(reading, view.kind, now, today)


def _unread(view: NodeView, now: float) -> Tale:
    if view.silence is None:
        waited = now - view.asked_at
        return Tale(
            glyphs.BUSY,
            "asking the node daemon",
            Role.DIM,
            spans.short(waited) if waited >= 1 else "",
            (Paragraph("Whether this node belongs to a cluster is not known yet.", Role.DIM),) if waited >= 1 else (),
        )
    problem = view.silence.problem
    return Tale(
        glyphs.MARK_UNKNOWN,
        "UNKNOWN",
        Role.WARN,
        f"for {spans.short(now - view.silence.since)}",
        (Paragraph(problem.message), Paragraph(problem.hint, Role.DIM)),
        keys=(RESTART,) if view.daemon_is_there else (START,),
    )


def _silent(view: NodeView, silence: Silence, reading: Reading[ClusterStatus], now: float, today: datetime) -> Tale:
    status, problem = reading.value, silence.problem
    message = SILENT_DAEMON if _unreachable(problem) else problem.message
    return Tale(
        glyphs.MARK_UNKNOWN,
        "UNKNOWN",
        Role.WARN,
        f"for {spans.short(now - silence.since)}",
        (Paragraph(message), *_last_seen(view.heard, now), Paragraph(problem.hint, Role.DIM)),
        _membership_rows(status, today),
        keys=(RESTART,) if view.daemon_is_there else (START,),
    )


def _last_seen(heard: Reading[ClusterStatus] | None, now: float) -> tuple[Paragraph, ...]:
    """What a daemon told last, as old as it is; what the configuration says is not that."""
    if heard is None:
        return ()
    return (Paragraph(f"Last seen: {_word(heard.value)}, {words.ago(heard.age(now))}."),)


def _without_daemon(status: ClusterStatus, heard: Reading[ClusterStatus] | None, now: float, today: datetime) -> Tale:
    if not status.joined:
        return Tale(
            glyphs.MARK_CALM,
            "STANDALONE",
            Role.STRONG,
            "",
            (
                Paragraph(f"{SILENT_DAEMON} The configuration names no cluster."),
                Paragraph("A join is saved into the configuration from here; the daemon takes it up when it starts."),
            ),
            notes=_cleanup_notes(status.pending_cleanup),
            keys=(JOIN, START),
        )
    return Tale(
        glyphs.MARK_UNKNOWN,
        "UNKNOWN",
        Role.WARN,
        f"for {spans.short(heard.age(now))}" if heard is not None else "",
        (
            Paragraph(f"{SILENT_DAEMON} Without it nothing keeps this node in its cluster."),
            *_last_seen(heard, now),
            Paragraph("This is what the configuration says:", Role.DIM),
        ),
        _membership_rows(status, today),
        keys=(START, LEAVE),
    )


def _answered(reading: Reading[ClusterStatus], kind: DaemonKind | None, now: float, today: datetime) -> Tale:
    status = reading.value
    passed = reading.age(now)
    match status.status:
        case ClusterState.CONNECTED:
            return _connected(status, passed, today)
        case ClusterState.PENDING_RESTART:
            return _pending(status)
        case ClusterState.DISCONNECTED:
            return _disconnected(status, passed)
        case ClusterState.STANDALONE:
            return _standalone(status, kind, passed)


def _connected(status: ClusterStatus, passed: float, today: datetime) -> Tale:
    heartbeat = words.UNKNOWN
    if status.heartbeat_age_secs is not None:
        heartbeat = words.ago(status.heartbeat_age_secs + passed)
    if status.heartbeat_interval_secs is not None:
        heartbeat += f", every {words.interval(status.heartbeat_interval_secs)}"
    changed = "The saved configuration has changed since the daemon started: restart it to take that up."
    return Tale(
        glyphs.MARK_GOOD,
        "CONNECTED",
        Role.GOOD,
        _state_age(status, passed),
        rows=(*_membership_rows(status, today), ("Heartbeat", heartbeat)),
        notes=(
            *((Paragraph(changed, Role.WARN),) if status.restart_required else ()),
            *_expiry_notes(status, today),
            *_cleanup_notes(status.pending_cleanup),
        ),
        keys=(LEAVE, RESTART),
        more=_identity_rows(status),
    )


def _pending(status: ClusterStatus) -> Tale:
    place = _authority(status) or "a cluster"
    return Tale(
        glyphs.MARK_WARN,
        "RESTART NEEDED",
        Role.WARN,
        paragraphs=(
            Paragraph(f"Saved for {place}."),
            Paragraph("The node daemon still runs with the old configuration."),
        ),
        notes=_cleanup_notes(status.pending_cleanup),
        keys=(("R", "Restart it now (a few seconds; VMs keep running)"), LEAVE),
    )


def _disconnected(status: ClusterStatus, passed: float) -> Tale:
    problem = status.problem
    removed = problem is not None and problem.code is ErrorCode.REMOVED
    paragraphs: list[Paragraph] = []
    if problem is None:
        place = _authority(status) or "The control plane"
        if status.node_id is None:
            paragraphs.append(Paragraph(f"Registering with {place}; not answered yet."))
        else:
            paragraphs.append(Paragraph(f"{place} has not acknowledged a heartbeat since the daemon started."))
    else:
        paragraphs.append(Paragraph(problem.message))
    tried = _attempts(status, passed)
    if tried and not removed:
        paragraphs.append(Paragraph(tried))
    if problem is not None and problem.hint:
        paragraphs.append(Paragraph(problem.hint, Role.DIM))
    rows: list[tuple[str, str]] = []
    if status.control_plane_address:
        rows.append(("Control plane", _authority(status)))
    if status.heartbeat_age_secs is not None:
        rows.append(("Last heartbeat", words.ago(status.heartbeat_age_secs + passed)))
    elif status.last_heartbeat is None:
        rows.append(("Last heartbeat", "none since the daemon started" if status.node_id else "none yet"))
    if status.restart_required:
        paragraphs.append(Paragraph("The saved configuration has changed: restart the daemon.", Role.WARN))
    return Tale(
        glyphs.MARK_BAD,
        "DISCONNECTED",
        Role.BAD,
        _state_age(status, passed),
        tuple(paragraphs),
        tuple(rows),
        _cleanup_notes(status.pending_cleanup),
        (LEAVE, RESTART),
        _identity_rows(status),
    )


def _standalone(status: ClusterStatus, kind: DaemonKind | None, passed: float) -> Tale:
    paragraphs: list[Paragraph] = []
    keys: tuple[tuple[str, str], ...] = (JOIN,)
    if kind is DaemonKind.LIMIQUANTIX:
        paragraphs.append(Paragraph("This node runs on its own."))
        paragraphs.append(
            Paragraph(
                f"{MISSED_ROUTE} It is the older limiquantix-node: add this node in the vDC (Hosts > Add host), "
                "or update Quantix-OS."
            )
        )
        keys = (RESTART,)
    elif status.restart_required:
        paragraphs.append(Paragraph("This node has left its cluster."))
        paragraphs.append(
            Paragraph("The node daemon still runs with the old configuration: restart it to finish.", Role.WARN)
        )
        keys = (("R", "Restart it now (VMs keep running)"), JOIN)
    else:
        paragraphs.append(Paragraph("This node runs on its own."))
        if status.pending_cleanup is None and status.problem is None:
            paragraphs.append(
                Paragraph("Joining a cluster gives live migration, shared storage and central management.", Role.DIM)
            )
    if status.problem is not None:
        paragraphs.append(Paragraph(status.problem.message, Role.WARN))
        paragraphs.append(Paragraph(status.problem.hint, Role.DIM))
    return Tale(
        glyphs.MARK_CALM,
        "STANDALONE",
        Role.STRONG,
        _state_age(status, passed),
        tuple(paragraphs),
        notes=_cleanup_notes(status.pending_cleanup),
        keys=keys,
    )


def _membership_rows(status: ClusterStatus, today: datetime) -> tuple[tuple[str, str], ...]:
    rows: list[tuple[str, str]] = []
    if status.control_plane_address:
        rows.append(("Control plane", _authority(status)))
    if status.cluster_name:
        rows.append(("Cluster", status.cluster_name))
    if status.trust:
        rows.append(("Identity", identity(status, today)))
    if status.node_id:
        rows.append(("Node id", status.node_id))
    return tuple(rows)


def _identity_rows(status: ClusterStatus) -> tuple[tuple[str, str], ...]:
    """Whose certificate it is, and the pin as it was compared."""
    rows: list[tuple[str, str]] = []
    certificate = status.certificate
    if certificate is not None:
        issuer = "itself" if certificate.self_issued else certificate.issuer or words.UNKNOWN
        rows.append(("Certificate", f"{certificate.subject or words.UNKNOWN}, issued by {issuer}"))
        rows.append(("Valid to", words.date(certificate.not_after)))
    if status.pin_sha256 is not None:
        try:
            first, second = parse_fingerprint(status.pin_sha256).rows()
        except QuantixError:
            return tuple(rows)  # The details show it as it stands.
        rows += [("Pinned", first), ("", second)]
    return tuple(rows)


def identity(status: ClusterStatus, today: datetime) -> str:
    """How the control plane proves who it is, and for how long its certificate will: ``CA pinned, 211 days``."""
    how, certificate = status.trust or words.UNKNOWN, status.certificate
    if status.pin_sha256 is not None:
        how = "pinned"
        if certificate is not None:
            own = str(certificate.fingerprint) == status.pin_sha256
            how = "certificate pinned" if own else "CA pinned"
    if not (status.control_plane_address or "").startswith("https://"):
        return how
    return f"{how}, {_expiry(certificate, today)}"


def _expiry(certificate: CertificateFacts | None, today: datetime) -> str:
    days = days_left(certificate, today)
    if days is None:
        return "expiry unknown"
    if days < 0:
        return "EXPIRED"
    return "1 day" if days == 1 else f"{days} days"


def days_left(certificate: CertificateFacts | None, today: datetime) -> int | None:
    """Whole days until the certificate expires, -1 when it has; None when that is not known."""
    end = words.moment(certificate.not_after) if certificate is not None else None
    return None if end is None else max(-1, (end - today).days)


def _expiry_notes(status: ClusterStatus, today: datetime) -> tuple[Paragraph, ...]:
    """Told in time: once it has expired, this node loses its cluster."""
    days = days_left(status.certificate, today)
    if days is None or days >= EXPIRY_TOLD:
        return ()
    when = "has expired" if days < 0 else f"expires in {days} days" if days != 1 else "expires in 1 day"
    return (Paragraph(f"The control plane's certificate {when}: tell its administrator.", Role.WARN),)


def _cleanup_notes(cleanup: PendingCleanup | None) -> tuple[Paragraph, ...]:
    if cleanup is None:
        return ()
    what, then = cleanup.told
    return Paragraph(f"Clean-up pending: {what}", Role.WARN), Paragraph(then, Role.DIM)


def _attempts(status: ClusterStatus, passed: float) -> str:
    parts = []
    if status.attempts:
        parts.append("tried once" if status.attempts == 1 else f"tried {status.attempts} times")
    if status.next_attempt_secs is not None:
        left = status.next_attempt_secs - passed
        parts.append(f"next try in {spans.short(left)}" if left >= 1 else "trying now")
    if not parts:
        return ""
    told = ", ".join(parts)
    return f"{told[0].upper()}{told[1:]}. VMs keep running."


def _state_age(status: ClusterStatus, passed: float) -> str:
    return "" if status.state_age_secs is None else spans.short(status.state_age_secs + passed)


def _authority(status: ClusterStatus) -> str:
    return short_address(status.control_plane_address or "")


def short_address(address: str) -> str:
    """The address without the scheme that goes without saying; ``http://`` stays to be seen."""
    return address.removeprefix("https://")


def _word(status: ClusterStatus) -> str:
    return status.status.value.replace("_", " ")


def _unreachable(problem: Problem) -> bool:
    return problem.code in (ErrorCode.NODE_UNREACHABLE, ErrorCode.TIMED_OUT)
