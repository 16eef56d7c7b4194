"""The checks over the real wire: every way to fail has its own words."""

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
from quantix_tui.cluster.checks import CheckName, CheckResult, Outcome
from quantix_tui.cluster.errors import ErrorCode, Problem
from quantix_tui.cluster.join import JoinRequest
from quantix_tui.cluster.text import harmless
from quantix_tui.cluster.token import RegistrationToken, parse_token
from quantix_tui.cluster.trust import Trust
from quantix_tui.controlplane.limits import Timeouts
from quantix_tui.controlplane.preflight import ThisNode, preflight, problem_of
from quantix_tui.sandbox.controlplane import SandboxControlPlane
from quantix_tui.sandbox.faults import Fault
from tests.controlplane.certificates import DAY, self_signed
from tests.controlplane.conftest import IMPATIENT
from tests.controlplane.servers import (
    answering,
    closing,
    eventually,
    full_backlog,
    hearing,
    http,
    refusing_handshakes,
    serving,
    silent,
    unused_port,
)

NODE = ThisNode("qx-node-07")
INFO = http(b'{"name":"Quantix-vDC","version":"1.9.2","api_version":"v1"}')
HEALTHY = http(b'{"status":"healthy"}')


async def run(
    address: str,
    trust: Trust | None = None,
    token: RegistrationToken | None = None,
    node: ThisNode = NODE,
    timeouts: Timeouts | None = None,
    allow_plaintext: bool = False,
) -> dict[CheckName, CheckResult]:
    request = JoinRequest(parse_address(address), token, trust or Trust())
    steps = preflight(request, node, allow_plaintext=allow_plaintext, timeouts=timeouts)
    results = [result async for result in steps]
    assert [result.name for result in results] == list(CheckName), "one line for each check, in order"
    return {result.name: result for result in results}


def outcomes(results: dict[CheckName, CheckResult]) -> str:
    """``+`` pass, ``x`` fail, ``-`` skipped, ``?`` could not run; in order."""
    marks = {Outcome.PASS: "+", Outcome.FAIL: "x", Outcome.SKIPPED: "-", Outcome.COULD_NOT_RUN: "?"}
    return "".join(marks[result.outcome] for result in results.values())


def failed(results: dict[CheckName, CheckResult], name: CheckName, code: ErrorCode, reason: str) -> Problem:
    """The problem of the one check that failed, after asserting what must hold for every failure."""
    problem = results[name].problem
    assert problem is not None, outcomes(results)
    assert (problem.code, problem.reason) == (code, reason), problem
    assert problem_of(results.values()) is problem
    behind = list(results.values())[list(CheckName).index(name) + 1 :]
    assert all(result.outcome is Outcome.SKIPPED and result.learnt == "not checked" for result in behind)
    for text in (problem.message, problem.hint):
        assert text.endswith("."), "whole sentences"
        assert harmless(text, 1000) == text
    return problem


def pinned(control_plane: SandboxControlPlane) -> Trust:
    return Trust(pin=control_plane.fingerprint)


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


# --- Identity -----------------------------------------------------------------------------------------


async def test_unknown_ca_shows_what_to_compare_and_pinning_it_passes(control_plane: SandboxControlPlane) -> None:
    results = await run(control_plane.url)
    problem = failed(results, CheckName.IDENTITY, ErrorCode.UNTRUSTED_CERTIFICATE, "unknown_ca")
    assert results[CheckName.TLS].learnt == "TLS 1.3"
    certificate = results[CheckName.IDENTITY].certificate
    assert certificate is not None
    assert certificate.fingerprint == control_plane.fingerprint
    assert certificate.subject == "Quantix Sandbox CA"
    assert certificate.self_issued
    assert certificate.not_after.endswith("Z")
    assert problem.details["fingerprint"] == str(control_plane.fingerprint)
    assert "Quantix Sandbox CA" in problem.message
    assert "fingerprint" in problem.hint
    assert outcomes(await run(control_plane.url, Trust(pin=certificate.fingerprint))) == "+++++-+"


