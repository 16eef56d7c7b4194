"""What this machine is made of: what a node tells the control plane when it registers (WIRE 2, RegisterNode)."""

import os
import re
from dataclasses import dataclass

from quantix_tui.cluster.text import harmless
from quantix_tui.host.addresses import interface_addresses, management_address, read_text
from quantix_tui.host.machine import Cpu, parse_cpuinfo, parse_meminfo

MAX_FEATURES = 256
MAX_DEVICES = 64
_SECTOR = 512
"""The unit of ``/sys/block/*/size``, whatever the device's own sectors are."""

# Not storage of this machine: loops and RAM, optical, mapped and assembled from the disks below, network.
_NO_DISK = re.compile(r"(loop|ram|zram|sr|fd|dm-|md|nbd|drbd|rbd|zd)\d", re.ASCII)
_NO_PORT = re.compile(r"(lo$|veth|tap|tun|vnet|docker|virbr|br-|ifb|dummy|wg)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Disk:
    """A block device. ``type`` is NVME, SSD or HDD; ``available`` when nothing on this machine uses it."""

    path: str
    model: str
    size_bytes: int
    type: str
    available: bool


@dataclass(frozen=True, slots=True)
class NetworkPort:
    """A network device. Speed in Mbit/s, None without a link."""

    name: str
    mac_address: str
    speed_mbps: int | None
    mtu: int | None
    sriov_capable: bool


@dataclass(frozen=True, slots=True)
class Inventory:
    """The machine's parts. ``cpu`` counts over all sockets; memory in bytes."""

    hostname: str
    management_ip: str | None
    cpu: Cpu
    memory_total_bytes: int | None
    memory_allocatable_bytes: int | None
    disks: tuple[Disk, ...]
    ports: tuple[NetworkPort, ...]

    @property
    def cores_per_socket(self) -> int | None:
        return _share(self.cpu.cores, self.cpu.sockets or 1)

    @property
    def threads_per_core(self) -> int | None:
        return _share(self.cpu.threads, self.cpu.cores)


def read_inventory(root: str = "/") -> Inventory:
    """Read it all: files only, some milliseconds. What cannot be read is None or left out."""
    memory = parse_meminfo(read_text(os.path.join(root, "proc/meminfo")))
    return Inventory(
        hostname=harmless(read_text(os.path.join(root, "proc/sys/kernel/hostname"))) or os.uname().nodename,
        management_ip=management_address(interface_addresses(root)),
        cpu=_bounded(parse_cpuinfo(read_text(os.path.join(root, "proc/cpuinfo")))),
        memory_total_bytes=memory.get("MemTotal"),
        memory_allocatable_bytes=memory.get("MemAvailable"),
        disks=read_disks(root),
        ports=read_ports(root),
    )


def read_disks(root: str = "/") -> tuple[Disk, ...]:
    """The block devices of ``/sys/block`` that hold something."""
    folder = os.path.join(root, "sys/block")
    used = used_devices(read_text(os.path.join(root, "proc/self/mounts")), read_text(os.path.join(root, "proc/swaps")))
    disks = []
    for name in _names(folder):
        device = os.path.join(folder, name)
        sectors = _whole(read_text(os.path.join(device, "size")))
        if _NO_DISK.match(name) or not sectors:
            continue
        parts = [part for part in _names(device) if part.startswith(name)]
        held = any(_names(os.path.join(device, part, "holders")) for part in ("", *parts))
        disks.append(
            Disk(
                path=f"/dev/{name}",
                model=_line(os.path.join(device, "device/model")) or _vendor(device),
                size_bytes=sectors * _SECTOR,
                type=disk_type(name, read_text(os.path.join(device, "queue/rotational"))),
                available=not held and not parts and not used & {name, *parts},
            )
        )
    return tuple(disks[:MAX_DEVICES])


def _vendor(device: str) -> str:
    """A name; a virtual disk has the number of its PCI vendor there, which tells nobody anything."""
    vendor = _line(os.path.join(device, "device/vendor"))
    return "" if vendor.startswith("0x") else vendor


def read_ports(root: str = "/") -> tuple[NetworkPort, ...]:
    """The network devices of ``/sys/class/net``, but those that machines and containers plug into."""
    folder = os.path.join(root, "sys/class/net")
    ports = []
    for name in _names(folder):
        device = os.path.join(folder, name)
        address = _line(os.path.join(device, "address"))
        if not is_port(name) or not address:
            continue
        speed = _whole(read_text(os.path.join(device, "speed")))
        ports.append(
            NetworkPort(
                name=name,
                mac_address=address,
                # The kernel says -1 where there is no link.
                speed_mbps=speed if speed and speed > 0 else None,
                mtu=_whole(read_text(os.path.join(device, "mtu"))),
                sriov_capable=bool(_whole(read_text(os.path.join(device, "device/sriov_totalvfs")))),
            )
        )
    return tuple(ports[:MAX_DEVICES])


def is_port(name: str) -> bool:
    """Whether a network device of this name is the machine's own, none that machines and containers plug into."""
    return _NO_PORT.match(name) is None


def disk_type(name: str, rotational: str) -> str:
    """NVME, SSD or HDD, from the device's name and ``queue/rotational``."""
    if name.startswith("nvme"):
        return "NVME"
    return "HDD" if rotational.strip() == "1" else "SSD"


def used_devices(mounts: str, swaps: str) -> set[str]:
    """The names below ``/dev`` that are mounted or swapped to."""
    sources = [line.split(" ", 1)[0] for line in (mounts + "\n" + swaps).splitlines()]
    return {source.removeprefix("/dev/") for source in sources if source.startswith("/dev/")}


def _bounded(cpu: Cpu) -> Cpu:
    features = tuple(sorted({harmless(feature, 40) for feature in cpu.features}))[:MAX_FEATURES]
    return Cpu(cpu.model, cpu.sockets, cpu.cores, cpu.threads, cpu.frequency_mhz, features)


def _share(count: int | None, by: int | None) -> int | None:
    return max(1, count // by) if count and by else None


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _line(path: str) -> str:
    return harmless(read_text(path))


def _whole(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None
