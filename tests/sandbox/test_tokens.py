"""Tokens: single use, limited in time, revocable; the clock is the test's."""

import re
from dataclasses import dataclass

import pytest

from quantix_tui.cluster.token import TokenKind as ClientTokenKind
from quantix_tui.cluster.token import parse_token
from quantix_tui.sandbox.refusal import RefusedError
from quantix_tui.sandbox.tokens import TokenBook, TokenKind


@dataclass
class Clock:
    now: float = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(clock: Clock) -> TokenBook:
    return TokenBook(clock)


def reason(book: TokenBook, text: str) -> str:
    with pytest.raises(RefusedError) as caught:
        book.require_unused(text)
    return caught.value.refusal.detail["reason"]


def test_a_code_is_easy_to_read_aloud(tokens: TokenBook) -> None:
    for _ in range(200):
        text = tokens.issue()
        assert re.fullmatch(r"QUANTIX(-[A-HJKMNP-Z2-9]{4}){3}", text)
    assert parse_token(text.lower()).kind is ClientTokenKind.CODE


def test_a_jwt_names_its_own_expiry(tokens: TokenBook, clock: Clock) -> None:
    token = parse_token(tokens.issue(600, TokenKind.JWT))
    assert token.kind is ClientTokenKind.JWT
    assert token.expires_at is not None
    assert token.expires_at.timestamp() == clock.now + 600


def test_no_two_are_alike(tokens: TokenBook) -> None:
    kinds = (*[TokenKind.CODE] * 50, *[TokenKind.JWT] * 50)
    assert len({tokens.issue(kind=kind) for kind in kinds}) == 100


@pytest.mark.parametrize("kind", TokenKind)
def test_single_use(tokens: TokenBook, kind: TokenKind) -> None:
    text = tokens.issue(kind=kind)
    record = tokens.use(text, "node-1")
    assert record.use is not None
    assert record.use.hostname == "node-1"
    assert reason(tokens, text) == "token_used"
    with pytest.raises(RefusedError, match="node-1"):
        tokens.use(text, "node-2")


def test_it_expires_to_the_second(tokens: TokenBook, clock: Clock) -> None:
    text = tokens.issue(60)
    clock.now += 59.9
    tokens.require_unused(text)
    clock.now += 0.1
    assert reason(tokens, text) == "token_expired"
    with pytest.raises(RefusedError, match=r"expired at 2023-11-14T22:14:20Z"):
        tokens.use(text, "node-1")


def test_one_that_was_used_in_time_is_used_and_not_expired(tokens: TokenBook, clock: Clock) -> None:
    text = tokens.issue(60)
    tokens.use(text, "node-1")
    clock.now += 120
    assert reason(tokens, text) == "token_used"
    tokens.require_live(text)


def test_revoked_wins_over_all(tokens: TokenBook, clock: Clock) -> None:
    text = tokens.issue(60)
    tokens.use(text, "node-1")
    tokens.revoke(text)
    clock.now += 120
    assert reason(tokens, text) == "token_revoked"
    with pytest.raises(RefusedError):
        tokens.require_live(text)


def test_unknown_ones(tokens: TokenBook, clock: Clock) -> None:
    foreign = TokenBook(clock).issue(kind=TokenKind.JWT)
    for text in ("", "QUANTIX-AAAA-BBBB-CCCC", foreign, tokens.issue(kind=TokenKind.JWT)[:-1]):
        assert reason(tokens, text) == "token_unknown"
    with pytest.raises(RefusedError):
        tokens.revoke("QUANTIX-AAAA-BBBB-CCCC")


def test_the_text_is_not_kept(tokens: TokenBook) -> None:
    text = tokens.issue()
    assert text not in repr(tokens.find(text))
    assert text not in repr(vars(tokens))
