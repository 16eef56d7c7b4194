"""The client over real HTTP, against a daemon of ours, the existing Rust one, and what is no daemon at all."""

import json
import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme

from quantix_tui.cluster.address import parse_address
from quantix_tui.cluster.checks import CheckName, Outcome
from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.join import JoinRequest
from quantix_tui.cluster.status import ClusterState
from quantix_tui.cluster.token import parse_token
from quantix_tui.cluster.trust import Trust, parse_fingerprint
from quantix_tui.node.gateway.client import NodeClient
from quantix_tui.node.gateway.endpoint import Endpoint
from tests.node.gateway.daemons import PENDING, STANDALONE, Reply, as_json, running, rust, table

TOKEN = "QUANTIX-AAAA-BBBB-CCCC"
PIN = "sha256:" + "7f" * 32
REQUEST = JoinRequest(parse_address("vdc.example.com"), parse_token(TOKEN), Trust(pin=parse_fingerprint(PIN)))
STATUS = {"GET /cluster/status": as_json(STANDALONE)}


@pytest.fixture
def admin(tmp_path: Path) -> str:
    file = tmp_path / "admin-token"
    file.write_text("admin-secret\n")
    return str(file)


def refused(ask: Callable[[], object]) -> Problem:
    """The problem that ``ask`` raises; it never holds the token."""
    with pytest.raises(QuantixError) as caught:
        ask()
    problem = caught.value.problem
    assert TOKEN not in repr(caught.value) + problem.message + problem.hint
    return problem


def test_the_status_of_a_daemon_of_ours(tmp_path: Path, admin: str) -> None:
    with running(table(STATUS), path=tmp_path / "s") as daemon:
        client = NodeClient(daemon.endpoint, admin)
        status = client.status()
    assert (status.status, status.instance_id) == (ClusterState.STANDALONE, "one")
    assert client.met is not None
    assert client.met.kind == "quantix-node"
    assert daemon.asked[0].headers["Host"] == "localhost"


def test_a_join_over_the_socket_needs_no_admin_token(tmp_path: Path, admin: str) -> None:
    routes = table({**STATUS, "POST /cluster/join": as_json(PENDING)})
    with running(routes, path=tmp_path / "s") as daemon:
        status = NodeClient(daemon.endpoint, admin).join(REQUEST)
    assert status.status is ClusterState.PENDING_RESTART
    asked = daemon.asked[-1]
    assert asked.body == {
        "control_plane_address": "https://vdc.example.com:8443",
        "registration_token": TOKEN,
        "pin_sha256": PIN,
    }
    assert "Authorization" not in asked.headers
    assert asked.headers["Content-Type"] == "application/json"


def test_a_change_over_tcp_shows_the_admin_token_and_a_reading_does_not(admin: str) -> None:
    routes = table({**STATUS, "POST /cluster/leave": as_json(STANDALONE)})
    with running(routes) as daemon:
        NodeClient(daemon.endpoint, admin).leave()
    authorizations = [asked.headers.get("Authorization") for asked in daemon.asked]
    assert authorizations == [None, "Bearer admin-secret"]


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "No such file or directory"), ("", "it is empty"), ("not-the-one", "It was read from")],
)
def test_without_the_admin_token_the_refusal_names_its_file_and_what_is_wrong_with_it(
    tmp_path: Path, content: str | None, words: str
) -> None:
    file = tmp_path / "admin-token"
    if content is not None:
        file.write_text(content)
    refusal = as_json({"error": "unauthorized", "message": "Changing needs the admin token.", "hint": "x"}, 401)
    with running(table({**STATUS, "POST /cluster/leave": refusal})) as daemon:
        problem = refused(lambda: NodeClient(daemon.endpoint, str(file)).leave())
    assert problem.code is ErrorCode.UNAUTHORIZED
    assert problem.message.startswith("Changing needs the admin token. ")
    assert str(file) in problem.message
    assert words in problem.message
    assert "root" in problem.hint
    assert "QUANTIX_ADMIN_TOKEN_FILE" in problem.hint
    assert "not-the-one" not in problem.message


