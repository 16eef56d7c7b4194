"""The registration token: a secret from the first keystroke.

What is read from a JWT here is told to the administrator, never trusted.
"""

import base64
import binascii
import json
import re
from datetime import UTC, datetime
from enum import StrEnum

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.secret import Secret

MAX_TOKEN = 8192
_CODE = re.compile(r"QUANTIX(-[A-Z0-9]{4}){2,8}", re.ASCII | re.IGNORECASE)
_JWT = re.compile(r"[A-Za-z0-9_\-]+\.[A-Za-z0-9_\-]+\.[A-Za-z0-9_\-]*", re.ASCII)
# What mail programs, browsers and shells wrap around or put before a token.
_WRAPPING = "\"'`<>,;\ufeff\u200b\u200c\u200d\u2060\u00a0\u201c\u201d\u2018\u2019"
_NEW_TOKEN = "Copy it again from the vDC (Hosts > Add host > Generate token), in one piece."


class TokenKind(StrEnum):
    JWT = "jwt"
    CODE = "code"
    OPAQUE = "opaque"


class RegistrationToken(Secret):
    """A registration token that never prints itself."""

    __slots__ = ()

    @property
    def kind(self) -> TokenKind:
        if _CODE.fullmatch(self._text):
            return TokenKind.CODE
        if _JWT.fullmatch(self._text) and _jwt_part(self._text.split(".")[0]).get("alg"):
            return TokenKind.JWT
        return TokenKind.OPAQUE

    @property
    def expires_at(self) -> datetime | None:
        """When it says that it expires (JWT ``exp``, RFC 7519 4.1.4). Unverified: the control plane decides."""
        if self.kind is not TokenKind.JWT:
            return None
        seconds = _jwt_part(self._text.split(".")[1]).get("exp")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float):
            return None
        try:
            return datetime.fromtimestamp(seconds, UTC)
        except (ValueError, OverflowError, OSError):
            return None

    def describe(self, now: datetime) -> str:
        """One line for under the field: what kind it is and, where it can be read, its expiry."""
        match self.kind:
            case TokenKind.CODE:
                return f"registration token, {self._text.count('-')} groups of 4"
            case TokenKind.OPAQUE:
                return f"token of {len(self._text)} characters"
            case TokenKind.JWT:
                expiry = self.expires_at
                if expiry is None:
                    return "signed token (JWT), names no expiry"
                word = "expired" if expiry <= now else "expires"
                return f"signed token (JWT), {word} {expiry.astimezone():%Y-%m-%d %H:%M}"


def parse_token(text: str) -> RegistrationToken:
    """Read a token as typed or pasted: trims what a paste adds, refuses what cannot be one.

    Raises :class:`QuantixError` with ``invalid_token``; the message never holds the token.
    """
    text = _trim(text)
    if not text:
        raise _refusal("empty", "No token was given.", "Ask your vDC administrator for a registration token.")
    if len(text) > MAX_TOKEN:
        raise _refusal("too_long", f"This is longer than {MAX_TOKEN} characters: not a registration token.", _NEW_TOKEN)
    for place, character in enumerate(text, start=1):
        if character.isspace():
            raise _refusal(
                "space", f"There is a space or line break inside the token (after {place - 1} characters).", _NEW_TOKEN
            )
        if not "\x21" <= character <= "\x7e":
            raise _refusal("character", f"Character {place} of the token is none that a token can have.", _NEW_TOKEN)
    return RegistrationToken(text.upper() if _CODE.fullmatch(text) else text)


def _trim(text: str) -> str:
    # The length is bounded first: a paste of 10 MB must not be walked over and over.
    text = text[: MAX_TOKEN * 2]
    while True:
        shorter = text.strip().strip(_WRAPPING)
        if shorter[:7].lower() == "bearer ":
            shorter = shorter[7:]
        if shorter == text:
            return text
        text = shorter


def _refusal(reason: str, message: str, hint: str) -> QuantixError:
    return QuantixError(Problem(ErrorCode.INVALID_TOKEN, message, hint, reason))


def _jwt_part(part: str) -> dict[str, object]:
    try:
        value = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
