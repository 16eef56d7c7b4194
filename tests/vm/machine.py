"""The emulated machine: booted once for each video mode, then started from that saved state."""

import contextlib
import hashlib
import json
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from tests.support.waiting import wait_until
from tests.vm.host import program
from tests.vm.image import APPLICATION, Image
from tests.vm.keys import keyboard_name, keyboard_names
from tests.vm.monitor import Monitor, MonitorError
from tests.vm.png import png_of
from tests.vm.serial import GuestShell, SerialPort

BOOT_SECS = 120.0
BOOTS = 3
"""An emulated guest now and then locks up early in its boot."""
KEY_HELD_MS = 20
END_SECS = 20.0
OFF_SECS = 60.0
SNAPSHOT = "booted"
SERVER = "10.20.0.100"
"""Answers at port 443 alone."""

_DISK = "disk.qcow2"
# However this process ends, the emulator ends with it.
_WITH_US = ("setpriv", "--pdeathsig", "TERM")
_BASE_COMMAND_LINE = (
    "root=/dev/vda rw console=tty0 quiet loglevel=3 systemd.show_status=0 mitigations=off nokaslr audit=0"
)
_WARM_UP = (
    f"/{APPLICATION}/bin/python3 -c "
    "'import textual.app, textual.widgets, pydantic, httpx, fastapi, uvicorn, yaml, h11, psutil, cryptography.x509'"
)


class Video(Enum):
    """How tty1 is shown."""

    FRAMEBUFFER = "framebuffer"
    """A framebuffer console of 128x48 cells, drawn by the kernel (bochs-drm)."""
    TEXT = "text"
    """VGA text mode, 80x25 cells, as many a BMC shows it."""

    @property
    def device(self) -> str:
        return "VGA,xres=1024,yres=768,edid=on" if self is Video.FRAMEBUFFER else "VGA"

    @property
    def command_line(self) -> str:
        return _BASE_COMMAND_LINE if self is Video.FRAMEBUFFER else f"{_BASE_COMMAND_LINE} nomodeset"


@dataclass(frozen=True, slots=True)
class Extra:
    """What a machine has that others have not. ``words``: for its kernel's command line; ``volume``: a second disk;
    ``server``: a port of this host, which the guest reaches at :data:`SERVER`."""

    words: str = ""
    volume: Path | None = None
    server: int | None = None


@dataclass(frozen=True, slots=True)
class Machine:
    """A running guest."""

    monitor: Monitor
    serial: SerialPort
    """The line ttyS0."""
    shell: GuestShell
    folder: Path
    image: Image
    video: Video
    process: "subprocess.Popen[bytes]"

    @property
    def disk(self) -> Path:
        """In QEMU's own format; complete once the machine is off."""
        return self.folder / _DISK

    def press(self, key: str) -> None:
        """Press a key of the machine's own keyboard."""
        self._press(keyboard_name(key))

    def type(self, text: str) -> None:
        for name in keyboard_names(text):
            self._press(name)

    def _press(self, name: str) -> None:
        self.monitor.type_line(f"sendkey {name} {KEY_HELD_MS}")
        time.sleep(2 * KEY_HELD_MS / 1000)
        # The keyboard's buffer holds few keys. Once the shell has answered, the guest has had time to fetch this one.
        self.shell.run("true")

    def photograph(self) -> bytes:
        """What the monitor shows, as PNG."""
        file = self.folder / "screen.ppm"
        self.monitor.ask("screendump", filename=str(file))
        return png_of(file.read_bytes())


@contextlib.contextmanager
def running(image: Image, video: Video) -> Iterator[Machine]:
    """A machine that has just booted, with nobody logged in; what happens in it is forgotten afterwards."""
    saved = _booted(image, video)
    with tempfile.TemporaryDirectory(prefix="quantix-vm-") as name:
        folder = Path(name)
        disk = folder / _DISK
        subprocess.run(["cp", "--reflink=auto", "--sparse=always", saved, disk], check=True)
        with _qemu(image, video, disk, folder, ["-loadvm", SNAPSHOT]) as machine:
            machine.shell.run(f"date --set @{int(time.time())}", timeout=60.0)
            yield machine


@contextlib.contextmanager
def switched_on(off: Machine, extra: Extra = Extra()) -> Iterator[Machine]:
    """A machine that is off, booted from cold as one of its own; what happens in it is forgotten afterwards."""
    with tempfile.TemporaryDirectory(prefix="quantix-vm-") as name:
        folder = Path(name)
        disk = folder / _DISK
        _make_disk(disk, off.disk, "qcow2")
        with _qemu(off.image, off.video, disk, folder, [], extra) as machine:
            wait_for_boot(machine, 0)
            yield machine


def wait_for_boot(machine: Machine, boots: int) -> None:
    """Until the guest has booted once more than ``boots`` times."""
    for attempt in range(1, BOOTS + 1):
        try:
            wait_until(lambda: machine.shell.boots > boots, "the guest to boot", BOOT_SECS)
            return
        except AssertionError:
            if attempt == BOOTS:
                raise
            machine.monitor.ask("system_reset")


