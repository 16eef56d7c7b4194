"""What the host must have: Debian packages, and the mirror that its apt uses."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

# Package: a program of it that shows that it is installed.
PACKAGES = {
    "qemu-system-x86": "qemu-system-x86_64",
    "qemu-utils": "qemu-img",
    "debootstrap": "debootstrap",
    "e2fsprogs": "mke2fs",
    "busybox-static": "busybox",
}
# Firmware that QEMU only recommends.
_FIRMWARE = ("seabios",)
_SEARCH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
_SOURCE = re.compile(r"^(?:URIs:\s*|deb\s+(?:\[[^\]]*\]\s+)?)(https?://\S+)", re.MULTILINE)


class HostError(Exception):
    """The host lacks something; the text says what and how to get it."""


def program(name: str) -> str:
    """The path of a host program, /usr/sbin included. Raises HostError when it is missing."""
    found = shutil.which(name, path=_SEARCH)
    if found is None:
        raise HostError(f"the program {name} is missing on this machine")
    return found


def missing_packages() -> list[str]:
    return [package for package, name in PACKAGES.items() if shutil.which(name, path=_SEARCH) is None]


def require_packages(*, install: bool) -> None:
    """Raises HostError naming the missing packages, unless they may be installed (needs root)."""
    missing = missing_packages()
    if not missing:
        return
    if not install:
        raise HostError(f"missing packages: {' '.join(missing)} (apt-get install them, or run build --install as root)")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", *missing, *_FIRMWARE]):
        subprocess.run(["apt-get", "--quiet", *arguments], env=environment, check=True)


def mirror_in(source_lists: Iterable[str]) -> str | None:
    """The first http(s) source that the texts of apt's source lists name."""
    for text in source_lists:
        if found := _SOURCE.search(text):
            return found[1]
    return None


def mirror() -> str:
    """The Debian mirror of this host's apt, else Debian's own."""
    files = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]
    return mirror_in(file.read_text(errors="replace") for file in files if file.is_file()) or (
        "http://deb.debian.org/debian"
    )
