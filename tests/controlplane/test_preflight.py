"""The checks over the real wire: all well, and the ways there and back that fail."""

import asyncio
import os
import resource
import shutil
import socket
import ssl
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from quantix_tui.cluster.address import parse_address
from quantix_tui.cluster.checks import CheckName
from quantix_tui.cluster.errors import ErrorCode
from quantix_tui.cluster.join import JoinRequest
from quantix_tui.cluster.token import parse_token
from quantix_tui.cluster.trust import Trust
from quantix_tui.controlplane.limits import Timeouts
from quantix_tui.controlplane.preflight import clock_wrong, preflight, problem_of
from quantix_tui.sandbox.controlplane import SandboxControlPlane
from quantix_tui.sandbox.faults import Fault
from tests.controlplane.certificates import self_signed
from tests.controlplane.checking import NODE, failed, outcomes, pinned, run
from tests.controlplane.conftest import IMPATIENT
from tests.controlplane.servers import (
    closing,
    eventually,
    full_backlog,
    hearing,
    refusing_handshakes,
    serving,
    silent,
    unused_port,
)

# --- All well -----------------------------------------------------------------------------------------


async def test_everything_passes_and_says_what_it_learnt(control_plane: SandboxControlPlane) -> None:
    token = parse_token(control_plane.tokens.issue())
    results = await run(control_plane.url, pinned(control_plane), token)
    assert outcomes(results) == "+++++++"
    assert problem_of(results.values()) is None
    assert "127.0.0.1" in results[CheckName.RESOLVE].learnt
    assert f"port {control_plane.port}" in results[CheckName.CONNECT].learnt
    assert results[CheckName.TLS].learnt == "TLS 1.3"
    assert results[CheckName.IDENTITY].learnt == "pinned CA Quantix Sandbox CA"
    assert results[CheckName.CONTROL_PLANE].learnt == "Quantix Sandbox 0.1.0"
    assert results[CheckName.TOKEN].learnt == "accepted"
    assert all(0 <= result.duration_ms < 10_000 for result in results.values())


async def test_nothing_is_used_up(control_plane: SandboxControlPlane) -> None:
    token = parse_token(control_plane.tokens.issue())
    for _ in range(2):
        assert outcomes(await run(control_plane.url, pinned(control_plane), token)) == "+++++++"
    assert control_plane.nodes.all() == ()


async def test_without_a_token_its_check_is_skipped(control_plane: SandboxControlPlane) -> None:
    results = await run(control_plane.url, pinned(control_plane))
    assert outcomes(results) == "+++++-+"
    assert results[CheckName.TOKEN].learnt == "no token given"


async def test_a_control_plane_that_cannot_check_a_token_skips_and_never_passes(
    control_plane: SandboxControlPlane,
) -> None:
    await control_plane.set_fault(Fault.NO_CHECK_REGISTRATION)
    results = await run(control_plane.url, pinned(control_plane), parse_token(control_plane.tokens.issue()))
    assert outcomes(results) == "+++++-+"
    assert "cannot check a token beforehand" in results[CheckName.TOKEN].learnt


async def test_the_ca_file_vouches(control_plane: SandboxControlPlane) -> None:
    results = await run(control_plane.url, Trust(ca_file=str(control_plane.ca_file)))
    assert outcomes(results) == "+++++-+"
    assert results[CheckName.IDENTITY].learnt == "CA file, Quantix Sandbox CA"


async def test_an_address_by_number(control_plane: SandboxControlPlane) -> None:
    results = await run(f"127.0.0.1:{control_plane.port}", pinned(control_plane))
    assert outcomes(results) == "+++++-+"


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6")
async def test_an_address_by_ipv6_number(control_plane: SandboxControlPlane) -> None:
    results = await run(f"[::1]:{control_plane.port}", pinned(control_plane))
    assert outcomes(results) == "+++++-+"
    assert results[CheckName.CONNECT].learnt == f"::1 port {control_plane.port}"


# --- Name ---------------------------------------------------------------------------------------------


async def test_name_not_found() -> None:
    # RFC 6761 6.4: .invalid never exists. A machine whose name server does not answer says that instead.
    results = await run("vdc.invalid")
    problem = results[CheckName.RESOLVE].problem
    assert problem is not None
    assert problem.code is ErrorCode.NETWORK_UNREACHABLE
    assert problem.reason in ("name_not_found", "name_server_silent", "name_timed_out")
    assert "vdc.invalid" in problem.message
    assert "spelling" in problem.hint or problem.reason != "name_not_found"
    assert outcomes(results) == "x------"