def test_no_token_crosses_the_network_unencrypted(admin: str) -> None:
    client = NodeClient(Endpoint(host="192.0.2.1", port=80), admin)
    for ask in (lambda: client.join(REQUEST), lambda: list(client.check(REQUEST))):
        problem = refused(ask)
        assert problem.code is ErrorCode.PLAINTEXT_REFUSED


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (400, {"error": "invalid_address", "message": "m", "hint": "h"}, ErrorCode.INVALID_ADDRESS),
        (409, {"error": "already_registered", "message": "m", "hint": "h"}, ErrorCode.ALREADY_REGISTERED),
        (422, {"error": "invalid_token", "message": "m", "hint": "h"}, ErrorCode.INVALID_TOKEN),
        (500, {"error": "config_write_error", "message": "m", "hint": "h"}, ErrorCode.CONFIG_WRITE_ERROR),
        (502, {"error": "network_unreachable", "message": "m", "hint": "h"}, ErrorCode.NETWORK_UNREACHABLE),
        # Words that are not ours: the status says what kind it is.
        (422, {"error": "token_rejected", "message": "m", "hint": "h"}, ErrorCode.INVALID_TOKEN),
        (500, {"error": "oops", "message": "m", "hint": "h"}, ErrorCode.INTERNAL),
    ],
)
def test_a_refused_join_keeps_the_daemons_words(
    tmp_path: Path, admin: str, status: int, body: dict[str, str], code: ErrorCode
) -> None:
    with running(table({**STATUS, "POST /cluster/join": as_json(body, status)}), path=tmp_path / "s") as daemon:
        problem = refused(lambda: NodeClient(daemon.endpoint, admin).join(REQUEST))
    assert (problem.code, problem.message, problem.hint) == (code, "m", "h")


def test_the_existing_daemon_is_asked_in_its_own_spelling(admin: str) -> None:
    with running(rust, server="") as daemon:
        client = NodeClient(daemon.endpoint, admin)
        results = list(client.check(REQUEST))
    assert client.met is not None
    assert client.met.kind == "limiquantix"
    assert daemon.asked[-1].body == {
        "controlPlaneUrl": "https://vdc.example.com:8443",
        "registrationToken": TOKEN,
        "pinSha256": PIN,
    }
    assert [(result.name, result.outcome, result.learnt) for result in results] == [
        (CheckName.CONTROL_PLANE, Outcome.PASS, "vdc 1.9.2")
    ]


def test_a_join_through_the_existing_daemon_says_that_it_offers_the_reverse_flow_only(admin: str) -> None:
    with running(rust, server="") as daemon:
        problem = refused(lambda: NodeClient(daemon.endpoint, admin).join(REQUEST))
    assert (problem.code, problem.reason) == (ErrorCode.NOT_SUPPORTED, "reverse_flow_only")
    assert "Hosts > Add host" in problem.hint


def test_a_leave_through_the_existing_daemon_says_where_it_is_done(admin: str) -> None:
    with running(rust, server="") as daemon:
        problem = refused(NodeClient(daemon.endpoint, admin).leave)
    assert (problem.code, problem.reason) == (ErrorCode.NOT_SUPPORTED, "reverse_flow_only")
    assert "Remove this node in the vDC" in problem.hint


def test_the_existing_daemons_figures_are_read(admin: str) -> None:
    with running(rust, server="") as daemon:
        client = NodeClient(daemon.endpoint, admin)
        facts, metrics, events = client.facts(), client.metrics(), client.events(1)
    assert (facts.hostname, facts.management_ip, facts.cpu_cores) == ("qx-node-07", "10.20.0.17", 32)
    assert (facts.memory_total_bytes, facts.uptime_seconds, facts.addresses) == (1 << 37, 3600.0, ())
    assert (metrics.cpu_usage_percent, metrics.vm_running_count, metrics.memory_usage_percent) == (38.5, 14, None)
    assert [(event.event_id, event.message) for event in events] == [("2", "new?[2J")]


def test_what_the_existing_daemon_does_not_know_is_its_web_page(admin: str) -> None:
    """200 text/html for an unknown path: never parsed as JSON, never taken for an answer."""

    def routes(asked: object) -> Reply | None:
        reply = rust(asked)  # type: ignore[arg-type]
        return Reply(200, b"<html>", "text/html") if "events" in asked.path else reply  # type: ignore[attr-defined]

    with running(routes, server="") as daemon:
        problem = refused(lambda: NodeClient(daemon.endpoint, admin).events())
    assert problem.code is ErrorCode.NOT_SUPPORTED


