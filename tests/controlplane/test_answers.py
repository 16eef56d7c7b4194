import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantix_tui.cluster.address import parse_address
from quantix_tui.cluster.errors import ErrorCode, QuantixError
from quantix_tui.cluster.text import harmless
from quantix_tui.controlplane.answers import Answer, Asked, Call, read_object, refusal

NOW = datetime(2026, 3, 12, 9, 41, tzinfo=UTC)
ADDRESS = parse_address("vdc.example.com")
JSON = {"content-type": "application/json"}


def asked(call: Call = Call.REGISTER) -> Asked:
    return Asked(call, ADDRESS, NOW)


def error(code: str, status: int = 400, call: Call = Call.REGISTER, **more: object) -> tuple[ErrorCode, str, str]:
    body = json.dumps({"code": code, "message": "words of the server", **more}).encode()
    problem = refusal(Answer(status, JSON, body), asked(call))
    return problem.code, problem.reason, problem.message


@pytest.mark.parametrize("reason", ["unknown", "expired", "used", "revoked"])
def test_reasons_of_a_refused_token(reason: str) -> None:
    code, told, message = error("unauthenticated", 401, details=[{"reason": f"token_{reason}"}])
    assert (code, told) == (ErrorCode.INVALID_TOKEN, reason)
    assert '"words of the server"' in message


@pytest.mark.parametrize("details", [None, [], [7], {}, [{"reason": 7}], [{"reason": "token_new"}], "x"])
def test_a_refused_token_without_a_known_reason(details: object) -> None:
    code, reason, message = error("permission_denied", 403, details=details)
    assert (code, reason) == (ErrorCode.INVALID_TOKEN, "refused")
    assert "words of the server" in message


@pytest.mark.parametrize(
    ("code", "status", "call", "expected"),
    [
        ("already_exists", 409, Call.REGISTER, (ErrorCode.ALREADY_REGISTERED, "hostname")),
        ("not_found", 404, Call.HEARTBEAT, (ErrorCode.REMOVED, "removed")),
        ("not_found", 404, Call.DECOMMISSION, (ErrorCode.REMOVED, "removed")),
        ("not_found", 404, Call.CHECK_REGISTRATION, (ErrorCode.NOT_SUPPORTED, "unimplemented")),
        ("unimplemented", 501, Call.CHECK_REGISTRATION, (ErrorCode.NOT_SUPPORTED, "unimplemented")),
        ("unauthenticated", 401, Call.HEARTBEAT, (ErrorCode.UNAUTHORIZED, "credential_refused")),
        ("failed_precondition", 400, Call.DECOMMISSION, (ErrorCode.CONTROL_PLANE_ERROR, "failed_precondition")),
        ("failed_precondition", 400, Call.REGISTER, (ErrorCode.INVALID_REQUEST, "failed_precondition")),
        ("invalid_argument", 400, Call.REGISTER, (ErrorCode.INVALID_REQUEST, "invalid_argument")),
        ("resource_exhausted", 429, Call.REGISTER, (ErrorCode.CONTROL_PLANE_ERROR, "busy")),
        ("unavailable", 503, Call.REGISTER, (ErrorCode.CONTROL_PLANE_ERROR, "http_503")),
        ("internal", 500, Call.HEARTBEAT, (ErrorCode.CONTROL_PLANE_ERROR, "http_500")),
        ("something_new", 418, Call.HEARTBEAT, (ErrorCode.CONTROL_PLANE_ERROR, "http_418")),
    ],
)
def test_connect_errors(code: str, status: int, call: Call, expected: tuple[ErrorCode, str]) -> None:
    assert error(code, status, call)[:2] == expected


@pytest.mark.parametrize(
    ("status", "call", "expected"),
    [
        (404, Call.CHECK_REGISTRATION, (ErrorCode.NOT_SUPPORTED, "unimplemented")),
        (501, Call.CHECK_REGISTRATION, (ErrorCode.NOT_SUPPORTED, "unimplemented")),
        (404, Call.HEARTBEAT, (ErrorCode.NOT_A_CONTROL_PLANE, "not_found")),
        (404, Call.HEALTH, (ErrorCode.NOT_A_CONTROL_PLANE, "not_found")),
        (502, Call.HEARTBEAT, (ErrorCode.CONTROL_PLANE_ERROR, "http_502")),
        (403, Call.HEALTH, (ErrorCode.NOT_A_CONTROL_PLANE, "http_403")),
        (301, Call.HEARTBEAT, (ErrorCode.NOT_A_CONTROL_PLANE, "redirect")),
    ],
)
def test_answers_without_a_code_of_the_control_plane(status: int, call: Call, expected: tuple[ErrorCode, str]) -> None:
    problem = refusal(Answer(status, {"content-type": "text/html"}, b"<p>"), asked(call))
    assert (problem.code, problem.reason) == expected


