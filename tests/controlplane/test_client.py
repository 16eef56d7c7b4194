"""The client over the real wire: what it sends, what it takes, whom it trusts."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from quantix_tui.cluster.address import ControlPlaneAddress, parse_address
from quantix_tui.cluster.errors import ErrorCode
from quantix_tui.cluster.secret import NodeCredential
from quantix_tui.cluster.token import parse_token
from quantix_tui.cluster.trust import Trust
from quantix_tui.controlplane.client import ControlPlaneClient
from quantix_tui.controlplane.identity import read_certificate
from quantix_tui.controlplane.limits import Timeouts
from quantix_tui.controlplane.wire import Usage
from quantix_tui.sandbox.controlplane import SandboxControlPlane
from quantix_tui.sandbox.faults import Fault
from tests.controlplane.calling import CREDENTIAL, NODE, SECRET, TOKEN, plain, problem
from tests.controlplane.certificates import self_signed
from tests.controlplane.servers import (
    answering,
    http,
    serving,
)


@pytest.fixture
async def client(control_plane: SandboxControlPlane) -> AsyncIterator[ControlPlaneClient]:
    async with ControlPlaneClient(parse_address(control_plane.url), Trust(pin=control_plane.fingerprint)) as made:
        yield made


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


async def test_the_certificate_behind_an_answer_is_known_as_it_was_verified(
    control_plane: SandboxControlPlane, client: ControlPlaneClient
) -> None:
    await client.health()
    own = await asyncio.to_thread(ssl.get_server_certificate, ("127.0.0.1", control_plane.port))
    read = read_certificate(ssl.PEM_cert_to_DER_cert(own)).facts
    assert read.not_after
    # Read by another library, of another connection: the same.
    assert client.certificate == read
    await client.health()  # Also on a connection that was kept.
    assert client.certificate == read


async def test_without_encryption_there_is_no_certificate() -> None:
    async with serving(answering(http(b'{"status":"healthy"}'))) as server, plain(server.port) as client:
        await client.health()
        assert client.certificate is None


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
