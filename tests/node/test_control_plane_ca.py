"""A CA file is the client's: its content travels, and the node keeps a copy of its own as long as it is a member."""

import stat
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from quantix_tui.cluster.address import parse_address
from quantix_tui.cluster.checks import Outcome
from quantix_tui.cluster.errors import ErrorCode, QuantixError
from quantix_tui.cluster.join import JoinRequest
from quantix_tui.cluster.token import parse_token
from quantix_tui.cluster.trust import Trust
from quantix_tui.node.gateway.choose import choose_gateway
from quantix_tui.node.gateway.protocol import DaemonKind, NodeGateway
from quantix_tui.sandbox.controlplane import SandboxControlPlane
from quantix_tui.sandbox.faults import Fault
from quantix_tui.settings import Settings
from tests.controlplane.certificates import self_signed
from tests.node.process import DaemonProcess


@pytest.fixture
def only_mine(plane: SandboxControlPlane) -> Iterator[str]:
    """A path that no other process can follow, as a home folder is none for the daemon's unit (ProtectHome)."""
    with plane.ca_file.open("rb") as file:
        yield f"/proc/self/fd/{file.fileno()}"


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[NodeGateway]:
    """To the node in ``tmp_path/n``, whether its daemon runs or not."""
    folder = tmp_path / "n"
    folder.mkdir()
    settings = Settings(node=f"unix:{folder / 'node.sock'}", config_file=folder / "config.yaml")
    gateway = choose_gateway(settings)
    yield gateway
    await gateway.close()


def request_for(plane: SandboxControlPlane, ca_file: str) -> JoinRequest:
    return JoinRequest(parse_address(plane.url), parse_token(plane.tokens.issue()), Trust(ca_file=ca_file))


async def test_a_file_that_only_the_client_sees_serves_the_daemon_from_join_to_clean_up(
    tmp_path: Path, plane: SandboxControlPlane, gateway: NodeGateway, only_mine: str
) -> None:
    async with DaemonProcess(tmp_path / "n") as daemon:
        wanted = request_for(plane, only_mine)
        assert [check async for check in gateway.check(wanted)][-1].outcome is Outcome.PASS
        await gateway.join(wanted)
        copy = daemon.folder / "control-plane-ca.pem"
        assert stat.S_IMODE(copy.stat().st_mode) == 0o644
        assert plane.ca_file.read_text().strip() in copy.read_text()
        assert (await daemon.api.get("/cluster/config")).json()["ca_file"] == str(copy)
        await gateway.restart()
        assert (await daemon.until(status="connected"))["trust"] == f"CA file {copy}"

        await plane.set_fault(Fault.REFUSE)
        assert (await gateway.leave()).pending_cleanup is not None
        assert not copy.exists()
        await plane.set_fault(Fault.NONE)
        await daemon.until(pending_cleanup=None)
        assert plane.nodes.all() == ()


async def test_a_join_without_a_daemon_keeps_the_copy_too(
    tmp_path: Path, plane: SandboxControlPlane, gateway: NodeGateway, only_mine: str
) -> None:
    await gateway.join(request_for(plane, only_mine))
    assert gateway.kind is DaemonKind.NONE
    async with DaemonProcess(tmp_path / "n") as daemon:
        await daemon.until(status="connected")


async def test_a_wrong_file_is_refused_before_anything_is_sent_or_saved(
    tmp_path: Path, plane: SandboxControlPlane, gateway: NodeGateway
) -> None:
    async def refuse_all() -> None:
        for path, reason in _wrong_files(tmp_path):
            wanted = request_for(plane, path)
            with pytest.raises(QuantixError) as joining:
                await gateway.join(wanted)
            with pytest.raises(QuantixError) as checking:
                [check async for check in gateway.check(wanted)]
            for problem in (joining.value.problem, checking.value.problem):
                assert (problem.code, problem.reason) == (ErrorCode.INVALID_REQUEST, reason)
                assert path in problem.message
        assert not plane.requests
        assert not (tmp_path / "n" / "config.yaml").exists()

    await refuse_all()
    async with DaemonProcess(tmp_path / "n"):
        await refuse_all()


def _wrong_files(folder: Path) -> list[tuple[str, str]]:
    key, text = folder / "key.pem", folder / "text.pem"
    key.write_bytes(b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n" + self_signed(is_ca=True).pem)
    text.write_text("no certificate")
    return [
        (str(folder / "missing.pem"), "ca_file_unreadable"),
        (str(key), "ca_file_private_key"),
        (str(text), "ca_file_not_pem"),
    ]


async def test_the_api_takes_the_content_and_refuses_what_is_none(tmp_path: Path, plane: SandboxControlPlane) -> None:
    async with DaemonProcess(tmp_path / "n") as daemon:
        pem = plane.ca_file.read_text()
        for spelling in ("ca_pem", "caPem"):
            answer = await daemon.api.post(
                "/cluster/test-connection", json={"controlPlaneUrl": plane.url, spelling: pem}
            )
            assert answer.json()["success"] is True, answer.text
        other = self_signed("another", is_ca=True).pem.decode()
        answer = await daemon.api.post(
            "/cluster/test-connection", json={"control_plane_url": plane.url, "ca_pem": other}
        )
        assert "the given CA does not vouch for it" in answer.json()["message"]
        for wrong in ("no certificate", "-----BEGIN PRIVATE KEY-----\n" + pem):
            answer = await daemon.api.post(
                "/cluster/join",
                json={"control_plane_address": plane.url, "registration_token": plane.tokens.issue(), "ca_pem": wrong},
            )
            assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
