"""The name that DHCP offers this machine (RFC 2132, option 12)."""

import glob
import os
import re

from quantix_tui.host.addresses import read_text

# systemd-networkd (shell variables), dhclient, dhcpcd dumps and NetworkManager's internal client (both KEY=value).
_LEASES = (
    "run/systemd/netif/leases/*",
    "var/lib/dhcp/*.leases",
    "var/lib/dhclient/*.lease*",
    "var/lib/NetworkManager/*.lease",
    "run/NetworkManager/devices/*",
)
_NAME = re.compile(
    r"^(?:HOSTNAME=|\s*option host-name |HOST_NAME=|host[-_]name=)\"?([A-Za-z0-9.-]{1,64})\"?;?\s*$", re.MULTILINE
)


def offered_name(root: str = "/") -> str:
    """Of the newest lease that has one; empty when none does."""
    paths = [path for pattern in _LEASES for path in glob.glob(os.path.join(glob.escape(root), pattern))]
    for path in sorted(paths, key=_changed, reverse=True):
        if found := _NAME.findall(read_text(path)):
            return str(found[-1])
    return ""


def _changed(path: str) -> float:
    try:
        return os.stat(path).st_mtime
    except OSError:
        return 0.0
