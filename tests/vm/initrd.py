"""The guest's initial RAM disk: busybox, the drivers of the disk, and a small init script."""

import gzip
import lzma
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.vm.host import program

BOOT_MODULES = ("virtio_pci", "virtio_blk", "ext4", "crc32c_generic")
INIT = Path(__file__).parent / "guest" / "init"

_FOLDER, _PROGRAM, _FILE = 0o40755, 0o100755, 0o100644
_TRAILER = "TRAILER!!!"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or folder of an archive; ``mode`` as stat has it."""

    name: str
    mode: int
    content: bytes = b""


def cpio(entries: Iterable[Entry]) -> bytes:
    """A "newc" archive as the kernel unpacks it (Documentation/driver-api/early-userspace/buffer-format.rst)."""
    archive = bytearray()
    for number, entry in enumerate([*entries, Entry(_TRAILER, 0)], start=1):
        name = entry.name.encode() + b"\0"
        fields = (number, entry.mode, 0, 0, 1, 0, len(entry.content), 0, 0, 0, 0, len(name), 0)
        archive += b"070701" + b"".join(b"%08X" % field for field in fields)
        archive += name
        archive += b"\0" * (-len(archive) % 4)
        archive += entry.content
        archive += b"\0" * (-len(archive) % 4)
    return bytes(archive) + b"\0" * (-len(archive) % 512)


def dependencies_in(modules_dep: str) -> dict[str, list[str]]:
    """Parse depmod's ``modules.dep``: the path of each module and the paths of those it needs."""
    lines = (line.partition(":") for line in modules_dep.splitlines())
    return {path: needed.split() for path, _, needed in lines}


def load_order(wanted: Iterable[str], dependencies: Mapping[str, list[str]]) -> list[str]:
    """Paths of the wanted modules and all they need, in the order to load them; what is built in has no path."""
    by_name = {module_name(path): path for path in dependencies}
    order: list[str] = []

    def add(path: str) -> None:
        for needed in reversed(dependencies[path]):
            add(needed)
        if path not in order:
            order.append(path)

    for name in wanted:
        if name in by_name:
            add(by_name[name])
    return order


def module_name(path: str) -> str:
    """``kernel/fs/ext4/ext4.ko.xz`` is the module ``ext4``; dashes are underscores."""
    return re.sub(r"\.ko(\.\w+)?$", "", Path(path).name).replace("-", "_")


def make_initrd(root: Path) -> bytes:
    """The RAM disk for the kernel that is installed below ``root``."""
    folder = sorted((root / "lib/modules").iterdir())[-1]
    order = load_order(BOOT_MODULES, dependencies_in((folder / "modules.dep").read_text()))
    modules = {module_name(path): _uncompressed(folder / path) for path in order}
    folders = ("bin", "modules", "dev", "proc", "sys", "newroot")
    return cpio(
        [
            *(Entry(name, _FOLDER) for name in folders),
            Entry("bin/busybox", _PROGRAM, Path(program("busybox")).read_bytes()),
            *(Entry(f"modules/{name}", _FILE, content) for name, content in modules.items()),
            Entry("modules/order", _FILE, "\n".join(modules).encode()),
            Entry("init", _PROGRAM, INIT.read_bytes()),
        ]
    )


def _uncompressed(module: Path) -> bytes:
    content = module.read_bytes()
    if module.suffix == ".xz":
        return lzma.decompress(content)
    if module.suffix == ".gz":
        return gzip.decompress(content)
    return content
