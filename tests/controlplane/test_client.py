"""The client over the real wire: what it sends, what it takes, and that no secret ever shows."""

import asyncio
import contextlib
import gzip
import json
import logging
import os
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from quantix_tui.cluster.address import ControlPlaneAddress, parse_address
from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.secret import NodeCredential
from quantix_tui.cluster.token import RegistrationToken, parse_token
from quantix_tui.cluster.trust import Trust
from quantix_tui.controlplane.client import ControlPlaneClient
from quantix_tui.controlplane.limits import Timeouts
from quantix_tui.controlplane.wire import MemoryInfo, NodeDescription, NodeRole, Usage
from quantix_tui.sandbox.controlplane import SandboxControlPlane
from quantix_tui.sandbox.faults import Fault
from tests.controlplane.certificates import self_signed
from tests.controlplane.conftest import IMPATIENT
from tests.controlplane.servers import (
    answering,
    closing,
    eventually,
    forever,
    full_backlog,
    http,
    serving,
    silent,
    unused_port,
)

SECRET = "QUANTIX-SECR-ETSE-CRET"
TOKEN = RegistrationToken(SECRET)
CREDENTIAL = NodeCredential("qnc_nobody-may-see-this")
NODE = NodeDescription(hostname="qx-node-07", management_ip="10.20.0.17:9090", role=NodeRole(compute=True))


@pytest.fixture
async def client(control_plane: SandboxControlPlane) -> AsyncIterator[ControlPlaneClient]:
    async with ControlPlaneClient(parse_address(control_plane.url), Trust(pin=control_plane.fingerprint)) as made:
        yield made


def plain(port: int, **options: Timeouts) -> ControlPlaneClient:
    return ControlPlaneClient(parse_address(f"http://127.0.0.1:{port}"), Trust(), **options)  # type: ignore[arg-type]


async def problem(call: Awaitable[object]) -> Problem:
    with pytest.raises(QuantixError) as caught:
        await call
    return caught.value.problem


# --- The calls ----------------------------------------------------------------------------------------


async def test_a_node_s_life(control_plane: SandboxControlPlane, client: ControlPlaneClient) -> None:
    health = await client.health()
    assert health.status == "healthy"
    assert health.server_time is not None
    info = await client.info()
    assert (info.name, info.version, info.compatible) == ("Quantix Sandbox", "0.1.0", True)

    token = parse_token(control_plane.tokens.issue())
    await client.check_registration(NODE.hostname, token)
    registration = await client.register(NODE, token)
    assert registration.credential is not None
    assert registration.heartbeat_interval_secs == 5.0
    [known] = control_plane.nodes.all()
    assert registration.node_id == known.id

    usage = Usage(cpu_usage_percent=12.5, memory_used_mib=2048, memory_total_mib=8192)
    acknowledged = await client.heartbeat(registration.node_id, usage, registration.credential)
    assert acknowledged.acknowledged
    assert acknowledged.heartbeat_interval_secs == 5.0
    assert acknowledged.server_time_unix is not None
    heartbeat = control_plane.nodes.get(known.id).heartbeat
    assert heartbeat is not None
    assert (heartbeat.usage.cpu_percent, heartbeat.usage.memory_used_mib) == (12.5, 2048)

    [listed] = await client.list_nodes(registration.credential)
    assert (listed.id, listed.hostname, listed.phase, listed.vm_count) == (known.id, NODE.hostname, "READY", 0)
    assert listed.management_ip == "10.20.0.17:9090"

    await client.decommission(registration.node_id, registration.credential)
    assert control_plane.nodes.all() == ()
    removed = await problem(client.heartbeat(registration.node_id, usage, registration.credential))
    assert removed.code is ErrorCode.REMOVED
    assert (await problem(client.decommission(registration.node_id, registration.credential))).code is ErrorCode.REMOVED


async def test_a_lost_answer_is_made_good_by_registering_again(
    control_plane: SandboxControlPlane, client: ControlPlaneClient
) -> None:
    token = parse_token(control_plane.tokens.issue())
    await control_plane.set_fault(Fault.LOST_ANSWER)
    lost = await problem(client.register(NODE, token))
    assert lost.code is ErrorCode.NETWORK_UNREACHABLE
    await control_plane.set_fault(Fault.NONE)
    registration = await client.register(NODE, token)
    assert [node.id for node in control_plane.nodes.all()] == [registration.node_id]


async def test_registering_is_refused(control_plane: SandboxControlPlane, client: ControlPlaneClient) -> None:
    unknown = await problem(client.register(NODE, TOKEN))
    assert (unknown.code, unknown.reason) == (ErrorCode.INVALID_TOKEN, "unknown")
    control_plane.service.register(NODE.hostname, {}, control_plane.tokens.issue())
    taken = await problem(client.register(NODE, parse_token(control_plane.tokens.issue())))
    assert taken.code is ErrorCode.ALREADY_REGISTERED