# --- Connection ---------------------------------------------------------------------------------------


async def test_refused() -> None:
    port = unused_port()
    results = await run(f"127.0.0.1:{port}")
    problem = failed(results, CheckName.CONNECT, ErrorCode.NETWORK_UNREACHABLE, "connection_refused")
    assert f"127.0.0.1 refuses connections on port {port}" in problem.message


async def test_the_name_and_the_address_behind_it_are_told(control_plane: SandboxControlPlane) -> None:
    await control_plane.set_fault(Fault.REFUSE)
    results = await run(control_plane.url)
    problem = failed(results, CheckName.CONNECT, ErrorCode.NETWORK_UNREACHABLE, "connection_refused")
    assert "localhost (127.0.0.1)" in problem.message or "localhost (::1)" in problem.message


async def test_timed_out() -> None:
    with full_backlog() as port:
        results = await run(f"127.0.0.1:{port}", timeouts=IMPATIENT)
    problem = failed(results, CheckName.CONNECT, ErrorCode.NETWORK_UNREACHABLE, "timed_out")
    assert f"127.0.0.1 does not answer on port {port}" in problem.message
    assert "0.3 s" in problem.message
    assert "firewall" in problem.hint


async def test_a_lack_of_this_node_s_own_could_not_run() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    highest = max(int(name) for name in os.listdir("/proc/self/fd"))
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest, hard))
    try:
        results = await run("127.0.0.1:9")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert outcomes(results) == "+?-----"
    problem = problem_of(results.values())
    assert problem is not None
    assert (problem.code, problem.reason) == (ErrorCode.INTERNAL, "local_resources")
    assert "127.0.0.1" not in problem.message


_NO_ROUTE = """
import asyncio
from quantix_tui.cluster.address import parse_address
from quantix_tui.cluster.join import JoinRequest
from quantix_tui.controlplane.preflight import ThisNode, preflight, problem_of
async def main():
    steps = preflight(JoinRequest(parse_address("192.0.2.1"), None), ThisNode("n"))
    problem = problem_of([result async for result in steps])
    print(problem.code, problem.reason, problem.message)
asyncio.run(main())
"""


