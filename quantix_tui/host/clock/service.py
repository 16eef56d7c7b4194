"""The time services, and how each is told whom to ask."""

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.host.files.texts import edited, put, text_of
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.sections import original, switched_off, with_section
from quantix_tui.host.services import find_service_manager
from quantix_tui.host.work import Command, Work

TIMESYNCD_CONF = "/etc/systemd/timesyncd.conf.d/quantix-tui.conf"
BUSYBOX_CONF = "/etc/conf.d/ntpd"
_HEAD = "# Written by the Quantix console; what is changed here is lost when it sets the time up again.\n"
_CHRONY = ("/etc/chrony/chrony.conf", "/etc/chrony.conf")
_OPENNTPD = ("/etc/openntpd/ntpd.conf", "/etc/ntpd.conf")
_CHRONY_SOURCE = re.compile(r"\s*(server|pool|peer)\s", re.IGNORECASE)
_CHRONY_FOLDER = re.compile(r"^\s*sourcedir\s+(/etc/\S+)\s*$", re.MULTILINE | re.IGNORECASE)
_OPENNTPD_SOURCE = re.compile(r"\s*servers?\s")
_BUSYBOX_OPTIONS = re.compile(r"\s*NTPD_OPTS=")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:-]{0,252}|[A-Fa-f0-9:]{2,39}", re.ASCII)


@dataclass(frozen=True, slots=True)
class TimeService:
    """``service`` as the manager of services knows it."""

    tree: Tree
    name: str
    service: str
    rewrite: Callable[[Tree, Sequence[str]], Work]

    def work(self, servers: Sequence[str]) -> Work:
        """What has it ask ``servers`` alone. Raises ValueError for what is neither name nor address, and OSError."""
        if not servers or not all(_NAME.fullmatch(server) for server in servers):
            raise ValueError("no name or address of a time server")
        work = self.rewrite(self.tree, servers)
        manager = find_service_manager() if self.tree.root == "/" else None
        if work.is_nothing or manager is None:
            return work
        return work + Work(after=(Command(manager.command("restart", self.service)),))


def find_time_service(tree: Tree) -> TimeService:
    """The one that the machine has. Raises :class:`QuantixError` when it has none, and OSError."""
    if _has(tree, "/usr/sbin/chronyd", "/sbin/chronyd"):
        unit = (
            "chrony"
            if _has(tree, "/usr/lib/systemd/system/chrony.service", "/lib/systemd/system/chrony.service")
            else ""
        )
        return TimeService(tree, "chrony", unit or "chronyd", _chrony)
    if _has(tree, "/usr/sbin/ntpd") and any(text_of(tree, path) is not None for path in _OPENNTPD):
        return TimeService(tree, "OpenNTPD", "openntpd", _openntpd)
    if _has(tree, "/usr/lib/systemd/systemd-timesyncd", "/lib/systemd/systemd-timesyncd"):
        return TimeService(tree, "systemd-timesyncd", "systemd-timesyncd", _timesyncd)
    if text_of(tree, BUSYBOX_CONF) is not None:
        return TimeService(tree, "busybox ntpd", "ntpd", _busybox)
    raise QuantixError(
        Problem(
            ErrorCode.NOT_SUPPORTED,
            "This machine has no time service that could be told whom to ask: no chrony, systemd-timesyncd or ntpd.",
            "Install one of them, or leave the time servers out.",
            "no_time_service",
        )
    )


def _timesyncd(tree: Tree, servers: Sequence[str]) -> Work:
    return Work(changes=put(tree, TIMESYNCD_CONF, f"{_HEAD}[Time]\nNTP={' '.join(servers)}\n"))


def _chrony(tree: Tree, servers: Sequence[str]) -> Work:
    path = next((path for path in _CHRONY if text_of(tree, path) is not None), _CHRONY[0])
    text = switched_off(original(text_of(tree, path) or ""), lambda line: bool(_CHRONY_SOURCE.match(line)))
    lines = "".join(f"server {server} iburst\n" for server in servers)
    folder = _CHRONY_FOLDER.search(text)
    if folder is None:
        return Work(changes=edited(tree, path, with_section(text, lines)))
    own = put(tree, f"{folder[1].rstrip('/')}/quantix-tui.sources", _HEAD + lines)
    return Work(changes=(*own, *edited(tree, path, text)))


def _openntpd(tree: Tree, servers: Sequence[str]) -> Work:
    path = next(path for path in _OPENNTPD if text_of(tree, path) is not None)
    text = switched_off(original(text_of(tree, path) or ""), lambda line: bool(_OPENNTPD_SOURCE.match(line)))
    return Work(changes=edited(tree, path, with_section(text, "".join(f"server {server}\n" for server in servers))))


def _busybox(tree: Tree, servers: Sequence[str]) -> Work:
    text = switched_off(original(text_of(tree, BUSYBOX_CONF) or ""), lambda line: bool(_BUSYBOX_OPTIONS.match(line)))
    options = " ".join(["-N", *(f"-p {server}" for server in servers)])
    return Work(changes=edited(tree, BUSYBOX_CONF, with_section(text, f'NTPD_OPTS="{options}"\n')))


def _has(tree: Tree, *paths: str) -> bool:
    return any(os.path.lexists(tree.real(path, follow=True)) for path in paths)
