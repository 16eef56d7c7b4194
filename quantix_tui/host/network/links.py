"""The network interfaces as the kernel has them, and what each means for reaching this machine. Judging is pure."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass

from quantix_tui.cluster.checks import Finding, Outcome
from quantix_tui.cluster.errors import ErrorCode, Problem
from quantix_tui.cluster.text import harmless
from quantix_tui.host.addresses import Row, default_route, interface_addresses, read_text
from quantix_tui.host.inventory import is_port

MAX_LINKS = 128
_IFF_UP = 0x1
_DADFAILED = 0x08


@dataclass(frozen=True, slots=True)
class Link:
    """One interface. ``carrier`` None where the kernel does not say (it is switched off); speed in Mbit/s.

    ``master`` is the bridge or bond that it belongs to; ``duplicates`` are addresses that another machine has too.
    """

    name: str
    mac_address: str
    up: bool
    carrier: bool | None
    speed_mbps: int | None = None
    master: str | None = None
    addresses: tuple[tuple[str, int], ...] = ()
    duplicates: tuple[str, ...] = ()

    @property
    def routed(self) -> bool:
        """Whether it has an address by which others than its neighbours can reach this machine."""
        return any(not bound_to_link(address) for address, _ in self.addresses)


def bound_to_link(address: str) -> bool:
    """Whether nobody behind a router can reach the address (RFC 3927, RFC 4291 2.5.6)."""
    return address.startswith("169.254.") or re.match(r"fe[89ab]", address, re.IGNORECASE) is not None


def read_links(root: str = "/", rows: Sequence[Row] | None = None) -> tuple[Link, ...]:
    """The machine's ports, and whatever else carries the default route. ``rows`` are its addresses (read if None)."""
    addresses = interface_addresses(root) if rows is None else rows
    twice = parse_duplicates(read_text(os.path.join(root, "proc/net/if_inet6")))
    route = default_route(root)
    folder = os.path.join(root, "sys/class/net")
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        names = []
    links = []
    for name in names[: 8 * MAX_LINKS]:
        device = os.path.join(folder, name)
        flags = read_text(os.path.join(device, "flags")).strip()
        if not flags or not (is_port(name) or (route and route[0] == name)):
            continue
        speed = read_text(os.path.join(device, "speed")).strip()
        carrier = read_text(os.path.join(device, "carrier")).strip()
        master = os.path.join(device, "master")
        links.append(
            Link(
                name=harmless(name, 20),
                mac_address=harmless(read_text(os.path.join(device, "address")), 60),
                up=bool(int(flags, 16) & _IFF_UP),
                carrier={"1": True, "0": False}.get(carrier),
                speed_mbps=int(speed) if speed.isdecimal() and int(speed) > 0 else None,
                master=harmless(os.path.basename(os.path.realpath(master)), 20) if os.path.islink(master) else None,
                addresses=tuple((address, prefix) for owner, address, prefix in addresses if owner == name),
                duplicates=tuple(address for owner, address in twice if owner == name),
            )
        )
    # What carries the way out first, then those with addresses: an unused port is the least news.
    links.sort(key=lambda link: (not (route and route[0] == link.name), not link.addresses, not link.carrier))
    return tuple(links[:MAX_LINKS])


def parse_duplicates(text: str) -> list[tuple[str, str]]:
    """Interface and address of ``/proc/net/if_inet6`` where duplicate address detection failed (RFC 4862 5.4)."""
    import ipaddress

    found = []
    for line in text.splitlines():
        try:
            digits, _, _, _, flags, name = line.split()
            if int(flags, 16) & _DADFAILED:
                found.append((name, str(ipaddress.IPv6Address(bytes.fromhex(digits)))))
        except ValueError:
            continue
    return found


def judge(link: Link, *, any_routed: bool) -> Finding:
    """What the interface means. ``any_routed``: another one makes the machine reachable, this one may be spare."""
    if link.duplicates:
        return _failed(
            f"Another machine on {link.name}'s network has the address {', '.join(link.duplicates)} too.",
            "Give one of the two another address.",
            "duplicate_address",
        )
    if not link.up:
        return _spare(
            f"switched off  {link.mac_address}",
            f"{link.name} is switched off.",
            f"Switch it on: ip link set {link.name} up, or set it up in the network configuration.",
            "link_down",
            any_routed,
        )
    if link.carrier is False:
        return _spare(
            f"no cable  {link.mac_address}",
            f"{link.name} has no link: no cable, or nothing that is switched on at its other end.",
            "Plug in a cable, or look at the port of the switch.",
            "no_carrier",
            any_routed and not link.addresses,
        )
    if link.master:
        return Finding(Outcome.PASS, f"belongs to {link.master}  {about(link)}")
    return _judge_addresses(link, any_routed)


def _judge_addresses(link: Link, any_routed: bool) -> Finding:
    if link.routed:
        return Finding(Outcome.PASS, about(link))
    if any(address.startswith("169.254.") for address, _ in link.addresses):
        return _failed(
            f"{link.name} has only an address that it gave itself (169.254): no DHCP server answered.",
            "Look whether a DHCP server is on this network (VLAN, switch port), or give it a fixed address.",
            "only_link_local",
        )
    return _spare(
        f"no address  {about(link)}",
        f"{link.name} has a link, but no address by which others could reach this machine.",
        "Give it a fixed address, or look whether a DHCP server or IPv6 router is on this network.",
        "no_address",
        any_routed,
    )


def about(link: Link) -> str:
    """Addresses, speed and hardware address."""
    shown = [", ".join(f"{address}/{prefix}" for address, prefix in link.addresses), speed(link), link.mac_address]
    return "  ".join(part for part in shown if part)


def speed(link: Link) -> str:
    """As it is printed on a switch: ``10 Gb/s``; nothing where it is not known."""
    if link.speed_mbps is None:
        return ""
    return f"{link.speed_mbps / 1000:g} Gb/s" if link.speed_mbps >= 1000 else f"{link.speed_mbps} Mb/s"


NO_LINKS = Finding(
    Outcome.FAIL,
    problem=Problem(
        ErrorCode.NETWORK_UNREACHABLE,
        "This machine has no network interface: the kernel sees no network card.",
        "Look whether the card is switched on in the firmware and whether its driver is there (Logs, kernel).",
        "no_interface",
    ),
)


def _spare(learnt: str, message: str, hint: str, reason: str, may_be: bool) -> Finding:
    return Finding(Outcome.SKIPPED, learnt) if may_be else _failed(message, hint, reason)


def _failed(message: str, hint: str, reason: str) -> Finding:
    return Finding(Outcome.FAIL, problem=Problem(ErrorCode.NETWORK_UNREACHABLE, message, hint, reason))
