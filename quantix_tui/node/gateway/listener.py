"""Whose program listens on a TCP port of this machine.

Any user may listen on port 8080 while the daemon is down. A secret sent there would be theirs, so it is
looked up first whose socket it is (proc(5), ``/proc/net/tcp``).
"""

import _socket
import os
from struct import pack

from quantix_tui.cluster.errors import ErrorCode, Problem
from quantix_tui.node.gateway.endpoint import Endpoint

_LISTENING = "0A"
_MAX_TABLE = 1 << 22


def distrusted(endpoint: Endpoint, root: str = "/") -> Problem | None:
    """Why no secret may go to ``endpoint``: who listens there is neither root nor this user.

    None when all is well, when it is no TCP port of this machine, and when the kernel does not tell.
    """
    if endpoint.path or not endpoint.local:
        return None
    tables = (_read(os.path.join(root, "proc/net", name)) for name in ("tcp", "tcp6"))
    owners = {owner for table in tables for owner in parse_listeners(table, endpoint.port)}
    strangers = owners - {0, os.geteuid()}
    if not strangers:
        return None
    return Problem(
        ErrorCode.UNAUTHORIZED,
        f"What listens at {endpoint} belongs to user id {min(strangers)} and not to root: it gets no token.",
        "Find out what it is (ss -ltnp), stop it, and start the node daemon; "
        "a daemon of another user is used over its socket with --node unix:PATH.",
        "listener",
    )


def parse_listeners(table: str, port: int) -> list[int]:
    """The user ids of the sockets that listen on ``port`` on loopback or on all addresses."""
    owners = []
    for line in table.splitlines()[1:]:
        fields = line.split()
        try:
            address, number = fields[1].split(":")
            if fields[3] == _LISTENING and int(number, 16) == port and _reached_by_loopback(address):
                owners.append(int(fields[7]))
        except (IndexError, ValueError):
            continue
    return owners


def _reached_by_loopback(address: str) -> bool:
    # The kernel prints each four bytes as one number of this machine's byte order.
    words = [pack("=I", int(address[place : place + 8], 16)) for place in range(0, len(address), 8)]
    raw = b"".join(words)
    if len(raw) == 4:
        return raw[0] == 127 or raw == bytes(4)
    text = _socket.inet_ntop(_socket.AF_INET6, raw)
    return text in ("::", "::1") or text.startswith("::ffff:127.")


def _read(path: str) -> str:
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            return file.read(_MAX_TABLE)
    except OSError:
        return ""
