"""Every fault over the real wire, and that the control plane is well again afterwards."""

import asyncio
import email.utils
import socket
import ssl
import time

import httpx
import pytest

from quantix_tui.cluster.text import harmless
from quantix_tui.sandbox.controlplane import SandboxControlPlane
from quantix_tui.sandbox.faults import CLOCK_AHEAD_SECS, HUGE_BYTES, Fault
from tests.sandbox.calls import call, eventually, refusal, register


@pytest.mark.parametrize("fault", Fault)
async def test_it_is_well_again_on_the_same_port(
    plane: SandboxControlPlane, client: httpx.AsyncClient, fault: Fault
) -> None:
    port = plane.port
    await plane.set_fault(fault)
    await plane.set_fault(Fault.NONE)
    assert (await client.get("/healthz")).status_code == 200
    assert plane.port == port


async def test_refuse(plane: SandboxControlPlane, client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).status_code == 200
    await plane.set_fault(Fault.REFUSE)
    # The connection that httpx kept open is cut as well.
    with pytest.raises(httpx.ConnectError):
        await client.get("/healthz")
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with socket.socket(family) as sock, pytest.raises(ConnectionRefusedError):
            sock.connect((host, plane.port))
    # Nobody else gets the port meanwhile.
    with socket.socket() as sock, pytest.raises(OSError, match="in use"):
        sock.bind(("127.0.0.1", plane.port))


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault.WRONG_CERTIFICATE, "Hostname mismatch"),
        (Fault.EXPIRED_CERTIFICATE, "certificate has expired"),
        (Fault.NOT_YET_VALID_CERTIFICATE, "certificate is not yet valid"),
        (Fault.OTHER_AUTHORITY, "unable to get local issuer|self-signed certificate"),
        (Fault.HOSTILE_CERTIFICATE, "unable to get local issuer|self-signed certificate"),
        (Fault.PLAINTEXT, "WRONG_VERSION_NUMBER|wrong version number|record layer failure"),
    ],
)
async def test_handshakes_that_fail(
    plane: SandboxControlPlane, client: httpx.AsyncClient, fault: Fault, words: str
) -> None:
    await plane.set_fault(fault)
    with pytest.raises(httpx.ConnectError, match=words):
        await client.get("/healthz")
    assert not plane.requests


async def test_plaintext_is_http(plane: SandboxControlPlane) -> None:
    await plane.set_fault(Fault.PLAINTEXT)
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(f"http://localhost:{plane.port}/healthz")).status_code == 200


async def test_http_on_the_tls_port_is_cut(plane: SandboxControlPlane) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        with pytest.raises(httpx.TransportError):
            await client.get(f"http://localhost:{plane.port}/healthz")


async def test_a_hostile_certificate_says_what_must_not_be_shown(plane: SandboxControlPlane) -> None:
    await plane.set_fault(Fault.HOSTILE_CERTIFICATE)
    unverified = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    unverified.check_hostname = False
    unverified.verify_mode = ssl.CERT_NONE
    _, writer = await asyncio.open_connection("localhost", plane.port, ssl=unverified)
    certificate = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.transport.abort()
    assert b"\x1b[31m" in certificate


async def test_hang_handshake(plane: SandboxControlPlane, client: httpx.AsyncClient) -> None:
    await plane.set_fault(Fault.HANG_HANDSHAKE)
    with pytest.raises(httpx.ConnectTimeout):
        await client.get("/healthz", timeout=0.1)


async def test_hang(plane: SandboxControlPlane, client: httpx.AsyncClient) -> None:
    await plane.set_fault(Fault.HANG)
    with pytest.raises(httpx.ReadTimeout):
        await client.get("/healthz", timeout=httpx.Timeout(5.0, read=0.1))
    assert len(plane.requests) == 1


async def test_who_hangs_is_let_go_when_the_fault_ends(plane: SandboxControlPlane, client: httpx.AsyncClient) -> None:
    await plane.set_fault(Fault.HANG)
    hanging = asyncio.create_task(client.get("/healthz"))
    await eventually(lambda: bool(plane.requests))
    await plane.set_fault(Fault.NONE)
    with pytest.raises(httpx.TransportError):
        await hanging


