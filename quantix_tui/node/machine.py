"""This machine as the daemon needs it: facts, figures, and what the control plane is told of them.

All of it reads files and takes milliseconds: the event loop calls it in a thread.
"""

import threading
from functools import cached_property
from typing import TYPE_CHECKING

from quantix_tui.host.facts import HostFacts, HostMetrics
from quantix_tui.host.inventory import Inventory, read_inventory
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
        return description_of(read_inventory())

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


def description_of(inventory: Inventory) -> "NodeDescription":
    """An inventory as the control plane takes it. What is unknown is left out, which the wire does by nought."""
    from quantix_tui.controlplane import wire

    cpu = inventory.cpu
    address = inventory.management_ip
    return wire.NodeDescription(
        hostname=inventory.hostname,
        management_ip=_with_port(address) if address else "",
        role=wire.NodeRole(compute=True),
        cpu_info=wire.CpuInfo(
            model=cpu.model or "",
            sockets=cpu.sockets or 0,
            cores_per_socket=inventory.cores_per_socket or 0,
            threads_per_core=inventory.threads_per_core or 0,
            total_threads=cpu.threads or 0,
            frequency_mhz=cpu.frequency_mhz or 0,
            features=tuple(cpu.features),
        ),
        memory_info=wire.MemoryInfo(
            total_bytes=inventory.memory_total_bytes or 0,
            allocatable_bytes=inventory.memory_allocatable_bytes or 0,
        ),
        storage_devices=tuple(
            wire.StorageDevice(
                path=disk.path,
                model=disk.model,
                size_bytes=disk.size_bytes,
                type=disk.type,
                available=disk.available,
            )
            for disk in inventory.disks
        ),
        network_devices=tuple(
            wire.NetworkDevice(
                name=port.name,
                mac_address=port.mac_address,
                speed_mbps=port.speed_mbps or 0,
                mtu=port.mtu or 0,
                sriov_capable=port.sriov_capable,
            )
            for port in inventory.ports
        ),
    )


def _with_port(address: str) -> str:
    return f"[{address}]:{MANAGEMENT_PORT}" if ":" in address else f"{address}:{MANAGEMENT_PORT}"
