"""The guest: a small Debian with the fonts and the keymap of a server, and this project in /opt/quantix."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

from tests.vm.host import mirror, program, require_packages
from tests.vm.initrd import make_initrd

PROJECT = Path(__file__).parents[2]
GUEST = Path(__file__).parent / "guest"
EXTRA = "node"
CACHE = Path.home() / ".cache" / "quantix-vm"
APPLICATION = "opt/quantix"
"""The virtual environment in the guest, below its root."""

SUITE = "bookworm"
# kbd and console-setup: what a Debian server's installer puts on the console.
DEBIAN_PACKAGES = (
    *("systemd-sysv", "udev", "dbus", "kmod", "procps", "login", "linux-image-amd64"),
    *("kbd", "console-setup", "python3", "iproute2", "iputils-ping", "openssh-server", "strace"),
    "systemd-timesyncd",
)
# What drives a console, the disk and the network; the other drivers only make the image large.
KEPT_DRIVERS = tuple(
    f"kernel/{folder}"
    for folder in (
        *("drivers/gpu/drm", "drivers/video", "drivers/virtio", "drivers/block/virtio_blk", "drivers/net/virtio_net"),
        *("drivers/net/net_failover", "net/core", "drivers/input", "drivers/hid", "drivers/i2c", "drivers/usb/host"),
        *("drivers/usb/core", "drivers/usb/common", "fs/ext4", "fs/jbd2", "fs/mbcache", "lib", "crypto"),
        "arch/x86/crypto",
    )
)
DROPPED_DRIVERS = re.compile(r"drm/(amd|i915|nouveau|radeon|gma500|vmwgfx|xe)/")
EMPTIED = (
    *("var/cache/apt", "var/lib/apt/lists", "var/log", "usr/share/doc", "usr/share/man", "usr/share/info"),
    *("usr/share/locale", "usr/share/i18n", "usr/share/X11/locale", "usr/lib/udev/hwdb.d"),
)
# Slow under emulation and of no use to a machine that lives for minutes.
MASKED_UNITS = (
    *("apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer", "e2scrub_all.timer", "fstrim.timer"),
    *("e2scrub_reap.service", "systemd-random-seed.service", "systemd-journal-flush.service", "man-db.timer"),
    *("systemd-update-utmp.service", "systemd-pstore.service", "modprobe@drm.service", "ssh.service"),
    *("systemd-hwdb-update.service", "systemd-machine-id-commit.service", "systemd-networkd-wait-online.service"),
)
FILES = {
    "etc/hostname": "qx-node-07\n",
    "etc/hosts": "127.0.0.1 localhost\n10.20.0.17 qx-node-07\n",
    "etc/fstab": "",
    "etc/machine-id": "0123456789abcdef0123456789abcdef\n",
    # debootstrap guesses ISO-8859-15 here, and the console would leave UTF-8 mode.
    "etc/default/console-setup": (
        'ACTIVE_CONSOLES="/dev/tty[1-6]"\nCHARMAP="UTF-8"\nCODESET="Lat15"\nFONTFACE="Fixed"\nFONTSIZE="8x16"\n'
    ),
    "etc/default/locale": "LANG=C.UTF-8\n",
    "etc/locale.conf": "LANG=C.UTF-8\n",
    "etc/systemd/journald.conf.d/test.conf": "[Journal]\nStorage=volatile\nRuntimeMaxUse=16M\n",
    "etc/systemd/system.conf.d/test.conf": "[Manager]\nDefaultTimeoutStopSec=5s\n",
    "etc/systemd/network/wired.network": (
        "[Match]\nName=en* eth*\n[Network]\nAddress=10.20.0.17/24\nGateway=10.20.0.1\nDNS=10.20.0.2\n"
        "Address=2001:db8::17/64\nIPv6AcceptRA=no\n"
    ),
    "etc/systemd/network/10-wired.link": "[Match]\nMACAddress=3c:ec:ef:12:34:56\n[Link]\nName=eno1\n",
    "etc/os-release": 'NAME="Quantix-OS"\nID=quantix-os\nVERSION_ID="2.4.1"\nPRETTY_NAME="Quantix-OS 2.4.1"\n',
    "etc/resolv.conf": "nameserver 10.20.0.2\n",
}
SHELL_UNIT = "guest-shell.service"
ENABLED_UNITS = {
    SHELL_UNIT: "etc/systemd/system/sysinit.target.wants",
    "systemd-networkd.service": "etc/systemd/system/multi-user.target.wants",
}
# With a journal: stories pull the plug.
_DISK = ("-t", "ext4", "-m", "0", "-N", "60000", "-E", "lazy_itable_init=0,nodiscard")
_DEBIAN = [SUITE, DEBIAN_PACKAGES, KEPT_DRIVERS, EMPTIED]
_GUEST_PATH = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
_LONG_AGO = 1_577_836_800  # 1 January 2020


@dataclass(frozen=True, slots=True)
class Image:
    """A guest that can be booted; never changed after it was built."""

    folder: Path
    settled: str = "systemctl is-system-running --wait || true"
    """What ends in it once the boot is over."""

    @property
    def disk(self) -> Path:
        return self.folder / "root.ext4"

    @property
    def kernel(self) -> Path:
        return self.folder / "vmlinuz"

    @property
    def initrd(self) -> Path:
        return self.folder / "initrd"

    @property
    def exists(self) -> bool:
        return all(path.exists() for path in (self.disk, self.kernel, self.initrd))


def image_in(cache: Path) -> Image:
    """The image for the project as it stands; it exists unless its dependencies or the recipe have changed."""
    files = [(GUEST / name).read_text() for name in (SHELL_UNIT, "init")]
    key = key_of([_DEBIAN, _DISK, FILES, ENABLED_UNITS, MASKED_UNITS, files, project_recipe()])
    return Image(cache.expanduser().resolve() / f"image-{key}")


def project_recipe() -> object:
    """What the project needs: with other dependencies a guest is built again."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    return [project["dependencies"], project["optional-dependencies"][EXTRA]]


