"""Every call over real TLS: what WIRE 2 says, and who is refused and why."""

import os
import ssl
from pathlib import Path

import httpx
import pytest

from quantix_tui.sandbox.controlplane import SandboxControlPlane, SeenRequest
from quantix_tui.sandbox.service import NODE_SERVICE, VM_SERVICE, Identity
from quantix_tui.sandbox.tokens import TokenKind
from tests.sandbox.calls import call, refusal, register


async def test_pages(plane: SandboxControlPlane, client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).json()["status"] == "healthy"
    assert (await client.get("/ready")).json()["ready"] is True
    assert (await client.get("/live")).json() == {"alive": True}
    info = (await client.get("/api/v1/info")).json()
    assert (info["name"], info["version"], info["api_version"]) == ("Quantix Sandbox", "0.1.0", "v1")
    assert "NodeService" in info["services"]
    missing = await client.get("/api/v1/health")
    assert (missing.status_code, missing.headers["content-type"]) == (404, "text/plain; charset=utf-8")
    assert (await client.post("/healthz")).status_code == 405
    doubled = await client.get(f"{plane.url}//healthz")
    assert (doubled.status_code, doubled.headers["location"]) == (301, "/healthz")


async def test_the_whole_life_of_a_node(plane: SandboxControlPlane, client: httpx.AsyncClient) -> None:
    token = plane.tokens.issue()
    assert (await call(client, "CheckRegistration", {"hostname": "node-1"}, token)).json() == {"ok": True}
    registered = (await register(client, token)).json()
    assert registered["status"]["phase"] == "PENDING"
    assert registered["heartbeatIntervalSecs"] == 5
    credential = registered["nodeCredential"]
    beat = {"nodeId": registered["id"], "cpuUsagePercent": 12.5, "memoryUsedMib": "2048", "memoryTotalMib": 8192}
    answer = await call(client, "UpdateHeartbeat", beat, credential)
    # Zero values (no pools, no full sync) are left out; 64-bit integers are text.
    assert answer.json().keys() == {"acknowledged", "serverTimeUnix", "heartbeatIntervalSecs"}
    assert isinstance(answer.json()["serverTimeUnix"], str)
    listed = (await call(client, "ListNodes")).json()
    assert listed["totalCount"] == 1
    assert listed["nodes"][0]["status"]["phase"] == "READY"
    assert listed["nodes"][0]["status"]["resources"]["memoryUsedMib"] == "2048"
    assert "nodeCredential" not in listed["nodes"][0]
    answer = await call(client, "DecommissionNode", {"id": registered["id"]}, credential)
    assert (answer.status_code, answer.json()) == (200, {})
    assert refusal(await call(client, "UpdateHeartbeat", beat, credential)) == (404, "not_found", "node_unknown")
    assert (await call(client, "ListNodes")).json() == {}


async def test_snake_case_is_read_too(plane: SandboxControlPlane, client: httpx.AsyncClient) -> None:
    registered = (await register(client, plane.tokens.issue())).json()
    beat: dict[str, object] = {"node_id": registered["id"], "cpu_usage_percent": 7}
    assert (await call(client, "UpdateHeartbeat", beat, registered["nodeCredential"])).status_code == 200
    metrics = (await call(client, "GetNodeMetrics", {"node_id": registered["id"]})).json()
    assert metrics["cpuUsagePercent"] == 7


@pytest.mark.parametrize("method", ["CheckRegistration", "RegisterNode"])
async def test_each_bad_token_is_refused_as_what_it_is(
    plane: SandboxControlPlane, client: httpx.AsyncClient, method: str
) -> None:
    revoked, expired, used = plane.tokens.issue(), plane.tokens.issue(-60), plane.tokens.issue()
    plane.tokens.revoke(revoked)
    await register(client, used, "node-2")
    tokens = {
        "token_unknown": "QUANTIX-AAAA-BBBB-CCCC",
        "token_revoked": revoked,
        "token_expired": expired,
        "token_used": used,
        "token_missing": None,
    }
    for reason, token in tokens.items():
        answer = await call(client, method, {"hostname": "node-1"}, token)
        assert refusal(answer) == (401, "unauthenticated", reason)
        assert token is None or token not in answer.text


