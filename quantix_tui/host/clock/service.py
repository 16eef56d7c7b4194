"""The time services, and how each is told whom to ask."""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.host.clock.chrony import chrony_work
from quantix_tui.host.files.changes import Link
from quantix_tui.host.files.texts import edited, put, text_of
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.sections import original, switched_off, with_section
from quantix_tui.host.services import OPENRC, find_service_manager
from quantix_tui.host.work import Command, Work

TIMESYNCD_CONF = "/etc/systemd/timesyncd.conf.d/quantix-tui.conf"
BUSYBOX_CONF = "/etc/conf.d/ntpd"
_HEAD = "# Written by the Quantix console; what is changed here is lost when it sets the time up again.\n"
_OPENNTPD = ("/etc/openntpd/ntpd.conf", "/etc/ntpd.conf")
_NTPD = ("/etc/ntpsec/ntp.conf", "/etc/ntp.conf")
# Constraints are servers too, asked over HTTPS: without their answer it believes nobody (ntpd.conf(5)).
_OPENNTPD_SOURCE = re.compile(r"\s*(servers?|constraints?)\s")
# With fewer servers than "minsane" it never sets the clock (ntp_misc(5)).
_NTPD_SOURCE = re.compile(r"\s*((server(?!\s+127\.127\.)|pool|peer)\s|tos\s.*\bmin(sane|clock)\b)")
_BUSYBOX_OPTIONS = re.compile(r"\s*NTPD_OPTS=")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:-]{0,252}|[A-Fa-f0-9:]{2,39}", re.ASCII)
_UNITS = ("/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system")
_TARGETS = ("multi-user.target.wants", "sysinit.target.wants", "network-online.target.wants")
_RUNLEVELS = ("/etc/runlevels/default", "/etc/runlevels/boot")


@dataclass(frozen=True, slots=True)
class TimeService:
    """``service`` as the manager of services knows it. ``starts``: by itself, when the machine does."""

    tree: Tree
    name: str
    service: str
    rewrite: Callable[[Tree, Sequence[str]], Work]

    @property
    def starts(self) -> bool:
        places = [f"{folder}/{target}/{self.service}.service" for folder in _UNITS for target in _TARGETS]
        places += [f"{folder}/{self.service}" for folder in _RUNLEVELS]
        return any(os.path.lexists(self.tree.real(place)) for place in places)

    @property
    def can_run(self) -> bool:
        """Not where an administrator has said that it is not to (systemctl(1), ``mask``), or OpenRC has no script."""
        if self.tree.root == "/" and find_service_manager() is OPENRC:
            return _has(self.tree, f"/etc/init.d/{self.service}")
        return self.tree.read(f"{_UNITS[0]}/{self.service}.service") != Link("/dev/null")

    def work(self, servers: Sequence[str]) -> Work:
        """What has it ask ``servers`` alone. Raises ValueError for what is neither name nor address, and OSError."""
        if not servers or not all(_NAME.fullmatch(server) for server in servers):
            raise ValueError("no name or address of a time server")
        work = self.rewrite(self.tree, servers)
        manager = find_service_manager() if self.tree.root == "/" else None
        if manager is None:
            return work
        if not self.starts:
            work += Work(after=(Command(manager.at_start(self.service)),))
        return work if work.is_nothing else work + Work(after=(Command(manager.command("restart", self.service)),))


def find_time_service(tree: Tree) -> TimeService:
    """The one that starts with the machine, else one that could. Raises :class:`QuantixError`: none; and OSError."""
    there = [each for each in _installed(tree) if each.can_run]
    for each in there:
        if each.starts:
            return each
    if there:
        return there[0]
    raise QuantixError(
        Problem(
            ErrorCode.NOT_SUPPORTED,
            "This machine has no time service that could be told whom to ask: no chrony, systemd-timesyncd or ntpd.",
            "Install one of them, or leave the time servers out.",
            "no_time_service",
        )
    )


def _installed(tree: Tree) -> Iterator[TimeService]:
    if _has(tree, "/usr/sbin/chronyd", "/sbin/chronyd"):
        yield TimeService(tree, "chrony", _service(tree, "chrony", "chronyd"), _chrony)
    if _has(tree, "/usr/sbin/ntpd") and _first(tree, _OPENNTPD):
        yield TimeService(tree, "OpenNTPD", _service(tree, "openntpd", "ntpd"), _openntpd)
    if _has(tree, "/usr/sbin/ntpd") and _first(tree, _NTPD):
        yield TimeService(tree, "ntpd", _service(tree, "ntpsec", "ntp", "ntpd"), _ntpd)
    if _has(tree, "/usr/lib/systemd/systemd-timesyncd", "/lib/systemd/systemd-timesyncd"):
        yield TimeService(tree, "systemd-timesyncd", "systemd-timesyncd", _timesyncd)
    if text_of(tree, BUSYBOX_CONF) is not None:
        yield TimeService(tree, "busybox ntpd", "ntpd", _busybox)


def _service(tree: Tree, *names: str) -> str:
    """Distributions call it by different ones; the last where nothing tells."""
    for name in names:
        if _has(tree, *(f"{folder}/{name}.service" for folder in _UNITS), f"/etc/init.d/{name}"):
            return name
    return names[-1]


def _first(tree: Tree, paths: Sequence[str]) -> str:
    return next((path for path in paths if text_of(tree, path) is not None), "")


def _timesyncd(tree: Tree, servers: Sequence[str]) -> Work:
    # An empty one first: what other files name is not added to (timesyncd.conf(5)).
    return Work(changes=put(tree, TIMESYNCD_CONF, f"{_HEAD}[Time]\nNTP=\nNTP={' '.join(servers)}\n"))


def _chrony(tree: Tree, servers: Sequence[str]) -> Work:
    return chrony_work(tree, servers, _HEAD)


def _openntpd(tree: Tree, servers: Sequence[str]) -> Work:
    return _in_one_file(tree, _first(tree, _OPENNTPD), _OPENNTPD_SOURCE, [f"server {server}" for server in servers])


def _ntpd(tree: Tree, servers: Sequence[str]) -> Work:
    return _in_one_file(tree, _first(tree, _NTPD), _NTPD_SOURCE, [f"server {server} iburst" for server in servers])


def _busybox(tree: Tree, servers: Sequence[str]) -> Work:
    options = " ".join(["-N", *(f"-p {server}" for server in servers)])
    return _in_one_file(tree, BUSYBOX_CONF, _BUSYBOX_OPTIONS, [f'NTPD_OPTS="{options}"'])


def _in_one_file(tree: Tree, path: str, others: re.Pattern[str], lines: Sequence[str]) -> Work:
    """``lines`` as our section, and what matches ``others`` out of force."""
    text = switched_off(original(text_of(tree, path) or ""), lambda line: bool(others.match(line)))
    return Work(changes=edited(tree, path, with_section(text, "".join(f"{line}\n" for line in lines))))


def _has(tree: Tree, *paths: str) -> bool:
    return any(os.path.lexists(tree.real(path, follow=True)) for path in paths)
