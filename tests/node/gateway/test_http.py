import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

from quantix_tui.cluster.address import parse_address
from quantix_tui.cluster.errors import ErrorCode, QuantixError
from quantix_tui.cluster.join import JoinRequest
from quantix_tui.cluster.status import ClusterState
from quantix_tui.cluster.token import parse_token
from quantix_tui.node.gateway.choose import choose_gateway
from quantix_tui.node.gateway.endpoint import Endpoint
from quantix_tui.node.gateway.http import HttpGateway
from quantix_tui.node.gateway.protocol import Applied, DaemonKind, NodeGateway
from quantix_tui.node.gateway.service import HANGS, NodeService
from quantix_tui.settings import Settings
from tests.node.gateway.daemons import PENDING, STANDALONE, Asked, Daemon, Reply, as_json, kind_of, running, rust, table

REQUEST = JoinRequest(parse_address("vdc.example.com"), parse_token("QUANTIX-AAAA-BBBB-CCCC"))
LINE = b'{"name": "name", "outcome": "pass", "duration_ms": 1, "learnt": "10.0.0.1"}\n'


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[Daemon]:
    routes = table(
        {
            "GET /cluster/status": as_json(STANDALONE),
            "GET /host": as_json(
                {"hostname": "n", "addresses": [{"interface": "e", "address": "10.0.0.1", "prefix": 24}]}
            ),
            "GET /host/metrics": as_json({"cpu_usage_percent": 3}),
            "GET /events": as_json({"events": [{"event_id": "1", "timestamp": "t", "message": "m"}]}),
            "POST /cluster/join": as_json(PENDING),
            "POST /cluster/leave": as_json(STANDALONE),
            "POST /cluster/restart": as_json({}, 202),
            "POST /cluster/test-connection": Reply(content_type="application/x-ndjson", parts=[LINE]),
        }
    )
    with running(routes, path=tmp_path / "s") as daemon:
        yield daemon


async def test_everything_that_a_daemon_of_ours_can(ours: Daemon) -> None:
    gateway: NodeGateway = HttpGateway(ours.endpoint, "/nowhere")
    assert kind_of(gateway) is DaemonKind.NONE
    assert (await gateway.status()).status is ClusterState.STANDALONE
    assert kind_of(gateway) is DaemonKind.QUANTIX_NODE
    assert (await gateway.facts()).addresses[0].address == "10.0.0.1"
    assert (await gateway.metrics()).cpu_usage_percent == 3
    assert [event.message for event in await gateway.events(5)] == ["m"]
    assert [result.learnt async for result in gateway.check(REQUEST)] == ["10.0.0.1"]
    assert (await gateway.join(REQUEST)).status is ClusterState.PENDING_RESTART
    assert (await gateway.leave()).status is ClusterState.STANDALONE
    assert await gateway.restart() is Applied.RESTARTED
    await gateway.close()


async def test_many_questions_at_once(ours: Daemon) -> None:
    gateway = HttpGateway(ours.endpoint, "/nowhere")
    await asyncio.gather(*(gateway.status() for _ in range(20)), gateway.metrics(), gateway.events())


async def test_a_cancelled_question_ends_at_once_and_lets_go_of_the_connection(tmp_path: Path) -> None:
    gone = threading.Event()
    begun = threading.Event()

    def hang(asked: Asked) -> Reply:
        begun.set()
        gone.wait(10)
        return as_json(STANDALONE)

    with running(hang, path=tmp_path / "s") as daemon:
        asking = asyncio.create_task(HttpGateway(daemon.endpoint, "/nowhere").status())
        await asyncio.to_thread(begun.wait, 5)
        asking.cancel()
        start = time.monotonic()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert time.monotonic() - start < 0.5
        gone.set()


async def test_checks_that_are_stopped_close_the_connection(tmp_path: Path) -> None:
    """The daemon then stops them too: nothing goes on behind a screen that was left."""
    gate = threading.Event()
    routes = table(
        {
            "GET /cluster/status": as_json(STANDALONE),
            "POST /cluster/test-connection": Reply(content_type="application/x-ndjson", parts=[LINE, LINE], gate=gate),
        }
    )
    with running(routes, path=tmp_path / "s") as daemon:
        gateway = HttpGateway(daemon.endpoint, "/nowhere")
        async with aclosing(gateway.check(REQUEST)) as results:
            async for result in results:
                assert result.learnt == "10.0.0.1"
                break
        gate.set()
        assert (await gateway.status()).status is ClusterState.STANDALONE


async def test_a_place_that_fell_silent_may_be_taken_by_another_daemon(tmp_path: Path) -> None:
    path = tmp_path / "s"
    gateway = HttpGateway(Endpoint(path=str(path)), "/nowhere")
    with running(table({"GET /cluster/status": as_json(STANDALONE)}), path=path):
        await gateway.status()
    assert kind_of(gateway) is DaemonKind.QUANTIX_NODE
    path.unlink()
    with pytest.raises(QuantixError):
        await gateway.status()
    assert kind_of(gateway) is DaemonKind.NONE
    with running(rust, server="", path=path):
        await gateway.status()
    assert kind_of(gateway) is DaemonKind.LIMIQUANTIX


async def test_a_daemon_elsewhere_is_not_restarted_by_this_machines_services() -> None:
    with pytest.raises(QuantixError) as caught:
        await NodeService(Endpoint(host="192.0.2.1", port=9, tls=True)).restart()
    assert (caught.value.problem.code, caught.value.problem.reason) == (ErrorCode.RESTART_FAILED, "remote")


async def test_a_daemon_in_a_place_of_its_own_is_not_this_machines_service(tmp_path: Path) -> None:
    with running(rust, server="", path=tmp_path / "s") as daemon, pytest.raises(QuantixError) as caught:
        await HttpGateway(daemon.endpoint, "/nowhere").restart()
    problem = caught.value.problem
    assert (problem.code, problem.reason) == (ErrorCode.RESTART_FAILED, "no_service")
    assert "cannot restart itself" in problem.message
    assert f"quantix-node --socket {tmp_path / 's'}" in problem.hint


async def test_a_daemon_that_hangs_is_told_as_one_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its process is there and takes connections, but answers none: it must not be said to be down."""
    monkeypatch.setattr("quantix_tui.node.gateway.client.READ_SECONDS", 0.1)
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(path))
        silent.listen()
        settings = Settings(node=f"unix:{path}", config_file=tmp_path / "a config.yaml", admin_token_file="/x/admin")
        gateway = choose_gateway(settings)
        with pytest.raises(QuantixError) as caught:
            await gateway.restart()
    problem = caught.value.problem
    assert (problem.code, problem.reason) == (ErrorCode.RESTART_FAILED, HANGS)
    assert "does not answer" in problem.message
    assert "cannot be started" not in problem.message
    assert (
        f"quantix-node --config '{tmp_path}/a config.yaml' --socket {path} --admin-token-file /x/admin" in problem.hint
    )


async def test_a_daemon_that_is_down_is_told_with_its_whole_command_line(tmp_path: Path) -> None:
    path = tmp_path / "s"
    gateway = choose_gateway(Settings(node=f"unix:{path}", config_file=tmp_path / "config.yaml"))
    with pytest.raises(QuantixError) as caught:
        await gateway.restart()
    problem = caught.value.problem
    assert (problem.code, problem.reason) == (ErrorCode.RESTART_FAILED, "no_service")
    assert "is not running" in problem.message
    assert f"quantix-node --config {tmp_path}/config.yaml --socket {path}" in problem.hint
