"""Running the checks in a test, and what must hold for every result."""

from quantix_tui.cluster.address import parse_address
from quantix_tui.cluster.checks import CheckName, CheckResult, Outcome
from quantix_tui.cluster.errors import ErrorCode, Problem
from quantix_tui.cluster.join import JoinRequest
from quantix_tui.cluster.text import harmless
from quantix_tui.cluster.token import RegistrationToken
from quantix_tui.cluster.trust import Trust
from quantix_tui.controlplane.limits import Timeouts
from quantix_tui.controlplane.preflight import ThisNode, preflight, problem_of
from quantix_tui.sandbox.controlplane import SandboxControlPlane
from tests.controlplane.servers import http

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
    """The result of each check, after asserting that each gave one, in order."""
    request = JoinRequest(parse_address(address), token, trust or Trust())
    steps = preflight(request, node, allow_plaintext=allow_plaintext, timeouts=timeouts)
    results = [result async for result in steps]
    assert [result.name for result in results] == list(CheckName), "one line for each check, in order"
    return {CheckName(result.name): result for result in results}


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
    """Trust in the sandbox's authority and nobody else."""
    return Trust(pin=control_plane.fingerprint)
