"""Which time servers this machine is told to ask: from DHCP, systemd-timesyncd, chrony, ntpd and busybox."""

import glob
import os
import re
from collections.abc import Iterable

from quantix_tui.cluster.text import harmless
from quantix_tui.host.addresses import read_text

MAX_SERVERS = 4
_TIMESYNCD = (
    "etc/systemd/timesyncd.conf",
    "etc/systemd/timesyncd.conf.d/*.conf",
    "run/systemd/timesyncd.conf.d/*.conf",
)
_LISTS = (
    "run/chrony-dhcp/*.sources",
    "var/run/chrony-dhcp/*.sources",
    "etc/chrony.conf",
    "etc/chrony.d/*.conf",
    "etc/chrony/chrony.conf",
    "etc/chrony/conf.d/*.conf",
    "etc/chrony/sources.d/*.sources",
    "etc/ntp.conf",
    "etc/ntpsec/ntp.conf",
    "etc/ntpd.conf",
    "etc/openntpd/ntpd.conf",
)
_NAME = re.compile(r"[A-Za-z0-9.:\-]{1,253}", re.ASCII)


def time_servers(root: str = "/") -> tuple[str, ...]:
    """Each once, those from DHCP first, at most :data:`MAX_SERVERS`; the fallback only where nothing else is named."""
    leases = [name for text in _texts(root, ("run/systemd/netif/leases/*",)) for name in setting(text, "NTP")]
    timesyncd = "\n".join(_texts(root, _TIMESYNCD))
    named = [
        *leases,
        *(name for text in _texts(root, ("var/lib/dhcp/*.leases",)) for name in dhclient(text)),
        *setting(timesyncd, "NTP"),
        *(name for text in _texts(root, _LISTS) for name in server_lines(text)),
        *(name for text in _texts(root, ("etc/conf.d/ntpd", "etc/default/ntpd")) for name in busybox(text)),
    ] or setting(timesyncd, "FallbackNTP")
    return tuple(dict.fromkeys(harmless(name) for name in named if _NAME.fullmatch(name)))[:MAX_SERVERS]


def setting(text: str, name: str) -> list[str]:
    """The values of ``NAME=a b`` (systemd's files): added to those before, but an empty one takes these away."""
    values: list[str] = []
    for line in re.findall(rf"^[ \t]*{name}[ \t]*=(.*)$", text, re.MULTILINE):
        values = [*values, *line.split()] if line.strip() else []
    return values


def server_lines(text: str) -> list[str]:
    """``server``, ``servers``, ``pool``, ``peer`` lines (chrony.conf(5), ntp.conf(5)), but for reference clocks."""
    found = re.findall(r"^\s*(?:server|servers|pool|peer)\s+(?:-4\s+|-6\s+)?(\S+)", text, re.MULTILINE | re.IGNORECASE)
    return [name for name in found if not name.startswith("127.127.")]


def dhclient(text: str) -> list[str]:
    """``option ntp-servers a, b;`` of the last lease."""
    found = re.findall(r"option\s+ntp-servers\s+([^;]+);", text)
    return [name.strip() for name in found[-1].split(",")] if found else []


def busybox(text: str) -> list[str]:
    """``-p NAME`` of busybox ntpd's options."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    return re.findall(r"-p\s+([^\s\"']+)", "\n".join(lines))


def _texts(root: str, patterns: Iterable[str]) -> Iterable[str]:
    for pattern in patterns:
        for path in sorted(glob.glob(os.path.join(glob.escape(root), pattern))):
            yield read_text(path)
