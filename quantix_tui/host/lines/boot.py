"""What runs once at each boot where systemd does not: old network settings back, and answers that came with the boot.

With OpenRC two services; where there are no services (a bare busybox init, sysvinit) a script that /etc/inittab starts,
and then the network is up already when the old settings return.
"""

import os

from quantix_tui.host.files.changes import Link, Put
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.lines.pieces import BOOT_ONCE, SCRIPT_MODE, piece

_SERVICES = "/etc/init.d"
_BACK, _SETUP = "quantix-network-back", "quantix-setup"
_EARLY = "sysinit"
"""Where Debian's OpenRC brings the network up; others do so in ``boot``."""
_OPENRC = ("/sbin/openrc-run", "/usr/sbin/openrc-run", "/usr/bin/openrc-run")


def has_openrc(tree: Tree) -> bool:
    """Raises OSError."""
    return any(os.path.isfile(tree.real(path, follow=True)) for path in _OPENRC)


def pieces(tree: Tree, program: str) -> list[Put]:
    """What has to be in place, each before what refers to it. Raises OSError."""
    if not has_openrc(tree):
        return [Put(BOOT_ONCE, piece("console/boot-once", program, SCRIPT_MODE))]
    early = tree.read(_entry("networking", _EARLY)) is not None
    entries = ((_BACK, _EARLY if early else "boot"), (_SETUP, "default"))
    services = [Put(f"{_SERVICES}/{name}", piece(f"openrc/{name}", program, SCRIPT_MODE)) for name, _ in entries]
    return [*services, *(Put(_entry(name, level), Link(f"{_SERVICES}/{name}")) for name, level in entries)]


def places() -> list[str]:
    """Where any of it may be, each before what it refers to."""
    entries = (_entry(_BACK, _EARLY), _entry(_BACK, "boot"), _entry(_SETUP, "default"))
    return [*entries, *(f"{_SERVICES}/{name}" for name in (_BACK, _SETUP)), BOOT_ONCE]


def _entry(name: str, level: str) -> str:
    return f"/etc/runlevels/{level}/{name}"
