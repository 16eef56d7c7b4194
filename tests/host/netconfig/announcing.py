"""A router's announcements (RFC 4861, 4.2) on a cable: ``python -m tests.host.netconfig.announcing DEVICE PREFIX``."""

import contextlib
import ipaddress
import socket
import struct
import sys
import time

_PREFIX_BITS, _LIFETIME = 64, 1800
_ON_LINK_AND_AUTONOMOUS = 0xC0
_ALL_NODES = "ff02::1"


def announcement(prefix: str) -> bytes:
    """The kernel fills the checksum in."""
    head = struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, _LIFETIME, 0, 0)
    network = ipaddress.IPv6Address(prefix).packed
    return (
        head + struct.pack("!BBBBIII", 3, 4, _PREFIX_BITS, _ON_LINK_AND_AUTONOMOUS, _LIFETIME, _LIFETIME, 0) + network
    )


def main(device: str, prefix: str) -> None:
    with socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6) as sending:
        sending.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
        sending.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
        while True:
            # While the other end is down there is nobody to tell.
            with contextlib.suppress(OSError):
                sending.sendto(announcement(prefix), (_ALL_NODES, 0, 0, socket.if_nametoindex(device)))
            time.sleep(0.3)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
