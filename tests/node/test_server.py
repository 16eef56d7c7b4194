"""The process: how it starts, what it refuses, how it ends, and what a kill at any moment leaves."""

import asyncio
import http.client
import os
import random
import signal
import socket
import stat
import statistics
import time
from pathlib import Path

import httpx
import pytest

from quantix_tui.node.serving import MAX_CONNECTIONS
from quantix_tui.node.sockets import parse_listen
from quantix_tui.node.version import VERSION
from quantix_tui.sandbox.controlplane import SandboxControlPlane
from quantix_tui.sandbox.faults import Fault
from tests.node.process import DaemonProcess
from tests.node.support import OTHERS, until


def join_body(plane: SandboxControlPlane, token: str | None = None) -> dict[str, str]:
    return {
        "control_plane_address": plane.url,
        "registration_token": token or plane.tokens.issue(),
        "pin_sha256": str(plane.fingerprint),
    }


async def join(daemon: DaemonProcess, plane: SandboxControlPlane, token: str | None = None) -> None:
    answer = await daemon.api.post("/cluster/join", json=join_body(plane, token))
    assert answer.status_code == 200, answer.text


async def test_it_answers_on_its_socket_and_on_its_port(tmp_path: Path) -> None:
    async with DaemonProcess(tmp_path / "n") as daemon:
        assert stat.S_IMODE(daemon.socket.stat().st_mode) == 0o666
        assert stat.S_IMODE((daemon.folder / "admin-token").stat().st_mode) == 0o600
        token = (daemon.folder / "admin-token").read_text().strip()
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{await daemon.port()}") as tcp:
            answer = await tcp.get("/api/v1/cluster/status")
            assert answer.headers["server"] == f"quantix-node/{VERSION}"
            assert (await tcp.post("/api/v1/cluster/leave")).status_code == 401
            allowed = await tcp.post("/api/v1/cluster/leave", headers={"Authorization": f"Bearer {token}"})
            assert allowed.status_code == 200
            assert (await tcp.get("/api/v1/cluster/status", headers={"Host": "evil.example"})).status_code == 403
        assert (await daemon.api.post("/cluster/leave")).status_code == 200
        assert token not in daemon.log.read_text()


async def test_a_second_daemon_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    async with DaemonProcess(tmp_path / "n") as first:
        second = DaemonProcess(tmp_path / "n")
        await second.launch()
        assert await second.ended() == 1
        assert "Another node daemon runs already" in first.log.read_text()
        await first.status()
        await second.api.aclose()


async def test_a_taken_port_is_told(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        daemon = DaemonProcess(tmp_path / "n", port=taken.getsockname()[1])
        await daemon.launch()
        assert await daemon.ended() == 1
        assert "another program has it" in daemon.log.read_text()
        assert not daemon.socket.exists()
        await daemon.api.aclose()


async def test_what_is_no_socket_is_never_removed(tmp_path: Path) -> None:
    daemon = DaemonProcess(tmp_path / "n")
    daemon.socket.write_text("precious")
    await daemon.launch()
    assert await daemon.ended() == 1
    assert daemon.socket.read_text() == "precious"
    await daemon.api.aclose()


async def test_somebody_elses_socket_that_answers_is_left_alone(tmp_path: Path) -> None:
    daemon = DaemonProcess(tmp_path / "n")
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(daemon.socket))
        other.listen()
        await daemon.launch()
        assert await daemon.ended() == 1
        assert daemon.socket.exists()
    await daemon.api.aclose()


async def test_the_socket_of_a_killed_daemon_is_replaced(tmp_path: Path) -> None:
    async with DaemonProcess(tmp_path / "n") as daemon:
        await daemon.kill()
        assert daemon.socket.exists()
        await daemon.start()


