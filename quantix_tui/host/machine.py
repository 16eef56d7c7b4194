"""This machine's identity and load, from ``/proc``, ``/sys`` and ``/etc/os-release``.

What cannot be read is None: it is then shown as unknown. ``root`` is ``/`` but for tests.
"""

import os
import re
import time
from dataclasses import dataclass

from quantix_tui.cluster.text import harmless
from quantix_tui.host.addresses import default_route, interface_addresses, management_address, name_servers, read_text
from quantix_tui.host.facts import HostFacts, HostMetrics, InterfaceAddress

# What board vendors leave in DMI fields that nobody filled in.
_PLACEHOLDERS = {
    "",
    "none",
    "n/a",
    "0",
    "default string",
    "not specified",
    "not applicable",
    "not available",
    "to be filled by o.e.m.",
    "o.e.m.",
    "system serial number",
    "system product name",
    "system manufacturer",
    "chassis serial number",
    "0123456789",
    "123456789",
}


def read_facts(root: str = "/") -> HostFacts:
    """Who this machine is. Takes about a millisecond; reads files only, asks no network."""

    def text(path: str) -> str:
        return read_text(os.path.join(root, path))

    release = parse_os_release(text("etc/os-release") or text("usr/lib/os-release"))
    cpu = parse_cpuinfo(text("proc/cpuinfo"))
    route = default_route(root)
    rows = interface_addresses(root)
    system = os.uname()
    return HostFacts(
        hostname=harmless(text("proc/sys/kernel/hostname")) or system.nodename,
        management_ip=management_address(rows),
        addresses=tuple(InterfaceAddress(*row) for row in rows),
        gateway=route[1] if route else None,
        dns=tuple(name_servers(root)),
        os_name=release.get("NAME"),
        os_version=release.get("VERSION_ID"),
        kernel_version=harmless(text("proc/sys/kernel/osrelease")) or system.release,
        serial_number=_dmi(text("sys/class/dmi/id/product_serial")),
        vendor=_dmi(text("sys/class/dmi/id/sys_vendor")),
        model=_dmi(text("sys/class/dmi/id/product_name")) or _dmi(text("sys/firmware/devicetree/base/model")),
        cpu_model=cpu.model,
        cpu_cores=cpu.cores,
        memory_total_bytes=parse_meminfo(text("proc/meminfo")).get("MemTotal"),
        uptime_seconds=parse_uptime(text("proc/uptime")),
    )


def read_uuid(root: str = "/") -> str | None:
    """The machine's own (SMBIOS, System Information); None where it has none, or this user may not know it."""
    found = read_text(os.path.join(root, "sys/class/dmi/id/product_uuid")) or read_text(
        os.path.join(root, "sys/firmware/devicetree/base/system-id")
    )
    text = _dmi(found)
    # All noughts or all ones: a board that nobody gave one (DMTF DSP0134, 7.2.1).
    return None if text is None or set(text) <= set("0-") or set(text.lower()) <= set("f-") else text.lower()


class MetricsReader:
    """Reads the load. Rates and the processor's share are over the time since its reading before.

    Keep one reader as long as figures are wanted: the first reading has no rates yet.
    """

    def __init__(self, root: str = "/") -> None:
        # Imported with the first reader: it costs 15 ms and the first screen does without.
        import psutil

        self._psutil = psutil
        self._root = root
        self._cpu = psutil.cpu_times()
        self._counters = self._read_counters()

    def read(self) -> HostMetrics:
        """The load now. Does not block."""
        memory = self._psutil.virtual_memory()
        load = os.getloadavg()
        cpu, counters = self._psutil.cpu_times(), self._read_counters()
        share = busy_percent(self._cpu._asdict(), cpu._asdict())
        rates = counters.since(self._counters)
        self._cpu, self._counters = cpu, counters
        return HostMetrics(
            cpu_usage_percent=share,
            memory_usage_percent=float(memory.percent),
            memory_used_bytes=memory.total - memory.available,
            memory_total_bytes=memory.total,
            disk_usage_percent=self._disk_percent(),
            disk_read_bytes_per_sec=rates[0],
            disk_write_bytes_per_sec=rates[1],
            network_rx_bytes_per_sec=rates[2],
            network_tx_bytes_per_sec=rates[3],
            load_average_1min=round(load[0], 2),
            load_average_5min=round(load[1], 2),
            load_average_15min=round(load[2], 2),
        )

    def _disk_percent(self) -> float | None:
        try:
            return float(self._psutil.disk_usage(self._root).percent)
        except OSError:
            return None

    def _read_counters(self) -> "Counters":
        disk = self._psutil.disk_io_counters(nowrap=False)
        network = self._psutil.net_io_counters(nowrap=False)
        return Counters(
            at=time.monotonic(),
            disk=(disk.read_bytes, disk.write_bytes) if disk else None,
            network=(network.bytes_recv, network.bytes_sent) if network else None,
        )


