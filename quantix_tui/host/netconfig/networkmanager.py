"""NetworkManager: keyfiles of our own (nm-settings-keyfile(5)), taken up through nmcli(1)."""

import os
import re
import uuid
from dataclasses import dataclass

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.host.addresses import read_text
from quantix_tui.host.files.changes import Change, Remove, Sweep
from quantix_tui.host.files.texts import put
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.netconfig.wanted import Family, Method, NetworkWork, Wanted
from quantix_tui.host.work import Command, Work

FOLDER = "/etc/NetworkManager/system-connections"
PREFIX = "quantix-"
SUFFIX = ".nmconnection"
MODE = 0o600
"""Others are ignored: a keyfile may hold secrets (nm-settings-keyfile(5))."""
PRIORITY = 999
"""The highest; of two that have it, the one that was in use last comes first (nm-settings, autoconnect-priority)."""
_SPACE = uuid.UUID("6f0c1a52-3a0e-4d3b-9f0d-6a0c5e1b7d42")
_WAIT_SECS = 60
"""A switch may forward nothing for 30 s, and a DHCP server may take 45 s."""
_KINDS = {"wireless": "Wi-Fi device", "phy80211": "Wi-Fi device", "bridge": "bridge", "bonding": "bond"}
_DEVICES = "/run/NetworkManager/devices"
_CONNECTION = re.compile(r"^connection-uuid=([0-9a-f-]{36})$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class NetworkManager:
    tree: Tree
    name: str = "NetworkManager"

    def work(self, wanted: Wanted) -> NetworkWork:
        if self.tree.root == "/" and (kind := _other_kind(wanted.interface)):
            raise QuantixError(_not_ours(wanted.interface, kind))
        files = keyfiles(wanted)
        own = [name for name in self.tree.names(FOLDER) if name.startswith(PREFIX) and name.endswith(SUFFIX)]
        # What an attempt that was cut short has left there may be read as well.
        changes: list[Change] = [Sweep(path) for path in self.tree.unfinished([FOLDER])]
        changes += [Remove(f"{FOLDER}/{name}") for name in own if name not in files]
        for name, text in files.items():
            changes += put(self.tree, f"{FOLDER}/{name}", text, MODE)
        there = Work(changes=tuple(changes))
        if self.tree.root != "/":
            return NetworkWork(there)
        reload = Command(("nmcli", "connection", "reload"))
        up = tuple(_up(_uuid(device)) for device in wanted.devices)
        before = {name.removeprefix(PREFIX).removesuffix(SUFFIX) for name in own}
        devices = sorted({*before, *wanted.devices})
        # A device that has none now gets none: what it has by itself comes up when ours is gone.
        back = tuple(_up(found, optional=True) for device in devices if (found := _in_use(device)))
        return NetworkWork(there + Work(after=(reload, *up)), (), (reload, *back), tuple(devices))


def _other_kind(device: str, devices: str = "/sys/class/net") -> str:
    """What it is where that is no Ethernet port: its connection says more than addresses, and has secrets (Wi-Fi)."""
    return next((kind for name, kind in _KINDS.items() if os.path.isdir(f"{devices}/{device}/{name}")), "")


def _not_ours(device: str, kind: str) -> Problem:
    return Problem(
        ErrorCode.NOT_SUPPORTED,
        f"{device} is a {kind}: NetworkManager keeps its addresses with everything else that makes it one.",
        f"Choose an Ethernet port, or set {device} up with nmtui or nmcli.",
        "no_ethernet_port",
    )


def _up(connection: str, *, optional: bool = False) -> Command:
    words = ("nmcli", "--wait", str(_WAIT_SECS), "connection", "up", "uuid", connection)
    return Command(words, _WAIT_SECS + 5, optional)


def _in_use(device: str) -> str:
    """The UUID of the connection that the device has now; empty when it has none."""
    found = _CONNECTION.search(read_text(f"{_DEVICES}/{read_text(f'/sys/class/net/{device}/ifindex').strip()}"))
    return found[1] if found else ""


def _uuid(device: str) -> str:
    """That of our own connection: others may have its name."""
    return str(uuid.uuid5(_SPACE, device))


def keyfiles(wanted: Wanted) -> dict[str, str]:
    """The files by their names."""
    files = {}
    if wanted.vlan is None:
        kind = "[ethernet]\n"
    else:
        kind = f"[vlan]\nid={wanted.vlan}\nparent={wanted.interface}\nflags=1\n"
        bare = "[ethernet]\n\n[ipv4]\nmethod=disabled\n\n[ipv6]\nmethod=disabled\n"
        files[f"{PREFIX}{wanted.interface}{SUFFIX}"] = f"{_connection(wanted.interface, 'ethernet')}\n{bare}"
    head = _connection(wanted.device, "ethernet" if wanted.vlan is None else "vlan")
    ipv4, ipv6 = (_family(wanted, family, version) for family, version in ((wanted.ipv4, 4), (wanted.ipv6, 6)))
    files[f"{PREFIX}{wanted.device}{SUFFIX}"] = f"{head}\n{kind}\n[ipv4]\n{ipv4}\n[ipv6]\n{ipv6}"
    return files


def _connection(device: str, kind: str) -> str:
    return (
        f"[connection]\nid={PREFIX}{device}\nuuid={_uuid(device)}\ntype={kind}\n"
        f"interface-name={device}\nautoconnect-priority={PRIORITY}\n"
    )


def _family(wanted: Wanted, family: Family, version: int) -> str:
    if family.method is Method.OFF:
        return "method=disabled\n"
    servers = [str(server) for server in wanted.dns if server.version == version]
    lines = [f"method={'auto' if family.method is Method.AUTOMATIC else 'manual'}"]
    if family.address is not None:
        lines.append(f"address1={family.address}" + (f",{family.gateway}" if family.gateway else ""))
    if servers:
        lines.append(f"dns={''.join(f'{server};' for server in servers)}")
    if wanted.dns and family.method is Method.AUTOMATIC:
        lines.append("ignore-auto-dns=true")
    if wanted.search:
        lines.append(f"dns-search={''.join(f'{domain};' for domain in wanted.search)}")
    # Either family alone is enough to be up: the other one's router may come later.
    lines.append("may-fail=true")
    return "\n".join(lines) + "\n"
