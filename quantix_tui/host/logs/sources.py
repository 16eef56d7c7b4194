"""Which logs this machine keeps, found by looking at it."""

import glob
import os
import shutil
import stat
from dataclasses import dataclass

from quantix_tui.cluster.errors import Problem
from quantix_tui.host.logs.files import FileSource
from quantix_tui.host.logs.journal import JournalSource
from quantix_tui.host.logs.problems import journal_problem
from quantix_tui.host.logs.source import LogSource

FILES = (
    "/var/log/messages",
    "/var/log/syslog",
    "/var/log/daemon.log",
    "/var/log/kern.log",
    "/var/log/auth.log",
    "/var/log/quantix-node.log",
    "/var/log/quantix-console.log",
)
"""Where syslog daemons of the usual distributions write, and the logs of our own services under OpenRC."""
_JOURNALS = ("var/log/journal/*/*.journal", "run/log/journal/*/*.journal")


@dataclass(frozen=True, slots=True)
class Log:
    """One log of the machine. ``problem`` says why it is there and cannot be read."""

    source: LogSource
    problem: Problem | None = None


def find_logs(root: str = "/") -> list[Log]:
    """The journal first, where there is one; then the files that are there. Raises nothing."""
    logs: list[Log] = []
    journals = [path for pattern in _JOURNALS for path in glob.glob(os.path.join(root, pattern))]
    if journals and shutil.which("journalctl"):
        readable = any(os.access(path, os.R_OK) for path in journals if os.path.basename(path).startswith("system"))
        logs.append(Log(JournalSource(root), None if readable else journal_problem()))
    for path in FILES:
        file = os.path.join(root, path.lstrip("/"))
        if _is_file(file):
            logs.append(Log(FileSource(path, file)))
    return logs


def _is_file(path: str) -> bool:
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except OSError:
        return False
