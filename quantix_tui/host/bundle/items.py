"""What goes into a bundle from the machine itself: a name in the archive, and how its content is had."""

import asyncio
import glob
import os
import shutil
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.text import harmless
from quantix_tui.host.programs import run
from quantix_tui.host.services import OPENRC, SYSTEMD, find_service_manager

MOST = 1 << 20
"""Bytes of one item: of more, its end."""
WITHIN_SECS = 15.0
LOG_LINES = 5000
MOST_FILES = 20


@dataclass(frozen=True, slots=True)
class Item:
    """``collect`` gives the text, or raises OSError or :class:`QuantixError`; after ``within`` seconds it is ended."""

    name: str
    collect: Callable[[], Awaitable[str]]
    within: float = WITHIN_SECS


def machine_items(crash_folder: str, root: str = "/") -> list[Item]:
    """Commands of this machine, and files."""
    commands = {
        "network/addresses.txt": ("ip", "-s", "addr"),
        "network/routes.txt": ("ip", "route", "show", "table", "all"),
        "network/neighbours.txt": ("ip", "neigh"),
        "machine/disks.txt": ("df", "-h"),
        "machine/memory.txt": ("free", "-m"),
        "machine/processes.txt": ("ps", "-ef"),
        "machine/block-devices.txt": ("lsblk",),
        "machine/modules.txt": ("lsmod",),
        "machine/uptime.txt": ("uptime",),
        "logs/dmesg.txt": ("dmesg",),
        **_services(root),
    }
    files = {
        "machine/os-release.txt": "etc/os-release",
        "machine/kernel-command-line.txt": "proc/cmdline",
        "machine/mounts.txt": "proc/self/mounts",
        "machine/cpu.txt": "proc/cpuinfo",
        "machine/meminfo.txt": "proc/meminfo",
        "network/resolv.conf": "etc/resolv.conf",
        "network/hosts": "etc/hosts",
        "logs/messages.txt": "var/log/messages",
        "logs/node-daemon.txt": "var/log/limiquantix-node.log",
    }
    reports = sorted(glob.glob(os.path.join(glob.escape(crash_folder), "quantix-tui-crash-*.txt")))[-MOST_FILES:]
    return [
        *(Item(name, partial(output_of, words)) for name, words in commands.items()),
        *(Item(name, partial(content_of, os.path.join(root, path))) for name, path in files.items()),
        *(Item(f"crashes/{os.path.basename(path)}", partial(content_of, path)) for path in reports),
    ]


def _services(root: str) -> dict[str, tuple[str, ...]]:
    """The states of the services, and their logs, by what manages them here."""
    manager = find_service_manager(root)
    if manager is SYSTEMD:
        journal = ("journalctl", "--no-pager", "-o", "short-iso", "-n", str(LOG_LINES))
        return {
            "services/all.txt": ("systemctl", "--no-pager", "--plain", "list-units", "--all", "--type=service"),
            "services/failed.txt": ("systemctl", "--no-pager", "--plain", "--failed"),
            "services/node-daemon.txt": ("systemctl", "--no-pager", "--full", "status", SYSTEMD.node_daemon),
            "logs/node-daemon-journal.txt": (*journal, "-u", SYSTEMD.node_daemon),
            "logs/console-journal.txt": (*journal, "-u", "quantix-console*"),
            "logs/kernel-journal.txt": (*journal, "-k"),
        }
    if manager is OPENRC:
        return {"services/all.txt": ("rc-status", "--all", "--nocolor")}
    return {}


async def output_of(command: Sequence[str]) -> str:
    """What the command prints, with how it ended when that was not well. Raises when it is not installed."""
    if shutil.which(command[0]) is None:
        raise QuantixError(_not_collected(f"{command[0]} is not installed"))
    ran = await run(command, WITHIN_SECS - 1, MOST)
    text = ran.output.decode("utf-8", "replace")
    if ran.code is None:
        return f"{text}\n[ended: it took too long]\n"
    return text if ran.code == 0 else f"{text}\n[exit status {ran.code}]\n"


async def content_of(path: str) -> str:
    """The end of a file. Raises OSError."""
    return await asyncio.to_thread(_tail, path)


def _tail(path: str) -> str:
    with open(path, "rb") as file:
        # What is in /proc has no size: it is read from its beginning.
        size = os.fstat(file.fileno()).st_size
        if size > MOST:
            file.seek(size - MOST)
        return file.read(MOST).decode("utf-8", "replace")


def _not_collected(why: str) -> Problem:
    return Problem(ErrorCode.NOT_SUPPORTED, f"It was not collected: {harmless(why)}.", "", "not_collected")
