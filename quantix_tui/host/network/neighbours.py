"""What the kernel knows of its neighbours on the link (rtnetlink(7), RTM_GETNEIGH)."""

import socket
import struct
from dataclasses import dataclass
from enum import IntFlag

_NETLINK_ROUTE = 0
_REQUEST_DUMP = 0x301
_GETNEIGH = 30
_NEWNEIGH = 28
_DONE, _ERROR = 3, 2
_MESSAGE = struct.Struct("=IHHII")
_NEIGHBOUR = struct.Struct("=BBHiHBB")
_ATTRIBUTE = struct.Struct("=HH")
_DST, _LLADDR = 1, 2


class State(IntFlag):
    """linux/neighbour.h."""

    INCOMPLETE = 0x01
    REACHABLE = 0x02
    STALE = 0x04
    DELAY = 0x08
    PROBE = 0x10
    FAILED = 0x20
    NOARP = 0x40
    PERMANENT = 0x80


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One of them: ``index`` is the interface's."""

    address: str
    index: int
    state: int
    mac_address: str


def neighbour(address: str, interface: str) -> Neighbour | None:
    """What the kernel knows of ``address``; None when nothing. Raises OSError. Takes well under a millisecond."""
    index = socket.if_nametoindex(interface)
    found = parse(_dump())
    return next((entry for entry in found if (entry.address, entry.index) == (address, index)), None)


def parse(dump: bytes) -> list[Neighbour]:
    """Each RTM_NEWNEIGH of a netlink dump."""
    found = []
    place = 0
    while place + _MESSAGE.size <= len(dump):
        length, kind, *_ = _MESSAGE.unpack_from(dump, place)
        if length < _MESSAGE.size:
            break
        body = dump[place + _MESSAGE.size : place + length]
        if kind == _NEWNEIGH and len(body) >= _NEIGHBOUR.size:
            family, _, _, index, state, _, _ = _NEIGHBOUR.unpack_from(body)
            values = _attributes(body[_NEIGHBOUR.size :])
            raw = values.get(_DST, b"")
            if (family, len(raw)) in ((socket.AF_INET, 4), (socket.AF_INET6, 16)):
                found.append(Neighbour(socket.inet_ntop(family, raw), index, state, values.get(_LLADDR, b"").hex(":")))
        place += (length + 3) & ~3
    return found


def _attributes(body: bytes) -> dict[int, bytes]:
    values = {}
    place = 0
    while place + _ATTRIBUTE.size <= len(body):
        length, kind = _ATTRIBUTE.unpack_from(body, place)
        if length < _ATTRIBUTE.size:
            break
        values[kind] = body[place + _ATTRIBUTE.size : place + length]
        place += (length + 3) & ~3
    return values


def _dump() -> bytes:
    body = _NEIGHBOUR.pack(0, 0, 0, 0, 0, 0, 0)
    request = _MESSAGE.pack(_MESSAGE.size + len(body), _GETNEIGH, _REQUEST_DUMP, 1, 0) + body
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_ROUTE) as netlink:
        netlink.settimeout(0.5)
        netlink.sendto(request, (0, 0))
        parts: list[bytes] = []
        while not (parts and _ends(parts[-1])):
            parts.append(netlink.recv(1 << 16))
        return b"".join(parts)


def _ends(part: bytes) -> bool:
    place = 0
    while place + _MESSAGE.size <= len(part):
        length, kind, *_ = _MESSAGE.unpack_from(part, place)
        if kind in (_DONE, _ERROR) or length < _MESSAGE.size:
            return True
        place += (length + 3) & ~3
    return not part
