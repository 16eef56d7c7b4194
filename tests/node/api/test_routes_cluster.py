"""The API as the document gives it: bodies, spellings, and one status for each way to fail (WIRE 1)."""

import json

import httpx
import pytest

from quantix_tui.cluster.errors import ErrorCode
from quantix_tui.cluster.status import ClusterState
from quantix_tui.sandbox.controlplane import SandboxControlPlane
from quantix_tui.sandbox.faults import Fault
from tests.node.api.support import over_socket, problem
from tests.node.support import OTHERS, Node

FIVE = ("joined", "control_plane_address", "node_id", "last_heartbeat", "status")


def body_for(plane: SandboxControlPlane, **changes: object) -> dict[str, object]:
    return {
        "control_plane_address": plane.url,
        "registration_token": plane.tokens.issue(),
        "pin_sha256": str(plane.fingerprint),
        **changes,
    }


def five(answer: httpx.Response) -> list[object]:
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert tuple(body)[:5] == FIVE
    return [body[key] for key in FIVE]


async def test_the_documents_examples(plane: SandboxControlPlane, node: Node) -> None:
    async with over_socket(node) as api:
        assert five(await api.get("/cluster/status")) == [False, None, None, None, "standalone"]
        joined = await api.post("/cluster/join", json=body_for(plane))
        assert five(joined) == [True, plane.url, None, None, "pending_restart"]
        assert five(await api.post("/cluster/leave")) == [False, None, None, None, "standalone"]


async def test_both_spellings_of_a_request_are_read(plane: SandboxControlPlane, node: Node) -> None:
    async with over_socket(node) as api:
        answer = await api.post(
            "/cluster/join",
            json={
                "controlPlaneAddress": f"  localhost:{plane.port} ",
                "registrationToken": f'"{plane.tokens.issue()}"\n',
                "pinSha256": str(plane.fingerprint).upper(),
            },
        )
        assert five(answer)[1] == plane.url


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"control_plane_address": ""}, "invalid_address"),
        ({"control_plane_address": "ftp://vdc"}, "invalid_address"),
        ({"control_plane_address": "https://user:pw@vdc"}, "invalid_address"),
        ({"registration_token": "two words"}, "invalid_token"),
        ({"registration_token": ""}, "invalid_token"),
        ({"registration_token": 5}, "invalid_request"),
        ({"registration_token": None}, "invalid_request"),
        ({"control_plane_address": ["a"]}, "invalid_request"),
        ({"pin_sha256": "abc"}, "invalid_request"),
        ({"control_plane_address": "x" * 10_000}, "invalid_request"),
    ],
)
async def test_a_wrong_shape_is_400(
    plane: SandboxControlPlane, node: Node, changes: dict[str, object], code: str
) -> None:
    async with over_socket(node) as api:
        assert problem(await api.post("/cluster/join", json=body_for(plane, **changes))) == (400, code)
    assert list(plane.requests) == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"[" * 5000, b"{}"])
async def test_what_is_no_request_is_400(node: Node, content: bytes) -> None:
    async with over_socket(node) as api:
        answer = await api.post("/cluster/join", content=content, headers={"Content-Type": "application/json"})
        assert problem(answer) == (400, "invalid_request")


async def test_a_refusal_never_repeats_what_was_sent(node: Node) -> None:
    secret = "QUANTIX-SECR-ETSE-CRET"
    async with over_socket(node) as api:
        for body in ({"registration_token": secret}, {"registration_token": [secret]}, {"a": secret, "b": [secret]}):
            answer = await api.post("/cluster/join", json=body)
            assert answer.status_code == 400
            assert secret not in answer.text
        answer = await api.post("/cluster/join", content=f'{{"registration_token": "{secret}"')
        assert secret not in answer.text


@pytest.mark.parametrize(
    ("token", "reason"), [("unknown", "unknown"), ("expired", "expired"), ("used", "used"), ("revoked", "revoked")]
)
async def test_a_refused_token_is_422(plane: SandboxControlPlane, node: Node, token: str, reason: str) -> None:
    text = "QUANTIX-2345-6789-ABCD"
    if token != "unknown":
        text = plane.tokens.issue(ttl_secs=-1 if token == "expired" else 60)
    if token == "used":
        plane.service.register("another-node", {}, text)
    if token == "revoked":
        plane.tokens.revoke(text)
    async with over_socket(node) as api:
        answer = await api.post("/cluster/join", json=body_for(plane, registration_token=text))
        assert problem(answer) == (422, "invalid_token")
        assert answer.json()["details"]["reason"] == reason
    assert node.config.read_text() == OTHERS


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (Fault.REFUSE, 502, "network_unreachable"),
        (Fault.OTHER_AUTHORITY, 502, "untrusted_certificate"),
        (Fault.PLAINTEXT, 502, "tls_failed"),
        (Fault.HTML, 502, "not_a_control_plane"),
        (Fault.REDIRECT, 502, "not_a_control_plane"),
        (Fault.HUGE, 502, "not_a_control_plane"),
        (Fault.ERROR500, 502, "control_plane_error"),
        (Fault.MAINTENANCE, 502, "maintenance"),
        (Fault.INCOMPATIBLE, 502, "incompatible"),
        (Fault.WRONG_CLOCK, 422, "clock_wrong"),
    ],
)
async def test_a_control_plane_that_cannot_be_used(
    plane: SandboxControlPlane, node: Node, fault: Fault, status: int, code: str
) -> None:
    await plane.set_fault(fault)
    async with over_socket(node) as api:
        assert problem(await api.post("/cluster/join", json=body_for(plane))) == (status, code)
    assert node.config.read_text() == OTHERS


