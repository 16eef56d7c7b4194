"""What this machine is: the figures of ``GET /host`` and ``GET /host/metrics`` (WIRE 1) as values.

Every figure may be unknown (None): it is then shown as unknown, never as nought.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InterfaceAddress:
    """One address of an interface, as ``10.20.0.17/24`` on ``eno1``."""

    interface: str
    address: str
    prefix: int


@dataclass(frozen=True, slots=True)
class HostFacts:
    """Identity: changes seldom. Sizes in bytes, times in seconds."""

    hostname: str
    management_ip: str | None = None
    addresses: tuple[InterfaceAddress, ...] = ()
    gateway: str | None = None
    dns: tuple[str, ...] = ()
    os_name: str | None = None
    os_version: str | None = None
    kernel_version: str | None = None
    serial_number: str | None = None
    vendor: str | None = None
    model: str | None = None
    cpu_model: str | None = None
    cpu_cores: int | None = None
    memory_total_bytes: int | None = None
    uptime_seconds: float | None = None
    daemon_version: str | None = None
    """Of the daemon that answered; unknown where none did, or another one."""


@dataclass(frozen=True, slots=True)
class HostMetrics:
    """Load: changes all the time. Percentages 0 to 100; rates since the reading before."""

    cpu_usage_percent: float | None = None
    memory_usage_percent: float | None = None
    memory_used_bytes: int | None = None
    memory_total_bytes: int | None = None
    disk_usage_percent: float | None = None
    disk_read_bytes_per_sec: int | None = None
    disk_write_bytes_per_sec: int | None = None
    network_rx_bytes_per_sec: int | None = None
    network_tx_bytes_per_sec: int | None = None
    load_average_1min: float | None = None
    load_average_5min: float | None = None
    load_average_15min: float | None = None
    vm_count: int | None = None
    vm_running_count: int | None = None