async def test_sigterm_ends_it_cleanly_and_soon_even_when_the_control_plane_hangs(
    tmp_path: Path, plane: SandboxControlPlane
) -> None:
    async with DaemonProcess(tmp_path / "n") as daemon:
        await join(daemon, plane)
        await plane.set_fault(Fault.HANG)
        await daemon.api.post("/cluster/reload")
        await until(lambda: plane.requests[-1].path.endswith("/RegisterNode"), "the registration to hang")
        checks = asyncio.create_task(daemon.api.post("/cluster/test-connection", json={"control_plane_url": plane.url}))
        begun = time.monotonic()
        daemon.send(signal.SIGTERM)
        assert await daemon.ended() == 0
        assert time.monotonic() - begun < 2
        assert not daemon.socket.exists()
        await asyncio.gather(checks, return_exceptions=True)


async def test_sigterm_during_a_restart_ends_it(tmp_path: Path, plane: SandboxControlPlane) -> None:
    """Whoever stops the service has the last word, although it was to come back."""
    async with DaemonProcess(tmp_path / "n") as daemon:
        await plane.set_fault(Fault.HANG)
        body = {"control_plane_url": plane.url, "pin_sha256": str(plane.fingerprint)}
        checks = asyncio.create_task(daemon.api.post("/cluster/test-connection", json=body))
        await until(lambda: plane.requests, "a request that holds up the restart")
        assert (await daemon.api.post("/cluster/restart")).status_code == 202
        daemon.send(signal.SIGTERM)
        assert await daemon.ended() == 0
        assert daemon.log.read_text().count("answers on") == 1
        await asyncio.gather(checks, return_exceptions=True)


async def test_sighup_takes_up_an_edit_by_hand(tmp_path: Path, plane: SandboxControlPlane) -> None:
    async with DaemonProcess(tmp_path / "n") as daemon:
        await join(daemon, plane)
        daemon.send(signal.SIGHUP)
        connected = await daemon.until(status="connected")
        daemon.config.write_text(daemon.config.read_text().replace("enabled: true", "enabled: false"))
        assert (await daemon.status())["restart_required"] is True
        daemon.send(signal.SIGHUP)
        standalone = await daemon.until(restart_required=False)
        assert standalone["status"] == "standalone"
        assert standalone["instance_id"] == connected["instance_id"]


async def test_sighup_with_a_broken_configuration_stops_nothing(tmp_path: Path) -> None:
    async with DaemonProcess(tmp_path / "n") as daemon:
        daemon.config.write_text("control_plane: [")
        daemon.send(signal.SIGHUP)
        await until(lambda: "Reload refused" in daemon.log.read_text(), "the refusal in the log")
        assert (await daemon.status())["problem"]["error"] == "config_unreadable"


async def test_a_restart_keeps_the_process_and_the_port_and_no_client_is_turned_away(
    tmp_path: Path, plane: SandboxControlPlane
) -> None:
    async with DaemonProcess(tmp_path / "n") as daemon:
        port, pid = await daemon.port(), daemon.pid
        await join(daemon, plane)
        before = await daemon.status()
        seen: list[dict[str, object]] = []
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}/api/v1", timeout=20) as tcp:
            assert (await daemon.api.post("/cluster/restart")).status_code == 202
            while not seen or seen[-1]["instance_id"] == before["instance_id"]:
                answer = await tcp.get("/cluster/status", headers={"Connection": "close"})
                seen.append(answer.json())
            assert (await tcp.get("/cluster/status")).status_code == 200
        connected = await daemon.until(status="connected")
        assert connected["instance_id"] == seen[-1]["instance_id"]
        assert daemon.pid == pid
        os.kill(pid, 0)
        events = (await daemon.api.get("/events")).json()["events"]
        assert any("Joined to" in event["message"] for event in events), "the journal outlives the restart"


async def test_a_kept_connection_is_answered_at_once_before_and_after_a_restart(tmp_path: Path) -> None:
    async with DaemonProcess(tmp_path / "n") as daemon:
        port = await daemon.port()
        assert await asyncio.to_thread(_usual_seconds, port) < 0.02, "an answer in two packets waits 40 ms (RFC 896)"
        instance = (await daemon.status())["instance_id"]
        await daemon.api.post("/cluster/restart")
        await daemon.restarted(instance)
        assert await asyncio.to_thread(_usual_seconds, port) < 0.02


