"""A gateway whose answers a test writes down: values, problems, waits."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from typing import TypeVar

from quantix_tui.cluster.checks import CheckName, CheckResult, Outcome
from quantix_tui.cluster.errors import Problem, QuantixError
from quantix_tui.cluster.join import JoinRequest
from quantix_tui.cluster.status import ClusterState, ClusterStatus
from quantix_tui.cluster.trust import CertificateFacts, Fingerprint
from quantix_tui.host.facts import HostFacts, HostMetrics, InterfaceAddress
from quantix_tui.node.gateway.protocol import Applied, DaemonKind, NodeEvent

ADDRESS = "https://vdc.example.com:8443"
NODE_ID = "28113561-2e72-490d-8bd7-050d2a4b9c01"

STANDALONE = ClusterStatus(False, None, None, None, ClusterState.STANDALONE, instance_id="one")
PENDING = ClusterStatus(
    True, ADDRESS, None, None, ClusterState.PENDING_RESTART, restart_required=True, instance_id="one"
)
CONNECTED = ClusterStatus(
    True,
    ADDRESS,
    NODE_ID,
    "2026-03-02T09:40:58Z",
    ClusterState.CONNECTED,
    heartbeat_age_secs=4.0,
    heartbeat_interval_secs=30,
    state_age_secs=29 * 60.0,
    trust="pinned certificate",
    pin_sha256="sha256:7f3a91c40b6ed2a855f13c90e7b24d16a03f6e8c19d572b4cc08f5e13a9760db",
    certificate=CertificateFacts(
        Fingerprint("0b6e" * 16),
        "vdc.example.com",
        "Quantix-vDC CA",
        False,
        "2025-09-30T00:00:00Z",
        "2026-09-30T00:00:00Z",
    ),
    cluster_name="Quantix-vDC",
    instance_id="two",
)

FACTS = HostFacts(
    hostname="qx-node-07",
    management_ip="10.20.0.17",
    addresses=(InterfaceAddress("eno1", "10.20.0.17", 24), InterfaceAddress("eno1", "2001:db8::17", 64)),
    gateway="10.20.0.1",
    dns=("10.20.0.2", "10.20.0.3"),
    os_name="Quantix-OS",
    os_version="2.4.1",
    serial_number="7CZ1234",
    uptime_seconds=41 * 86400.0,
)
METRICS = HostMetrics(
    cpu_usage_percent=38, memory_usage_percent=71, disk_usage_percent=24, vm_count=17, vm_running_count=14
)
EVENTS = (
    NodeEvent("6", "2026-03-02T09:41:02Z", "info", "cluster", "heartbeat acknowledged"),
    NodeEvent("5", "2026-03-02T09:12:11Z", "info", "cluster", f"registered with vdc.example.com as {NODE_ID}"),
    NodeEvent("4", "2026-03-02T09:12:10Z", "info", "system", "node daemon started"),
    NodeEvent("3", "2026-03-02T09:12:04Z", "info", "cluster", "joined by root on tty1; restart requested"),
    NodeEvent("2", "2026-03-02T09:11:40Z", "warning", "cluster", "check failed: token expired at 09:00"),
    NodeEvent("1", "2026-03-02T08:58:13Z", "info", "network", "link up  eno1  10 Gb/s"),
)

PASSED = (
    CheckResult(CheckName.RESOLVE, Outcome.PASS, 12.0, "10.20.0.5, 2001:db8::5"),
    CheckResult(CheckName.CONNECT, Outcome.PASS, 1.0, "10.20.0.5 port 8443"),
    CheckResult(CheckName.TLS, Outcome.PASS, 9.0, "TLS 1.3"),
    CheckResult(CheckName.IDENTITY, Outcome.PASS, 0.2, "pinned certificate Quantix-vDC"),
    CheckResult(CheckName.CONTROL_PLANE, Outcome.PASS, 6.0, "Quantix-vDC 1.9.2"),
    CheckResult(CheckName.TOKEN, Outcome.PASS, 4.0, "accepted"),
    CheckResult(CheckName.NODE, Outcome.PASS, 3.0, "not registered yet, clock within 1 s"),
)

T = TypeVar("T")

Answer = ClusterStatus | Problem | Exception


class ScriptedGateway:
    """Answers at once with what stands in its fields. ``holding`` names the calls that hang until released."""

    def __init__(self, status: Answer = STANDALONE, kind: DaemonKind = DaemonKind.QUANTIX_NODE) -> None:
        self.kind = kind
        self.status_answer: Answer = status
        self.status_script: list[Answer] = []
        """Answered one by one before :attr:`status_answer`; the last one stays."""
        self.facts_answer: HostFacts | Problem = FACTS
        self.metrics_answer: HostMetrics | Problem = METRICS
        self.events_answer: Sequence[NodeEvent] | Problem = EVENTS
        self.checks: list[CheckResult | Problem | Exception] = list(PASSED)
        self.checks_pinned: list[CheckResult | Problem | Exception] | None = None
        """What is answered when the request carries a pin."""
        self.join_answer: Answer = PENDING
        self.leave_answer: Answer = STANDALONE
        self.restart_answer: Applied | Problem | Exception = Applied.RESTARTED
        self.calls: list[str] = []
        self.requests: list[JoinRequest] = []
        self.holding: set[str] = set()
        self.released = asyncio.Event()
        self.closed = False

    async def _call(self, name: str) -> None:
        self.calls.append(name)
        if name in self.holding or "all" in self.holding:
            await self.released.wait()

    async def status(self) -> ClusterStatus:
        await self._call("status")
        if self.status_script:
            self.status_answer = self.status_script.pop(0)
        return _value(self.status_answer)

    async def facts(self) -> HostFacts:
        await self._call("facts")
        return _value(self.facts_answer)

    async def metrics(self) -> HostMetrics:
        await self._call("metrics")
        return _value(self.metrics_answer)

    async def events(self, limit: int = 100) -> Sequence[NodeEvent]:
        await self._call("events")
        return _value(self.events_answer)

    async def check(self, request: JoinRequest) -> AsyncGenerator[CheckResult, None]:
        self.requests.append(request)
        pinned = self.checks_pinned is not None and request.trust.pin is not None
        for result in (self.checks_pinned or []) if pinned else self.checks:
            await self._call("check")
            yield _value(result)

    async def join(self, request: JoinRequest) -> ClusterStatus:
        self.requests.append(request)
        await self._call("join")
        status = _value(self.join_answer)
        self.status_answer = status
        return status

    async def leave(self) -> ClusterStatus:
        await self._call("leave")
        status = _value(self.leave_answer)
        self.status_answer = status
        return status

    async def restart(self) -> Applied:
        await self._call("restart")
        return _value(self.restart_answer)

    async def close(self) -> None:
        self.closed = True


def _value(answer: T | Problem | Exception) -> T:
    if isinstance(answer, Problem):
        raise QuantixError(answer)
    if isinstance(answer, Exception):
        raise answer
    return answer
