"""Registration tokens as the control plane keeps them: single use, limited in time, revocable. No I/O."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from quantix_tui.sandbox.refusal import Code, refused

# Without I, L, O, 0 and 1: a code is read aloud and typed by hand.
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
DEFAULT_TTL_SECS = 3600.0


class TokenKind(StrEnum):
    CODE = "code"
    """``QUANTIX-XXXX-XXXX-XXXX``."""
    JWT = "jwt"
    """A signed token (RFC 7519, HS256) that names its own expiry."""


@dataclass(frozen=True, slots=True)
class TokenUse:
    hostname: str
    at: float


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """What is known of a token that was issued. Times are seconds since the epoch; the text is not kept."""

    digest: str
    expires_at: float
    use: TokenUse | None = None
    revoked_at: float | None = None


class TokenBook:
    """All tokens that were issued, by their SHA-256.

    ``now`` gives seconds since the epoch.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._records: dict[str, TokenRecord] = {}
        self._signing_key = secrets.token_bytes(32)

    def issue(self, ttl_secs: float = DEFAULT_TTL_SECS, kind: TokenKind = TokenKind.CODE) -> str:
        """Make a new token and return its text, the only time that it can be had.

        A ``ttl_secs`` of nought or less gives one that has expired already.
        """
        expires_at = self._now() + ttl_secs
        text = _code() if kind is TokenKind.CODE else _jwt(self._signing_key, self._now(), expires_at)
        self._records[digest_of(text)] = TokenRecord(digest_of(text), expires_at)
        return text

    def revoke(self, text: str) -> None:
        """Make a token worthless. Raises :class:`RefusedError` when it was never issued."""
        record = self.find(text)
        self._records[record.digest] = replace(record, revoked_at=self._now())

    def find(self, text: str) -> TokenRecord:
        """Raises :class:`RefusedError` when this token was never issued."""
        record = self._records.get(digest_of(text))
        if record is None:
            raise refused(Code.UNAUTHENTICATED, "registration token is not known", reason="token_unknown")
        return record

    def require_live(self, text: str) -> TokenRecord:
        """The record of a token that was not revoked and, unless it was used in time, has not expired.

        A used one is returned too: who used it decides whether that matters.
        """
        record = self.find(text)
        if record.revoked_at is not None:
            at = rfc3339(record.revoked_at)
            raise refused(
                Code.UNAUTHENTICATED,
                f"registration token was revoked at {at}",
                reason="token_revoked",
                revokedAt=at,
            )
        if record.use is None and record.expires_at <= self._now():
            at = rfc3339(record.expires_at)
            raise refused(
                Code.UNAUTHENTICATED, f"registration token expired at {at}", reason="token_expired", expiredAt=at
            )
        return record

    def require_unused(self, text: str) -> TokenRecord:
        """The record of a token that can still be used. Raises :class:`RefusedError` with the reason."""
        record = self.require_live(text)
        if record.use is not None:
            at = rfc3339(record.use.at)
            raise refused(
                Code.UNAUTHENTICATED,
                f"registration token was used at {at} by {record.use.hostname}",
                reason="token_used",
                usedAt=at,
                usedBy=record.use.hostname,
            )
        return record

    def use(self, text: str, hostname: str) -> TokenRecord:
        """Use a token up. Raises :class:`RefusedError` when it cannot be used."""
        record = replace(self.require_unused(text), use=TokenUse(hostname, self._now()))
        self._records[record.digest] = record
        return record


def digest_of(secret: str) -> str:
    """What is kept of a secret in its stead. Plain SHA-256: the secrets are random, none is chosen by a person."""
    return hashlib.sha256(secret.encode()).hexdigest()


def rfc3339(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _code() -> str:
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3))
    return "-".join(("QUANTIX", *groups))


def _jwt(key: bytes, issued_at: float, expires_at: float) -> str:
    claims = {
        "iss": "quantix-sandbox",
        "sub": "node-registration",
        "jti": secrets.token_hex(8),
        "iat": int(issued_at),
        "exp": int(expires_at),
    }
    signed = f"{_part(json.dumps({'alg': 'HS256', 'typ': 'JWT'}).encode())}.{_part(json.dumps(claims).encode())}"
    return f"{signed}.{_part(hmac.digest(key, signed.encode(), 'sha256'))}"


def _part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
