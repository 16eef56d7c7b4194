"""Whether the answers about the network make sense. Pure."""

import ipaddress
import re
from collections.abc import Iterator, Sequence

from quantix_tui.cluster.text import harmless
from quantix_tui.setup.answers import Ipv4Answers, Ipv6Answers, NetworkAnswers
from quantix_tui.setup.fault import Fault
from quantix_tui.setup.names import domain_problem

FIRST_VLAN, LAST_VLAN = 1, 4094
"""IEEE 802.1Q: 0 and 4095 are no networks."""
_INTERFACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,14}", re.ASCII)
_EXAMPLES = {4: ("10.20.0.17/24", "10.20.0.1"), 6: ("2001:db8::17/64", "2001:db8::1")}

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Interface = ipaddress.IPv4Interface | ipaddress.IPv6Interface

BOTH_OFF = ("IPv4 and IPv6 are both off: nobody could reach this node.", "Choose at least one of them.")


def network_faults(network: NetworkAnswers) -> Iterator[Fault]:
    """What is wrong with it, wherever it is meant for."""
    if problem := interface_problem(network.interface):
        yield Fault(("network", "interface"), problem)
    if network.vlan is not None and (problem := vlan_problem(network.vlan)):
        yield Fault(("network", "vlan"), problem)
    yield from _family_faults("ipv4", network.ipv4, 4)
    yield from _family_faults("ipv6", network.ipv6, 6)
    if network.ipv4.method == "off" and network.ipv6.method == "off":
        yield Fault(("network", "ipv4", "method"), *BOTH_OFF)
    own = {address.ip for family in (network.ipv4, network.ipv6) if (address := _interface(family.address))}
    yield from _dns_faults(network.dns, own)
    yield from _search_faults(network.search)


def interface_problem(name: str) -> str:
    if not name:
        return "No interface was chosen. Choose the one that the management network is plugged into."
    if not _INTERFACE.fullmatch(name):
        return f"{harmless(name, 30)!r} is no name of an interface. Type one of this machine, such as eno1."
    return ""


def vlan_problem(number: int) -> str:
    if FIRST_VLAN <= number <= LAST_VLAN:
        return ""
    return f"A VLAN has a number from {FIRST_VLAN} to {LAST_VLAN}; leave it out where the port is untagged."


def address_problem(text: str, version: int) -> str:
    """Why ``text`` is no address with a prefix that a machine can have, as sentences; empty when it is one."""
    example = f"Type it like {_EXAMPLES[version][0]}."
    if not text:
        return f"No IPv{version} address was given. {example}"
    if "/" not in text:
        return f"The length of the network's prefix is missing behind the address. {example}"
    try:
        found = ipaddress.ip_interface(text)
    except ValueError:
        return f"{harmless(text, 50)} is no IPv{version} address with a prefix. {example}"
    if found.version != version:
        return f"{harmless(text, 50)} is an IPv{found.version} address. {example}"
    return f"{why} {example}" if (why := _unusable(found)) else ""


def gateway_problem(text: str, address: str, version: int) -> str:
    """Why ``text`` cannot be the gateway of a machine with ``address``; empty when it can, or when there is none."""
    if not text:
        return ""
    example = f"Type it like {_EXAMPLES[version][1]}, or leave it empty where there is none."
    found = _address(text)
    if found is None or found.version != version:
        return f"{harmless(text, 50)} is no IPv{version} address. {example}"
    own = _interface(address)
    return "" if own is None or own.version != version else _gateway_of(own, found, example)


def _gateway_of(own: Interface, found: Address, example: str) -> str:
    if found == own.ip:
        return f"{found} is this node's own address, not the gateway's. {example}"
    if found.version == 6 and found.is_link_local:
        return ""
    if found not in own.network:
        return (
            f"The gateway {found} is not in this node's network {own.network}: it could not be reached. "
            "Correct the gateway, or the address and its prefix."
        )
    if found.version == 4 and own.network.prefixlen < 31 and found in (own.network[0], own.network[-1]):
        return f"{found} is the network itself or its broadcast address. {example}"
    return ""


def dns_problem(text: str) -> str:
    found = _address(text)
    if found is None:
        return f"{harmless(text, 50) or 'Nothing'} is no address. A name server is named by its address: 10.20.0.2."
    if found.is_unspecified or found.is_multicast:
        return f"{found} is no address of a machine. Type the name server's address, such as 10.20.0.2."
    return ""


def _family_faults(name: str, family: Ipv4Answers | Ipv6Answers, version: int) -> Iterator[Fault]:
    place = ("network", name)
    if family.method == "static":
        if problem := address_problem(family.address, version):
            yield Fault((*place, "address"), problem)
        if problem := gateway_problem(family.gateway, family.address, version):
            yield Fault((*place, "gateway"), problem)
        return
    for field, value in (("address", family.address), ("gateway", family.gateway)):
        if value:
            yield Fault(
                (*place, field),
                f"A fixed {field} is given, but the method of {name} is {family.method}.",
                f"Say method: static, or leave the {field} out.",
            )


def _dns_faults(servers: Sequence[str], own: set[Address]) -> Iterator[Fault]:
    seen: set[Address] = set()
    for place, text in enumerate(servers):
        where = ("network", "dns", place)
        found = _address(text)
        if problem := dns_problem(text):
            yield Fault(where, problem)
        elif found in seen:
            yield Fault(where, f"The name server {found} is given twice.", "Leave one of them out.")
        elif found in own:
            yield Fault(where, f"{found} is this node's own address.", "Type the name server's.")
        if found is not None:
            seen.add(found)


def _search_faults(domains: Sequence[str]) -> Iterator[Fault]:
    seen: set[str] = set()
    for place, text in enumerate(domains):
        where = ("network", "search", place)
        if problem := domain_problem(text):
            yield Fault(where, problem)
        elif text.lower() in seen:
            yield Fault(where, f"The search domain {text} is given twice.", "Leave one of them out.")
        seen.add(text.lower())


def _unusable(found: Interface) -> str:
    ip, network = found.ip, found.network
    if ip.is_loopback or ip.is_multicast or ip.is_unspecified or (ip.version == 4 and int(ip) >> 28 == 0xF):
        return f"{ip} is no address that others could reach this node at."
    if ip.is_link_local:
        return f"{ip} is valid on its own cable only."
    if network.prefixlen == 0:
        return "A prefix of /0 would make the whole world one network."
    if ip.version == 4 and network.prefixlen < 31 and ip in (network[0], network[-1]):
        which = "the network itself" if ip == network[0] else "the network's broadcast address"
        return f"{ip} is {which}, not a machine's address."
    return ""


def _address(text: str) -> Address | None:
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    # A zone (fe80::1%eno1) has no place in any of the files.
    return None if isinstance(found, ipaddress.IPv6Address) and found.scope_id else found


def _interface(text: str) -> Interface | None:
    try:
        return ipaddress.ip_interface(text)
    except ValueError:
        return None
