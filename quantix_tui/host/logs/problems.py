"""Why a log cannot be read, and what to do about it."""

import errno
import grp
import os
import stat

from quantix_tui.cluster.errors import ErrorCode, Problem
from quantix_tui.cluster.text import harmless

JOURNAL_GROUPS = ("systemd-journal", "adm")
"""Whose members may read the whole journal (systemd-journald.service(8), "Access Control")."""


def file_problem(name: str, path: str, error: OSError) -> Problem:
    """``name`` is what the log is called, ``path`` where it is."""
    if error.errno in (errno.EACCES, errno.EPERM):
        return Problem(
            ErrorCode.UNAUTHORIZED,
            f"You may not read {name}: it is for root{_group_words(path)} only.",
            f"Log in as one of them, or run: sudo less {name}",
            "log_refused",
        )
    if error.errno == errno.ENOENT:
        return Problem(
            ErrorCode.NOT_SUPPORTED,
            f"{name} is not there.",
            "S chooses another log; the program that writes this one may not have started yet.",
            "log_missing",
        )
    return Problem(
        ErrorCode.INTERNAL,
        f"{name} could not be read: {harmless(error.strerror or 'unknown error')}.",
        "Look whether the disk is well: dmesg shows its errors.",
        "log_failed",
    )


def journal_problem() -> Problem:
    """The journal is there, and this user may not read it."""
    groups = " or ".join(JOURNAL_GROUPS)
    return Problem(
        ErrorCode.UNAUTHORIZED,
        f"You may not read the journal: it is for root and members of the group {groups}.",
        "Log in as one of them, or let root add you: usermod -aG systemd-journal NAME, then log in anew.",
        "log_refused",
    )


NO_LOGS = Problem(
    ErrorCode.NOT_SUPPORTED,
    "This machine keeps no log that can be shown: there is neither a journal nor a file like /var/log/messages.",
    "Start a log daemon (syslogd, rsyslogd or systemd-journald), then open this page again.",
    "no_logs",
)


def _group_words(path: str) -> str:
    try:
        status = os.stat(path)
        return f" and the group {grp.getgrgid(status.st_gid).gr_name}" if status.st_mode & stat.S_IRGRP else ""
    except (OSError, KeyError):
        return ""
