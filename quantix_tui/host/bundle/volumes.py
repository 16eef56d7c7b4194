"""Removable volumes to write a bundle to: which there are, and one of them mounted for as long as it is needed."""

import asyncio
import contextlib
import os
import re
import tempfile
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.text import harmless
from quantix_tui.host.addresses import read_text
from quantix_tui.host.programs import run
from quantix_tui.host.services import last_lines

MOST_VOLUMES = 8
MOUNT_SECS = 20.0
UNMOUNT_SECS = 60.0
"""What was written has to reach a slow stick."""
_SECTOR = 512
_NEVER = re.compile(r"(loop|ram|zram|sr|fd|dm-|md)\d", re.ASCII)


@dataclass(frozen=True, slots=True)
class Volume:
    """``device`` as ``/dev/sdb1``; ``mounted_at`` None where it is not mounted."""

    device: str
    size_bytes: int
    label: str = ""
    mounted_at: str | None = None


def read_volumes(root: str = "/") -> tuple[Volume, ...]:
    """The partitions of removable and USB disks, or the disk itself where it has none. Reads files only."""
    folder = os.path.join(root, "sys/block")
    mounts = dict(line.split(" ")[:2] for line in read_text(os.path.join(root, "proc/self/mounts")).splitlines())
    labels = _labels(root)
    found = []
    for disk in _names(folder):
        place = os.path.join(folder, disk)
        removable = read_text(os.path.join(place, "removable")).strip() == "1" or "/usb" in os.path.realpath(place)
        if _NEVER.match(disk) or not removable:
            continue
        parts = [name for name in _names(place) if os.path.exists(os.path.join(place, name, "partition"))]
        for name in parts or [disk]:
            sectors = read_text(os.path.join(place, name if parts else "", "size")).strip()
            if sectors.isdecimal() and int(sectors):
                device = f"/dev/{name}"
                at = mounts.get(device)
                # mounts writes a blank as \040 (proc(5)).
                at = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), at) if at else None
                found.append(Volume(device, int(sectors) * _SECTOR, labels.get(name, ""), at))
    return tuple(found[:MOST_VOLUMES])


@contextlib.asynccontextmanager
async def mounted(volume: Volume) -> AsyncGenerator[str, None]:
    """The folder where the volume is mounted; what is mounted here is unmounted again, with all that was written.

    Raises :class:`QuantixError` (``bundle_not_written``). Mounting takes root.
    """
    if volume.mounted_at is not None:
        yield volume.mounted_at
        return
    folder = await asyncio.to_thread(tempfile.mkdtemp, prefix="quantix-volume-")
    try:
        # No program and no device file of a stick that somebody found counts for anything here.
        mount = ("mount", "-o", "rw,nosuid,nodev,noexec", volume.device, folder)
        await _ordered(mount, MOUNT_SECS, f"{volume.device} cannot be mounted")
        try:
            yield folder
        finally:
            # Shielded: interrupted or not, a stick is not left mounted.
            said = f"{volume.device} could not be unmounted: leave it plugged in and unmount it by hand ({folder})"
            await asyncio.shield(_ordered(("umount", folder), UNMOUNT_SECS, said))
    finally:
        with contextlib.suppress(OSError):
            os.rmdir(folder)


async def _ordered(command: tuple[str, ...], within: float, what: str) -> None:
    try:
        ran = await run(command, within)
    except OSError as error:
        raise QuantixError(_failed(what, harmless(error.strerror or "unknown error"))) from None
    if ran.code != 0:
        why = last_lines(ran.output) if ran.code is not None else f"it took longer than {within:g} s"
        raise QuantixError(_failed(what, why or f"exit status {ran.code}"))


def _failed(what: str, why: str) -> Problem:
    return Problem(
        ErrorCode.BUNDLE_NOT_WRITTEN,
        f"{what}: {why.rstrip('.')}.",
        "Choose another volume, or write a file on this node.",
        "volume",
    )


def _labels(root: str) -> dict[str, str]:
    """Labels by the name of the device."""
    folder = os.path.join(root, "dev/disk/by-label")
    devices = {name: os.path.realpath(os.path.join(folder, name)) for name in _names(folder)}
    return {os.path.basename(device): harmless(name, 30) for name, device in devices.items()}


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []
