"""A second guest: the same Debian with busybox as its init, OpenRC and ifupdown above it, as Alpine has them."""

import re
import shutil
import tempfile
from pathlib import Path

from tests.vm.host import mirror, require_packages
from tests.vm.image import (
    FILES,
    GUEST,
    SHELL_UNIT,
    SUITE,
    Image,
    in_guest,
    install_project,
    key_of,
    make_debian,
    make_disk,
    project_recipe,
    run,
    save_console,
)

PACKAGES = ("openrc", "initscripts", "busybox", "ifupdown", "isc-dhcp-client", "chrony")
APPLETS = ("init", "reboot", "poweroff", "halt", "syslogd", "getty")
SETTLED = "until grep -q default /run/openrc/softlevel && ! test -e /run/openrc/rc.starting; do sleep 0.2; done"
# Debian's pool, which has no address here: chronyd waits for one before it ends, its script only for a moment.
POOL = ("2.debian.pool.ntp.org", "10.20.0.3")
_SHELL = "usr/local/sbin/guest-shell"
_KEPT = (
    *("etc/hostname", "etc/hosts", "etc/os-release", "etc/resolv.conf", "etc/default/locale"),
    "etc/default/console-setup",
)
_LINK = "etc/systemd/network/10-wired.link"
_FILES = {
    # As Alpine's: its initrd mounts what busybox's init does not.
    "etc/inittab": (
        "::sysinit:/bin/busybox mount -t proc proc /proc\n"
        "::sysinit:/bin/busybox mount -t sysfs sys /sys\n"
        "::sysinit:/bin/busybox mkdir -p /dev/pts /dev/shm\n"
        "::sysinit:/bin/busybox mount -t devpts devpts /dev/pts\n"
        f"::sysinit:/{_SHELL}\n"
        # Without a terminal: Debian's script for udev would take init for a person, and wait for a minute.
        "::sysinit:/sbin/openrc sysinit </dev/null\n"
        "::sysinit:/sbin/openrc boot\n"
        "::wait:/sbin/openrc default\n"
        "::respawn:/sbin/syslogd -n -O /var/log/messages\n"
        "tty1::respawn:/sbin/getty 38400 tty1 linux\n"
        "::ctrlaltdel:/sbin/reboot\n"
        "::shutdown:/sbin/openrc shutdown\n"
    ),
    "etc/fstab": "/dev/vda / ext4 rw,noatime 0 0\n",
    "etc/network/interfaces": (
        "auto lo\niface lo inet loopback\n\n"
        "auto eno1\niface eno1 inet static\n\taddress 10.20.0.17/24\n\tgateway 10.20.0.1\n"
    ),
}


def openrc_image_in(cache: Path) -> Image:
    """As :func:`tests.vm.image.image_in`."""
    recipe = [PACKAGES, APPLETS, POOL, _FILES, _KEPT, (GUEST / SHELL_UNIT).read_text(), project_recipe()]
    return Image(cache.expanduser().resolve() / f"openrc-{key_of(recipe)}", SETTLED)


def build_openrc(cache: Path) -> Image:
    """Make the guest out of the first one's Debian. Raises as :func:`tests.vm.image.build`."""
    require_packages(install=False)
    image = openrc_image_in(cache)
    for old in image.folder.parent.glob("openrc-*"):
        shutil.rmtree(old)
    image.folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory(dir=image.folder.parent) as folder:
        root = Path(folder) / "root"
        run("cp", "--archive", "--reflink=auto", make_debian(image.folder.parent), root)
        _add_packages(root)
        _configure(root)
        install_project(root)
        make_disk(root, image)
    return image


def _add_packages(root: Path) -> None:
    (root / "etc/apt/sources.list").write_text(f"deb {mirror()} {SUITE} main\n")
    (root / "etc/resolv.conf").unlink(missing_ok=True)
    shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
    apt = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet")
    in_guest(root, *apt, "update")
    in_guest(root, *apt, "install", "--yes", "--no-install-recommends", *PACKAGES)
    in_guest(root, *apt, "clean")
    shutil.rmtree(root / "var/lib/apt/lists")


def _configure(root: Path) -> None:
    files = {**_FILES, **{name: FILES[name] for name in (*_KEPT, _LINK)}}
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_text(text)
    chrony = root / "etc/chrony/chrony.conf"
    chrony.write_text(chrony.read_text().replace(*POOL))
    save_console(root)
    for applet in APPLETS:
        (root / "sbin" / applet).unlink(missing_ok=True)
        (root / "sbin" / applet).symlink_to("/bin/busybox")
    command = re.search(r"^ExecStart=/bin/sh -c '(.*)'$", (GUEST / SHELL_UNIT).read_text(), re.MULTILINE)
    assert command is not None
    # Early, as in the other guest: init starts what it keeps alive only when the boot is over.
    (root / _SHELL).write_text(
        f"#!/bin/sh\nwhile :; do\n/bin/setsid -c /bin/sh -c '{command[1]}' <>/dev/ttyS1 >&0 2>&1\ndone &\n"
    )
    (root / _SHELL).chmod(0o755)
    shadow = root / "etc/shadow"
    shadow.write_text(re.sub(r"^root:[^:]*:", "root::", shadow.read_text(), flags=re.MULTILINE))
