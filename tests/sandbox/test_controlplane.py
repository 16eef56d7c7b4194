"""Every call and every fault over real TLS."""

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from quantix_tui.sandbox.controlplane import SandboxControlPlane
from quantix_tui.sandbox.faults import Fault
from quantix_tui.sandbox.service import NODE_SERVICE


@pytest.fixture
async def plane(tmp_path: Path) -> AsyncIterator[SandboxControlPlane]:
    async with SandboxControlPlane(tmp_path, slow_pace_secs=0.001) as plane:
        yield plane


@pytest.fixture
async def client(plane: SandboxControlPlane) -> AsyncIterator[httpx.AsyncClient]:
    context = ssl.create_default_context(cafile=plane.ca_file)
    async with httpx.AsyncClient(base_url=plane.url, verify=context, trust_env=False, timeout=5.0) as client:
        yield client


async def call(
    client: httpx.AsyncClient, method: str, body: dict[str, object] | None = None, secret: str | None = None
) -> httpx.Response:
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    return await client.post(f"{NODE_SERVICE}{method}", json=body or {}, headers=headers)


async def register(client: httpx.AsyncClient, token: str, hostname: str = "node-1") -> httpx.Response:
    return await call(client, "RegisterNode", {"hostname": hostname, "managementIp": "10.0.0.1:9090"}, token)


async def test_pages(plane: SandboxControlPlane, client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).json()["status"] == "healthy"
    assert (await client.get("/ready")).json()["ready"] is True
    assert (await client.get("/live")).json() == {"alive": True}
    info = (await client.get("/api/v1/info")).json()
    assert (info["name"], info["api_version"]) == ("Quantix Sandbox", "v1")
    assert (await client.get("/api/v1/health")).status_code == 404
    assert (await client.post("/healthz")).status_code == 405
    assert (await client.get(f"{plane.url}//healthz")).headers["location"] == "/healthz"


async def test_the_whole_life_of_a_node(plane: SandboxControlPlane, client: httpx.AsyncClient) -> None:
    token = plane.tokens.issue()
    assert (await call(client, "CheckRegistration", {"hostname": "node-1"}, token)).json() == {"ok": True}
    registered = (await register(client, token)).json()
    assert registered["status"]["phase"] == "PENDING"
    assert registered["heartbeatIntervalSecs"] == 5.0
    beat = {"nodeId": registered["id"], "cpuUsagePercent": 12.5, "memoryUsedMib": "2048", "memoryTotalMib": "8192"}
    answer = await call(client, "UpdateHeartbeat", beat, registered["nodeCredential"])
    assert answer.json().keys() == {"acknowledged", "serverTimeUnix", "heartbeatIntervalSecs"}
    assert isinstance(answer.json()["serverTimeUnix"], str)
    listed = (await call(client, "ListNodes")).json()
    assert listed["totalCount"] == 1
    assert listed["nodes"][0]["status"]["phase"] == "READY"
    assert listed["nodes"][0]["status"]["resources"]["memoryUsedMib"] == "2048"
    answer = await call(client, "DecommissionNode", {"id": registered["id"]}, registered["nodeCredential"])
    assert (answer.status_code, answer.json()) == (200, {})
    answer = await call(client, "UpdateHeartbeat", beat, registered["nodeCredential"])
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_tls_faults_and_the_port_stays(plane: SandboxControlPlane, client: httpx.AsyncClient) -> None:
    port = plane.port
    await plane.set_fault(Fault.REFUSE)
    with pytest.raises(httpx.ConnectError):
        await client.get("/healthz")
    await plane.set_fault(Fault.NONE)
    assert (await client.get("/healthz")).status_code == 200
    assert plane.port == port
