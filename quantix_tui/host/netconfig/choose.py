"""What configures the network of a machine, by looking at it."""

import os
from collections.abc import Callable
from dataclasses import dataclass

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.host.addresses import read_text
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.netconfig.ifupdown import INTERFACES, Ifupdown, configured
from quantix_tui.host.netconfig.networkd import Networkd
from quantix_tui.host.netconfig.networkmanager import NetworkManager
from quantix_tui.host.netconfig.wanted import NetworkBackEnd

# What "systemctl enable" and "rc-update add" leave, by the units' [Install] sections.
_SYSTEM = "/etc/systemd/system"
_NETWORKD = (
    f"{_SYSTEM}/multi-user.target.wants/systemd-networkd.service",
    f"{_SYSTEM}/dbus-org.freedesktop.network1.service",
    f"{_SYSTEM}/sockets.target.wants/systemd-networkd.socket",
)
_NETWORKMANAGER = (
    f"{_SYSTEM}/multi-user.target.wants/NetworkManager.service",
    f"{_SYSTEM}/dbus-org.freedesktop.NetworkManager.service",
    "/etc/runlevels/default/networkmanager",
    "/etc/runlevels/boot/networkmanager",
)
_IFUP = ("/sbin/ifup", "/usr/sbin/ifup")


def find_network_back_end(tree: Tree, interface: str = "") -> NetworkBackEnd:
    """What has ``interface`` in its care; else what runs, and then what is only enabled.

    Raises :class:`QuantixError` when it is nothing that is known, and OSError.
    """
    running = [each for each in _RUNNING if tree.root == "/" and os.path.isdir(each.folder)]
    for each in running:
        if not each.leaves_alone(interface):
            return each.back_end(tree)
    if running and interface in configured(tree):
        # Where Debian's installer has set it up, NetworkManager keeps its hands off it.
        return Ifupdown(tree)
    if running:
        return running[0].back_end(tree)
    if _any(tree, _NETWORKD):
        return Networkd(tree)
    if _any(tree, _NETWORKMANAGER):
        return NetworkManager(tree)
    if os.path.isfile(tree.real(INTERFACES, follow=True)) or (_any(tree, _IFUP) and tree.is_folder("/etc/network")):
        # Others have an ifup too, which reads something else (wicked, initscripts).
        return Ifupdown(tree)
    raise QuantixError(
        Problem(
            ErrorCode.NOT_SUPPORTED,
            "What configures the network of this machine is not known: neither systemd-networkd nor NetworkManager is"
            " enabled, and there is no /etc/network/interfaces.",
            "Enable one of them (systemctl enable systemd-networkd), or set the network up by hand.",
            "no_network_back_end",
        )
    )


@dataclass(frozen=True, slots=True)
class _Running:
    """``folder`` has a file for each interface, by its number; ``unmanaged`` is its line for one that is let be."""

    folder: str
    unmanaged: str
    back_end: Callable[[Tree], NetworkBackEnd]

    def leaves_alone(self, interface: str) -> bool:
        number = read_text(f"/sys/class/net/{interface}/ifindex").strip() if interface else ""
        return bool(number) and self.unmanaged in read_text(f"{self.folder}/{number}").splitlines()


_RUNNING = (
    _Running("/run/NetworkManager/devices", "managed=false", NetworkManager),
    _Running("/run/systemd/netif/links", "ADMIN_STATE=unmanaged", Networkd),
)


def _any(tree: Tree, paths: tuple[str, ...]) -> bool:
    # Links to units: whether those are in the tree does not matter, they may come from /usr of another layer.
    return any(os.path.lexists(tree.real(path)) for path in paths)
