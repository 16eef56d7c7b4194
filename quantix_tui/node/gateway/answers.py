"""The daemon's answers as values, in either spelling (WIRE 1). Text in them comes out harmless."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from quantix_tui.cluster.checks import CheckName, CheckResult, Outcome, check_from_json
from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError, problem_from_json
from quantix_tui.cluster.text import harmless
from quantix_tui.host.facts import HostFacts, HostMetrics, InterfaceAddress
from quantix_tui.node.gateway.meeting import camel
from quantix_tui.node.gateway.protocol import NodeEvent

_MAX_ITEMS = 64
_MAX_NUMBER = 1 << 63


def facts_from_json(body: Mapping[str, object]) -> HostFacts:
    """Read ``GET /host``. What is missing or of another type is unknown."""
    addresses = _list(_value(body, "addresses"))
    return HostFacts(
        hostname=_text(body, "hostname") or "",
        addresses=tuple(filter(None, map(_address, addresses))),
        dns=tuple(harmless(item) for item in _list(_value(body, "dns")) if isinstance(item, str)),
        gateway=_text(body, "gateway"),
        management_ip=_text(body, "management_ip"),
        os_name=_text(body, "os_name"),
        os_version=_text(body, "os_version"),
        kernel_version=_text(body, "kernel_version"),
        serial_number=_text(body, "serial_number"),
        vendor=_text(body, "vendor"),
        model=_text(body, "model"),
        cpu_model=_text(body, "cpu_model"),
        cpu_cores=_whole(body, "cpu_cores"),
        memory_total_bytes=_whole(body, "memory_total_bytes"),
        uptime_seconds=_number(body, "uptime_seconds"),
        daemon_version=_text(body, "daemon_version"),
    )


def metrics_from_json(body: Mapping[str, object]) -> HostMetrics:
    """Read ``GET /host/metrics``: every figure is a number or unknown."""
    figures: dict[str, Any] = {}
    for field in fields(HostMetrics):
        figures[field.name] = (_whole if "int" in str(field.type) else _number)(body, field.name)
    return HostMetrics(**figures)


def events_from_json(body: Mapping[str, object], limit: int) -> Sequence[NodeEvent]:
    """Read ``GET /events``, newest first, at most ``limit``."""
    items = _value(body, "events")
    rows = items if isinstance(items, list) else []
    events = [
        NodeEvent(
            event_id=_text(row, "event_id") or "",
            timestamp=_text(row, "timestamp") or "",
            level=_text(row, "level") or "info",
            category=_text(row, "category") or "system",
            message=_text(row, "message", 400) or "",
        )
        for row in rows[: limit * 2]
        if isinstance(row, Mapping)
    ]
    return sorted(events, key=lambda event: event.timestamp, reverse=True)[:limit]


def check_from_line(body: Mapping[str, object]) -> CheckResult:
    """Read one line of the stream of checks. Raises QuantixError for an error sent in its place, ValueError else."""
    if "error" in body:
        raise QuantixError(problem_from_json(body))
    return check_from_json(body)


def checks_from_json(body: Mapping[str, object]) -> list[CheckResult]:
    """Read an answer to test-connection that came whole: ours lists the checks, the existing daemon has one verdict."""
    checks = [check_from_json(item) for item in _list(body.get("checks")) if isinstance(item, Mapping)]
    return checks or [_verdict(body)]


def _verdict(body: Mapping[str, object]) -> CheckResult:
    message = _text(body, "message") or ""
    if body.get("success") is True:
        found = (_text(body, "cluster_name"), _text(body, "cluster_version"))
        return CheckResult(CheckName.CONTROL_PLANE, Outcome.PASS, 0.0, " ".join(filter(None, found)) or message)
    problem = Problem(
        ErrorCode.NETWORK_UNREACHABLE,
        f"The node daemon could not reach the control plane: {message or 'it gave no reason'}.",
        "Check the address and the network between this node and the control plane.",
        "test_connection",
    )
    return CheckResult(CheckName.CONTROL_PLANE, Outcome.FAIL, 0.0, problem=problem)


def _address(item: object) -> InterfaceAddress | None:
    if not isinstance(item, Mapping):
        return None
    name, address, prefix = _text(item, "interface"), _text(item, "address"), _whole(item, "prefix")
    return InterfaceAddress(name, address, prefix) if name and address and prefix is not None else None


def _value(body: Mapping[str, object], name: str) -> object:
    return body[name] if name in body else body.get(camel(name))


def _text(body: Mapping[str, object], name: str, limit: int = 200) -> str | None:
    value = _value(body, name)
    return harmless(value, limit) if isinstance(value, str) and value else None


def _number(body: Mapping[str, object], name: str) -> float | None:
    value = _value(body, name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # NaN is no figure either, and compares with nothing.
    return float(value) if abs(value) <= _MAX_NUMBER else None


def _whole(body: Mapping[str, object], name: str) -> int | None:
    value = _number(body, name)
    return None if value is None else int(value)


def _list(value: object) -> list[object]:
    return value[:_MAX_ITEMS] if isinstance(value, list) else []
