"""Through a real HTTP proxy, and everything that such a proxy says no to."""

import base64
from pathlib import Path

import pytest

from quantix_tui.cluster.address import parse_address
from quantix_tui.cluster.checks import CheckName, CheckResult, Outcome
from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.join import JoinRequest
from quantix_tui.cluster.token import RegistrationToken
from quantix_tui.cluster.trust import Trust
from quantix_tui.controlplane.client import ControlPlaneClient
from quantix_tui.controlplane.preflight import ThisNode, preflight, problem_of
from quantix_tui.controlplane.proxy import parse_proxy, without_login
from tests.controlplane.certificates import SelfSigned, self_signed
from tests.controlplane.conftest import IMPATIENT
from tests.controlplane.servers import answering, full_backlog, http, proxying, serving, unused_port

ADDRESS = parse_address("https://vdc.invalid:8443")
"""Only the proxy knows where that is."""
TOKEN = RegistrationToken("QUANTIX-AAAA-BBBB-CCCC")
ANSWERS = (
    http(b'{"status":"healthy"}'),
    http(b'{"name":"vDC","version":"1","api_version":"v1"}'),
)


@pytest.fixture
def certificate() -> SelfSigned:
    return self_signed("vdc", hosts=("vdc.invalid",))


async def checks(proxy: str, trust: Trust) -> dict[CheckName, CheckResult]:
    steps = preflight(JoinRequest(ADDRESS, None, trust), ThisNode("n"), timeouts=IMPATIENT, proxy=proxy)
    return {CheckName(result.name): result async for result in steps}


async def refused(proxy: str, trust: Trust) -> tuple[str, Problem]:
    """What the checks fail at; the client must say the same."""
    results = await checks(proxy, trust)
    [failed] = [result for result in results.values() if result.outcome is Outcome.FAIL]
    assert failed.problem is not None
    async with ControlPlaneClient(ADDRESS, Trust(), proxy=proxy, timeouts=IMPATIENT) as client:
        with pytest.raises(QuantixError) as caught:
            await client.check_registration("n", TOKEN)
    assert caught.value.problem.reason == failed.problem.reason
    return failed.name, failed.problem


async def test_everything_goes_through_the_proxy(certificate: SelfSigned, tmp_path: Path) -> None:
    seen: list[bytes] = []
    async with (
        serving(answering(*ANSWERS), certificate.server_context(tmp_path)) as server,
        serving(proxying(server.port, seen)) as proxy,
    ):
        results = await checks(f"http://127.0.0.1:{proxy.port}", Trust(pin=certificate.fingerprint))
    assert problem_of(results.values()) is None
    assert results[CheckName.RESOLVE].learnt == "proxy 127.0.0.1: 127.0.0.1"
    assert results[CheckName.CONNECT].learnt == f"through the proxy 127.0.0.1 port {proxy.port}"
    assert all(head.startswith(b"CONNECT vdc.invalid:8443 HTTP/1.1\r\n") for head in seen)


async def test_the_client_with_a_pin_and_a_login(certificate: SelfSigned, tmp_path: Path) -> None:
    seen: list[bytes] = []
    async with (
        serving(answering(http(b"{}")), certificate.server_context(tmp_path)) as server,
        serving(proxying(server.port, seen)) as proxy,
    ):
        url = f"http://node:pass@word@127.0.0.1:{proxy.port}"
        async with ControlPlaneClient(ADDRESS, Trust(pin=certificate.fingerprint), proxy=url) as client:
            await client.check_registration("n", TOKEN)
    login = base64.b64encode(b"node:pass@word")
    assert seen
    assert all(b"authorization: basic " + login.lower() in head.lower() for head in seen)


@pytest.mark.parametrize(
    ("answer", "reason", "words"),
    [
        (b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "proxy_login", "wants a user name"),
        (b"HTTP/1.1 403 For\x1bbidden\r\n\r\n", "proxy_refused", "does not let this node through"),
        (b"HTTP/1.1 502 Bad Gateway\r\n\r\n", "proxy_no_way", "cannot reach vdc.invalid:8443"),
    ],
)
async def test_the_proxy_says_no(answer: bytes, reason: str, words: str) -> None:
    async with serving(proxying(0, [], answer)) as proxy:
        results = await checks(f"http://127.0.0.1:{proxy.port}", Trust())
    problem = problem_of(results.values())
    assert problem is not None
    assert (problem.code, problem.reason) == (ErrorCode.NETWORK_UNREACHABLE, reason)
    assert words in problem.message
    assert "\x1b" not in problem.message
    assert results[CheckName.CONNECT].problem is problem


