"""Nothing that a control plane does can hang this node, fill its memory or lead it elsewhere."""

import asyncio
import contextlib
import gzip

import pytest

from quantix_tui.cluster.address import parse_address
from quantix_tui.cluster.errors import ErrorCode
from quantix_tui.cluster.trust import Trust
from quantix_tui.controlplane.client import ControlPlaneClient
from quantix_tui.controlplane.limits import Timeouts
from quantix_tui.sandbox.controlplane import SandboxControlPlane
from quantix_tui.sandbox.faults import Fault
from tests.controlplane.calling import JSON_HEAD, NODE, TOKEN, plain, problem
from tests.controlplane.conftest import IMPATIENT
from tests.controlplane.servers import (
    answering,
    eventually,
    forever,
    full_backlog,
    http,
    serving,
    silent,
    unused_port,
)

# --- Bounds -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        pytest.param(http(b"x", Content_Length="x"), "not_http", id="two lengths"),
        pytest.param(http(b"nonsense"), "bad_answer", id="not JSON in spite of its type"),
        pytest.param(http(b"[1, 2]"), "bad_answer", id="a list"),
        pytest.param(http(b'{"status": 7}'), "bad_answer", id="a wrong shape"),
        pytest.param(http(b"\xff\xfe{}"), "bad_answer", id="not UTF-8"),
        pytest.param(http(b'{"a":' * 100_000), "bad_answer", id="nesting"),
        pytest.param(http(b'{"a":' * 100_000 + b"1" + b"}" * 100_000), "bad_answer", id="closed nesting"),
        pytest.param(http(b'{"status":' + b"9" * 5000 + b"}"), "bad_answer", id="a number of 5000 digits"),
        pytest.param(http(b"{}", kind="text/plain"), "not_json", id="plain text"),
        pytest.param(http(gzip.compress(b" " * (64 << 20)), Content_Encoding="gzip"), "bad_answer", id="gzip bomb"),
        pytest.param(http(b'"' + b"x" * (1 << 20) + b'"'), "too_large", id="large"),
        pytest.param(JSON_HEAD + b"X: " + b"y" * 200_000 + b"\r\n\r\n", "not_http", id="a large header"),
        pytest.param(b"\x15\x03\x01\x00\x02\x02\x46\r\n\r\n", "not_http", id="a TLS alert"),
        pytest.param(http(b"{}", status="204 No Content"), "http_204", id="another success"),
    ],
)
async def test_answers_that_are_none(answer: bytes, reason: str) -> None:
    async with serving(answering(answer)) as server, plain(server.port) as client:
        met = await problem(client.health())
    assert (met.code, met.reason) == (ErrorCode.NOT_A_CONTROL_PLANE, reason)


@pytest.mark.parametrize(
    ("begin", "piece", "pause"),
    [
        pytest.param(JSON_HEAD + b"Content-Length: 99999\r\n\r\n{", b" ", 0.02, id="a body that trickles"),
        pytest.param(JSON_HEAD, b"X: y\r\n", 0.02, id="headers that trickle"),
        pytest.param(b"", b"HTTP/1.1 102 Processing\r\n\r\n", 0.01, id="never more than processing"),
        pytest.param(JSON_HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n", 0.01, id="chunks that trickle"),
    ],
)
async def test_an_answer_that_never_ends(begin: bytes, piece: bytes, pause: float) -> None:
    async with serving(forever(begin, piece, pause)) as server, plain(server.port, timeouts=IMPATIENT) as client:
        async with asyncio.timeout(5):
            met = await problem(client.health())
        assert (met.code, met.reason) == (ErrorCode.TIMED_OUT, "no_answer")
        await eventually(lambda: server.open == 0)


async def test_an_endless_flood_is_cut_off_by_its_size() -> None:
    begin = JSON_HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    async with serving(forever(begin, b"10000\r\n" + b" " * 65536 + b"\r\n")) as server, plain(server.port) as client:
        assert (await problem(client.health())).reason == "too_large"
        await eventually(lambda: server.open == 0)


async def test_a_redirect_is_not_followed() -> None:
    received: list[bytes] = []
    there = answering(http(b"{}"), received=received)
    async with serving(there) as target:
        redirect = http(b"", status="307 Temporary Redirect", Location=f"http://127.0.0.1:{target.port}/x")
        async with serving(answering(redirect)) as server, plain(server.port) as client:
            met = await problem(client.check_registration("n", TOKEN))
    assert met.reason == "redirect"
    assert received == []


async def test_the_environment_names_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{unused_port()}")
    async with serving(answering(http(b'{"status":"healthy"}'))) as server, plain(server.port) as client:
        assert (await client.health()).status == "healthy"


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_cancelling_a_call_closes_its_connection(scheme: str) -> None:
    async with contextlib.AsyncExitStack() as stack:
        server = await stack.enter_async_context(serving(silent))
        address = parse_address(f"{scheme}://127.0.0.1:{server.port}")
        client = await stack.enter_async_context(ControlPlaneClient(address, Trust()))
        call = asyncio.create_task(client.health())
        await eventually(lambda: server.open == 1)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await eventually(lambda: server.open == 0)


async def test_a_handshake_that_is_never_answered_is_told_as_that(control_plane: SandboxControlPlane) -> None:
    await control_plane.set_fault(Fault.HANG_HANDSHAKE)
    address, trust = parse_address(control_plane.url), Trust(ca_file=str(control_plane.ca_file))
    async with ControlPlaneClient(address, trust, timeouts=IMPATIENT) as client:
        met = await problem(client.register(NODE, TOKEN))
    assert (met.code, met.reason) == (ErrorCode.TLS_FAILED, "timed_out")
    assert "0.4 s" in met.message


async def test_a_connection_that_never_comes_about_is_told_as_that() -> None:
    with full_backlog() as port:
        async with plain(port, timeouts=IMPATIENT) as client:
            met = await problem(client.register(NODE, TOKEN))
    assert (met.code, met.reason) == (ErrorCode.NETWORK_UNREACHABLE, "timed_out")


async def test_a_handshake_that_takes_too_long_leaves_no_connection() -> None:
    async with serving(silent) as server:
        timeouts = Timeouts(request=0.3)
        async with ControlPlaneClient(parse_address(f"127.0.0.1:{server.port}"), Trust(), timeouts=timeouts) as client:
            assert (await problem(client.health())).reason == "no_answer"
            await eventually(lambda: server.open == 0)
