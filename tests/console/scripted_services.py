"""Services whose states and refusals a test writes down."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.host.logs.entry import Entry
from quantix_tui.host.node_services.known import KNOWN
from quantix_tui.host.node_services.state import Act, Run, Service, State

REFUSED = Problem(
    ErrorCode.MACHINE_REFUSED,
    "Node daemon: the restart failed: Job for limiquantix-node.service failed.",
    "From a shell: systemctl restart limiquantix-node.service",
    "service_refused",
)
_UNITS = {
    "Node daemon": ("limiquantix-node.service", State(Run.RUNNING, 41 * 86400.0, 812, 33 << 20, "", True)),
    "SSH": ("ssh.service", State(Run.RUNNING, 41 * 86400.0, 640, 9 << 20, "", True)),
    "Network": ("systemd-networkd.service", State(Run.RUNNING, 41 * 86400.0, 502, 12 << 20, "", True)),
    "Time": ("chrony.service", State(Run.FAILED, 320.0, None, None, "it ended with exit status 1", True)),
    "Virtual machines": ("libvirtd.service", State(Run.RUNNING, 5 * 3600.0, 1210, 61 << 20, "", True)),
    "Virtual switch": ("openvswitch-switch.service", State(Run.DONE, 41 * 86400.0, None, None, "", True)),
    "iSCSI": ("iscsid.service", State(Run.STOPPED, 60.0, None, None, "", False)),
    "Multipath": ("multipathd.service", State(Run.STARTING, 3.0, 2044, 20 << 20)),
    "Console": ("quantix-console@tty1.service", State(Run.RUNNING, 7200.0, 900, 48 << 20, "", True)),
}
LAST_WORDS = tuple(
    Entry(str(n), datetime(2026, 3, 2, 9, 40, 58 + n, tzinfo=UTC), 3, "quantix-node", said)
    for n, said in enumerate(("reading /etc/limiquantix/config.yaml", "line 7: no such key: nodde"))
)


class ScriptedServices:
    """``after`` is what a service becomes by an act; ``problem`` what is answered instead."""

    def __init__(self) -> None:
        self.services = {
            unit: Service(next(known for known in KNOWN if known.name == name), unit, state)
            for name, (unit, state) in _UNITS.items()
        }
        self.acts: list[tuple[str, Act]] = []
        self.after = State(Run.RUNNING, 0.0, 4711)
        self.problem: Problem | None = None
        self.unread: Problem | None = None
        self.holding = False
        self.released = asyncio.Event()

    async def read(self) -> Sequence[Service]:
        if self.unread is not None:
            raise QuantixError(self.unread)
        return tuple(self.services.values())

    async def act(self, service: Service, act: Act) -> None:
        self.acts.append((service.unit, act))
        if self.holding:
            await self.released.wait()
        if self.problem is not None:
            raise QuantixError(self.problem)
        self.services[service.unit] = replace(service, state=self.after)

    async def last_words(self, service: Service) -> Sequence[Entry]:
        return LAST_WORDS


class ScriptedHands:
    """Lets everybody in, unless ``refusing``."""

    def __init__(self) -> None:
        self.refusing = False
        self.logs: list[str] = []
        self.recorded: list[str] = []

    async def as_administrator(self, act: Callable[[], Awaitable[None]]) -> None:
        if not self.refusing:
            await act()

    async def open_log(self, service: Service) -> None:
        self.logs.append(service.unit)

    async def record(self, service: Service, act: Act, end: str) -> None:
        self.recorded.append(f"{act.value} of {service.unit} {end}")
