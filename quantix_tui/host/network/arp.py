"""Who has an IPv4 address on this link (RFC 826), and whether somebody else has ours (RFC 5227). Needs root."""

import asyncio
import socket
import struct

_ARP = 0x0806
_EVERYBODY = b"\xff" * 6
_HEAD = struct.pack("!HHBBH", 1, 0x0800, 6, 4, 1)
_REPLY = struct.pack("!HHBBH", 1, 0x0800, 6, 4, 2)


async def who_has(address: str, interface: str, seconds: float, own: str | None = None) -> str | None:
    """The hardware address that answers for ``address`` and is not this interface's own; None when none does.

    ``own`` is this machine's address to ask from; without one it is the probe of RFC 5227, which nobody learns from.
    Raises PermissionError without root, and OSError when the packet cannot be sent.
    """
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ARP)) as opened:
        opened.bind((interface, _ARP))
        opened.setblocking(False)
        mac = opened.getsockname()[4]
        if len(mac) != 6:
            return None  # No Ethernet: nothing to ask for.
        loop = asyncio.get_running_loop()
        request = question(mac, address, own)
        try:
            async with asyncio.timeout(seconds):
                await loop.sock_sendall(opened, request)
                while True:
                    sender = answer_of(await loop.sock_recv(opened, 2048), address)
                    if sender is not None and sender != mac:
                        return sender.hex(":")
        except TimeoutError:
            return None


def question(mac: bytes, address: str, own: str | None) -> bytes:
    """The whole frame."""
    sender = socket.inet_aton(own or "0.0.0.0")
    return _EVERYBODY + mac + struct.pack("!H", _ARP) + _HEAD + mac + sender + bytes(6) + socket.inet_aton(address)


def answer_of(frame: bytes, address: str) -> bytes | None:
    """Who answers for ``address`` in this frame; None when it is no answer for it."""
    if len(frame) < 42 or frame[14:22] != _REPLY or frame[28:32] != socket.inet_aton(address):
        return None
    return frame[22:28]
