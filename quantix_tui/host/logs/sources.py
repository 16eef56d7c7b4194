"""Which logs this machine keeps, found by looking at it."""

import glob
import os
import shutil
import stat
from collections.abc import Sequence
from dataclasses import dataclass

from quantix_tui.cluster.errors import Problem
from quantix_tui.host.logs.entry import EVERYTHING, Subject
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


def place_of(subject: Subject, logs: Sequence[Log]) -> tuple[Log | None, Subject]:
    """Where the lines of ``subject`` are: a file of its own where there is no journal, else the first readable log.

    A file of its own is taken whole: its lines need not begin with the program's name.
    """
    readable = [log for log in logs if log.problem is None]
    if not any(isinstance(log.source, JournalSource) for log in readable):
        own = {f"/var/log/{program}.log" for program in subject.programs}
        for log in readable:
            if log.source.name in own:
                return log, EVERYTHING
    return next(iter([*readable, *logs]), None), subject


def _is_file(path: str) -> bool:
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except OSError:
        return False