async def test_unknown_ca_with_a_ca_file_names_the_file(control_plane: SandboxControlPlane, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    other.write_bytes(self_signed(is_ca=True).pem)
    results = await run(control_plane.url, Trust(ca_file=str(other)))
    problem = failed(results, CheckName.IDENTITY, ErrorCode.UNTRUSTED_CERTIFICATE, "unknown_ca")
    assert str(other) in problem.message


@pytest.mark.parametrize("is_ca", [None, False, True])
async def test_a_certificate_that_signs_itself_is_its_own_identity(tmp_path: Path, is_ca: bool | None) -> None:
    made = self_signed("appliance", is_ca=is_ca)  # no host name in it at all
    async with serving(answering(HEALTHY, INFO), made.server_context(tmp_path)) as server:
        address = f"127.0.0.1:{server.port}"
        first = await run(address)
        certificate = first[CheckName.IDENTITY].certificate
        assert certificate is not None
        assert certificate.fingerprint == made.fingerprint
        results = await run(address, Trust(pin=certificate.fingerprint))
    assert outcomes(results) == "+++++-+"
    assert results[CheckName.IDENTITY].learnt == "pinned certificate appliance"


async def test_pin_mismatch_shows_both_fingerprints_and_offers_nothing(control_plane: SandboxControlPlane) -> None:
    await control_plane.set_fault(Fault.OTHER_AUTHORITY)
    results = await run(control_plane.url, pinned(control_plane))
    problem = failed(results, CheckName.IDENTITY, ErrorCode.UNTRUSTED_CERTIFICATE, "pin_mismatch")
    assert problem.details["expected"] == str(control_plane.fingerprint)
    assert problem.details["presented"].startswith("sha256:")
    assert results[CheckName.IDENTITY].certificate is None


async def test_a_pinned_certificate_that_only_decorates_the_chain_vouches_for_nothing(tmp_path: Path) -> None:
    # The certificate of a CA is public: anybody can present it beside his own.
    pinned_ca, attacker = self_signed("Quantix-vDC", is_ca=True), self_signed("attacker", hosts=("127.0.0.1",))
    context = attacker.server_context(tmp_path, pinned_ca.pem)
    async with serving(answering(HEALTHY, INFO), context) as server:
        results = await run(f"127.0.0.1:{server.port}", Trust(pin=pinned_ca.fingerprint))
        failed(results, CheckName.IDENTITY, ErrorCode.UNTRUSTED_CERTIFICATE, "pin_mismatch")
        # And it is not what is offered for pinning either.
        certificate = (await run(f"127.0.0.1:{server.port}"))[CheckName.IDENTITY].certificate
        assert certificate is not None
        assert certificate.fingerprint == attacker.fingerprint


async def test_wrong_host_names_the_names(control_plane: SandboxControlPlane) -> None:
    await control_plane.set_fault(Fault.WRONG_CERTIFICATE)
    for trust in (pinned(control_plane), Trust(ca_file=str(control_plane.ca_file)), Trust()):
        results = await run(control_plane.url, trust)
        problem = failed(results, CheckName.IDENTITY, ErrorCode.UNTRUSTED_CERTIFICATE, "wrong_host")
        assert "is for vdc.elsewhere.example, not for localhost" in problem.message


async def test_ca_file_that_cannot_be_read(control_plane: SandboxControlPlane, tmp_path: Path) -> None:
    for path in (str(tmp_path / "missing.pem"), "bad\0path"):
        results = await run(control_plane.url, Trust(ca_file=path))
        failed(results, CheckName.IDENTITY, ErrorCode.UNTRUSTED_CERTIFICATE, "ca_file_unreadable")


async def test_ca_file_without_a_certificate(control_plane: SandboxControlPlane, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    text = tmp_path / "text.pem"
    text.write_text("not a certificate, grüße")
    for path in (text, broken, tmp_path, Path("/dev/zero")):
        results = await run(control_plane.url, Trust(ca_file=str(path)))
        problem = failed(results, CheckName.IDENTITY, ErrorCode.UNTRUSTED_CERTIFICATE, "ca_file_not_pem")
        assert "BEGIN CERTIFICATE" in problem.hint


async def test_expired_with_the_clocks_in_agreement(control_plane: SandboxControlPlane) -> None:
    await control_plane.set_fault(Fault.EXPIRED_CERTIFICATE)
    for trust in (pinned(control_plane), Trust()):
        results = await run(control_plane.url, trust)
        problem = failed(results, CheckName.IDENTITY, ErrorCode.UNTRUSTED_CERTIFICATE, "expired")
        assert "expired on 20" in problem.message
        assert "clock agrees with the control plane's" in problem.message
        assert "renew" in problem.hint
        assert problem.details["clock"] == "right"


async def test_not_yet_valid_with_the_clocks_in_agreement(control_plane: SandboxControlPlane) -> None:
    await control_plane.set_fault(Fault.NOT_YET_VALID_CERTIFICATE)
    results = await run(control_plane.url, pinned(control_plane))
    problem = failed(results, CheckName.IDENTITY, ErrorCode.UNTRUSTED_CERTIFICATE, "not_yet_valid")
    assert "not valid before 20" in problem.message
    assert problem.details["clock"] == "right"


async def test_not_yet_valid_because_this_clock_is_slow(tmp_path: Path) -> None:
    made = self_signed(begins=2 * DAY, ends=9 * DAY)
    there = http(b'{"status":"healthy"}', Date="Fri, 01 Jan 2100 00:00:00 GMT")
    async with serving(answering(there), made.server_context(tmp_path)) as server:
        results = await run(f"127.0.0.1:{server.port}", Trust(pin=made.fingerprint))
    problem = failed(results, CheckName.IDENTITY, ErrorCode.UNTRUSTED_CERTIFICATE, "not_yet_valid")
    assert "This node's clock looks wrong" in problem.message
    assert "2100-01-01 00:00 UTC" in problem.message
    assert problem.hint == "Set this node's clock, then check again."
    assert problem.details["clock"] == "wrong"


async def test_expired_and_nobody_tells_the_time(tmp_path: Path) -> None:
    made = self_signed(begins=-9 * DAY, ends=-DAY)
    async with serving(closing, made.server_context(tmp_path)) as server:
        results = await run(f"127.0.0.1:{server.port}", Trust(pin=made.fingerprint))
    problem = failed(results, CheckName.IDENTITY, ErrorCode.UNTRUSTED_CERTIFICATE, "expired")
    assert "This node's clock shows" in problem.message
    assert "If that is the right time" in problem.hint
    assert problem.details["clock"] == "unknown"


async def test_no_secret_and_no_request_goes_to_an_unproven_server(control_plane: SandboxControlPlane) -> None:
    token = parse_token(control_plane.tokens.issue())
    await run(control_plane.url, Trust(), token)
    await control_plane.set_fault(Fault.OTHER_AUTHORITY)
    await run(control_plane.url, pinned(control_plane), token)
    await control_plane.set_fault(Fault.WRONG_CERTIFICATE)
    await run(control_plane.url, pinned(control_plane), token)
    assert not control_plane.requests
    await control_plane.set_fault(Fault.EXPIRED_CERTIFICATE)
    await run(control_plane.url, pinned(control_plane), token)
    assert [(seen.path, seen.had_secret) for seen in control_plane.requests] == [("/healthz", False)]


# --- Control plane ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "code", "reason", "words"),
    [
        (Fault.HTML, ErrorCode.NOT_A_CONTROL_PLANE, "html", "answers with a web page"),
        (Fault.NOT_FOUND, ErrorCode.NOT_A_CONTROL_PLANE, "not_found", "404"),
        (Fault.REDIRECT, ErrorCode.NOT_A_CONTROL_PLANE, "redirect", "/elsewhere/healthz"),
        (Fault.HUGE, ErrorCode.NOT_A_CONTROL_PLANE, "too_large", "more than 1 MB"),
        (Fault.ERROR500, ErrorCode.CONTROL_PLANE_ERROR, "http_500", '"the database is out of order"'),
        (Fault.MAINTENANCE, ErrorCode.MAINTENANCE, "maintenance", "is being updated"),
        (Fault.INCOMPATIBLE, ErrorCode.INCOMPATIBLE, "api_version", "speaks API v9"),
    ],
)
async def test_it_answers_but_wrongly(
    control_plane: SandboxControlPlane, fault: Fault, code: ErrorCode, reason: str, words: str
) -> None:
    await control_plane.set_fault(fault)
    token = parse_token(control_plane.tokens.issue())
    results = await run(control_plane.url, pinned(control_plane), token)
    problem = failed(results, CheckName.CONTROL_PLANE, code, reason)
    assert words in problem.message
    assert not any(seen.had_secret for seen in control_plane.requests)
    if fault is Fault.MAINTENANCE:
        assert problem.hint == "Try again in 30 s."


@pytest.mark.parametrize("fault", [Fault.HANG, Fault.SLOW])
async def test_it_does_not_answer_in_time(control_plane: SandboxControlPlane, fault: Fault) -> None:
    await control_plane.set_fault(fault)
    timeouts = Timeouts(request=0.5)
    results = await run(control_plane.url, pinned(control_plane), timeouts=timeouts)
    problem = failed(results, CheckName.CONTROL_PLANE, ErrorCode.TIMED_OUT, "no_answer")
    assert "within 0.5 s" in problem.message
    assert 400 < results[CheckName.CONTROL_PLANE].duration_ms < 2000


async def test_something_that_is_not_http() -> None:
    async with serving(answering(b"220 mail.example ESMTP\r\n\r\n")) as server:
        results = await run(f"http://127.0.0.1:{server.port}", timeouts=IMPATIENT)
    problem = failed(results, CheckName.CONTROL_PLANE, ErrorCode.NOT_A_CONTROL_PLANE, "not_http")
    assert "does not speak HTTP" in problem.message


# --- Token --------------------------------------------------------------------------------------------


async def test_tokens_that_are_refused(control_plane: SandboxControlPlane) -> None:
    trust, tokens = pinned(control_plane), control_plane.tokens
    used, revoked = tokens.issue(), tokens.issue()
    tokens.use(used, "qx-node-01")
    tokens.revoke(revoked)
    cases = {
        "QUANTIX-AAAA-BBBB-CCCC": ("unknown", "does not know this token"),
        tokens.issue(ttl_secs=-60): ("expired", "This token has expired."),
        used: ("used", "by qx-node-01"),
        revoked: ("revoked", "was revoked"),
    }
    for text, (reason, words) in cases.items():
        results = await run(control_plane.url, trust, parse_token(text))
        problem = failed(results, CheckName.TOKEN, ErrorCode.INVALID_TOKEN, reason)
        assert words in problem.message
        assert "new token" in problem.hint
        assert text not in str(problem)


# --- This node ----------------------------------------------------------------------------------------


async def test_a_node_of_this_name_is_registered(control_plane: SandboxControlPlane) -> None:
    control_plane.service.register(NODE.hostname, {}, control_plane.tokens.issue())
    token = parse_token(control_plane.tokens.issue())
    results = await run(control_plane.url, pinned(control_plane), token)
    assert outcomes(results) == "++++++x"
    problem = failed(results, CheckName.NODE, ErrorCode.ALREADY_REGISTERED, "hostname")
    assert NODE.hostname in problem.message


async def test_joined_elsewhere(control_plane: SandboxControlPlane) -> None:
    node = ThisNode("n", parse_address("vdc.example.com"))
    results = await run(control_plane.url, pinned(control_plane), node=node)
    problem = failed(results, CheckName.NODE, ErrorCode.ALREADY_JOINED, "already_joined")
    assert "https://vdc.example.com:8443" in problem.message


async def test_clock_wrong(control_plane: SandboxControlPlane) -> None:
    await control_plane.set_fault(Fault.WRONG_CLOCK)
    results = await run(control_plane.url, pinned(control_plane))
    problem = failed(results, CheckName.NODE, ErrorCode.CLOCK_WRONG, "clock_wrong")
    assert problem.message == "This node's clock is 24 hours behind the control plane's."


async def test_a_server_that_does_not_tell_the_time() -> None:
    async with serving(answering(HEALTHY, INFO)) as server:
        results = await run(f"http://127.0.0.1:{server.port}")
    assert outcomes(results) == "++--+-+"
    assert "clock not compared" in results[CheckName.NODE].learnt


# --- Text from outside --------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [Fault.HOSTILE, Fault.HOSTILE_CERTIFICATE])
async def test_text_from_outside_is_harmless(control_plane: SandboxControlPlane, fault: Fault) -> None:
    await control_plane.set_fault(fault)
    trust = Trust() if fault is Fault.HOSTILE_CERTIFICATE else pinned(control_plane)
    results = await run(control_plane.url, trust, parse_token("QUANTIX-AAAA-BBBB-CCCC"))
    for result in results.values():
        problem, certificate = result.problem, result.certificate
        texts = [result.learnt]
        texts += [problem.message, problem.hint, *problem.details.values()] if problem else []
        texts += [certificate.subject, certificate.issuer] if certificate else []
        for text in texts:
            assert harmless(text, 1000) == text
            assert len(text) < 500
    assert problem_of(results.values()) is not None


async def test_a_hostile_redirect_is_harmless() -> None:
    redirect = (
        b"HTTP/1.1 302 Found\r\nLocation: http://e\x1b[2J\xe2\x80\xae/" + b"x" * 5000 + b"\r\nContent-Length: 0\r\n\r\n"
    )
    async with serving(answering(redirect)) as server:
        results = await run(f"http://127.0.0.1:{server.port}", timeouts=IMPATIENT)
    problem = problem_of(results.values())
    assert problem is not None
    assert harmless(problem.message, 500) == problem.message


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
