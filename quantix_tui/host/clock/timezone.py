"""The timezone (localtime(5)) and the list of those that the machine knows."""

import os
import re

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.host.files.changes import Change, File, Link, Put
from quantix_tui.host.files.texts import put, text_of
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.lines.init import has_systemd_daemons
from quantix_tui.host.work import Command, Work

LOCALTIME = "/etc/localtime"
TIMEZONE = "/etc/timezone"
ZONEINFO = "/usr/share/zoneinfo"
UTC = "UTC"
_TABLES = ("tzdata.zi", "zone1970.tab", "zone.tab")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9+_-]*(/[A-Za-z0-9+_-]+){0,2}", re.ASCII)


def timezones(tree: Tree) -> frozenset[str] | None:
    """All names that the machine has a zone for; None when it has no list of them. Takes a few milliseconds."""
    for table in _TABLES:
        try:
            with open(tree.real(f"{ZONEINFO}/{table}", follow=True), encoding="utf-8", errors="replace") as file:
                names = _names(file.read(1 << 20), table)
        except OSError:
            continue
        return frozenset({UTC, *(name for name in names if _NAME.fullmatch(name))})
    return None


def _names(text: str, table: str) -> list[str]:
    rows = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    if table == "tzdata.zi":  # zic(8): "Z NAME ..." and "L TARGET NAME"
        return [row[1] if row[0] == "Z" else row[2] for row in rows if len(row) > 2 and row[0] in ("Z", "L")]
    return [row[2] for row in rows if len(row) > 2]


def current_timezone(tree: Tree) -> str:
    """By the link, as localtime(5) has it, else by Debian's file; empty when neither says. Raises OSError."""
    state = tree.read(LOCALTIME)
    if isinstance(state, Link) and "/zoneinfo/" in state.target:
        return state.target.split("/zoneinfo/", 1)[1]
    return (text_of(tree, TIMEZONE) or "").strip()


def timezone_work(tree: Tree, timezone: str) -> Work:
    """What sets it; nothing where it is set. Raises ValueError for what is no name of a zone, and OSError.

    Raises :class:`QuantixError` where the machine that runs has no rules for it.
    """
    if not _NAME.fullmatch(timezone):
        raise ValueError(f"no name of a timezone: {timezone!r}")
    link = Link(f"..{ZONEINFO}/{timezone}")
    right = current_timezone(tree) == timezone
    changes: list[Change] = []
    if isinstance(tree.read(TIMEZONE), File):
        # Not every systemd keeps Debian's file in step.
        changes += put(tree, TIMEZONE, f"{timezone}\n")
    if has_systemd_daemons(tree):
        # It tells the kernel and the clock of the mainboard too.
        command = () if right else (Command(("timedatectl", "set-timezone", timezone)),)
        return Work(changes=tuple(changes), after=command)
    if tree.root == "/" and timezone != UTC and not os.path.exists(tree.real(f"{ZONEINFO}/{timezone}", follow=True)):
        raise QuantixError(_no_zone(timezone))
    if not (right and isinstance(tree.read(LOCALTIME), Link)):
        changes.append(Put(LOCALTIME, link))
    return Work(changes=tuple(changes))


def _no_zone(timezone: str) -> Problem:
    return Problem(
        ErrorCode.MACHINE_REFUSED,
        f"This machine does not have the rules of the timezone {timezone}: it would go on telling the time in UTC.",
        "Install them (apk add tzdata, apt install tzdata) and try again, or choose UTC.",
        "no_zone",
    )