async def test_slow(plane: SandboxControlPlane, client: httpx.AsyncClient) -> None:
    await plane.set_fault(Fault.SLOW)
    pieces = 0
    async with client.stream("GET", "/live") as answer:
        async for _ in answer.aiter_raw():
            pieces += 1
    assert pieces == len('{"alive": true}')


async def test_other_servers(plane: SandboxControlPlane, client: httpx.AsyncClient) -> None:
    await plane.set_fault(Fault.HTML)
    answer = await client.get("/healthz")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    await plane.set_fault(Fault.NOT_FOUND)
    assert (await client.get("/healthz")).status_code == 404
    await plane.set_fault(Fault.REDIRECT)
    answer = await client.get("/healthz")
    assert (answer.status_code, answer.headers["location"]) == (302, "/elsewhere/healthz")


async def test_error500(plane: SandboxControlPlane, client: httpx.AsyncClient) -> None:
    await plane.set_fault(Fault.ERROR500)
    answer = await register(client, plane.tokens.issue())
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert not plane.nodes.all()


async def test_maintenance_is_on_every_path(plane: SandboxControlPlane, client: httpx.AsyncClient) -> None:
    await plane.set_fault(Fault.MAINTENANCE)
    for answer in (await client.get("/healthz"), await client.get("/nothing"), await call(client, "ListNodes")):
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "30"
        assert answer.json()["maintenance"] is True
        assert answer.json()["error"]


async def test_huge(plane: SandboxControlPlane, client: httpx.AsyncClient) -> None:
    await plane.set_fault(Fault.HUGE)
    assert len((await client.get("/api/v1/info")).json()["name"]) == HUGE_BYTES > 10_000_000
    # A client that stops reading leaves nothing behind.
    async with client.stream("GET", "/api/v1/info") as answer:
        await anext(answer.aiter_raw())


async def test_hostile(plane: SandboxControlPlane, client: httpx.AsyncClient) -> None:
    await plane.set_fault(Fault.HOSTILE)
    info = (await client.get("/api/v1/info")).json()
    message = (await register(client, "QUANTIX-AAAA-BBBB-CCCC")).json()["message"]
    for text in (info["name"], info["version"], message):
        assert all(mark in text for mark in ("\x1b[31m", "[bold red]", "<b>", "\r\n", "\u202e"))
        assert harmless(text, 100_000) != text
    assert len(message) > 10_000
    assert refusal(await register(client, "QUANTIX-AAAA-BBBB-CCCC"))[2] == "token_unknown"


async def test_incompatible(plane: SandboxControlPlane, client: httpx.AsyncClient) -> None:
    await plane.set_fault(Fault.INCOMPATIBLE)
    assert (await client.get("/api/v1/info")).json()["api_version"] == "v9"


async def test_wrong_clock(plane: SandboxControlPlane, client: httpx.AsyncClient) -> None:
    await plane.set_fault(Fault.WRONG_CLOCK)
    registered = (await register(client, plane.tokens.issue())).json()
    answer = await call(client, "UpdateHeartbeat", {"nodeId": registered["id"]}, registered["nodeCredential"])
    ahead = email.utils.parsedate_to_datetime(answer.headers["date"]).timestamp() - time.time()
    assert ahead == pytest.approx(CLOCK_AHEAD_SECS, abs=10)
    assert float(answer.json()["serverTimeUnix"]) - time.time() == pytest.approx(CLOCK_AHEAD_SECS, abs=10)


async def test_no_check_registration(plane: SandboxControlPlane, client: httpx.AsyncClient) -> None:
    await plane.set_fault(Fault.NO_CHECK_REGISTRATION)
    token = plane.tokens.issue()
    assert (await call(client, "CheckRegistration", {"hostname": "node-1"}, token)).status_code == 404
    assert (await register(client, token)).status_code == 200


async def test_lost_answer(plane: SandboxControlPlane, client: httpx.AsyncClient) -> None:
    token = plane.tokens.issue()
    await plane.set_fault(Fault.LOST_ANSWER)
    with pytest.raises(httpx.TransportError):
        await register(client, token)
    (node,) = plane.nodes.all()
    await plane.set_fault(Fault.NONE)
    assert (await register(client, token)).json()["id"] == node.id