@dataclass(frozen=True, slots=True)
class Counters:
    """The kernel's running totals of bytes at one moment (monotonic seconds)."""

    at: float
    disk: tuple[int, int] | None
    network: tuple[int, int] | None

    def since(self, before: "Counters") -> tuple[int | None, int | None, int | None, int | None]:
        """Bytes a second read, written, received, sent; None where unknown or where a counter went back."""
        seconds = self.at - before.at

        def rates(now: tuple[int, int] | None, then: tuple[int, int] | None) -> tuple[int | None, int | None]:
            if now is None or then is None or seconds <= 0:
                return None, None
            first, second = (now[place] - then[place] for place in (0, 1))
            # A device that was taken out takes its total with it.
            return (
                round(first / seconds) if first >= 0 else None,
                round(second / seconds) if second >= 0 else None,
            )

        return *rates(self.disk, before.disk), *rates(self.network, before.network)


def busy_percent(before: dict[str, float], now: dict[str, float]) -> float | None:
    """The processors' busy share between two readings of their times; None when no time has passed."""
    # The guests' time is already counted in user and nice (proc(5)).
    spent = {name: max(0.0, now[name] - before[name]) for name in now if name not in ("guest", "guest_nice")}
    total = sum(spent.values())
    if total <= 0:
        return None
    idle = spent.get("idle", 0.0) + spent.get("iowait", 0.0)
    return round(100 * (total - idle) / total, 1)


@dataclass(frozen=True, slots=True)
class Cpu:
    """The processors as ``/proc/cpuinfo`` tells them. ``cores`` are physical ones over all sockets."""

    model: str | None = None
    sockets: int | None = None
    cores: int | None = None
    threads: int | None = None
    frequency_mhz: int | None = None
    features: tuple[str, ...] = ()


def parse_cpuinfo(text: str) -> Cpu:
    """Read ``/proc/cpuinfo`` (x86 and ARM write it differently; ARM names no sockets)."""
    blocks = [_fields(block, ":") for block in re.split(r"\n\s*\n", text) if "processor" in block]
    blocks = [block for block in blocks if block.get("processor", "").isdecimal()]
    if not blocks:
        return Cpu()
    first = blocks[0]
    sockets = {block["physical id"] for block in blocks if "physical id" in block}
    cores = {(block["physical id"], block["core id"]) for block in blocks if {"physical id", "core id"} <= block.keys()}
    model = first.get("model name") or first.get("Model") or _fields(text, ":").get("Hardware")
    return Cpu(
        model=harmless(re.sub(r"\s+", " ", model)) if model else None,
        sockets=len(sockets) or None,
        cores=len(cores) or len(blocks),
        threads=len(blocks),
        frequency_mhz=_rounded(first.get("cpu MHz")),
        features=tuple((first.get("flags") or first.get("Features") or "").split()),
    )


def parse_meminfo(text: str) -> dict[str, int]:
    """Read ``/proc/meminfo``: bytes by name."""
    sizes = {}
    for name, value in _fields(text, ":").items():
        number, _, unit = value.partition(" ")
        if number.isdecimal():
            sizes[name] = int(number) * (1024 if unit == "kB" else 1)
    return sizes


def parse_uptime(text: str) -> float | None:
    """Read ``/proc/uptime``: seconds since the machine started."""
    try:
        return float(text.split(maxsplit=1)[0])
    except (IndexError, ValueError):
        return None


def parse_os_release(text: str) -> dict[str, str]:
    """Read ``os-release`` (os-release(5)): NAME=value, quoted as a shell would."""
    values = {}
    for name, value in _fields(text, "=").items():
        if name.startswith("#"):
            continue
        plain = value[1:-1] if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'" else value
        plain = harmless(re.sub(r"\\(.)", r"\1", plain))
        if plain:
            values[name] = plain
    return values


def _fields(text: str, mark: str) -> dict[str, str]:
    pairs = (line.partition(mark) for line in text.splitlines())
    return {name.strip(): value.strip() for name, found, value in pairs if found}


def _dmi(text: str) -> str | None:
    value = harmless(text.rstrip("\0"))
    return None if value.lower() in _PLACEHOLDERS else value


def _rounded(text: str | None) -> int | None:
    try:
        return round(float(text or ""))
    except (ValueError, OverflowError):
        return None
