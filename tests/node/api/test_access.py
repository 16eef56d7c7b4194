"""Who may do what: reading on loopback, changing as root or with the admin token, and nobody else."""

import os
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantix_tui.node.api.access import MAX_BODY, is_loopback_host
from tests.node.api.support import ADMIN_TOKEN, over_socket, over_tcp, problem, token_file
from tests.node.support import Node

READS = ("/cluster/status", "/cluster/config", "/host", "/host/health", "/host/metrics", "/events")
CHANGES = ("/cluster/join", "/cluster/leave", "/cluster/test-connection", "/cluster/reload", "/cluster/restart")


async def test_anybody_on_this_machine_may_read(node: Node) -> None:
    async with over_tcp(node) as api:
        for path in READS:
            assert (await api.get(path)).status_code == 200


async def test_nobody_changes_anything_without_the_token(node: Node) -> None:
    async with over_tcp(node) as api:
        for path in CHANGES:
            answer = await api.post(path, json={})
            assert problem(answer) == (401, "unauthorized")
            assert answer.headers["www-authenticate"] == "Bearer"
    assert node.restarts == 0


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Bearer x", f"Basic {ADMIN_TOKEN}", ADMIN_TOKEN, f"Bearer {ADMIN_TOKEN}x", "Bearer é"],
)
async def test_a_wrong_token_is_refused(node: Node, authorization: str) -> None:
    async with over_tcp(node) as api:
        answer = await api.post("/cluster/restart", headers={b"Authorization": authorization.encode()})
        assert problem(answer) == (401, "unauthorized")
        assert ADMIN_TOKEN not in answer.text


async def test_the_admin_token_lets_one_change(node: Node) -> None:
    async with over_tcp(node, token=ADMIN_TOKEN) as api:
        assert (await api.post("/cluster/restart")).status_code == 202
    assert node.restarts == 1


async def test_a_replaced_token_counts_at_once(node: Node) -> None:
    async with over_tcp(node, token=ADMIN_TOKEN) as api:
        token_file(node).write_text("another-token-of-these-tests\n")
        assert problem(await api.post("/cluster/restart")) == (401, "unauthorized")


@pytest.mark.parametrize("spoil", ["gone", "empty", "exposed", "link"])
async def test_a_token_file_that_cannot_be_relied_on_lets_nobody_in(node: Node, spoil: str) -> None:
    async with over_tcp(node, token=ADMIN_TOKEN) as api:
        file = token_file(node)
        match spoil:
            case "gone":
                file.unlink()
            case "empty":
                file.write_text("\n")
            case "exposed":
                file.chmod(0o644)
            case "link":
                file.rename(file.with_name("elsewhere"))
                file.symlink_to(file.with_name("elsewhere"))
        for token in (ADMIN_TOKEN, ""):
            answer = await api.post("/cluster/restart", headers={"Authorization": f"Bearer {token}"})
            assert problem(answer) == (401, "unauthorized")


async def test_root_and_the_daemons_own_user_may_change_over_the_socket(node: Node) -> None:
    for uid, status in ((0, 202), (os.geteuid(), 202), (os.geteuid() + 1000, 401)):
        async with over_socket(node, uid) as api:
            assert (await api.post("/cluster/restart")).status_code == status
            assert (await api.get("/cluster/status")).status_code == 200


async def test_a_page_on_the_web_cannot_lead_a_browser_here(node: Node) -> None:
    for host in ("evil.example", "evil.example:8080", "10.0.0.1:8080", "", "localhost.evil.example", "[::2]:8080"):
        async with over_tcp(node, host, ADMIN_TOKEN) as api:
            assert problem(await api.get("/cluster/status")) == (403, "unauthorized")
            assert problem(await api.post("/cluster/restart")) == (403, "unauthorized")
    assert node.restarts == 0


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8080", "127.0.0.1", "127.1.2.3:1", "[::1]:8080", "LOCALHOST."]
)
def test_this_machines_own_names(host: str) -> None:
    assert is_loopback_host(host)


@given(st.text())
def test_any_host_header_is_judged(host: str) -> None:
    assert is_loopback_host(host) in (True, False)


async def test_a_large_body_is_refused_however_it_comes(node: Node) -> None:
    async with over_socket(node) as api:
        whole = await api.post("/cluster/join", content=b"x" * (MAX_BODY + 1))
        assert problem(whole) == (413, "invalid_request")

        async def piecemeal() -> AsyncIterator[bytes]:
            for _ in range(10):
                yield b"x" * (MAX_BODY // 5)

        assert problem(await api.post("/cluster/join", content=piecemeal())) == (413, "invalid_request")
        assert problem(await api.post("/cluster/join", content=b" " * MAX_BODY)) == (400, "invalid_request")
