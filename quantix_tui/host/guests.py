"""The virtual machines that run on this node, as its own process list tells them."""

import os
from collections.abc import Sequence
from itertools import pairwise

PROC = "/proc"
_PROGRAMS = ("qemu-system-", "qemu-kvm", "cloud-hypervisor")
_MOST_BYTES = 1 << 16


def running_guests(proc: str = PROC) -> tuple[str, ...] | None:
    """Their names, sorted; None when the process list cannot be read whole. One without a name: its process."""
    try:
        numbers = [name for name in os.listdir(proc) if name.isdigit()]
    except OSError:
        return None
    if "1" not in numbers:
        return None  # Mounted with hidepid=2: of other users there is nothing to be seen (proc(5)).
    found = []
    for number in numbers:
        try:
            with open(os.path.join(proc, number, "cmdline"), "rb") as file:
                words = file.read(_MOST_BYTES).decode("utf-8", "replace").split("\0")
        except PermissionError:
            return None  # hidepid=1: it may be one.
        except OSError:
            continue  # It has ended since.
        name = guest_name(words)
        if name is not None:
            found.append(name or f"process {number}")
    return tuple(sorted(found))


def guest_name(words: Sequence[str]) -> str | None:
    """The machine's name in a hypervisor's command line, empty when it says none; None of any other program.

    QEMU's ``-name`` is ``[guest=]NAME[,OPTION...]``, where a comma of the name itself is doubled.
    """
    if not words or not os.path.basename(words[0]).startswith(_PROGRAMS):
        return None
    for option, value in pairwise(words):
        if option in ("-name", "--name"):
            whole = value.replace(",,", "\0")
            parts = dict(part.partition("=")[::2] for part in whole.split(",") if "=" in part)
            return (parts.get("guest") or whole.split(",")[0].partition("=")[0]).replace("\0", ",")
    return ""
