"""The last three checks over the real wire: control plane, token, this node; and text from outside."""

import pytest

from quantix_tui.cluster.address import parse_address
from quantix_tui.cluster.checks import CheckName
from quantix_tui.cluster.errors import ErrorCode
from quantix_tui.cluster.text import harmless
from quantix_tui.cluster.token import parse_token
from quantix_tui.cluster.trust import Trust
from quantix_tui.controlplane.limits import Timeouts
from quantix_tui.controlplane.preflight import ThisNode, problem_of
from quantix_tui.sandbox.controlplane import SandboxControlPlane
from quantix_tui.sandbox.faults import Fault
from tests.controlplane.checking import HEALTHY, INFO, NODE, failed, outcomes, pinned, run
from tests.controlplane.conftest import IMPATIENT
from tests.controlplane.servers import (
    answering,
    serving,
)

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


async def test_a_member_may_check_its_own_control_plane(control_plane: SandboxControlPlane) -> None:
    node = ThisNode("n", parse_address(control_plane.url))
    spent = parse_token(control_plane.tokens.issue())
    control_plane.service.register("n", {}, spent.reveal())
    results = await run(control_plane.url, pinned(control_plane), spent, node=node)
    assert outcomes(results) == "+++++-+", "the token that admitted it is spent, and that is nothing against it"
    assert results[CheckName.NODE].learnt.startswith("has joined this cluster already; clocks ")


async def test_clock_wrong(control_plane: SandboxControlPlane) -> None:
    await control_plane.set_fault(Fault.WRONG_CLOCK)
    results = await run(control_plane.url, pinned(control_plane))
    problem = failed(results, CheckName.NODE, ErrorCode.CLOCK_WRONG, "clock_wrong")
    assert problem.message == "This node's clock is 1 day behind the control plane's."


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