def _usual_seconds(port: int) -> float:
    """The median time of an answer over one TCP connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    took = []
    for _ in range(21):
        begun = time.perf_counter()
        connection.request("GET", "/api/v1/cluster/status")
        connection.getresponse().read()
        took.append(time.perf_counter() - begun)
    connection.close()
    return statistics.median(took)


async def test_many_restarts_leak_no_descriptor(tmp_path: Path) -> None:
    async with DaemonProcess(tmp_path / "n") as daemon:
        counts = []
        for _ in range(4):
            instance = (await daemon.status())["instance_id"]
            await daemon.api.post("/cluster/restart")
            await daemon.restarted(instance)
            counts.append(len(os.listdir(f"/proc/{daemon.pid}/fd")))
        assert max(counts[1:]) <= counts[0] + 1


@pytest.mark.parametrize("round_", range(3))
async def test_a_kill_at_any_moment_leaves_what_the_next_start_can_use(
    tmp_path: Path, plane: SandboxControlPlane, round_: int
) -> None:
    chance = random.Random(round_)
    async with DaemonProcess(tmp_path / "n") as daemon:
        daemon.config.write_text(OTHERS)
        token = plane.tokens.issue()
        for _ in range(3):
            status = await daemon.status()
            running = asyncio.create_task(
                _join_and_reload(daemon, None if status["joined"] else join_body(plane, token))
            )
            await asyncio.sleep(chance.random() * 0.4)
            await daemon.kill()
            await asyncio.gather(running, return_exceptions=True)
            await daemon.start()
            assert daemon.config.read_text().startswith(OTHERS)
        status = await daemon.status()
        if not status["joined"]:
            await join(daemon, plane, token)
            await daemon.api.post("/cluster/reload")
        await daemon.until(status="connected")
        assert len(plane.nodes.all()) == 1
        assert (await daemon.api.post("/cluster/leave")).json()["pending_cleanup"] is None
        assert plane.nodes.all() == ()
        assert not [file.name for file in daemon.folder.iterdir() if file.name.endswith(".new")]


async def _join_and_reload(daemon: DaemonProcess, body: dict[str, str] | None) -> None:
    if body is not None:
        await daemon.api.post("/cluster/join", json=body)
    await daemon.api.post("/cluster/reload")


async def test_no_secret_reaches_the_log_the_command_line_or_the_environment(
    tmp_path: Path, plane: SandboxControlPlane
) -> None:
    async with DaemonProcess(tmp_path / "n") as daemon:
        token = plane.tokens.issue()
        await join(daemon, plane, token)
        await daemon.api.post("/cluster/restart")
        await daemon.until(status="connected")
        secrets = [
            token,
            (daemon.folder / "node-credential").read_text().strip(),
            (daemon.folder / "admin-token").read_text().strip(),
        ]
        process = Path("/proc") / str(daemon.pid)
        told = [(process / name).read_bytes().decode("latin-1") for name in ("cmdline", "environ")]
        told += [daemon.log.read_text(), (daemon.folder / "events.jsonl").read_text()]
        assert not [secret for secret in secrets for text in told if secret in text]


@pytest.mark.parametrize(
    "text", ["0.0.0.0:8080", "10.0.0.1:80", "[::]:80", "8080", "127.0.0.1", "x:1", "127.0.0.1:99999"]
)
def test_only_a_loopback_address_with_a_port_is_listened_on(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_listen(text)


def test_addresses_that_are_listened_on() -> None:
    assert parse_listen("127.0.0.1:0") == ("127.0.0.1", 0)
    assert parse_listen("localhost:8080") == ("127.0.0.1", 8080)
    assert parse_listen("[::1]:8080") == ("::1", 8080)


async def test_whoever_holds_many_connections_does_not_keep_root_out(tmp_path: Path) -> None:
    async with DaemonProcess(tmp_path / "n") as daemon:
        port = await daemon.port()
        held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(MAX_CONNECTIONS + 20)]
        reader, _ = held[-1]
        assert await asyncio.wait_for(reader.read(), 10) == b"", "the surplus is turned away"
        assert (await daemon.api.post("/cluster/leave")).status_code == 200
        for _, writer in held:
            writer.close()
        await asyncio.gather(*(writer.wait_closed() for _, writer in held), return_exceptions=True)