def test_no_route() -> None:
    # A network name space of its own has no way to anywhere.
    unshare = shutil.which("unshare")
    command = [unshare or "unshare", "-rn", sys.executable]
    if unshare is None or subprocess.run([*command, "-c", "pass"], capture_output=True, check=False).returncode:
        pytest.skip("this machine gives no network name space")
    done = subprocess.run([*command, "-c", _NO_ROUTE], capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout == "network_unreachable no_route There is no way from this node to 192.0.2.1.\n"


# --- Encryption ---------------------------------------------------------------------------------------


async def test_tls_on_a_plain_port(control_plane: SandboxControlPlane) -> None:
    await control_plane.set_fault(Fault.PLAINTEXT)
    results = await run(control_plane.url, pinned(control_plane))
    problem = failed(results, CheckName.TLS, ErrorCode.TLS_FAILED, "plain_port")
    assert f"localhost:{control_plane.port} does not speak TLS" in problem.message
    assert "8443" in problem.hint


async def test_a_handshake_that_is_never_answered(control_plane: SandboxControlPlane) -> None:
    await control_plane.set_fault(Fault.HANG_HANDSHAKE)
    results = await run(control_plane.url, pinned(control_plane), timeouts=IMPATIENT)
    problem = failed(results, CheckName.TLS, ErrorCode.TLS_FAILED, "timed_out")
    assert "0.4 s" in problem.message


async def test_a_handshake_that_is_cut_off() -> None:
    async with serving(closing) as server:
        results = await run(f"127.0.0.1:{server.port}")
    failed(results, CheckName.TLS, ErrorCode.TLS_FAILED, "closed")


async def test_tls_that_is_too_old(tmp_path: Path) -> None:
    context = self_signed().server_context(tmp_path)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    async with refusing_handshakes(context) as port:
        results = await run(f"127.0.0.1:{port}")
    problem = failed(results, CheckName.TLS, ErrorCode.TLS_FAILED, "old_version")
    assert "1.2" in problem.message


async def test_a_handshake_that_is_refused_for_another_reason(tmp_path: Path) -> None:
    context = self_signed().server_context(tmp_path)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("RSA")  # the certificate has an EC key: nothing fits
    async with refusing_handshakes(context) as port:
        results = await run(f"127.0.0.1:{port}")
    problem = failed(results, CheckName.TLS, ErrorCode.TLS_FAILED, "handshake_failed")
    assert "handshake failure" in problem.message


# --- Plain HTTP ---------------------------------------------------------------------------------------


async def test_plain_http_to_loopback_is_let_through_and_said(control_plane: SandboxControlPlane) -> None:
    await control_plane.set_fault(Fault.PLAINTEXT)
    token = parse_token(control_plane.tokens.issue())
    results = await run(f"http://localhost:{control_plane.port}", token=token)
    assert outcomes(results) == "++--+++"
    assert results[CheckName.TLS].learnt == "not encrypted: it does not leave this machine"
    assert "not encrypted" in results[CheckName.IDENTITY].learnt


async def test_plain_http_to_another_machine_is_refused_before_anything_leaves(
    control_plane: SandboxControlPlane,
) -> None:
    await control_plane.set_fault(Fault.PLAINTEXT)
    # 0.0.0.0 reaches this machine without being a loopback address.
    address = f"http://0.0.0.0:{control_plane.port}"
    results = await run(address, token=parse_token(control_plane.tokens.issue()))
    problem = failed(results, CheckName.TLS, ErrorCode.PLAINTEXT_REFUSED, "not_encrypted")
    assert f"https://0.0.0.0:{control_plane.port}" in problem.hint
    assert not control_plane.requests


async def test_plain_http_to_another_machine_where_the_configuration_allows_it(
    control_plane: SandboxControlPlane,
) -> None:
    await control_plane.set_fault(Fault.PLAINTEXT)
    token = parse_token(control_plane.tokens.issue())
    results = await run(f"http://0.0.0.0:{control_plane.port}", token=token, allow_plaintext=True)
    assert outcomes(results) == "++--+++"
    assert results[CheckName.TLS].learnt == "not encrypted: the configuration allows it"


async def test_plain_http_on_a_tls_port(control_plane: SandboxControlPlane) -> None:
    results = await run(f"http://localhost:{control_plane.port}")
    problem = failed(results, CheckName.CONTROL_PLANE, ErrorCode.NOT_A_CONTROL_PLANE, "tls_port")
    assert problem.hint == f"Use https://localhost:{control_plane.port}."


# --- Cancelling ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["https", "http"])
async def test_cancelling_closes_the_connection(scheme: str) -> None:
    async with serving(silent) as server:
        checks = asyncio.create_task(run(f"{scheme}://127.0.0.1:{server.port}"))
        await eventually(lambda: server.accepted >= 2)  # the second one is the one that hangs
        checks.cancel()
        with pytest.raises(asyncio.CancelledError):
            await checks
        await eventually(lambda: server.open == 0)


async def test_cancelling_a_hanging_request_closes_the_connection(tmp_path: Path) -> None:
    made, received = self_signed(), list[bytes]()
    async with serving(hearing(received), made.server_context(tmp_path)) as server:
        checks = asyncio.create_task(run(f"127.0.0.1:{server.port}", Trust(pin=made.fingerprint)))
        await eventually(lambda: b"GET /healthz" in b"".join(received))
        checks.cancel()
        with pytest.raises(asyncio.CancelledError):
            await checks
        await eventually(lambda: server.open == 0)


async def test_cancelling_while_the_sandbox_hangs(control_plane: SandboxControlPlane) -> None:
    await control_plane.set_fault(Fault.HANG)
    checks = asyncio.create_task(run(control_plane.url, pinned(control_plane)))
    await eventually(lambda: len(control_plane.requests) == 1)
    checks.cancel()
    with pytest.raises(asyncio.CancelledError):
        await checks
    # An unclosed socket would be a ResourceWarning, and warnings are errors here.


async def test_a_check_that_is_not_read_to_the_end_leaves_nothing_open(control_plane: SandboxControlPlane) -> None:
    request = JoinRequest(parse_address(control_plane.url), None, pinned(control_plane))
    async for result in preflight(request, NODE, timeouts=Timeouts()):
        if result.name is CheckName.CONTROL_PLANE:
            break  # unclosed sockets would be warnings, and warnings are errors here


@pytest.mark.parametrize(
    ("difference", "said"), [(86_399.7, "1 day behind"), (-3_601.2, "1 hour ahead of"), (61.4, "61 seconds behind")]
)
def test_how_far_the_clocks_are_apart(difference: float, said: str) -> None:
    assert said in clock_wrong(difference).message