async def test_a_heartbeat_with_a_wrong_credential(
    control_plane: SandboxControlPlane, client: ControlPlaneClient
) -> None:
    node, _ = control_plane.service.register("n", {}, control_plane.tokens.issue())
    refused = await problem(client.heartbeat(node.id, Usage(), CREDENTIAL))
    assert (refused.code, refused.reason) == (ErrorCode.UNAUTHORIZED, "credential_refused")


async def test_leaving_with_machines_running_is_refused_in_words(
    control_plane: SandboxControlPlane, client: ControlPlaneClient
) -> None:
    node, credential = control_plane.service.register("n", {}, control_plane.tokens.issue())
    control_plane.nodes.place_vms(node.id, ("vm-1", "vm-2"))
    refused = await problem(client.decommission(node.id, NodeCredential(credential)))
    assert (refused.code, refused.reason) == (ErrorCode.CONTROL_PLANE_ERROR, "failed_precondition")
    assert "2 virtual machines run on this node" in refused.message


async def test_what_goes_over_the_wire() -> None:
    received: list[bytes] = []
    async with serving(answering(http(b'{"id":"n-1"}'), received=received)) as server, plain(server.port) as client:
        registration = await client.register(NODE, TOKEN)
    assert registration.node_id == "n-1"
    assert registration.credential is None
    head, _, body = received[0].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /limiquantix.compute.v1.NodeService/RegisterNode HTTP/1.1"
    headers = {line.split(": ")[0].lower(): line.split(": ", 1)[1] for line in lines[1:]}
    assert headers["host"] == f"127.0.0.1:{server.port}"
    assert headers["content-type"] == "application/json"
    assert headers["authorization"] == f"Bearer {SECRET}"
    assert headers["accept-encoding"] == "identity"
    assert json.loads(body) == {
        "hostname": "qx-node-07",
        "managementIp": "10.20.0.17:9090",
        "role": {"compute": True},
    }


async def test_the_connection_is_kept_between_calls() -> None:
    async with serving(answering(http(b'{"status":"healthy"}'))) as server, plain(server.port) as client:
        for _ in range(3):
            await client.health()
        assert server.accepted == 1


async def test_two_first_calls_at_once_open_one_client(control_plane: SandboxControlPlane) -> None:
    address = parse_address(control_plane.url)
    for trust in (Trust(pin=control_plane.fingerprint), Trust(ca_file=str(control_plane.ca_file))):
        async with ControlPlaneClient(address, trust) as client:
            await asyncio.gather(*(client.health() for _ in range(4)))
    # A client that was lost would leave its sockets open: a ResourceWarning, and warnings are errors here.


async def test_it_works_again_after_the_control_plane_was_away(
    control_plane: SandboxControlPlane, client: ControlPlaneClient
) -> None:
    await client.health()
    await control_plane.set_fault(Fault.REFUSE)
    assert (await problem(client.health())).reason == "connection_refused"
    await control_plane.set_fault(Fault.NONE)
    await client.health()


# --- Failures of members are the document's "Control Plane Unreachable" -------------------------------


@pytest.mark.parametrize("fault", [Fault.REFUSE, Fault.HANG, Fault.HANG_HANDSHAKE])
async def test_members_meet_control_plane_unreachable(control_plane: SandboxControlPlane, fault: Fault) -> None:
    await control_plane.set_fault(fault)
    address, trust = parse_address(control_plane.url), Trust(ca_file=str(control_plane.ca_file))
    async with ControlPlaneClient(address, trust, timeouts=Timeouts(request=0.3)) as client:
        calls = (client.heartbeat("n", Usage(), CREDENTIAL), client.decommission("n", CREDENTIAL), client.list_nodes())
        for met in await asyncio.gather(*(problem(call) for call in calls)):
            assert met.code is ErrorCode.CONTROL_PLANE_UNREACHABLE


# --- TLS ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "code", "reason"),
    [
        (Fault.OTHER_AUTHORITY, ErrorCode.UNTRUSTED_CERTIFICATE, "pin_mismatch"),
        (Fault.WRONG_CERTIFICATE, ErrorCode.UNTRUSTED_CERTIFICATE, "wrong_host"),
        (Fault.EXPIRED_CERTIFICATE, ErrorCode.UNTRUSTED_CERTIFICATE, "expired"),
        (Fault.NOT_YET_VALID_CERTIFICATE, ErrorCode.UNTRUSTED_CERTIFICATE, "not_yet_valid"),
        (Fault.PLAINTEXT, ErrorCode.TLS_FAILED, "plain_port"),
    ],
)
async def test_certificates_are_verified_before_a_token_leaves(
    control_plane: SandboxControlPlane, client: ControlPlaneClient, fault: Fault, code: ErrorCode, reason: str
) -> None:
    await control_plane.set_fault(fault)
    met = await problem(client.register(NODE, TOKEN))
    assert (met.code, met.reason) == (code, reason)
    assert not control_plane.requests


async def test_a_pin_holds_for_later_connections_too(
    control_plane: SandboxControlPlane, client: ControlPlaneClient
) -> None:
    await client.health()
    await control_plane.set_fault(Fault.OTHER_AUTHORITY)
    met = await problem(client.check_registration("n", TOKEN))
    assert (met.code, met.reason) == (ErrorCode.UNTRUSTED_CERTIFICATE, "pin_mismatch")