@pytest.mark.parametrize(
    "answer",
    [
        Reply(200, b"<html>nginx</html>", "text/html"),
        Reply(404, b"404 page not found", "text/plain"),
        Reply(200, b'{"hello": 1}'),
        Reply(200, b"[1, 2]"),
        Reply(200, b'{"joined": tru'),
        Reply(200, json.dumps(STANDALONE).encode(), "text/plain"),
        Reply(204, b"", ""),
    ],
)
def test_what_is_no_daemon_gets_neither_a_token_nor_a_change(admin: str, answer: Reply) -> None:
    with running(lambda _: answer, server="nginx") as daemon:
        client = NodeClient(daemon.endpoint, admin)
        for ask in (client.status, client.facts, client.leave, lambda: client.join(REQUEST), client.restart):
            problem = refused(ask)
            assert (problem.code, problem.reason) == (ErrorCode.NODE_UNREACHABLE, "not_a_daemon")
    assert {asked.path for asked in daemon.asked} == {"/api/v1/cluster/status"}


@pytest.mark.parametrize(
    "body", [{"joined": True}, {"joined": True, "status": "dancing"}, {"joined": 1, "status": "standalone"}]
)
def test_a_status_is_never_guessed(tmp_path: Path, admin: str, body: dict[str, object]) -> None:
    with running(table({"GET /cluster/status": as_json(body)}), path=tmp_path / "s") as daemon:
        problem = refused(lambda: NodeClient(daemon.endpoint, admin).status())
    assert (problem.code, problem.reason) == (ErrorCode.NODE_UNREACHABLE, "bad_answer")


def test_figures_that_are_none_are_unknown(tmp_path: Path, admin: str) -> None:
    raw = b'{"cpu_usage_percent": NaN, "memory_used_bytes": 1e999, "load_average_1min": "x", "vm_count": true}'
    big = b'{"hostname": "n", "uptime_seconds": ' + b"9" * 400 + b', "addresses": [{"interface": "e"}, 5], "dns": "x"}'
    routes = table({**STATUS, "GET /host/metrics": Reply(body=raw), "GET /host": Reply(body=big)})
    with running(routes, path=tmp_path / "s") as daemon:
        client = NodeClient(daemon.endpoint, admin)
        metrics, facts = client.metrics(), client.facts()
    figures = (metrics.cpu_usage_percent, metrics.memory_used_bytes, metrics.load_average_1min, metrics.vm_count)
    assert figures == (None,) * 4
    assert (facts.uptime_seconds, facts.addresses, facts.dns) == (None, (), ())


RESULTS = [
    {"name": "name", "outcome": "pass", "duration_ms": 12.0, "learnt": "10.20.0.5"},
    {
        "name": "identity",
        "outcome": "fail",
        "duration_ms": 9.0,
        "problem": {"error": "untrusted_certificate", "message": "m", "details": {"reason": "unknown_ca"}},
        "certificate": {"fingerprint": PIN, "subject": "vDC\n\x1b[31m", "issuer": "vDC", "self_issued": True},
    },
]


def ndjson(*lines: object) -> Reply:
    return Reply(content_type="application/x-ndjson", parts=[json.dumps(line).encode() + b"\n" for line in lines])


def test_checks_are_read_line_by_line(tmp_path: Path, admin: str) -> None:
    with running(table({**STATUS, "POST /cluster/test-connection": ndjson(*RESULTS)}), path=tmp_path / "s") as daemon:
        results = list(NodeClient(daemon.endpoint, admin).check(REQUEST))
    assert [result.outcome for result in results] == [Outcome.PASS, Outcome.FAIL]
    assert results[1].certificate is not None
    assert results[1].certificate.subject == "vDC ?[31m"
    assert daemon.asked[-1].body["control_plane_url"] == "https://vdc.example.com:8443"
    assert "application/x-ndjson" in daemon.asked[-1].headers["Accept"]


def test_checks_may_come_whole(tmp_path: Path, admin: str) -> None:
    whole = as_json({"success": False, "message": "m", "checks": RESULTS})
    with running(table({**STATUS, "POST /cluster/test-connection": whole}), path=tmp_path / "s") as daemon:
        assert len(list(NodeClient(daemon.endpoint, admin).check(REQUEST))) == 2


def test_a_verdict_alone_becomes_a_failed_check(tmp_path: Path, admin: str) -> None:
    verdict = as_json({"success": False, "message": "connection refused"})
    with running(table({**STATUS, "POST /cluster/test-connection": verdict}), path=tmp_path / "s") as daemon:
        (result,) = NodeClient(daemon.endpoint, admin).check(REQUEST)
    assert result.problem is not None
    assert result.problem.code is ErrorCode.NETWORK_UNREACHABLE
    assert "connection refused" in result.problem.message


