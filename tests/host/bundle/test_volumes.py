"""Removable volumes: found in /sys, and one mounted for real."""

import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.host.bundle.items import Item, content_of
from quantix_tui.host.bundle.volumes import Volume, mounted, read_volumes
from quantix_tui.node.gateway.bundle import make_bundle_on


def disk(root: Path, name: str, *, removable: bool, parts: tuple[str, ...] = (), bus: str = "pci0/ata1") -> None:
    place = root / "sys/devices" / bus / name
    for part in parts:
        (place / part).mkdir(parents=True)
        (place / part / "partition").write_text("1\n")
        (place / part / "size").write_text("31250000\n")
    place.mkdir(parents=True, exist_ok=True)
    (place / "removable").write_text(f"{int(removable)}\n")
    (place / "size").write_text("62500000\n")
    (root / "sys/block").mkdir(exist_ok=True)
    (root / "sys/block" / name).symlink_to(place)


def test_sticks_and_no_other_disks(tmp_path: Path) -> None:
    disk(tmp_path, "sda", removable=False, parts=("sda1",))
    disk(tmp_path, "sdb", removable=True, parts=("sdb1", "sdb2"))
    disk(tmp_path, "sdc", removable=False, bus="pci0/usb2/2-1")
    disk(tmp_path, "sr0", removable=True)
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/mounts").write_text("/dev/sdb2 /media/my\\040stick vfat rw 0 0\n")
    labels = tmp_path / "dev/disk/by-label"
    labels.mkdir(parents=True)
    (labels / "BACKUP").symlink_to("../../sdb1")
    assert read_volumes(str(tmp_path)) == (
        Volume("/dev/sdb1", 16_000_000_000, "BACKUP"),
        Volume("/dev/sdb2", 16_000_000_000, "", "/media/my stick"),
        Volume("/dev/sdc", 32_000_000_000),
    )
    assert read_volumes(str(tmp_path / "nothing")) == ()


@pytest.fixture
def stick(tmp_path: Path) -> Iterator[Volume]:
    """A file system in a file, as the kernel sees a disk."""
    image = tmp_path / "stick"
    image.write_bytes(bytes(4 << 20))
    if os.geteuid() != 0 or shutil.which("mkfs.ext4") is None:
        pytest.skip("it takes root and mkfs")
    subprocess.run(["mkfs.ext4", "-q", str(image)], check=True)
    made = subprocess.run(["losetup", "-f", "--show", str(image)], capture_output=True, text=True, check=False)
    if made.returncode:
        pytest.skip("this machine gives no loop device")
    yield Volume(made.stdout.strip(), 4 << 20)
    subprocess.run(["losetup", "-d", made.stdout.strip()], check=True)


def written(folder: str, content: str) -> None:
    Path(folder, "bundle").write_text(content)


def is_mounted(volume: Volume) -> bool:
    return volume.device in Path("/proc/self/mounts").read_text()


def is_there(folder: str) -> bool:
    return Path(folder).is_dir()


async def test_what_is_written_is_there_after_it_was_unmounted(stick: Volume) -> None:
    async with mounted(stick) as folder:
        written(folder, "content")
        assert is_mounted(stick)
    assert not is_mounted(stick)
    assert not is_there(folder)
    async with mounted(stick) as again:
        assert await content_of(f"{again}/bundle") == "content"


async def test_it_is_unmounted_whatever_goes_wrong(stick: Volume) -> None:
    async def fail() -> None:
        async with mounted(stick):
            raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        await fail()
    assert not is_mounted(stick)


async def test_one_that_is_mounted_already_stays_so(tmp_path: Path) -> None:
    async with mounted(Volume("/dev/sdz1", 1, "", str(tmp_path))) as folder:
        assert folder == str(tmp_path)
    assert is_there(folder)


async def test_one_that_cannot_be_mounted_says_why() -> None:
    with pytest.raises(QuantixError) as caught:
        async with mounted(Volume("/dev/no-such-stick", 1)):
            pass
    assert caught.value.problem.message.startswith("/dev/no-such-stick cannot be mounted: ")


async def test_a_bundle_on_a_stick_from_beginning_to_end(stick: Volume) -> None:
    async def text() -> str:
        return "told by the machine, s3cret-of-this-node"

    now = datetime(2026, 11, 24, 12, 0, 5, tzinfo=UTC)
    steps = make_bundle_on(stick, [Item("a.txt", text)], ["s3cret-of-this-node"], now)
    told = [(step.doing, step.size is not None) async for step in steps]
    assert [doing for doing, _ in told][:2] == ["a.txt", "packing"]
    assert told[-2:] == [(f"unmounting {stick.device}", False), ("done", True)]
    assert not is_mounted(stick)
    async with mounted(stick) as folder:
        [file] = [name for name in os.listdir(folder) if name.startswith("quantix-support-")]
        with tarfile.open(f"{folder}/{file}") as archive:
            assert len(archive.getnames()) == 2