async def test_client_and_checks_agree_on_a_refusal() -> None:
    async with serving(proxying(0, [], b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")) as proxy:
        name, problem = await refused(f"http://127.0.0.1:{proxy.port}", Trust())
    assert (name, problem.reason) == (CheckName.CONNECT, "proxy_refused")


async def test_what_answers_is_no_proxy() -> None:
    async with serving(answering(b"220 mail\r\n\r\n")) as proxy:
        results = await checks(f"http://127.0.0.1:{proxy.port}", Trust())
    problem = problem_of(results.values())
    assert problem is not None
    assert problem.reason == "proxy_not_http"


async def test_the_proxy_is_not_there() -> None:
    name, problem = await refused(f"http://127.0.0.1:{unused_port()}", Trust())
    assert (name, problem.reason) == (CheckName.CONNECT, "connection_refused")
    assert problem.message.startswith("The proxy on the way to the control plane is not reached. 127.0.0.1 refuses")
    assert "control_plane: proxy" in problem.hint


async def test_the_proxy_does_not_answer() -> None:
    with full_backlog() as port:
        results = await checks(f"http://127.0.0.1:{port}", Trust())
    with full_backlog() as port:
        async with ControlPlaneClient(ADDRESS, Trust(), proxy=f"http://127.0.0.1:{port}", timeouts=IMPATIENT) as client:
            with pytest.raises(QuantixError) as caught:
                await client.check_registration("n", TOKEN)
    for problem in (results[CheckName.CONNECT].problem, caught.value.problem):
        assert problem is not None
        assert problem.reason == "timed_out"
        assert problem.message.startswith("The proxy")


async def test_this_machine_is_reached_without_the_proxy() -> None:
    async with serving(answering(http(b'{"status":"healthy"}'))) as server:
        address = parse_address(f"http://127.0.0.1:{server.port}")
        async with ControlPlaneClient(address, Trust(), proxy=f"http://127.0.0.1:{unused_port()}") as client:
            assert (await client.health()).status == "healthy"


@pytest.mark.parametrize("text", ["socks5://proxy:1080", "https://proxy:3128", "http://proxy", "http://pro xy:1", "@"])
async def test_a_proxy_that_cannot_be_used_is_a_problem_of_the_first_check(text: str) -> None:
    name, problem = await refused(text, Trust())
    assert name is CheckName.RESOLVE
    assert (problem.code, problem.reason) == (ErrorCode.INVALID_REQUEST, "proxy")


def test_the_login_never_shows() -> None:
    proxy = parse_proxy("http://node:secret@proxy.example:3128/")
    assert str(proxy.address) == "http://proxy.example:3128"
    assert "secret" not in repr(proxy)
    with pytest.raises(QuantixError) as caught:
        parse_proxy("http://node:secret@proxy.example:port")
    assert "secret" not in repr(caught.value.problem)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://proxy.example:3128", "http://proxy.example:3128"),
        ("proxy.example:3128", "proxy.example:3128"),
        ("http://node:secret@proxy.example:3128", "http://***@proxy.example:3128"),
        (" node:secret@proxy.example:3128", "***@proxy.example:3128"),
        ("http://node:a@secret@proxy.example", "http://***@proxy.example"),
        ("http://node:a/secret://b@proxy.example:x", "http://***@proxy.example:x"),
        ("node:a/secret://b@proxy.example:3128", "***@proxy.example:3128"),
        ("socks5://node:secret@proxy.example:3128", "socks5://***@proxy.example:3128"),
        ("http://node:a\nsecret@proxy.example:1", "http://***@proxy.example:1"),
        ("@", "***@"),
    ],
)
def test_a_proxy_is_shown_without_its_login_whatever_it_looks_like(text: str, shown: str) -> None:
    assert without_login(text) == shown
    try:
        told = repr(parse_proxy(text))
    except QuantixError as error:
        told = repr(error.problem)
    assert "secret" not in told


def test_a_proxy_without_a_scheme() -> None:
    assert str(parse_proxy("proxy.example:3128").address) == "http://proxy.example:3128"
    login = parse_proxy("node:pw@proxy.example:3128").login
    assert login is not None
    assert login.reveal() == "node:pw"