@pytest.mark.parametrize(
    "reply",
    [
        ndjson({"name": "dancing", "outcome": "pass"}),
        ndjson([1]),
        Reply(content_type="application/x-ndjson", parts=[b"{nonsense\n"]),
        Reply(content_type="application/x-ndjson", parts=[b"[" * 60000 + b"\n"]),
        ndjson(*[RESULTS[0]] * 100),
    ],
)
def test_checks_that_make_no_sense_are_refused(tmp_path: Path, admin: str, reply: Reply) -> None:
    with running(table({**STATUS, "POST /cluster/test-connection": reply}), path=tmp_path / "s") as daemon:
        problem = refused(lambda: list(NodeClient(daemon.endpoint, admin).check(REQUEST)))
    assert problem.reason == "bad_answer"


def test_an_error_in_the_stream_is_that_error(tmp_path: Path, admin: str) -> None:
    reply = ndjson(RESULTS[0], {"error": "config_unreadable", "message": "line 3", "hint": "mend it"})
    with running(table({**STATUS, "POST /cluster/test-connection": reply}), path=tmp_path / "s") as daemon:
        results = NodeClient(daemon.endpoint, admin).check(REQUEST)
        next(results)
        problem = refused(lambda: next(results))
    assert problem.code is ErrorCode.CONFIG_UNREADABLE


def test_nothing_there_is_no_daemon(tmp_path: Path, admin: str) -> None:
    stale = tmp_path / "stale"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(stale))
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    for endpoint in (
        Endpoint(path=str(tmp_path / "none")),
        Endpoint(path=str(stale)),
        Endpoint(host="127.0.0.1", port=port),
    ):
        problem = refused(NodeClient(endpoint, admin).status)
        assert (problem.code, problem.reason) == (ErrorCode.NODE_UNREACHABLE, "no_daemon")
        assert str(endpoint) in problem.message


def test_a_name_that_is_none_is_told(admin: str) -> None:
    problem = refused(lambda: NodeClient(Endpoint(host="no-such-node.invalid", port=80), admin).status())
    assert problem.code is ErrorCode.NODE_UNREACHABLE
    assert problem.reason == "name_not_found"


def test_a_daemon_that_accepts_and_says_nothing_is_slow_not_gone(admin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quantix_tui.node.gateway.client.READ_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        problem = refused(lambda: NodeClient(Endpoint(host="127.0.0.1", port=server.getsockname()[1]), admin).status())
    assert (problem.code, problem.reason) == (ErrorCode.NODE_UNREACHABLE, "timed_out")


def test_an_aborted_call_says_that_it_was_cancelled(tmp_path: Path, admin: str) -> None:
    client = NodeClient(Endpoint(path=str(tmp_path / "s")), admin)
    client.abort()
    problem = refused(client.status)
    assert problem.code is ErrorCode.CANCELLED


def test_a_restart_is_asked_for_and_a_missing_route_is_told(tmp_path: Path, admin: str) -> None:
    with running(table({**STATUS, "POST /cluster/restart": as_json({}, 202)}), path=tmp_path / "s") as daemon:
        NodeClient(daemon.endpoint, admin).restart()
        assert daemon.asked[-1].path == "/api/v1/cluster/restart"
    with running(rust, server="") as daemon:
        problem = refused(lambda: NodeClient(daemon.endpoint, admin).restart())
    assert problem.code is ErrorCode.NOT_SUPPORTED


@pytest.fixture
def https(tmp_path: Path) -> Iterator[tuple[Endpoint, Path]]:
    """A daemon behind TLS, and the file of the CA that vouches for it."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    with running(table({**STATUS, "POST /cluster/leave": as_json(STANDALONE)}), tls=context) as daemon:
        yield Endpoint(host="localhost", port=daemon.endpoint.port, tls=True), file


def test_a_node_over_tls_is_verified(https: tuple[Endpoint, Path], admin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint, authority = https
    problem = refused(NodeClient(endpoint, admin).status)
    assert (problem.code, problem.reason) == (ErrorCode.UNTRUSTED_CERTIFICATE, "node")
    assert "SSL_CERT_FILE" in problem.hint
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    assert NodeClient(endpoint, admin).leave().status is ClusterState.STANDALONE
