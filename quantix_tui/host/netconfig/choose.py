"""What configures the network of a machine, by looking at it."""

import os

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.netconfig.ifupdown import INTERFACES, Ifupdown
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


def find_network_back_end(tree: Tree) -> NetworkBackEnd:
    """What runs comes before what is only enabled. Raises :class:`QuantixError` when it is nothing that is known."""
    for path, found in (("/run/NetworkManager/devices", NetworkManager), ("/run/systemd/netif/links", Networkd)):
        if tree.root == "/" and os.path.isdir(path):
            return found(tree)
    if _any(tree, _NETWORKD):
        return Networkd(tree)
    if _any(tree, _NETWORKMANAGER):
        return NetworkManager(tree)
    if os.path.isfile(tree.real(INTERFACES, follow=True)) or any(
        os.path.lexists(tree.real(path, follow=True)) for path in _IFUP
    ):
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


def _any(tree: Tree, paths: tuple[str, ...]) -> bool:
    # Links to units: whether those are in the tree does not matter, they may come from /usr of another layer.
    return any(os.path.lexists(tree.real(path)) for path in paths)
