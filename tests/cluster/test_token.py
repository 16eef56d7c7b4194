"""The registration token: what a paste adds goes, what cannot be one is refused, nothing is ever shown."""

import base64
import copy
import json
import pickle
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantix_tui.cluster.errors import ErrorCode, QuantixError
from quantix_tui.cluster.token import MAX_TOKEN, RegistrationToken, TokenKind, parse_token

NOW = datetime(2026, 1, 7, 9, 0, tzinfo=UTC)


def jwt(claims: object) -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part({'alg': 'ES256'})}.{part(claims)}.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    "pasted",
    [
        "QUANTIX-7F3A-91C4-LXWJ",
        "  QUANTIX-7F3A-91C4-LXWJ\r\n",
        '"QUANTIX-7F3A-91C4-LXWJ"',
        "<QUANTIX-7F3A-91C4-LXWJ>,",
        "\ufeffQUANTIX-7F3A-91C4-LXWJ\u200b",
        "Bearer QUANTIX-7F3A-91C4-LXWJ",
        "quantix-7f3a-91c4-lxwj",
        "\u201cQUANTIX-7F3A-91C4-LXWJ\u201d",
    ],
)
def test_what_a_paste_adds_is_trimmed(pasted: str) -> None:
    token = parse_token(pasted)
    assert token.reveal() == "QUANTIX-7F3A-91C4-LXWJ"
    assert token.kind is TokenKind.CODE


@pytest.mark.parametrize(
    ("pasted", "reason"),
    [
        ("", "empty"),
        (' " " ', "empty"),
        ("QUANTIX-7F3A 91C4-LXWJ", "space"),
        ("eyJhbGci\nOiJI", "space"),
        ("abc\x00def", "character"),
        ("abc\x1b[2Jdef", "character"),
        ("abc\u202edef", "character"),
        ("t\u00f6ken", "character"),
        ("a" * (MAX_TOKEN + 1), "too_long"),
        ("a" * 10_000_000, "too_long"),
    ],
)
def test_refused_with_the_reason_and_without_the_token(pasted: str, reason: str) -> None:
    with pytest.raises(QuantixError) as caught:
        parse_token(pasted)
    problem = caught.value.problem
    assert (problem.code, problem.reason) == (ErrorCode.INVALID_TOKEN, reason)
    assert problem.hint
    assert len(problem.message) < 200


@given(st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=4, max_size=60))
def test_no_way_of_printing_shows_it(text: str) -> None:
    try:
        token = parse_token(text)
    except QuantixError:
        return
    for shown in (
        repr(token),
        str(token),
        f"{token}",
        f"{token!r:>40}",
        f"{[token]}",
        "{:>30}".format(token),  # noqa: UP032 - the way of printing is the point
    ):
        assert shown.strip().strip("[]") == "RegistrationToken(****)"


def test_it_is_never_pickled_or_copied_out() -> None:
    token = parse_token("opaque-token-1234")
    with pytest.raises(TypeError):
        pickle.dumps(token)
    with pytest.raises(TypeError):
        copy.copy(token)
    assert not hasattr(token, "__dict__")


def test_kinds() -> None:
    assert parse_token("plainopaque").kind is TokenKind.OPAQUE
    assert parse_token("a.b.c").kind is TokenKind.OPAQUE
    assert parse_token(jwt({})).kind is TokenKind.JWT
    assert parse_token("QUANTIX-AAAA").kind is TokenKind.OPAQUE


@pytest.mark.parametrize(
    ("claims", "expiry"),
    [
        ({"exp": 1767776400}, datetime(2026, 1, 7, 9, 0, tzinfo=UTC)),
        ({}, None),
        ({"exp": "soon"}, None),
        ({"exp": True}, None),
        ({"exp": 1e300}, None),
        ([], None),
    ],
)
def test_expiry_is_read_but_nothing_is_believed(claims: object, expiry: datetime | None) -> None:
    assert parse_token(jwt(claims)).expires_at == expiry


def test_described_in_one_line() -> None:
    assert parse_token("QUANTIX-7F3A-91C4-LXWJ").describe(NOW) == "registration token, 3 groups of 4"
    assert parse_token("opaque-1").describe(NOW) == "token of 8 characters"
    later, sooner = NOW + timedelta(hours=1), NOW - timedelta(hours=1)
    assert "expires " in parse_token(jwt({"exp": later.timestamp()})).describe(NOW)
    assert "expired " in parse_token(jwt({"exp": sooner.timestamp()})).describe(NOW)
    assert parse_token(jwt({})).describe(NOW).endswith("names no expiry")


def test_equal_tokens_are_equal() -> None:
    assert parse_token("opaque-1") == RegistrationToken("opaque-1")
