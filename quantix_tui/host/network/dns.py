"""DNS by packets of our own (RFC 1035): what one name server answers, over UDP and else over TCP. Codec pure."""

import asyncio
import os
import re
import socket
import struct
from dataclasses import dataclass

from quantix_tui.cluster.checks import Finding, Outcome
from quantix_tui.cluster.errors import ErrorCode, Problem
from quantix_tui.cluster.text import harmless

PORT = 53
UDP_SECS = 1.2
"""For each of two tries."""
TCP_SECS = 2.0
_A, _NS, _IN = 1, 2, 1
_RCODES = {0: "NOERROR", 1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED"}
NOERROR, NXDOMAIN = 0, 3
_MAX_ANSWER = 65535


@dataclass(frozen=True, slots=True)
class Question:
    """``name`` is empty for the root; ``needed`` when the machine cannot do without that name."""

    name: str
    needed: bool = False

    @property
    def shown(self) -> str:
        return self.name or "the root"


@dataclass(frozen=True, slots=True)
class Answer:
    """``found`` counts the records in it."""

    rcode: int
    found: int
    truncated: bool = False
    only_tcp: bool = False
    """Nothing came over UDP."""

    @property
    def word(self) -> str:
        return _RCODES.get(self.rcode, f"error {self.rcode}")


def question_for(needed: str | None, resolv_conf: str, hostname: str) -> Question:
    """What to ask for: the name that this node needs, else its own domain, else the root, which everybody knows."""
    if needed is not None:
        return Question(needed, needed=True)
    listed = re.search(r"^\s*(?:search|domain)\s+(\S+)", resolv_conf, re.MULTILINE)
    domain = listed.group(1) if listed else hostname.partition(".")[2]
    return Question(domain.strip(".") if _labels(domain.strip(".")) else "")


def encode(question: Question, number: int) -> bytes:
    """The query's packet. Raises ValueError when the name cannot be asked for."""
    labels = _labels(question.name)
    if labels is None:
        raise ValueError("no name that DNS knows")
    name = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
    kind = _A if question.name else _NS
    return struct.pack("!HHHHHH", number, 0x0100, 1, 0, 0, 0) + name + struct.pack("!HH", kind, _IN)


def decode(packet: bytes, number: int) -> Answer | None:
    """The answer to the query ``number``; None when it is none."""
    if len(packet) < 12:
        return None
    found_number, flags, _, count, _, _ = struct.unpack_from("!HHHHHH", packet)
    if found_number != number or not flags & 0x8000:
        return None
    return Answer(flags & 0x000F, count, truncated=bool(flags & 0x0200))


def _labels(name: str) -> list[bytes] | None:
    if not name:
        return []
    try:
        labels = [label.encode("ascii") for label in name.split(".")]
    except UnicodeEncodeError:
        return None
    return labels if all(0 < len(label) < 64 for label in labels) and len(name) < 254 else None


async def check_server(server: str, question: Question, port: int = PORT) -> Finding:
    """Ask one name server; its time is the caller's to take."""
    try:
        answer = await ask(server, question, port)
    except OSError as error:
        return _silent(server, _why(error))
    return judge(server, question, answer)


async def ask(server: str, question: Question, port: int = PORT) -> Answer:
    """Over UDP, twice; over TCP when nothing came or it was cut off. Raises OSError, TimeoutError among them."""
    number = int.from_bytes(os.urandom(2), "big")
    packet = encode(question, number)
    failure: OSError = TimeoutError()
    cut_off = False
    for _ in range(2):
        try:
            answer = await _over_udp(server, port, packet, number)
        except OSError as error:
            failure = error
            if not isinstance(error, TimeoutError):
                break
        else:
            cut_off = answer.truncated
            if not cut_off:
                return answer
            break
    try:
        answer = await _over_tcp(server, port, packet, number)
    except OSError as error:
        # What UDP met is told when TCP meets a time-out: the more telling of the two.
        raise (failure if isinstance(error, TimeoutError) else error) from None
    return Answer(answer.rcode, answer.found, only_tcp=not cut_off)


async def _over_udp(server: str, port: int, packet: bytes, number: int) -> Answer:
    loop = asyncio.get_running_loop()
    family = socket.AF_INET6 if ":" in server else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as opened:
        opened.setblocking(False)
        async with asyncio.timeout(UDP_SECS):
            # Connected: an answer from elsewhere is none, and a refusal by ICMP is told.
            await loop.sock_connect(opened, socket.getaddrinfo(server, port, family, socket.SOCK_DGRAM)[0][4])
            await loop.sock_sendall(opened, packet)
            while True:
                answer = decode(await loop.sock_recv(opened, 4096), number)
                if answer is not None:
                    return answer


async def _over_tcp(server: str, port: int, packet: bytes, number: int) -> Answer:
    async with asyncio.timeout(TCP_SECS):
        reader, writer = await asyncio.open_connection(server, port)
        try:
            writer.write(struct.pack("!H", len(packet)) + packet)
            await writer.drain()
            (size,) = struct.unpack("!H", await reader.readexactly(2))
            answer = decode(await reader.readexactly(min(size, _MAX_ANSWER)), number)
        except asyncio.IncompleteReadError:
            raise ConnectionResetError("it hung up") from None
        finally:
            writer.transport.abort()
    if answer is None:
        raise ConnectionResetError("what it answered is no answer to this question")
    return answer


def judge(server: str, question: Question, answer: Answer) -> Finding:
    """What the answer means."""
    learnt = f"{server} answers {answer.word} for {question.shown}"
    if answer.rcode == NOERROR or (answer.rcode == NXDOMAIN and not question.needed):
        if question.needed and not answer.found:
            return _unknown(server, question)
        if answer.only_tcp:
            return Finding(Outcome.WARN, learnt, _only_tcp(server))
        return Finding(Outcome.PASS, learnt)
    if answer.rcode == NXDOMAIN:
        return _unknown(server, question)
    return _failed(
        f"The name server {server} answers, but refuses or fails: {answer.word} for {question.shown}.",
        "Use the name server of your own network, or let its administrator allow this machine's address.",
        f"dns_{answer.word.lower().replace(' ', '_')}",
    )


def _unknown(server: str, question: Question) -> Finding:
    return _failed(
        f"The name server {server} answers, but does not know {question.shown}.",
        "Compare the name with that of your vDC, or use the name server that knows it.",
        "dns_unknown_name",
    )


def _silent(server: str, why: str) -> Finding:
    return _failed(
        f"The name server {server} does not answer: {why}.",
        "Look whether this address is right (/etc/resolv.conf, DHCP) and whether a firewall is in between (port 53).",
        "dns_silent",
    )


def _only_tcp(server: str) -> Problem:
    return Problem(
        ErrorCode.NETWORK_UNREACHABLE,
        f"The name server {server} answers over TCP alone; its UDP answers do not arrive.",
        "Let UDP port 53 through the firewall in between: most programs ask over UDP and wait.",
        "dns_only_tcp",
    )


def _failed(message: str, hint: str, reason: str) -> Finding:
    return Finding(Outcome.FAIL, problem=Problem(ErrorCode.NETWORK_UNREACHABLE, message, hint, reason))


def _why(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return f"nothing came within {2 * UDP_SECS + TCP_SECS:.0f} s"
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens there on port 53"
    return harmless(error.strerror or str(error) or "unknown error").rstrip(".")


NO_SERVERS = Finding(
    Outcome.FAIL,
    problem=Problem(
        ErrorCode.NETWORK_UNREACHABLE,
        "No name server is set: /etc/resolv.conf is missing or names none.",
        "Set one in the network configuration, or look whether DHCP gives one.",
        "no_name_server",
    ),
)
