"""ICMP echo of our own (RFC 792, RFC 4443): an unprivileged ping socket, or a raw one where only root may."""

import asyncio
import os
import socket
import struct
import time

_REQUEST = {socket.AF_INET: 8, socket.AF_INET6: 128}
_REPLY = {socket.AF_INET: 0, socket.AF_INET6: 129}


async def echo(address: str, interface: str, seconds: float) -> float | None:
    """Milliseconds until ``address`` has answered, None when it did not within ``seconds``.

    Raises PermissionError where this user may not ask, and OSError when the packet cannot be sent.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    opened = _open(family)
    with opened:
        opened.setblocking(False)
        scope = socket.if_nametoindex(interface) if family == socket.AF_INET6 else 0
        place = (address, 0, 0, scope) if family == socket.AF_INET6 else (address, 0)
        number, mark = os.getpid() & 0xFFFF, os.urandom(16)
        loop = asyncio.get_running_loop()
        began = time.perf_counter()
        try:
            async with asyncio.timeout(seconds):
                await loop.sock_sendto(opened, packet(family, number, mark), place)
                while True:
                    answer, _ = await loop.sock_recvfrom(opened, 2048)
                    # A raw socket sees everybody's answers: the random mark is what makes one ours.
                    if answer.endswith(mark) and is_reply(family, answer):
                        return (time.perf_counter() - began) * 1000
        except TimeoutError:
            return None


def packet(family: int, number: int, mark: bytes) -> bytes:
    """An echo request; the kernel sums up ICMPv6 by itself."""
    head = struct.pack("!BBHHH", _REQUEST[socket.AddressFamily(family)], 0, 0, number, 1)
    if family == socket.AF_INET6:
        return head + mark
    return head[:2] + struct.pack("!H", checksum(head + mark)) + head[4:] + mark


def is_reply(family: int, answer: bytes) -> bool:
    """Whether it is an echo reply, with or without an IPv4 header before it (raw sockets have one)."""
    if family == socket.AF_INET and answer and answer[0] >> 4 == 4:
        answer = answer[(answer[0] & 0x0F) * 4 :]
    return bool(answer) and answer[0] == _REPLY[socket.AddressFamily(family)]


def checksum(data: bytes) -> int:
    """RFC 1071."""
    if len(data) % 2:
        data += b"\0"
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def _open(family: socket.AddressFamily) -> socket.socket:
    protocol = socket.IPPROTO_ICMPV6 if family == socket.AF_INET6 else socket.IPPROTO_ICMP
    try:
        return socket.socket(family, socket.SOCK_DGRAM, protocol)
    except PermissionError:
        return socket.socket(family, socket.SOCK_RAW, protocol)