async def test_a_check_uses_nothing_up(plane: SandboxControlPlane, client: httpx.AsyncClient) -> None:
    token = plane.tokens.issue(kind=TokenKind.JWT)
    for _ in range(3):
        assert (await call(client, "CheckRegistration", {"hostname": "node-1"}, token)).status_code == 200
    assert (await register(client, token)).status_code == 200


@pytest.mark.parametrize("method", ["CheckRegistration", "RegisterNode"])
async def test_a_name_that_is_taken(plane: SandboxControlPlane, client: httpx.AsyncClient, method: str) -> None:
    await register(client, plane.tokens.issue())
    answer = await call(client, method, {"hostname": "node-1"}, plane.tokens.issue())
    assert refusal(answer) == (409, "already_exists", "already_registered")


async def test_a_registration_whose_answer_was_lost_can_be_repeated(
    plane: SandboxControlPlane, client: httpx.AsyncClient
) -> None:
    token = plane.tokens.issue()
    first = (await register(client, token)).json()
    assert (await call(client, "CheckRegistration", {"hostname": "node-1"}, token)).status_code == 200
    second = (await register(client, token)).json()
    assert second["id"] == first["id"]
    assert second["nodeCredential"] != first["nodeCredential"]
    beat: dict[str, object] = {"nodeId": first["id"]}
    old = await call(client, "UpdateHeartbeat", beat, first["nodeCredential"])
    assert refusal(old) == (401, "unauthenticated", "credential_unknown")
    assert (await call(client, "UpdateHeartbeat", beat, second["nodeCredential"])).status_code == 200
    # Now the answer has been heard: the token is used up, for its own node too.
    assert refusal(await register(client, token)) == (401, "unauthenticated", "token_used")


async def test_heartbeats_and_leaving_need_the_credential(
    plane: SandboxControlPlane, client: httpx.AsyncClient
) -> None:
    registered = (await register(client, plane.tokens.issue())).json()
    for method, key in (("UpdateHeartbeat", "nodeId"), ("DecommissionNode", "id")):
        answer = await call(client, method, {key: registered["id"]})
        assert refusal(answer) == (401, "unauthenticated", "credential_unknown")


async def test_a_node_with_virtual_machines_does_not_leave(
    plane: SandboxControlPlane, client: httpx.AsyncClient
) -> None:
    registered = (await register(client, plane.tokens.issue())).json()
    plane.nodes.place_vms(registered["id"], ("vm-1",))
    answer = await call(client, "DecommissionNode", {"id": registered["id"]}, registered["nodeCredential"])
    assert refusal(answer) == (400, "failed_precondition", "vms_running")
    vms = (await client.post(f"{VM_SERVICE}ListVMs", json={"nodeId": registered["id"]})).json()
    assert [(vm["id"], vm["status"]["nodeId"]) for vm in vms["vms"]] == [("vm-1", registered["id"])]
    assert (await client.post(f"{VM_SERVICE}ListVMs", json={"nodeId": "another"})).json() == {}


async def test_the_interval_can_be_changed(plane: SandboxControlPlane, client: httpx.AsyncClient) -> None:
    registered = (await register(client, plane.tokens.issue())).json()
    plane.service.heartbeat_interval_secs = 0.25
    beat: dict[str, object] = {"nodeId": registered["id"]}
    answer = await call(client, "UpdateHeartbeat", beat, registered["nodeCredential"])
    assert answer.json()["heartbeatIntervalSecs"] == 0.25