def test_a_404_of_a_stranger_is_no_removal() -> None:
    # A wrong route in front of the control plane must not make a node give its membership up.
    html = refusal(Answer(404, {"content-type": "text/html"}, b"<p>not found"), asked(Call.HEARTBEAT))
    other = refusal(Answer(404, JSON, b'{"error":"not_found"}'), asked(Call.HEARTBEAT))
    assert html.code is other.code is ErrorCode.NOT_A_CONTROL_PLANE


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("30", "in 30 s"),
        ("0", "in 0 s"),
        ("120", "in 2 min"),
        ("999999999999", "in 1440 min"),
        ("Thu, 12 Mar 2026 09:42:00 GMT", "in 60 s"),
        ("Thu, 12 Mar 2020 09:42:00 GMT", "in 0 s"),
        ("soon\x1b", "in a few minutes"),
        ("-1", "in a few minutes"),
        ("²", "in a few minutes"),
        ("", "in a few minutes"),
    ],
)
def test_retry_after(header: str, words: str) -> None:
    answer = Answer(503, {**JSON, "retry-after": header}, b'{"error":"update","maintenance":true}')
    problem = refusal(answer, asked(Call.HEALTH))
    assert problem.code is ErrorCode.MAINTENANCE
    assert problem.hint == f"Try again {words}."


def test_retry_after_for_programs() -> None:
    for status, body in ((503, b'{"maintenance":true}'), (429, b'{"code":"resource_exhausted"}'), (500, b"")):
        answer = Answer(status, {**JSON, "retry-after": "45"}, body)
        assert refusal(answer, asked(Call.HEARTBEAT)).details == {"retry_after_secs": "45"}
    assert refusal(Answer(500, JSON, b""), asked(Call.HEARTBEAT)).details == {}


def test_the_date() -> None:
    assert Answer(200, {"date": "Thu, 12 Mar 2026 09:41:00 GMT"}, b"").date == NOW
    assert Answer(200, {"date": "Thu, 12 Mar 2026 09:41:00"}, b"").date == NOW
    for nonsense in ("", "yesterday", "Thu, 99 Mar 2026 99:41:00 GMT", "9" * 10_000):
        assert Answer(200, {"date": nonsense}, b"").date is None
    assert Answer(200, {}, b"").date is None


@settings(deadline=None, max_examples=50)
@given(
    status=st.integers(100, 599),
    kind=st.sampled_from(["application/json", "text/html", "application/problem+json; x", "", "\x1b"]),
    headers=st.dictionaries(st.sampled_from(["location", "retry-after", "date"]), st.text()),
    body=st.one_of(
        st.binary(),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(),
            lambda inner: (
                st.dictionaries(st.sampled_from(["code", "message", "details", "maintenance"]), inner) | st.lists(inner)
            ),
        ).map(lambda value: json.dumps(value).encode()),
    ),
    call=st.sampled_from(Call),
)
def test_whatever_comes_is_an_object_or_a_harmless_problem(
    status: int, kind: str, headers: dict[str, str], body: bytes, call: Call
) -> None:
    answer = Answer(status, {**headers, "content-type": kind}, body)
    assert answer.date is None or answer.date.tzinfo is not None
    try:
        assert isinstance(read_object(answer, asked(call)), dict)
    except QuantixError as error:
        problem = error.problem
        for text in (problem.message, problem.hint, problem.reason):
            assert harmless(text, 1000) == text
            assert len(text) < 500
        assert problem.message.endswith(".")
        assert problem.hint.endswith(".")


def test_a_time_is_told_with_its_age_where_it_is_read_at_once_and_with_its_day_where_it_is_kept() -> None:
    body = json.dumps({"code": "unauthenticated", "message": "token expired at 2026-03-12T09:00:00Z"}).encode()
    at_once, kept = (
        refusal(Answer(401, JSON, body), asked(call)).message for call in (Call.CHECK_REGISTRATION, Call.REGISTER)
    )
    assert "41 minutes ago" in at_once
    assert "on 2026-03-12" in kept
    assert "ago" not in kept
    assert "T09" not in at_once + kept
