"""Which init a machine has, by its files: the same question for this machine and for a tree that does not run."""

import os
from enum import Enum

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.lines.inittab import INITTAB


class Init(Enum):
    SYSTEMD = "systemd"
    INITTAB = "the init that reads /etc/inittab"


_SYSTEMD_AT = ("/usr/lib/systemd/systemd", "/lib/systemd/systemd")


def find_init(tree: Tree) -> Init:
    """What ``/sbin/init`` is, else what is there to be started as one. Raises :class:`QuantixError`, OSError."""
    if is_running(tree, Init.SYSTEMD):
        return Init.SYSTEMD
    program = os.path.basename(tree.real("/sbin/init", follow=True))
    has_inittab = tree.read(INITTAB, follow=True) is not None
    if program == "systemd":
        return Init.SYSTEMD
    # busybox is one program with many names; sysvinit's is called init. OpenRC runs below either.
    if has_inittab and program in ("busybox", "init"):
        return Init.INITTAB
    if any(tree.read(path, follow=True) is not None for path in _SYSTEMD_AT):
        return Init.SYSTEMD
    raise QuantixError(
        Problem(
            ErrorCode.NOT_SUPPORTED,
            "The console cannot be put on a line here: this machine starts its login prompts neither by systemd nor "
            "by /etc/inittab.",
            "Have your init keep running, for each line: quantix-tui <LINE >LINE 2>&1",
            "no_init",
        )
    )


def is_running(tree: Tree, init: Init) -> bool:
    """Whether the init of ``tree`` is the one that runs right now: then it has to be told of changes."""
    if tree.root != "/":
        return False
    systemd = os.path.isdir("/run/systemd/system")  # sd_booted(3)
    return systemd if init is Init.SYSTEMD else not systemd and os.path.exists("/proc/1")


def has_systemd_daemons(tree: Tree) -> bool:
    """Whether systemd's own daemons (hostnamed, timedated) can be asked: a minimal machine has no bus to do it on."""
    return is_running(tree, Init.SYSTEMD) and os.path.exists("/run/dbus/system_bus_socket")
