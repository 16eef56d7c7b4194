"""The control port over real HTTP; the daemon is a stand-in, its own tests have the real one."""

from collections.abc import AsyncIterator

import httpx
import pytest

from quantix_tui.sandbox.control import ControlPort
from quantix_tui.sandbox.controlplane import SandboxControlPlane
from quantix_tui.sandbox.directory import SandboxError
from quantix_tui.sandbox.faults import Fault
from quantix_tui.sandbox.refusal import RefusedError
from tests.sandbox.calls import call, register


class StandIn:
    """Remembers what it was asked."""

    def __init__(self) -> None:
        self.pid: int | None = 17
        self.asked: list[str] = []

    @property
    def running(self) -> bool:
        return self.pid is not None

    async def start(self) -> None:
        self.asked.append("start")
        self.pid = 18

    async def stop(self) -> None:
        self.asked.append("stop")
        self.pid = None

    async def kill(self) -> None:
        self.asked.append("kill")
        raise SandboxError("It would not die.")


@pytest.fixture
def daemon() -> StandIn:
    return StandIn()


@pytest.fixture
async def control(plane: SandboxControlPlane, daemon: StandIn) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        ControlPort(plane, daemon) as port,
        httpx.AsyncClient(base_url=port.url, trust_env=False) as client,
    ):
        yield client


async def test_faults(plane: SandboxControlPlane, control: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
    assert (await control.get("/fault")).json() == {"fault": "none"}
    assert (await control.post("/fault", json={"fault": "maintenance"})).json() == {"fault": "maintenance"}
    assert (await client.get("/healthz")).status_code == 503
    refused = await control.post("/fault", json={"fault": "earthquake"})
    assert refused.status_code == 400
    assert "hostile" in refused.json()["message"]
    assert plane.fault is Fault.MAINTENANCE


async def test_tokens(plane: SandboxControlPlane, control: httpx.AsyncClient) -> None:
    code = (await control.post("/tokens", json={})).json()["token"]
    jwt = (await control.post("/tokens", json={"kind": "jwt", "ttl_secs": 60})).json()["token"]
    expired = (await control.post("/tokens", json={"ttl_secs": -1})).json()["token"]
    assert code.startswith("QUANTIX-")
    assert jwt.count(".") == 2
    plane.tokens.require_unused(code)
    plane.tokens.require_unused(jwt)
    with pytest.raises(RefusedError, match="expired"):
        plane.tokens.require_unused(expired)
    assert (await control.post("/revoke", json={"token": code})).status_code == 200
    with pytest.raises(RefusedError, match="revoked"):
        plane.tokens.require_unused(code)
    assert (await control.post("/revoke", json={"token": "QUANTIX-AAAA-BBBB-CCCC"})).status_code == 401


async def test_nodes(plane: SandboxControlPlane, control: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
    node = (await register(client, plane.tokens.issue())).json()
    assert (await control.post("/vms", json={"node_id": node["id"], "vm_ids": ["vm-1"]})).status_code == 200
    assert (await control.get("/nodes")).json() == [
        {"id": node["id"], "hostname": "node-1", "phase": "PENDING", "vm_ids": ["vm-1"]}
    ]
    assert (await control.get("/requests")).json()[-1]["had_secret"] is True
    assert (await control.post("/heartbeat_interval", json={"secs": 0.5})).status_code == 200
    beat = await call(client, "UpdateHeartbeat", {"nodeId": node["id"]}, node["nodeCredential"])
    assert beat.json()["heartbeatIntervalSecs"] == 0.5
    assert (await control.post("/remove_node", json={"node_id": node["id"]})).status_code == 200
    assert (await control.post("/remove_node", json={"node_id": node["id"]})).status_code == 404
    assert (await control.get("/nodes")).json() == []


async def test_the_daemon(control: httpx.AsyncClient, daemon: StandIn) -> None:
    assert (await control.get("/daemon")).json() == {"running": True, "pid": 17}
    assert (await control.post("/daemon", json={"action": "stop"})).json() == {"running": False, "pid": None}
    assert (await control.post("/daemon", json={"action": "start"})).json() == {"running": True, "pid": 18}
    failed = await control.post("/daemon", json={"action": "kill"})
    assert (failed.status_code, failed.json()["message"]) == (500, "It would not die.")
    assert daemon.asked == ["stop", "start", "kill"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/tokens", {"ttl_secs": "long"}, 400),
        ("/tokens", {"ttl_secs": True}, 400),
        ("/tokens", {"kind": "paper"}, 400),
        ("/heartbeat_interval", {"secs": 0}, 400),
        ("/vms", {"node_id": "x", "vm_ids": "vm-1"}, 400),
        ("/daemon", {"action": "dance"}, 400),
        ("/revoke", {}, 400),
        ("/fault", [], 400),
        ("/nodes", {}, 404),
    ],
)
async def test_what_is_refused(control: httpx.AsyncClient, path: str, body: object, status: int) -> None:
    answer = await control.post(path, json=body)
    assert answer.status_code == status
    assert answer.json()["message"]


async def test_a_web_page_cannot_steer_it(control: httpx.AsyncClient, plane: SandboxControlPlane) -> None:
    answer = await control.post("/fault", content=b'{"fault": "refuse"}', headers={"Content-Type": "text/plain"})
    assert answer.status_code == 400
    assert plane.fault is Fault.NONE
