"""This machine as the daemon needs it: facts, figures, and what the control plane is told of them.

All of it reads files and takes milliseconds: the event loop calls it in a thread.
"""

import threading
from functools import cached_property
from typing import TYPE_CHECKING

from quantix_tui.host.facts import HostFacts, HostMetrics
from quantix_tui.host.machine import MetricsReader, read_facts

if TYPE_CHECKING:
    from quantix_tui.controlplane.wire import NodeDescription, Usage

MANAGEMENT_PORT = 9090
"""Where the control plane reaches a node's daemon (WIRE 2, ``managementIp``)."""
MIB = 1 << 20


class Machine:
    """Reads this machine."""

    def __init__(self) -> None:
        self._reading = threading.Lock()

    def facts(self) -> HostFacts:
        return read_facts()

    def metrics(self) -> HostMetrics:
        with self._reading:
            return self._reader.read()

    def describe(self) -> "NodeDescription":
        """What a registration tells of this node."""
        from quantix_tui.controlplane.wire import NodeDescription

        facts = self.facts()
        address = f"{facts.management_ip}:{MANAGEMENT_PORT}" if facts.management_ip else ""
        return NodeDescription(hostname=facts.hostname, management_ip=address)

    def usage(self) -> "Usage":
        """What a heartbeat reports. A figure that cannot be read is left out, which the wire does by nought."""
        from quantix_tui.controlplane.wire import Usage

        metrics = self.metrics()
        return Usage(
            cpu_usage_percent=metrics.cpu_usage_percent or 0.0,
            memory_used_mib=(metrics.memory_used_bytes or 0) // MIB,
            memory_total_mib=(metrics.memory_total_bytes or 0) // MIB,
        )

    @cached_property
    def _reader(self) -> MetricsReader:
        return MetricsReader()