def build(cache: Path, *, install: bool) -> Image:
    """Make the guest; the Debian part of it is kept in the cache and made only once.

    Raises HostError when host packages are missing, CalledProcessError when a tool fails.
    """
    require_packages(install=install)
    image = image_in(cache)
    for old in image.folder.parent.glob("image-*"):
        shutil.rmtree(old)
    image.folder.mkdir(parents=True)
    base = make_debian(image.folder.parent)
    with tempfile.TemporaryDirectory(dir=image.folder.parent) as folder:
        root = Path(folder) / "root"
        run("cp", "--archive", "--reflink=auto", base, root)
        _configure(root)
        install_project(root)
        make_disk(root, image)
    return image


def make_debian(cache: Path) -> Path:
    base = cache / f"debian-{key_of(_DEBIAN)}"
    if base.exists():
        return base
    unfinished = base.with_suffix(".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    packages = "--include=" + ",".join(DEBIAN_PACKAGES)
    run(program("debootstrap"), "--variant=minbase", packages, SUITE, unfinished, mirror())
    _trim(unfinished)
    return unfinished.rename(base)


def key_of(recipe: object) -> str:
    return hashlib.sha256(json.dumps(recipe).encode()).hexdigest()[:10]


def _trim(root: Path) -> None:
    for name in EMPTIED:
        shutil.rmtree(root / name, ignore_errors=True)
        (root / name).mkdir(parents=True)
    (root / "var/cache/apt/archives/partial").mkdir(parents=True)
    for kernel in (root / "lib/modules").iterdir():
        for module in list(kernel.rglob("*.ko*")):
            path = module.relative_to(kernel).as_posix()
            if not path.startswith(KEPT_DRIVERS) or DROPPED_DRIVERS.search(path):
                module.unlink()
        in_guest(root, "depmod", kernel.name)


def _configure(root: Path) -> None:
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_text(text)
    save_console(root)
    units = root / "etc/systemd/system"
    shutil.copy(GUEST / SHELL_UNIT, units / SHELL_UNIT)
    for unit, folder in ENABLED_UNITS.items():
        (root / folder).mkdir(parents=True, exist_ok=True)
        source = units if unit == SHELL_UNIT else root / "lib/systemd/system"
        (root / folder / unit).unlink(missing_ok=True)
        (root / folder / unit).symlink_to("/" + (source / unit).relative_to(root).as_posix())
    for unit in MASKED_UNITS:
        (units / unit).unlink(missing_ok=True)
        (units / unit).symlink_to("/dev/null")
    shadow = root / "etc/shadow"
    shadow.write_text(re.sub(r"^root:[^:]*:", "root::", shadow.read_text(), flags=re.MULTILINE))


def save_console(root: Path) -> None:
    """As an installer does: font and keymap scripts exist, so that the boot doesn't compile a keymap (30 s here)."""
    for cached in (root / "etc/console-setup").glob("cached*"):
        cached.unlink()
    in_guest(root, "setupcon", "--save-only", "--force")
    for name in ("etc/default/keyboard", "etc/default/console-setup"):
        if (root / name).exists():
            os.utime(root / name, (_LONG_AGO, _LONG_AGO))  # Newer than the scripts, it would be compiled again.


def install_project(root: Path) -> None:
    """Install with the host's pip, for the guest's Python: the guest needs no network and no compiler."""
    python = sorted((root / "usr/bin").glob("python3.*[0-9]"))[-1].name
    version = python.removeprefix("python")
    environment = root / APPLICATION
    packages = environment / "lib" / python / "site-packages"
    packages.mkdir(parents=True)
    (environment / "bin").mkdir()
    for name in ("python", "python3", python):
        (environment / "bin" / name).symlink_to(f"/usr/bin/{python}")
    (environment / "pyvenv.cfg").write_text(
        f"home = /usr/bin\ninclude-system-site-packages = false\nversion = {version}\n"
    )
    pip = [sys.executable, "-m", "pip", "--quiet"]
    platforms = [f"--platform=manylinux{tag}_x86_64" for tag in ("2014", "_2_17", "_2_28", "_2_34", "_2_36")]
    with tempfile.TemporaryDirectory() as folder:
        run(*pip, "wheel", "--no-deps", "--wheel-dir", folder, PROJECT)
        wheel = next(Path(folder).glob("*.whl"))
        target = ["--target", str(packages), "--no-compile", "--root-user-action=ignore"]
        guest = ["--python-version", version, "--implementation=cp", "--only-binary=:all:", *platforms]
        run(*pip, "install", *target, *guest, f"{wheel}[{EXTRA}]")
    for script in (packages / "bin").glob("*"):
        _, _, code = script.read_bytes().partition(b"\n")
        installed = environment / "bin" / script.name
        installed.write_bytes(b"#!/%s/bin/python3\n%s" % (APPLICATION.encode(), code))
        installed.chmod(0o755)
    # By the guest's own Python; without it every start would compile everything.
    in_guest(root, "python3", "-m", "compileall", "-q", "-j", "0", f"/{APPLICATION}/lib")


def make_disk(root: Path, image: Image) -> None:
    used = subprocess.run(["du", "-sm", "--apparent-size", root], capture_output=True, text=True, check=True).stdout
    size = int(int(used.split()[0]) * 1.25) + 160
    unfinished = image.disk.with_suffix(".part")
    unfinished.unlink(missing_ok=True)
    run(program("mke2fs"), "-q", *_DISK, "-d", root, unfinished, f"{size}M")
    shutil.copy(sorted((root / "boot").glob("vmlinuz-*"))[-1], image.kernel)
    image.initrd.write_bytes(make_initrd(root))
    unfinished.rename(image.disk)


def in_guest(root: Path, *command: str) -> None:
    subprocess.run(["chroot", root, *command], env=_GUEST_PATH, check=True, stdout=sys.stderr)


def run(*command: str | Path) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([str(part) for part in command], env=environment, check=True, stdout=sys.stderr)
