"""The timezone (localtime(5)) and the list of those that the machine knows."""

import re

from quantix_tui.host.files.changes import Change, File, Link, Put
from quantix_tui.host.files.texts import put, text_of
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.lines.init import Init, is_running
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
    """What sets it; nothing where it is set. Raises ValueError for what is no name of a zone, and OSError."""
    if not _NAME.fullmatch(timezone):
        raise ValueError(f"no name of a timezone: {timezone!r}")
    link = Link(f"..{ZONEINFO}/{timezone}")
    right = current_timezone(tree) == timezone
    if is_running(tree, Init.SYSTEMD):
        # It tells the kernel and the clock of the mainboard too.
        return Work() if right else Work(after=(Command(("timedatectl", "set-timezone", timezone)),))
    changes: list[Change] = [] if right and isinstance(tree.read(LOCALTIME), Link) else [Put(LOCALTIME, link)]
    if isinstance(tree.read(TIMEZONE), File):
        changes += put(tree, TIMEZONE, f"{timezone}\n")
    return Work(changes=tuple(changes))