async def test_a_name_that_does_not_exist_is_502(plane: SandboxControlPlane, node: Node) -> None:
    async with over_socket(node) as api:
        answer = await api.post("/cluster/join", json=body_for(plane, control_plane_address="vdc.invalid"))
        assert problem(answer) == (502, "network_unreachable")


async def test_joined_or_registered_already_is_409(plane: SandboxControlPlane, node: Node) -> None:
    async with over_socket(node) as api:
        other, _ = plane.service.register(node.daemon.machine.facts().hostname, {}, plane.tokens.issue())
        assert problem(await api.post("/cluster/join", json=body_for(plane))) == (409, "already_registered")
        plane.nodes.remove(other.id)
        assert (await api.post("/cluster/join", json=body_for(plane))).status_code == 200
        assert problem(await api.post("/cluster/join", json=body_for(plane))) == (409, "already_joined")


async def test_a_configuration_that_cannot_be_read_or_written_is_500(plane: SandboxControlPlane, node: Node) -> None:
    node.config.write_text("node: {}\ncontrol_plane: [\n")
    async with over_socket(node) as api:
        for call in (
            api.post("/cluster/join", json=body_for(plane)),
            api.post("/cluster/leave"),
            api.post("/cluster/reload"),
            api.get("/cluster/config"),
        ):
            answer = await call
            assert problem(answer) == (500, "config_unreadable")
            assert answer.json()["details"]["line"]
        status = (await api.get("/cluster/status")).json()
        assert status["problem"]["error"] == "config_unreadable"


async def test_config_tells_the_section_and_no_secret(plane: SandboxControlPlane, node: Node) -> None:
    await node.connect(plane)
    async with over_socket(node) as api:
        config = (await api.get("/cluster/config")).json()
    assert config["enabled"] is True
    assert config["control_plane_address"] == plane.url
    assert config["node_id"] == plane.nodes.all()[0].id
    assert config["pin_sha256"] == str(plane.fingerprint)
    assert node.file("node-credential").read_text().strip() not in json.dumps(config)


async def test_config_tells_the_proxy_without_its_login(node: Node) -> None:
    node.config.write_text(OTHERS + "control_plane: {proxy: 'http://node:secret@proxy.example:3128'}\n")
    async with over_socket(node) as api:
        answer = await api.get("/cluster/config")
    assert answer.json()["proxy"] == "http://***@proxy.example:3128"
    assert "secret" not in answer.text + repr(node.daemon.store.load())


async def test_test_connection_in_one_answer(plane: SandboxControlPlane, node: Node) -> None:
    wanted = {"control_plane_url": plane.url, "pin_sha256": str(plane.fingerprint)}
    async with over_socket(node) as api:
        good = (await api.post("/cluster/test-connection", json=wanted)).json()
        assert good["success"] is True
        assert good["cluster_name"]
        assert [check["name"] for check in good["checks"]][:3] == ["name", "connection", "encryption"]
        unknown = (await api.post("/cluster/test-connection", json={"controlPlaneUrl": plane.url})).json()
        assert unknown["success"] is False
        identity = next(check for check in unknown["checks"] if check["name"] == "identity")
        assert identity["certificate"]["fingerprint"] == str(plane.fingerprint)
        assert unknown["message"] == identity["problem"]["message"]
    assert node.config.read_text() == OTHERS
    assert node.status().status is ClusterState.STANDALONE


async def test_test_connection_line_by_line(plane: SandboxControlPlane, node: Node) -> None:
    wanted = {**body_for(plane), "control_plane_url": plane.url}
    async with (
        over_socket(node) as api,
        api.stream(
            "POST", "/cluster/test-connection", json=wanted, headers={"Accept": "application/x-ndjson"}
        ) as answer,
    ):
        assert answer.headers["content-type"].startswith("application/x-ndjson")
        lines = [json.loads(line) async for line in answer.aiter_lines()]
    assert [line["outcome"] for line in lines] == ["pass"] * 7


async def test_restart_and_reload(plane: SandboxControlPlane, node: Node) -> None:
    async with over_socket(node) as api:
        await api.post("/cluster/join", json=body_for(plane))
        reloaded = await api.post("/cluster/reload")
        assert reloaded.json()["restart_required"] is False
        await node.until(ClusterState.CONNECTED)
        restarting = await api.post("/cluster/restart")
        assert (restarting.status_code, node.restarts) == (202, 1)


async def test_unknown_paths_and_methods_are_json(node: Node) -> None:
    async with over_socket(node) as api:
        for path in ("/nope", "/cluster", "/cluster/status/", "//cluster/status", "/../x", "/%00%1b[31m"):
            assert problem(await api.get(path)) == (404, "not_supported")
        for method, path in (("POST", "/cluster/status"), ("DELETE", "/cluster/join"), ("GET", "/cluster/leave")):
            answer = await api.request(method, path)
            assert problem(answer) == (405, "not_supported")
            assert answer.headers["allow"]


async def test_the_answer_to_a_leave_tells_what_nothing_will_tell_later(plane: SandboxControlPlane, node: Node) -> None:
    await node.connect(plane)
    node.file("node-credential").unlink()
    await node.restart()
    await node.until(ClusterState.DISCONNECTED, ErrorCode.UNAUTHORIZED)
    async with over_socket(node) as api:
        left = (await api.post("/cluster/leave")).json()
        assert (left["status"], left["pending_cleanup"]) == ("standalone", None)
        assert left["problem"]["details"]["reason"] == "credential_missing"
        assert "remove it there" in left["problem"]["hint"]
        assert (await api.get("/cluster/status")).json()["problem"] is None
