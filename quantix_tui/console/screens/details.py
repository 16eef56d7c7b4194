"""Every value of the dashboard whole: nothing is cut here, long ones are wrapped."""

from datetime import datetime
from functools import partial

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.cluster.status import ClusterStatus
from quantix_tui.cluster.trust import parse_fingerprint
from quantix_tui.console import words
from quantix_tui.console.clock import Clock
from quantix_tui.console.fingerprints import grouped
from quantix_tui.console.lines import BLANK, Role, hanging, paragraph
from quantix_tui.console.screens.page import PageScreen
from quantix_tui.console.tale import identity, tell
from quantix_tui.console.view import NodeView
from quantix_tui.console.widgets.sentences import Measured, Told
from quantix_tui.host.facts import HostFacts

LABEL = 16


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
    told: list[Told] = [_value("State", f"{tale.state}  {tale.age}".strip())]
    told += [partial(paragraph, item.text, role=item.role) for item in (*tale.paragraphs, *tale.notes)]
    status = view.status.value if view.status else None
    if status is None:
        return told
    problem = status.problem
    rows = {
        "Control plane": status.control_plane_address,
        "Cluster": status.cluster_name,
        "Identity": identity(status, today) if status.trust else None,
        "Pinned SHA-256": status.pin_sha256,
        **_certificate(status),
        "Node id": status.node_id,
        "Last heartbeat": _time(status.last_heartbeat),
        "Daemon started": _time(status.daemon_started_at),
        "Problem code": f"{problem.code} {problem.reason}".strip() if problem else None,
    }
    if problem is not None:
        rows |= {label.replace("_", " ").capitalize(): value for label, value in problem.details.items()}
    return [*told, *(_value(label, value) for label, value in rows.items() if value)]


def _certificate(status: ClusterStatus) -> dict[str, str]:
    """What the control plane showed last; nothing where nothing is encrypted."""
    certificate = status.certificate
    if certificate is None:
        return {"Certificate": "not seen yet"} if (status.control_plane_address or "").startswith("https://") else {}
    own = str(certificate.fingerprint)
    issuer = "itself" if certificate.self_issued else certificate.issuer or words.UNKNOWN
    return {
        "Certificate": certificate.subject or words.UNKNOWN,
        "Issued by": issuer,
        "Valid": f"{words.date(certificate.not_before)} to {words.date(certificate.not_after)}",
        **({"Its SHA-256": own} if own != status.pin_sha256 else {}),
    }


def _node(facts: HostFacts) -> list[Told]:
    memory = words.size(facts.memory_total_bytes) if facts.memory_total_bytes else None
    cores = f"{facts.cpu_model or 'processor'}, {facts.cpu_cores} cores" if facts.cpu_cores else facts.cpu_model
    told: list[Told] = [_value("Name", facts.hostname)]
    told += [_value("Address", f"{item.address}/{item.prefix} on {item.interface}") for item in facts.addresses]
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
    return [*told, *(_value(label, value or words.UNKNOWN) for label, value in rows)]


def _time(rfc3339: str | None) -> str | None:
    when = words.moment(rfc3339)
    return f"{when:%Y-%m-%d %H:%M:%S}" if when else rfc3339


def _value(label: str, value: str) -> Measured:
    """The value whole beside its label; a fingerprint in the groups in which it is compared."""
    name = f" {label:<{LABEL - 1}} "
    if value.startswith("sha256:"):
        try:
            return partial(grouped, name, parse_fingerprint(value).rows())
        except QuantixError:
            pass  # As it stands: it is none that we know how to read.
    return partial(hanging, (name, Role.DIM), value)