def _booted(image: Image, video: Video) -> Path:
    """The disk that holds the booted machine; made when the image or the machine has changed."""
    recipe = json.dumps([_arguments(image, video), _WARM_UP, image.disk.stat().st_mtime_ns])
    saved = image.folder / f"{video.value}-{hashlib.sha256(recipe.encode()).hexdigest()[:10]}.qcow2"
    if saved.exists():
        return saved
    for old in image.folder.glob(f"{video.value}-*"):
        old.unlink()
    unfinished = saved.with_suffix(".part")
    for attempt in range(1, BOOTS + 1):
        try:
            _boot(image, video, unfinished)
            break
        except AssertionError:
            if attempt == BOOTS:
                raise
    return unfinished.rename(saved)


def _boot(image: Image, video: Video, disk: Path) -> None:
    _make_disk(disk, image.disk, "raw")
    with (
        tempfile.TemporaryDirectory(prefix="quantix-vm-") as folder,
        _qemu(image, video, disk, Path(folder), []) as machine,
    ):
        machine.shell.wait_until_ready(BOOT_SECS)
        machine.shell.run(image.settled, timeout=BOOT_SECS)
        machine.shell.run(_WARM_UP, timeout=BOOT_SECS)
        machine.monitor.type_line(f"savevm {SNAPSHOT}")


def _make_disk(disk: Path, of: Path, kind: str) -> None:
    """A disk that has what ``of`` has, which stays as it is."""
    backing = ["-F", kind, "-b", str(of)]
    subprocess.run([program("qemu-img"), "create", "-q", "-f", "qcow2", *backing, str(disk)], check=True)


def _arguments(image: Image, video: Video, extra: Extra = Extra()) -> list[str]:
    net = "restrict=on,net=10.20.0.0/24,host=10.20.0.1,dns=10.20.0.2,ipv6-net=2001:db8::/64"
    if extra.server is not None:
        # One process for each connection: QEMU itself would make a single one for good.
        net += f",guestfwd=tcp:{SERVER}:443-cmd:{program('busybox')} nc 127.0.0.1 {extra.server}"
    words = f"{video.command_line} {extra.words}".rstrip()
    volume = ["-drive", f"file={extra.volume},format=raw,if=virtio,readonly=on"] if extra.volume else []
    # fmt: off
    return [
        "-display", "none", "-nodefaults", "-no-user-config",
        "-accel", "tcg,thread=multi,tb-size=512", "-cpu", "max", "-m", "1024", "-smp", "2",
        "-device", video.device, "-smbios", "type=1,manufacturer=Quantix,product=Node,serial=7CZ1234",
        "-netdev", f"user,id=net,{net}",
        "-device", "virtio-net-pci,netdev=net,mac=3c:ec:ef:12:34:56,romfile=",
        "-kernel", str(image.kernel), "-initrd", str(image.initrd), "-append", words,
        *volume,
    ]
    # fmt: on


@contextlib.contextmanager
def _qemu(
    image: Image, video: Video, disk: Path, folder: Path, more: Sequence[str], extra: Extra = Extra()
) -> Iterator[Machine]:
    names = ("ttyS0", "ttyS1", "monitor")
    sockets = {name: folder / name for name in names}
    lines: list[str] = []
    for name in names:
        lines += ["-chardev", f"socket,id={name},path={sockets[name]},server=on,wait=off"]
    lines += ["-serial", "chardev:ttyS0", "-serial", "chardev:ttyS1", "-mon", "chardev=monitor,mode=control"]
    drive = ["-drive", f"file={disk},format=qcow2,if=virtio,cache=unsafe"]
    complaints = folder / "complaints"
    with complaints.open("wb") as errors:
        process = subprocess.Popen(
            [*_WITH_US, program("qemu-system-x86_64"), "-S", *drive, *_arguments(image, video, extra), *lines, *more],
            stdin=subprocess.DEVNULL,
            stdout=errors,
            stderr=errors,
        )
    try:
        _wait_for_sockets(process, list(sockets.values()), complaints)
        with contextlib.ExitStack() as stack:
            try:
                monitor = Monitor(sockets["monitor"])
            except MonitorError as error:
                raise MonitorError(f"{error}; QEMU says: {complaints.read_text()}") from error
            stack.callback(monitor.close)
            serial, second = SerialPort(sockets["ttyS0"]), SerialPort(sockets["ttyS1"])
            stack.callback(serial.close)
            stack.callback(second.close)
            monitor.ask("cont")
            yield Machine(monitor, serial, GuestShell(second), folder, image, video, process)
    finally:
        process.terminate()  # QEMU writes its disk back before it ends.
        try:
            process.wait(END_SECS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for_sockets(process: "subprocess.Popen[bytes]", sockets: Sequence[Path], complaints: Path) -> None:
    def all_there() -> bool:
        assert process.poll() is None, f"QEMU ended: {complaints.read_text()}"
        return all(path.exists() for path in sockets)

    wait_until(all_there, "QEMU's sockets")
