"""This machine's addresses, gateway and name servers, read in under a millisecond.

The first thing on the screen is painted from here before anything heavy is imported: hence plain
tuples instead of dataclasses, and ``_socket`` (the C module) instead of ``socket``, whose Python
layer alone costs 7 ms.
"""

import _socket
import os
from struct import calcsize, pack, unpack_from

Row = tuple[str, str, int]
"""Interface name, address, prefix length."""

_MAX_FILE = 1 << 18
_MAX_NAME_SERVERS = 8
_RESOLVED_STUB = "127.0.0.53"

# linux/netlink.h, linux/rtnetlink.h, linux/if_addr.h
_NETLINK_ROUTE = 0
_NLM_F_REQUEST_DUMP = 0x301
_NLMSG_ERROR = 2
_NLMSG_DONE = 3
_RTM_NEWADDR = 20
_RTM_GETADDR = 22
_IFA_ADDRESS = 1
_IFA_LOCAL = 2
_IFA_F_DADFAILED = 0x08
_SCOPE_LINK = 253
_SCOPE_HOST = 254
_MESSAGE = "=IHHII"
_ADDRESS = "=BBBBI"
_ATTRIBUTE = "=HH"
_ROUTE_UP = 0x1
_ROUTE_REJECT = 0x200


def interface_addresses(root: str = "/") -> list[Row]:
    """Every address of this machine but loopback.

    The interface of the default route comes first, then the kernel's order; within one interface
    IPv4 before IPv6 and routed before link-local. Empty when the kernel tells nothing. ``root`` is where
    the routing tables are read (:func:`default_route`).
    """
    try:
        dump = _dump_addresses()
        names = dict(_socket.if_nameindex())
    except OSError:
        return []
    route = default_route(root)
    return in_order(parse_addresses(dump), route[0] if route else None, names)


def management_address(rows: list[Row]) -> str | None:
    """Where others reach this machine: the first address that is not bound to its link."""
    return next((address for _, address, _ in rows if not address.startswith(("fe80:", "169.254."))), None)


def default_route(root: str = "/") -> tuple[str, str | None] | None:
    """Interface and gateway of the default route, IPv4 before IPv6; None when there is none.

    The gateway is None when the route leads straight onto the link.
    """
    return parse_route(read_text(os.path.join(root, "proc/net/route"))) or parse_ipv6_route(
        read_text(os.path.join(root, "proc/net/ipv6_route"))
    )


def name_servers(root: str = "/") -> list[str]:
    """The name servers that this machine asks, in their order."""
    servers = parse_resolv_conf(read_text(os.path.join(root, "etc/resolv.conf")))
    if servers == [_RESOLVED_STUB]:
        # systemd-resolved stands in between: the servers behind it are what an administrator looks for.
        behind = parse_resolv_conf(read_text(os.path.join(root, "run/systemd/resolve/resolv.conf")))
        return behind or servers
    return servers


def read_text(path: str) -> str:
    """A small file of the system as text, bounded; empty when it is not there or not readable."""
    try:
        with open(path, "rb") as file:
            return file.read(_MAX_FILE).decode("utf-8", "replace")
    except OSError:
        return ""


def parse_route(text: str) -> tuple[str, str | None] | None:
    """The best default route of ``/proc/net/route``: the one with the lowest metric."""
    best: tuple[int, str, str | None] | None = None
    for line in text.splitlines()[1:]:
        fields = line.split()
        try:
            name, destination, gateway, flags, metric, mask = (*fields[:4], fields[6], fields[7])
            usable = int(flags, 16) & _ROUTE_UP and not int(flags, 16) & _ROUTE_REJECT
            if usable and int(destination, 16) == 0 and int(mask, 16) == 0:
                # The kernel prints the four bytes as one number of this machine's byte order.
                address = _socket.inet_ntop(_socket.AF_INET, pack("=I", int(gateway, 16)))
                found = (int(metric), name, None if address == "0.0.0.0" else address)
                best = found if best is None or found[0] < best[0] else best
        except (IndexError, ValueError):
            continue
    return (best[1], best[2]) if best else None


