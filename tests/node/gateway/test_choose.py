"""The daemon where one answers, the files where none does, and never the files behind a daemon's back."""

import os
import socket
from pathlib import Path

import pytest

from quantix_tui.cluster.address import parse_address
from quantix_tui.cluster.checks import Outcome
from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.join import JoinRequest
from quantix_tui.cluster.status import ClusterState
from quantix_tui.node.gateway.choose import choose_gateway
from quantix_tui.node.gateway.protocol import DaemonKind, NodeGateway
from quantix_tui.sandbox.controlplane import SandboxControlPlane
from quantix_tui.settings import Settings
from tests.node.gateway.daemons import STANDALONE, Reply, as_json, kind_of, running, rust, table
from tests.node.support import request_for

CONFIG = b"""# Mine
node:
  hostname: qx
control_plane:
  registration_enabled: true
  address: "https://127.0.0.1:1"
  node_id: n-1
"""
OURS = {"GET /cluster/status": as_json(STANDALONE), "POST /cluster/leave": as_json(STANDALONE)}


@pytest.fixture
def port() -> int:
    """One that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture
def settings(tmp_path: Path, port: int) -> Settings:
    config = tmp_path / "config.yaml"
    config.write_bytes(CONFIG)
    return Settings(config_file=config, socket=tmp_path / "s", tcp_port=port)


async def problem_of(gateway: NodeGateway) -> Problem:
    with pytest.raises(QuantixError) as caught:
        await gateway.status()
    return caught.value.problem


async def test_a_daemon_that_dies_and_comes_back(settings: Settings) -> None:
    gateway = choose_gateway(settings)
    with running(table(OURS), path=settings.socket):
        assert (await gateway.status()).status is ClusterState.STANDALONE
        assert kind_of(gateway) is DaemonKind.QUANTIX_NODE
    settings.socket.unlink()
    status = await gateway.status()
    assert (status.status, status.node_id) == (ClusterState.DISCONNECTED, "n-1")
    assert status.problem is not None
    assert status.problem.code is ErrorCode.NODE_UNREACHABLE
    assert kind_of(gateway) is DaemonKind.NONE
    with running(table(OURS), path=settings.socket):
        assert (await gateway.status()).status is ClusterState.STANDALONE
        assert kind_of(gateway) is DaemonKind.QUANTIX_NODE
    await gateway.close()


async def test_a_stale_socket_is_no_daemon(settings: Settings) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(settings.socket))
    gateway = choose_gateway(settings)
    await gateway.status()
    assert kind_of(gateway) is DaemonKind.NONE


async def test_loopback_is_asked_where_the_socket_is_not_there(settings: Settings) -> None:
    with running(rust, server="") as daemon:
        there = Settings(config_file=settings.config_file, socket=settings.socket, tcp_port=daemon.endpoint.port)
        gateway = choose_gateway(there)
        await gateway.status()
        assert kind_of(gateway) is DaemonKind.LIMIQUANTIX


async def test_another_program_on_the_port_is_no_daemon(settings: Settings) -> None:
    with running(lambda _: Reply(200, b"<html>", "text/html"), server="nginx") as daemon:
        there = Settings(config_file=settings.config_file, socket=settings.socket, tcp_port=daemon.endpoint.port)
        gateway = choose_gateway(there)
        assert (await gateway.status()).node_id == "n-1"
        assert kind_of(gateway) is DaemonKind.NONE


async def test_a_daemon_that_hangs_is_not_gone(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quantix_tui.node.gateway.client.READ_SECONDS", 0.1)
    with socket.socket(socket.AF_UNIX) as hung:
        hung.bind(str(settings.socket))
        hung.listen()
        gateway = choose_gateway(settings)
        problem = await problem_of(gateway)
        assert (problem.code, problem.reason) == (ErrorCode.NODE_UNREACHABLE, "timed_out")
        with pytest.raises(QuantixError):
            await gateway.leave()
    assert settings.config_file.read_bytes() == CONFIG


async def test_a_leave_without_a_daemon_changes_the_section_only(settings: Settings) -> None:
    status = await choose_gateway(settings).leave()
    assert status.status is ClusterState.STANDALONE
    assert status.pending_cleanup is not None
    kept = settings.config_file.read_bytes()
    assert kept.startswith(b"# Mine\nnode:\n  hostname: qx\n")
    assert b"127.0.0.1" not in kept


async def test_a_node_elsewhere_never_leads_to_an_edit_here(settings: Settings, port: int) -> None:
    far = Settings(node="https://no-such-node.invalid:1", config_file=settings.config_file)
    with pytest.raises(QuantixError) as caught:
        await choose_gateway(far).leave()
    assert caught.value.problem.code is ErrorCode.NODE_UNREACHABLE
    assert settings.config_file.read_bytes() == CONFIG


async def test_a_named_socket_without_its_configuration_is_only_asked(tmp_path: Path) -> None:
    problem = await problem_of(choose_gateway(Settings(node=f"unix:{tmp_path / 'none'}")))
    assert (problem.code, problem.reason) == (ErrorCode.NODE_UNREACHABLE, "no_daemon")


async def test_a_named_socket_with_its_configuration_falls_back_to_it(settings: Settings, tmp_path: Path) -> None:
    gateway = choose_gateway(Settings(node=f"unix:{tmp_path / 'none'}", config_file=settings.config_file))
    assert (await gateway.status()).node_id == "n-1"


async def test_checks_run_without_a_daemon(settings: Settings, port: int) -> None:
    settings.config_file.write_bytes(b"")
    request = JoinRequest(parse_address(f"https://127.0.0.1:{port}"), None)
    results = [result async for result in choose_gateway(settings).check(request)]
    assert results[1].problem is not None
    assert results[1].problem.code is ErrorCode.NETWORK_UNREACHABLE


async def test_this_machine_is_described_without_a_daemon(settings: Settings) -> None:
    gateway = choose_gateway(settings)
    assert (await gateway.facts()).hostname == os.uname().nodename
    assert (await gateway.metrics()).memory_total_bytes
    with pytest.raises(QuantixError) as unknown:  # "none yet" would be a guess: the daemon keeps the journal.
        await gateway.events()
    assert unknown.value.problem.reason == "no_journal"


async def test_an_unreadable_configuration_leaves_the_state_unknown(settings: Settings) -> None:
    settings.config_file.write_bytes(b"control_plane: [\n")
    problem = await problem_of(choose_gateway(settings))
    assert problem.code is ErrorCode.CONFIG_UNREADABLE


def test_a_node_that_is_no_address_is_refused_at_once() -> None:
    with pytest.raises(QuantixError) as caught:
        choose_gateway(Settings(node="nonsense"))
    assert caught.value.problem.code is ErrorCode.INVALID_REQUEST


async def test_without_daemon_and_configuration_nothing_is_known_and_a_join_is_possible(
    settings: Settings, tmp_path: Path
) -> None:
    settings.config_file.unlink()
    gateway = choose_gateway(settings)
    problem = await problem_of(gateway)
    assert (problem.code, problem.reason) == (ErrorCode.NODE_UNREACHABLE, "no_configuration")
    assert str(settings.config_file) in problem.message
    assert "not known" in problem.message
    folder = tmp_path / "plane"
    folder.mkdir()
    async with SandboxControlPlane(folder) as plane:
        wanted = request_for(plane)
        assert [check async for check in gateway.check(wanted)][-1].outcome is Outcome.PASS
        assert (await gateway.join(wanted)).status is ClusterState.PENDING_RESTART
    assert (await gateway.status()).joined
    await gateway.close()
