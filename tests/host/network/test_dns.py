"""Name servers asked by real packets over real sockets."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantix_tui.cluster.checks import Finding, Outcome
from quantix_tui.host.network import dns
from quantix_tui.host.network.dns import Question, check_server, decode, encode, question_for
from tests.host.network.servers import Respond, tcp_server, udp_server

VDC = Question("vdc.example.com", needed=True)
OWN = Question("example.com")


def answering(rcode: int = 0, found: int = 1, *, truncated: bool = False) -> Respond:
    """As a server does: the question repeated, then what is asked for (which nobody reads here)."""

    def respond(query: bytes) -> bytes:
        flags = 0x8180 | rcode | (0x0200 if truncated else 0)
        return query[:2] + struct.pack("!HHHHH", flags, 1, found, 0, 0) + query[12:]

    return respond


def silent(_: bytes) -> None:
    return None


async def over_udp(respond: Respond, question: Question = VDC) -> Finding:
    async with udp_server(respond) as server:
        return await check_server("127.0.0.1", question, server.port)


def reason(finding: Finding) -> str:
    assert finding.problem is not None
    assert finding.problem.hint
    return finding.problem.reason


async def test_an_answer_is_told_with_what_was_asked() -> None:
    finding = await over_udp(answering())
    assert (finding.outcome, finding.learnt) == (Outcome.PASS, "127.0.0.1 answers NOERROR for vdc.example.com")


async def test_the_query_is_one_that_any_server_reads() -> None:
    async with udp_server(answering()) as server:
        await check_server("127.0.0.1", VDC, server.port)
    [packet] = server.packets
    assert packet[2:] == b"\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03vdc\x07example\x03com\x00\x00\x01\x00\x01"
    assert encode(Question(""), 7) == b"\x00\x07\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x01"


@pytest.mark.parametrize(
    ("rcode", "found", "question", "expected"),
    [
        (3, 0, VDC, "dns_unknown_name"),
        (0, 0, VDC, "dns_unknown_name"),
        (2, 0, VDC, "dns_servfail"),
        (5, 0, OWN, "dns_refused"),
        (9, 0, OWN, "dns_error_9"),
    ],
)
async def test_what_fails_although_it_answers(rcode: int, found: int, question: Question, expected: str) -> None:
    finding = await over_udp(answering(rcode, found), question)
    assert finding.outcome is Outcome.FAIL
    assert reason(finding) == expected


async def test_a_domain_that_nobody_registered_is_no_fault_of_the_server() -> None:
    assert (await over_udp(answering(3, 0), OWN)).outcome is Outcome.PASS


async def test_a_stray_packet_is_not_taken_for_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """With another number: it is waited for the right one, which comes when it is asked again."""

    monkeypatch.setattr(dns, "UDP_SECS", 0.05)
    right = answering()

    def respond(query: bytes) -> bytes | None:
        answer = right(query)
        return answer if asked.pop(0) or answer is None else bytes([query[0] ^ 1]) + answer[1:]

    asked = [False, True]
    assert (await over_udp(respond)).outcome is Outcome.PASS
    assert asked == []


async def test_nobody_listens() -> None:
    async with udp_server(silent) as gone:
        pass
    finding = await check_server("127.0.0.1", VDC, gone.port)
    assert reason(finding) == "dns_silent"
    assert finding.problem is not None
    assert "nothing listens there" in finding.problem.message


async def test_a_silent_server_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dns, "UDP_SECS", 0.05)
    async with tcp_server(silent) as tcp, udp_server(silent, tcp.port) as udp:
        finding = await check_server("127.0.0.1", VDC, udp.port)
    assert reason(finding) == "dns_silent"
    assert len(udp.packets) == 2
    assert len(tcp.packets) == 1


@pytest.mark.parametrize(("udp_answer", "outcome"), [(silent, Outcome.WARN), (answering(truncated=True), Outcome.PASS)])
async def test_tcp_where_udp_does_not_do(
    udp_answer: Respond, outcome: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dns, "UDP_SECS", 0.05)
    async with tcp_server(answering()) as tcp, udp_server(udp_answer, tcp.port) as udp:
        finding = await check_server("127.0.0.1", VDC, udp.port)
    # Cut off is how DNS says "over TCP, please"; silence is a firewall.
    assert finding.outcome is outcome
    assert tcp.packets


@pytest.mark.parametrize(
    ("needed", "resolv_conf", "hostname", "expected"),
    [
        ("vdc.example.com", "search lab.example\n", "qx.example.org", VDC),
        (None, "nameserver 10.0.0.1\nsearch lab.example other\n", "qx.example.org", Question("lab.example")),
        (None, "domain lab.example.\n", "qx", Question("lab.example")),
        (None, "", "qx.example.org", Question("example.org")),
        (None, "search bad..name\n", "qx", Question("")),
        (None, "", "qx", Question("")),
    ],
)
def test_what_is_asked_for(needed: str | None, resolv_conf: str, hostname: str, expected: Question) -> None:
    assert question_for(needed, resolv_conf, hostname) == expected


@given(st.binary(max_size=600))
def test_no_packet_breaks_the_reader(packet: bytes) -> None:
    answer = decode(packet, 0x1234)
    assert answer is None or packet[:2] == b"\x12\x34"
