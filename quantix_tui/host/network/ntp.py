"""The time by SNTP packets of our own (RFC 4330): how far this machine's clock is off. Codec pure."""

import asyncio
import os
import socket
import struct
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from quantix_tui.cluster.checks import Finding, Outcome
from quantix_tui.cluster.errors import ErrorCode, Problem
from quantix_tui.cluster.text import harmless

PORT = 123
ASK_SECS = 1.2
"""For each of two tries."""
OFFSET_TOLD_SECS = 30.0
"""Tokens and certificates begin to fail when clocks are further apart than their issuers allow for; this is early."""
_EPOCH = 2208988800
"""Seconds from 1900 to 1970."""

Resolve = Callable[[str], Awaitable[Sequence[str]]]
"""The addresses of a name; raises OSError."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a time server says. ``offset`` in seconds is added to this machine's clock to get the server's."""

    offset: float
    stratum: int
    synchronised: bool
    refusal: str = ""
    """Its kiss code (RATE, DENY), where it would rather not answer."""


def encode(cookie: bytes) -> bytes:
    """A client's request; ``cookie`` is eight bytes of chance, where our time would stand: nobody needs to know it."""
    return bytes([0x23]) + bytes(39) + cookie


def decode(packet: bytes, cookie: bytes, sent: float, received: float) -> Reading | None:
    """The reading; None when it is no answer to the request with this ``cookie``. Times: this machine's, Unix."""
    if len(packet) < 48 or packet[24:32] != cookie or packet[0] & 0x07 != 4:
        return None
    stratum = packet[1]
    if stratum and not any(packet[40:48]):
        # RFC 4330 5: no time was given.
        return None
    at_server, from_server = (_unix(packet[place : place + 8]) for place in (32, 40))
    offset = ((at_server - sent) + (from_server - received)) / 2
    refusal = harmless(packet[12:16].decode("ascii", "replace")) if stratum == 0 else ""
    return Reading(offset, stratum, packet[0] >> 6 != 3 and 0 < stratum < 16, refusal)


def _unix(stamp: bytes) -> float:
    seconds, fraction = struct.unpack("!II", stamp)
    # RFC 4330 3: without the top bit it is the era that begins in 2036.
    era = 0 if seconds & 0x80000000 else 1 << 32
    return float(era + seconds - _EPOCH + fraction / 2**32)


async def check_server(server: str, resolve: Resolve, port: int = PORT) -> Finding:
    """Ask one time server."""
    try:
        addresses = await resolve(server)
        if not addresses:
            raise OSError("it has no address")
    except OSError as error:
        return _silent(server, f"its name is not found ({_why(error)})")
    try:
        reading = await ask(addresses[0], port)
    except NonsenseError:
        return _nonsense(server)
    except OSError as error:
        return _silent(server, _why(error))
    return judge(server, reading)


class NonsenseError(OSError):
    """Something came, and was no answer to what was asked."""


async def ask(address: str, port: int = PORT) -> Reading:
    """Raises OSError, TimeoutError and :class:`NonsenseError` among them, when nothing usable comes."""
    failure: OSError = TimeoutError()
    for _ in range(2):
        try:
            return await _once(address, port)
        except (TimeoutError, NonsenseError) as error:
            failure = error
    raise failure


async def _once(address: str, port: int) -> Reading:
    loop = asyncio.get_running_loop()
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    cookie = os.urandom(8)
    with socket.socket(family, socket.SOCK_DGRAM) as opened:
        opened.setblocking(False)
        strange = False
        try:
            async with asyncio.timeout(ASK_SECS):
                await loop.sock_connect(opened, socket.getaddrinfo(address, port, family, socket.SOCK_DGRAM)[0][4])
                sent = time.time()
                await loop.sock_sendall(opened, encode(cookie))
                while True:
                    packet = await loop.sock_recv(opened, 1024)
                    reading = decode(packet, cookie, sent, time.time())
                    if reading is not None:
                        return reading
                    strange = True
        except TimeoutError:
            if strange:
                raise NonsenseError from None
            raise


def judge(server: str, reading: Reading) -> Finding:
    """What the reading means."""
    if reading.refusal:
        return _silent(server, f"it refuses ({reading.refusal})")
    if not reading.synchronised:
        return Finding(
            Outcome.WARN,
            problem=_problem(
                f"The time server {server} answers, but says that its own clock is not set.",
                "Wait until it is, or name another time server.",
                "ntp_unsynchronised",
            ),
        )
    learnt = f"{server} answers: this clock is {apart(reading.offset)}"
    if abs(reading.offset) <= OFFSET_TOLD_SECS:
        return Finding(Outcome.PASS, learnt)
    return Finding(
        Outcome.WARN,
        learnt,
        Problem(
            ErrorCode.CLOCK_WRONG,
            f"This node's clock is {apart(reading.offset)}, by {server}.",
            "Set it (date -s, or restart the time service): tokens and certificates fail when clocks disagree.",
            "clock_wrong",
        ),
    )


def apart(offset: float) -> str:
    """``0.012 s behind``, ``3 days ahead``."""
    seconds = abs(offset)
    for size, word in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {word} {'behind' if offset > 0 else 'ahead'}"
    if seconds < 0.0005:
        return "right"
    return f"{seconds:.3f} s {'behind' if offset > 0 else 'ahead'}"


def _silent(server: str, why: str) -> Finding:
    return Finding(
        Outcome.FAIL,
        problem=_problem(
            f"The time server {server} does not answer: {why}.",
            "Look whether a firewall is in between (UDP port 123), or name a time server of your own network.",
            "ntp_silent",
        ),
    )


def _nonsense(server: str) -> Finding:
    return Finding(
        Outcome.FAIL,
        problem=_problem(
            f"What {server} sends is no answer of a time server.",
            "Look what runs there on UDP port 123, or name another time server.",
            "ntp_nonsense",
        ),
    )


def _problem(message: str, hint: str, reason: str) -> Problem:
    return Problem(ErrorCode.NETWORK_UNREACHABLE, message, hint, reason)


def _why(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return f"nothing came within {2 * ASK_SECS:.0f} s"
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens there on port 123"
    return harmless(error.strerror or str(error) or "unknown error").rstrip(".")


NO_SERVERS = Finding(
    Outcome.WARN,
    problem=_problem(
        "No time server is set: nothing keeps this node's clock right.",
        "Name one for chrony, ntpd or systemd-timesyncd, or let DHCP give one.",
        "no_time_server",
    ),
)