async def test_clusters(plane: SandboxControlPlane, client: httpx.AsyncClient) -> None:
    registered = (await register(client, plane.tokens.issue())).json()
    beat: dict[str, object] = {"nodeId": registered["id"], "memoryUsedMib": 1024}
    await call(client, "UpdateHeartbeat", beat, registered["nodeCredential"])
    cluster = (await client.get("/api/clusters")).json()["clusters"][0]
    assert cluster["stats"] == {
        "total_hosts": 1,
        "online_hosts": 1,
        "total_vms": 0,
        "memory_used_bytes": 1 << 30,
    }
    assert (await client.get(f"/api/clusters/{cluster['id']}")).json() == cluster
    host = (await client.get(f"/api/clusters/{cluster['id']}/hosts")).json()["hosts"][0]
    assert (host["hostname"], host["management_ip"], host["status"]) == ("node-1", "10.0.0.1:9090", "READY")


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"{", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"hostname": 7}', "application/json", 400),
        (b"{}", "application/json; charset=utf-8", 400),
        (b"{}", "application/proto", 415),
        (b"{" + b" " * (2 << 20) + b"}", "application/json", 413),
    ],
    ids=["nothing", "a list", "cut", "deep", "a number", "no name", "another type", "too long"],
)
async def test_requests_that_are_none(
    client: httpx.AsyncClient, content: bytes, content_type: str, status: int
) -> None:
    answer = await client.post(
        f"{NODE_SERVICE}RegisterNode",
        content=content,
        headers={"Content-Type": content_type, "Authorization": "Bearer x"},
    )
    assert answer.status_code == status
    assert (await client.get(f"{NODE_SERVICE}RegisterNode")).status_code == 405
    assert (await client.post(f"{NODE_SERVICE}Unknown", json={})).status_code == 404


async def test_requests_are_remembered_without_their_secrets(
    plane: SandboxControlPlane, client: httpx.AsyncClient
) -> None:
    await client.get("/healthz")
    await register(client, "QUANTIX-AAAA-BBBB-CCCC")
    assert list(plane.requests) == [
        SeenRequest("GET", "/healthz", had_secret=False),
        SeenRequest("POST", f"{NODE_SERVICE}RegisterNode", had_secret=True),
    ]


async def test_by_name_and_by_both_addresses(plane: SandboxControlPlane) -> None:
    context = ssl.create_default_context(cafile=plane.ca_file)
    async with httpx.AsyncClient(verify=context, trust_env=False) as client:
        for host in ("localhost", "127.0.0.1", "[::1]"):
            assert (await client.get(f"https://{host}:{plane.port}/healthz")).status_code == 200


async def test_an_answer_is_not_held_back(client: httpx.AsyncClient) -> None:
    """Nagle's delay (40 ms an answer) would stand in every measured check; the fastest of ten tells."""
    took = []
    for _ in range(10):
        took.append((await client.get("/healthz")).elapsed.total_seconds())
    assert min(took) < 0.03


async def test_nobody_trusts_it_by_default(plane: SandboxControlPlane) -> None:
    async with httpx.AsyncClient(base_url=plane.url, trust_env=False) as client:
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            await client.get("/healthz")


async def test_the_folder_keeps_the_authority_and_no_key(plane: SandboxControlPlane) -> None:
    assert os.listdir(plane.ca_file.parent) == ["ca.pem"]
    assert b"PRIVATE" not in plane.ca_file.read_bytes()


async def test_an_identity_of_ones_own_and_a_port_that_was_asked_for(tmp_path: Path) -> None:
    async with SandboxControlPlane(tmp_path) as first:
        port = first.port
    async with (
        SandboxControlPlane(tmp_path, port=port, identity=Identity(name="Lab", version="9")) as second,
        httpx.AsyncClient(verify=ssl.create_default_context(cafile=second.ca_file), trust_env=False) as client,
    ):
        assert second.port == port
        assert (await client.get(f"{second.url}/api/v1/info")).json()["name"] == "Lab"