async def test_nobody_is_trusted_by_default(control_plane: SandboxControlPlane) -> None:
    async with ControlPlaneClient(parse_address(control_plane.url), Trust()) as client:
        met = await problem(client.register(NODE, TOKEN))
    assert (met.code, met.reason) == (ErrorCode.UNTRUSTED_CERTIFICATE, "unknown_ca")


async def test_a_pinned_certificate_does_not_vouch_for_another_one(tmp_path: Path) -> None:
    pinned, other = self_signed("one"), self_signed("two", hosts=("127.0.0.1",))
    async with serving(answering(http(b'{"status":"healthy"}')), other.server_context(tmp_path)) as server:
        address = parse_address(f"127.0.0.1:{server.port}")
        async with ControlPlaneClient(address, Trust(pin=pinned.fingerprint)) as client:
            assert (await problem(client.health())).reason == "pin_mismatch"


# --- Plain HTTP ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.register(NODE, TOKEN),
        lambda client: client.check_registration("n", TOKEN),
        lambda client: client.heartbeat("n", Usage(), CREDENTIAL),
        lambda client: client.decommission("n", CREDENTIAL),
        lambda client: client.list_nodes(CREDENTIAL),
    ],
)
async def test_no_secret_goes_unencrypted_to_another_machine(
    call: Callable[[ControlPlaneClient], Awaitable[object]],
) -> None:
    async with serving(answering(http(b"{}"))) as server:
        address = ControlPlaneAddress("http", "0.0.0.0", server.port)  # this machine, but no loopback address
        async with ControlPlaneClient(address, Trust()) as client:
            met = await problem(call(client))
        assert met.code is ErrorCode.PLAINTEXT_REFUSED
        assert server.accepted == 0
        async with ControlPlaneClient(address, Trust(), allow_plaintext=True) as client:
            await client.check_registration("n", TOKEN)


# --- Bounds -------------------------------------------------------------------------------------------

JSON_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


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


# --- Secrets ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "way", ["refused", "silent", "closed", "cut", "html", "redirect", "error", "shape", "unrouted"]
)
async def test_no_secret_in_any_error(way: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    behaviours = {
        "silent": silent,
        "closed": closing,
        "cut": answering(JSON_HEAD + b"Content-Length: 10\r\n\r\n{"),
        "html": answering(http(b"<p>", kind="text/html")),
        "redirect": answering(http(b"", status="302 Found", Location="/")),
        "error": answering(http(b'{"code":"internal","message":"no"}', status="500 Oops")),
        "shape": answering(http(b'{"id":7,"nodeCredential":"qnc_nobody-may-see-this"}')),
    }
    if way in behaviours:
        async with serving(behaviours[way]) as server:
            error = await _error(server.port)
    elif way == "refused":
        error = await _error(unused_port())
    else:
        with full_backlog() as port:
            error = await _error(port)
    seen = _everything_of(error) + caplog.text
    for secret in (SECRET, CREDENTIAL.reveal()):
        assert secret not in seen


async def _error(port: int) -> QuantixError:
    async with plain(port, timeouts=IMPATIENT) as client:
        with pytest.raises(QuantixError) as caught:
            await client.register(NODE, TOKEN)
    return caught.value


def _everything_of(error: BaseException) -> str:
    """What any crash report could make of it: the text, the chain, and the variables of its frames."""
    assert error.__cause__ is None
    assert error.__context__ is None
    texts = [str(error), repr(error), repr(vars(error))]
    step = error.__traceback__
    while step is not None:
        if os.sep + "quantix_tui" + os.sep in step.tb_frame.f_code.co_filename:
            texts += [repr(value) for value in step.tb_frame.f_locals.values()]
        step = step.tb_next
    texts += traceback.format_exception(error)
    return "\n".join(texts)


async def test_a_server_that_repeats_the_token_does_not_bring_it_on_the_screen() -> None:
    body = {"code": "unauthenticated", "message": "x" * 140 + f" token {SECRET} is not known"}
    answer = http(json.dumps(body).encode(), status="401 Unauthorized")
    async with serving(answering(answer)) as server, plain(server.port) as client:
        met = await problem(client.check_registration("n", TOKEN))
    assert met.code is ErrorCode.INVALID_TOKEN
    assert "token ****" in met.message
    assert "QUANTIX" not in met.message


async def test_a_credential_that_no_request_could_carry_is_refused() -> None:
    answer = http(json.dumps({"id": "n-1", "nodeCredential": "two words\r\nX: y"}).encode())
    async with serving(answering(answer)) as server, plain(server.port) as client:
        met = await problem(client.register(NODE, TOKEN))
    assert met.reason == "bad_answer"


def test_the_description_s_zero_values_are_left_out() -> None:
    assert NodeDescription(hostname="n", memory_info=MemoryInfo(total_bytes=1)).to_wire() == {
        "hostname": "n",
        "memoryInfo": {"totalBytes": 1},
    }
