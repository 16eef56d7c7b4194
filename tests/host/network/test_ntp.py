"""Time servers asked by real packets over real sockets."""

import struct
import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantix_tui.cluster.checks import Finding, Outcome
from quantix_tui.host.network import ntp
from quantix_tui.host.network.ntp import apart, check_server, decode, encode
from tests.host.network.servers import Respond, udp_server

NTP_EPOCH = 2208988800


async def here(_: str) -> Sequence[str]:
    return ["127.0.0.1"]


async def nowhere(_: str) -> Sequence[str]:
    raise OSError(-2, "Name or service not known")


def stamp(unix: float) -> bytes:
    whole = int(unix // 1)
    return struct.pack("!II", (whole + NTP_EPOCH) % (1 << 32), int((unix - whole) * 2**32))


def answering(ahead: float = 0.0, stratum: int = 2, leap: int = 0, kiss: bytes = b"\x0a\x14\x00\x02") -> Respond:
    def respond(request: bytes) -> bytes:
        now = stamp(time.time() + ahead)
        head = bytes([leap << 6 | 4 << 3 | 4, stratum, 6, 0xE9]) + bytes(8) + kiss
        return head + now + request[40:48] + now + now

    return respond


async def check(respond: Respond) -> Finding:
    async with udp_server(respond) as server:
        return await check_server("ntp.example.com", here, server.port)


def reason(finding: Finding) -> str:
    assert finding.problem is not None
    assert finding.problem.hint
    return finding.problem.reason


async def test_a_clock_that_is_right() -> None:
    finding = await check(answering())
    assert finding.outcome is Outcome.PASS
    assert finding.learnt.startswith("ntp.example.com answers: this clock is ")


@pytest.mark.parametrize(("ahead", "told"), [(31.0, "31.000 s behind"), (-10900.0, "3 hours ahead")])
async def test_a_clock_that_is_off_is_a_warning(ahead: float, told: str) -> None:
    finding = await check(answering(ahead))
    assert (finding.outcome, reason(finding)) == (Outcome.WARN, "clock_wrong")
    assert finding.problem is not None
    assert told.split(".", maxsplit=1)[0] in finding.problem.message
    assert told.rsplit(maxsplit=1)[-1] in finding.problem.message


async def test_a_server_that_is_not_set_itself() -> None:
    assert reason(await check(answering(stratum=16))) == "ntp_unsynchronised"
    assert reason(await check(answering(leap=3))) == "ntp_unsynchronised"


async def test_a_kiss_of_death_is_told() -> None:
    finding = await check(answering(stratum=0, kiss=b"RATE"))
    assert finding.problem is not None
    assert "it refuses (RATE)" in finding.problem.message


async def test_silence_an_unknown_name_and_nobody_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ntp, "ASK_SECS", 0.05)
    async with udp_server(lambda _: None) as server:
        assert reason(await check_server("ntp.example.com", here, server.port)) == "ntp_silent"
    assert len(server.packets) == 2
    gone = await check_server("ntp.example.com", here, server.port)
    unknown = await check_server("ntp.example.com", nowhere)
    assert gone.problem is not None
    assert unknown.problem is not None
    assert "nothing listens there on port 123" in gone.problem.message
    assert "its name is not found (Name or service not known)" in unknown.problem.message


async def test_an_answer_to_somebody_else_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ntp, "ASK_SECS", 0.05)
    async with udp_server(lambda request: answering(3600)(request[:40] + bytes(8))) as server:
        assert reason(await check_server("ntp.example.com", here, server.port)) == "ntp_nonsense"


@pytest.mark.parametrize("sent", [b"x" * 48, b"x"])
async def test_nonsense_is_told_as_such(monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    """Something came: nobody is sent to look for a firewall."""
    monkeypatch.setattr(ntp, "ASK_SECS", 0.05)
    async with udp_server(lambda _: sent) as server:
        finding = await check_server("ntp.example.com", here, server.port)
    assert reason(finding) == "ntp_nonsense"
    assert finding.problem is not None
    assert "no answer of a time server" in finding.problem.message


def test_an_answer_without_a_time_is_none() -> None:
    """RFC 4330 5: a transmit time of zero is no time, not the year 1900 or 2036."""
    packet = bytes([0x24, 2]) + bytes(22) + b"chance!!" + stamp(1.7e9) + bytes(8)
    assert decode(packet, b"chance!!", 1.7e9, 1.7e9) is None
    refused = bytes([0x24, 0]) + bytes(10) + b"DENY" + bytes(8) + b"chance!!" + bytes(16)
    reading = decode(refused, b"chance!!", 1.7e9, 1.7e9)
    assert reading is not None
    assert reading.refusal == "DENY"


def test_the_era_that_begins_in_2036() -> None:
    then = 2_100_000_000.0  # July 2036
    packet = bytes([0x24, 2]) + bytes(22) + b"chance!!" + stamp(then) * 2
    reading = decode(packet, b"chance!!", then - 1, then - 1)
    assert reading is not None
    assert reading.offset == pytest.approx(1)


def test_a_request_tells_nothing_of_this_machine() -> None:
    assert encode(b"chance!!") == b"\x23" + bytes(39) + b"chance!!"


@pytest.mark.parametrize(
    ("offset", "told"),
    [(0.0001, "right"), (0.0123, "0.012 s behind"), (-90, "90.000 s ahead"), (-300, "5 minutes ahead")],
)
def test_how_far_off_as_people_say_it(offset: float, told: str) -> None:
    assert apart(offset) == told


@given(st.binary(max_size=100))
def test_no_packet_breaks_the_reader(packet: bytes) -> None:
    assert decode(packet, b"chance!!", 0, 0) is None or packet[24:32] == b"chance!!"
