"""The gateways of the default routes: does anybody answer there?"""

import os
import time
from dataclasses import dataclass

from quantix_tui.cluster.checks import Finding, Outcome
from quantix_tui.cluster.errors import ErrorCode, Problem
from quantix_tui.cluster.text import harmless
from quantix_tui.host.addresses import parse_ipv6_route, parse_route, read_text
from quantix_tui.host.network.arp import who_has
from quantix_tui.host.network.echo import echo
from quantix_tui.host.network.neighbours import Neighbour, State, neighbour

ECHO_SECS = 2.0
ARP_SECS = 1.5


@dataclass(frozen=True, slots=True)
class Gateway:
    """A default route: ``address`` None where it leads straight onto the link."""

    family: str
    """``IPv4`` or ``IPv6``."""
    interface: str
    address: str | None


def read_gateways(root: str = "/") -> tuple[Gateway, ...]:
    """IPv4 before IPv6; empty where there is no default route at all."""
    found = []
    for family, route in (
        ("IPv4", parse_route(read_text(os.path.join(root, "proc/net/route")))),
        ("IPv6", parse_ipv6_route(read_text(os.path.join(root, "proc/net/ipv6_route")))),
    ):
        if route is not None:
            found.append(Gateway(family, *route))
    return tuple(found)


async def ask(gateway: Gateway, own: str | None) -> Finding:
    """Ping it; where pings are not answered, see whether it is on the link. ``own``: this machine's address there."""
    if gateway.address is None:
        return Finding(Outcome.SKIPPED, f"{gateway.interface} leads out by itself: there is no gateway to ask")
    where = f"{gateway.address} on {gateway.interface}"
    try:
        if await echo(gateway.address, gateway.interface, ECHO_SECS) is not None:
            return Finding(Outcome.PASS, f"{where} answers")
    except PermissionError:
        pass  # Only root may ping here: the kernel's table of neighbours tells too.
    except OSError as error:
        return unreachable(gateway, harmless(error.strerror or "it cannot be sent to"))
    return await _on_link(gateway, where, own)


async def _on_link(gateway: Gateway, where: str, own: str | None) -> Finding:
    address = gateway.address or ""
    if ":" not in address:
        began = time.perf_counter()
        try:
            mac = await who_has(address, gateway.interface, ARP_SECS, own)
        except PermissionError:
            mac = None
        except OSError as error:
            return unreachable(gateway, harmless(error.strerror or "it cannot be sent to"))
        if mac is not None:
            return Finding(Outcome.PASS, f"{where} is there ({mac}), but answers no ping")
        if time.perf_counter() - began >= ARP_SECS:
            return unreachable(gateway, "nobody on that network has this address")
    try:
        return by_table(gateway, where, neighbour(address, gateway.interface))
    except OSError as error:
        return _untried(gateway, harmless(error.strerror or "the kernel does not say"))


def by_table(gateway: Gateway, where: str, known: Neighbour | None) -> Finding:
    """What the kernel's table means for a gateway that answers no ping."""
    if known is None:
        return _untried(gateway, "this user may not ping, and the kernel has not asked for it lately")
    if known.state & (State.FAILED | State.INCOMPLETE):
        return unreachable(gateway, "nobody on that network has this address")
    if known.state & (State.REACHABLE | State.PERMANENT | State.NOARP):
        return Finding(Outcome.PASS, f"{where} is there ({known.mac_address}), but answers no ping")
    return _untried(gateway, f"it was there ({known.mac_address}), but answers no ping now")


def unreachable(gateway: Gateway, why: str) -> Finding:
    return Finding(
        Outcome.FAIL,
        problem=Problem(
            ErrorCode.NETWORK_UNREACHABLE,
            f"The gateway {gateway.address} on {gateway.interface} does not answer: {why.rstrip('.')}.",
            "Compare the gateway and the network mask with those of your network, and look at cable and VLAN.",
            "gateway_silent",
        ),
    )


def _untried(gateway: Gateway, why: str) -> Finding:
    return Finding(
        Outcome.COULD_NOT_RUN,
        problem=Problem(
            ErrorCode.NETWORK_UNREACHABLE,
            f"Whether the gateway {gateway.address} on {gateway.interface} is there is not known: {why}.",
            "Test again as root (sudo quantix-tui network).",
            "gateway_unknown",
        ),
    )


NO_GATEWAY = Finding(
    Outcome.FAIL,
    problem=Problem(
        ErrorCode.NETWORK_UNREACHABLE,
        "There is no gateway: this machine reaches nothing but its own network.",
        "Set a default gateway in the network configuration, or look whether DHCP gives one.",
        "no_gateway",
    ),
)
