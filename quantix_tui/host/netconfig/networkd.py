"""systemd-networkd (systemd.network(5), systemd.netdev(5)): files of our own that come before all others."""

from dataclasses import dataclass

from quantix_tui.host.files.changes import Change, Remove, Sweep
from quantix_tui.host.files.texts import put
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.netconfig.resolver import resolver_work
from quantix_tui.host.netconfig.wanted import Family, Method, NetworkWork, Wanted
from quantix_tui.host.work import Command, Work

FOLDER = "/etc/systemd/network"
PREFIX = "05-quantix-"
"""The first file that matches an interface wins, in the order of their names; netplan's begin with 10."""
FIRST = "+quantix-"
"""Where somebody's file would come before: it sorts before all digits and letters."""
_FOLDERS = (FOLDER, "/run/systemd/network", "/usr/local/lib/systemd/network", "/usr/lib/systemd/network")
_WAIT_ONLINE = "/usr/lib/systemd/systemd-networkd-wait-online"
_ONLINE_SECS = 20.0
_NETDEV, _NETWORK = ".netdev", ".network"
_HEAD = "# Written by the Quantix console; what is changed here is lost when it sets the network up again.\n"


@dataclass(frozen=True, slots=True)
class Networkd:
    tree: Tree
    name: str = "systemd-networkd"

    def work(self, wanted: Wanted) -> NetworkWork:
        files = network_files(wanted, self._prefix())
        own = [name for name in self.tree.names(FOLDER) if _is_own(name)]
        # What an attempt that was cut short has left there is read by nobody, for it ends differently.
        changes: list[Change] = [Sweep(path) for path in self.tree.unfinished([FOLDER])]
        changes += [Remove(f"{FOLDER}/{name}") for name in own if name not in files]
        for name, text in files.items():
            changes += put(self.tree, f"{FOLDER}/{name}", text)
        # What has a .netdev is not taken away with it.
        vlans = [_device_of(name) for name in own if name.endswith(_NETDEV)]
        before = [_device_of(name) for name in own if name.endswith(_NETWORK)]
        there = Work(changes=tuple(changes)) + resolver_work(self.tree, wanted, manages_dns=True)
        if self.tree.root != "/":
            return NetworkWork(there)
        # It sets every interface up anew whose files have changed (networkctl(1)); a second time would take the
        # addresses away again for a moment.
        reload = Command(("networkctl", "reload"))
        again = () if changes else (Command(("networkctl", "reconfigure", wanted.device)),)
        gone = tuple(_delete(device) for device in vlans if device not in wanted.devices)
        new = (_delete(wanted.device),) if wanted.vlan is not None and wanted.device not in vlans else ()
        there += Work(after=(*gone, reload, *again, _until_online(wanted.device)))
        devices = tuple(sorted({*before, *wanted.devices}))
        return NetworkWork(there, new, (reload, _until_online(wanted.interface)), devices)

    def _prefix(self) -> str:
        names = [name for folder in _FOLDERS for name in self.tree.names(folder)]
        earlier = any(name < PREFIX and name.endswith(_NETWORK) and not _is_own(name) for name in names)
        return FIRST if earlier else PREFIX


def _is_own(name: str) -> bool:
    """A folder of drop-ins for one of ours is somebody else's."""
    return name.startswith((PREFIX, FIRST)) and name.endswith((_NETWORK, _NETDEV))


def _device_of(name: str) -> str:
    return name.removeprefix(PREFIX).removeprefix(FIRST).removesuffix(_NETWORK).removesuffix(_NETDEV)


def network_files(wanted: Wanted, prefix: str = PREFIX) -> dict[str, str]:
    """The files by their names."""
    if wanted.vlan is None:
        return {f"{prefix}{wanted.device}.network": _HEAD + _network(wanted)}
    return {
        f"{prefix}{wanted.device}.netdev": f"{_HEAD}[NetDev]\nName={wanted.device}\nKind=vlan\n\n"
        f"[VLAN]\nId={wanted.vlan}\n",
        f"{prefix}{wanted.interface}.network": f"{_HEAD}[Match]\nName={wanted.interface}\n\n"
        f"[Network]\nVLAN={wanted.device}\nDHCP=no\nIPv6AcceptRA=no\nLinkLocalAddressing=no\n",
        f"{prefix}{wanted.device}.network": _HEAD + _network(wanted),
    }


def _network(wanted: Wanted) -> str:
    ipv4, ipv6 = wanted.ipv4, wanted.ipv6
    lines = [
        "[Match]",
        f"Name={wanted.device}",
        "",
        "[Network]",
        f"DHCP={'ipv4' if ipv4.method is Method.AUTOMATIC else 'no'}",
        f"IPv6AcceptRA={'yes' if ipv6.method is Method.AUTOMATIC else 'no'}",
        f"LinkLocalAddressing={'no' if ipv6.method is Method.OFF else 'ipv6'}",
        *_fixed(ipv4),
        *_fixed(ipv6),
        *(f"DNS={server}" for server in wanted.dns),
    ]
    if wanted.search:
        lines.append(f"Domains={' '.join(wanted.search)}")
    # The name was given by an administrator; name servers that were named are meant instead of DHCP's.
    use_dns = ["UseDNS=no"] if wanted.dns else []
    use_domains = [f"UseDomains={'no' if wanted.search else 'yes'}"]
    if ipv4.method is Method.AUTOMATIC:
        lines += ["", "[DHCPv4]", "UseHostname=no", *use_dns, *use_domains]
    if ipv6.method is Method.AUTOMATIC:
        lines += ["", "[DHCPv6]", *use_dns, *use_domains, "", "[IPv6AcceptRA]", *use_dns, *use_domains]
    return "\n".join(lines) + "\n"


def _fixed(family: Family) -> list[str]:
    if family.method is not Method.FIXED:
        return []
    gateway = [f"Gateway={family.gateway}"] if family.gateway else []
    return [f"Address={family.fixed}", *gateway]


def _delete(device: str) -> Command:
    return Command(("ip", "link", "delete", "dev", device), optional=True)


def _until_online(device: str) -> Command:
    """Settings are taken up some time after they were read."""
    words = (_WAIT_ONLINE, "--quiet", f"--interface={device}", f"--timeout={_ONLINE_SECS:g}")
    return Command(words, _ONLINE_SECS + 5, optional=True)
