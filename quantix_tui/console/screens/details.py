"""Every value of the dashboard whole: nothing is cut here, long ones are wrapped."""

from datetime import datetime

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.cluster.status import ClusterStatus
from quantix_tui.cluster.trust import parse_fingerprint
from quantix_tui.console import words
from quantix_tui.console.clock import Clock
from quantix_tui.console.lines import BLANK, Line, Role, wrap
from quantix_tui.console.screens.page import PageScreen
from quantix_tui.console.tale import identity, tell
from quantix_tui.console.view import NodeView
from quantix_tui.console.widgets.sentences import Told
from quantix_tui.host.facts import HostFacts

LABEL = 16
ROOM = 57


class DetailsScreen(PageScreen):
    """Node and cluster as they were when the screen was opened."""

    def __init__(self, view: NodeView, clock: Clock) -> None:
        super().__init__("Details", details_lines(view, clock.monotonic(), clock.wall()), clock)


def details_lines(view: NodeView, now: float, today: datetime) -> list[Told]:
    told: list[Told] = [(("Cluster", Role.TITLE),), *_cluster(view, now, today), BLANK, (("This node", Role.TITLE),)]
    if view.facts is None:
        told.append(((" asking ...", Role.DIM),))
    else:
        told += _node(view.facts.value)
    return told


def _cluster(view: NodeView, now: float, today: datetime) -> list[Told]:
    tale = tell(view, now, today)
    told: list[Told] = _value("State", f"{tale.state}  {tale.age}".strip())
    for item in (*tale.paragraphs, *tale.notes):
        told += [((f" {line}", item.role),) for line in wrap(item.text, LABEL + ROOM)]
    status = view.status.value if view.status else None
    if status is None:
        return told
    problem = status.problem
    rows = (
        ("Control plane", status.control_plane_address),
        ("Cluster", status.cluster_name),
        ("Identity", identity(status, today) if status.trust else None),
        *_grouped("Pinned SHA-256", status.pin_sha256),
        *_certificate(status),
        ("Node id", status.node_id),
        ("Last heartbeat", _time(status.last_heartbeat)),
        ("Daemon started", _time(status.daemon_started_at)),
        ("Problem code", f"{problem.code} {problem.reason}".strip() if problem else None),
    )
    for label, value in rows:
        if value:
            told += _value(label, value)
    if problem is not None:
        for label, value in problem.details.items():
            told += _value(label.replace("_", " ").capitalize(), value)
    return told


def _certificate(status: ClusterStatus) -> list[tuple[str, str]]:
    """What the control plane showed last; nothing where nothing is encrypted."""
    certificate = status.certificate
    if certificate is None:
        return [("Certificate", "not seen yet")] if status.trust and status.joined else []
    own = str(certificate.fingerprint)
    issuer = "itself" if certificate.self_issued else certificate.issuer or words.UNKNOWN
    return [
        ("Certificate", certificate.subject or words.UNKNOWN),
        ("Issued by", issuer),
        ("Valid", f"{words.date(certificate.not_before)} to {words.date(certificate.not_after)}"),
        *(_grouped("Its SHA-256", own) if own != status.pin_sha256 else []),
    ]


def _grouped(label: str, fingerprint: str | None) -> list[tuple[str, str]]:
    """In the groups in which it was compared; as it stands where it is none that we know how to read."""
    if fingerprint is None:
        return []
    try:
        rows = parse_fingerprint(fingerprint).rows()
    except QuantixError:
        return [(label, fingerprint)]
    return [(label if number == 0 else " ", row) for number, row in enumerate(rows)]


def _node(facts: HostFacts) -> list[Told]:
    memory = words.size(facts.memory_total_bytes) if facts.memory_total_bytes else None
    cores = f"{facts.cpu_model or 'processor'}, {facts.cpu_cores} cores" if facts.cpu_cores else facts.cpu_model
    told: list[Told] = _value("Name", facts.hostname)
    for item in facts.addresses:
        told += _value("Address", f"{item.address}/{item.prefix} on {item.interface}")
    rows = (
        ("Gateway", facts.gateway),
        ("DNS", ", ".join(facts.dns)),
        ("System", " ".join(word for word in (facts.os_name, facts.os_version) if word)),
        ("Kernel", facts.kernel_version),
        ("Machine", " ".join(word for word in (facts.vendor, facts.model) if word)),
        ("Serial no.", facts.serial_number),
        ("Processor", cores),
        ("Memory", memory),
    )
    for label, value in rows:
        told += _value(label, value or words.UNKNOWN)
    return told


def _time(rfc3339: str | None) -> str | None:
    when = words.moment(rfc3339)
    return f"{when:%Y-%m-%d %H:%M:%S}" if when else rfc3339


def _value(label: str, value: str) -> list[Told]:
    """The value wrapped beside its label."""
    parts = [value] if len(value) <= ROOM else wrap(value, ROOM)
    lines: list[Line] = [((f" {label:<{LABEL - 1}} "[: LABEL + 1], Role.DIM), (parts[0], Role.TEXT))]
    lines += [((" " * (LABEL + 1), Role.DIM), (part, Role.TEXT)) for part in parts[1:]]
    return list(lines)