def parse_ipv6_route(text: str) -> tuple[str, str | None] | None:
    """The best default route of ``/proc/net/ipv6_route``: the one with the lowest metric."""
    best: tuple[int, str, str | None] | None = None
    for line in text.splitlines():
        try:
            destination, length, _, _, gateway, metric, _, _, flags, name = line.split()
            usable = int(flags, 16) & _ROUTE_UP and not int(flags, 16) & _ROUTE_REJECT
            if usable and int(destination, 16) == 0 and int(length, 16) == 0 and name != "lo":
                address = _socket.inet_ntop(_socket.AF_INET6, bytes.fromhex(gateway))
                found = (int(metric, 16), name, None if address == "::" else address)
                best = found if best is None or found[0] < best[0] else best
        except ValueError:
            continue
    return (best[1], best[2]) if best else None


def parse_resolv_conf(text: str) -> list[str]:
    """The ``nameserver`` lines (resolv.conf(5)), each address once."""
    servers: list[str] = []
    for line in text.splitlines():
        words = line.split()
        if len(words) >= 2 and words[0] == "nameserver" and words[1] not in servers:
            servers.append(words[1])
    return servers[:_MAX_NAME_SERVERS]


def parse_addresses(dump: bytes) -> list[tuple[int, str, int, int]]:
    """Interface index, address, prefix and scope of each RTM_NEWADDR in a netlink dump (rtnetlink(7))."""
    found = []
    place = 0
    while place + calcsize(_MESSAGE) <= len(dump):
        length, kind, _, _, _ = unpack_from(_MESSAGE, dump, place)
        if length < calcsize(_MESSAGE):
            break
        if kind == _RTM_NEWADDR:
            row = _parse_address(dump[place + calcsize(_MESSAGE) : place + length])
            if row:
                found.append(row)
        place += _aligned(length)
    return found


def _parse_address(body: bytes) -> tuple[int, str, int, int] | None:
    family, prefix, flags, scope, index = unpack_from(_ADDRESS, body)
    if family not in (_socket.AF_INET, _socket.AF_INET6) or flags & _IFA_F_DADFAILED:
        return None
    values: dict[int, bytes] = {}
    place = calcsize(_ADDRESS)
    while place + calcsize(_ATTRIBUTE) <= len(body):
        length, kind = unpack_from(_ATTRIBUTE, body, place)
        if length < calcsize(_ATTRIBUTE):
            break
        values[kind] = body[place + calcsize(_ATTRIBUTE) : place + length]
        place += _aligned(length)
    # On a point-to-point link IFA_ADDRESS is the other end's; IFA_LOCAL is ours.
    raw = values.get(_IFA_LOCAL) or values.get(_IFA_ADDRESS)
    if not raw or len(raw) != (4 if family == _socket.AF_INET else 16):
        return None
    return index, _socket.inet_ntop(family, raw), prefix, scope


def in_order(addresses: list[tuple[int, str, int, int]], first: str | None, names: dict[int, str]) -> list[Row]:
    """Loopback out, the interface ``first`` first, routed addresses before link-local ones.

    ``names`` gives the interfaces by their index; an address of an unnamed one has just gone away.
    """
    keyed = []
    for index, address, prefix, scope in addresses:
        name = names.get(index, "")
        if scope != _SCOPE_HOST and name and name != "lo":
            key = (name != first, index, scope == _SCOPE_LINK, ":" in address)
            keyed.append((key, (name, address, prefix)))
    keyed.sort()
    return [row for _, row in keyed]


def _aligned(length: int) -> int:
    return (length + 3) & ~3


def _dump_addresses() -> bytes:
    request = pack(_MESSAGE, calcsize(_MESSAGE) + calcsize(_ADDRESS), _RTM_GETADDR, _NLM_F_REQUEST_DUMP, 1, 0)
    request += pack(_ADDRESS, 0, 0, 0, 0, 0)
    netlink = _socket.socket(_socket.AF_NETLINK, _socket.SOCK_RAW, _NETLINK_ROUTE)
    try:
        netlink.settimeout(0.5)
        netlink.sendto(request, (0, 0))
        parts: list[bytes] = []
        while not (parts and _ends(parts[-1])):
            parts.append(netlink.recv(1 << 16))
        return b"".join(parts)
    finally:
        netlink.close()


def _ends(part: bytes) -> bool:
    """Whether the dump is complete. The kernel closes it with a message of its own, alone or last."""
    place = 0
    while place + calcsize(_MESSAGE) <= len(part):
        length, kind, _, _, _ = unpack_from(_MESSAGE, part, place)
        if kind in (_NLMSG_DONE, _NLMSG_ERROR) or length < calcsize(_MESSAGE):
            return True
        place += _aligned(length)
    return not part
