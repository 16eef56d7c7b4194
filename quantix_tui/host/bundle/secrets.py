"""Secrets taken out of texts: those that are known wherever they stand, others by what they look like. Pure."""

import base64
import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

import yaml

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError

REMOVED = "[removed]"
SHORTEST = 6
"""Characters of a known secret: a shorter one would be found in half the words of any text."""

_NAMES = (
    r"token|passw|passphrase|pwd|secret|credential|psk|cookie|authorization|private[_-]?key|api[_-]?key|access[_-]?key"
)
_SECRET_KEY = re.compile(rf"({_NAMES})|(^|[_.\-])keys?$", re.IGNORECASE)
"""Names of settings whose values nobody but this machine needs."""

_HARMLESS_VALUE = r"(?:null|true|false|-?\d{1,4})(?=\s*(?:[,}\]]|$))"
_QUOTED = r"\"(?:\\.|[^\"\\])*\"|'(?:[^'\\]|\\.)*'"
# What a person or a log put before a line (a time, a program's name) may stand before each line of a key.
_KEY_BEGINS = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,20}-----")
_KEY_ENDS = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,20}-----")
_KEY_LINE = re.compile(r"[A-Za-z0-9+/=]{16,}\s*$")
# Every repetition before a fixed word is bounded: a megabyte of one letter must not take minutes.
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"QUANTIX(?:-[A-Z0-9]{4}){2,8}", re.IGNORECASE), REMOVED),
    (re.compile(r"\beyJ[A-Za-z0-9_\-]+\.[A-Za-z0-9_\-]+\.[A-Za-z0-9_\-]*"), REMOVED),
    # crypt(5).
    (re.compile(r"\$(?:1|2[abxy]?|5|6|7|y|gy|md5|sha1|argon2\w*|scrypt|pbkdf2[\w\-]*)\$[^\s:\"']+"), REMOVED),
    (re.compile(r"(?i)\b((?:bearer|basic|digest|negotiate)\s+)[A-Za-z0-9._~+/=\-]{6,}"), rf"\1{REMOVED}"),
    (re.compile(r"(?i)([a-z][a-z0-9+.\-]{0,20}://)[^\s/?#\"'<>]{0,500}@"), rf"\1{REMOVED}@"),
    # An argument of a command line, its value behind = or a space.
    (
        re.compile(rf"(?i)(?<!\S)(--?[\w\-]{{0,60}}(?:{_NAMES})[\w\-]{{0,60}}(?:=|\s+))(?:{_QUOTED}|(?!-)\S+)"),
        rf"\1{REMOVED}",
    ),
    # NAME: value, NAME=value, "NAME": "value"; what is not quoted goes on to the end of its line.
    (
        re.compile(
            rf"(?i)((?:(?:{_NAMES})[\w.\-]{{0,60}}|(?<![A-Za-z0-9])keys?)[\"']?[ \t]*[:=][ \t]*)"
            rf"(?!{re.escape(REMOVED)})(?!{_HARMLESS_VALUE})(?:{_QUOTED}|[^\s{{\[|>][^\r\n]*)"
        ),
        rf"\1{REMOVED}",
    ),
)


class Redactor:
    """Knows the machine's own secrets. ``repr`` tells none."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        forms = {form for secret in known if len(secret) >= SHORTEST for form in _forms(secret)}
        # The longest first: one may be a part of another.
        self._known = sorted(forms, key=len, reverse=True)

    def __repr__(self) -> str:
        return f"Redactor({len(self._known)} forms)"

    def clean(self, text: str) -> str:
        """``text`` without what is a secret, or looks like one."""
        text = without_private_keys(self._without_known(text))
        for pattern, instead in _RULES:
            text = pattern.sub(instead, text)
        # Again: what a rule has joined together may be one.
        return self._without_known(text)

    def holds_known(self, text: str) -> bool:
        """Whether a known secret stands in it."""
        return any(form in text for form in self._known)

    def _without_known(self, text: str) -> str:
        for form in self._known:
            text = text.replace(form, REMOVED)
        return text


def _forms(secret: str) -> Iterable[str]:
    """As it is, and as it stands in a URL, in JSON, and in base64."""
    yield secret
    yield quote(secret, safe="", errors="surrogateescape")
    yield json.dumps(secret)[1:-1]
    yield base64.b64encode(secret.encode("utf-8", "surrogateescape")).decode("ascii").rstrip("=")


def without_private_keys(text: str) -> str:
    """Private keys in PEM taken out: whole ones, and what is left of one that the text was cut through."""
    while begins := _KEY_BEGINS.search(text):
        ends = _KEY_ENDS.search(text, begins.end())
        text = text[: begins.start()] + REMOVED + (text[ends.end() :] if ends else "")
    while ends := _KEY_ENDS.search(text):
        before = text[: ends.start()].split("\n")
        # The line with the end itself, and the lines of base64 above it.
        before.pop()
        while before and _KEY_LINE.search(before[-1][-200:]):
            before.pop()
        text = "\n".join([*before, REMOVED]) + text[ends.end() :]
    return text


def clean_yaml(text: str) -> str:
    """A YAML document with the values of secret settings removed, whatever they are written like; comments go too.

    Raises :class:`QuantixError` when it is none: a text that cannot be understood is not handed out.
    """
    try:
        documents = list(yaml.safe_load_all(text))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        kind = type(error).__name__
        raise QuantixError(
            Problem(
                ErrorCode.CONFIG_UNREADABLE,
                f"It is not included: it is no YAML that could be read ({kind}), so secrets in it could not be found.",
                "Correct it, or send it by hand after looking through it.",
                "not_yaml",
            )
        ) from None
    cleaned = [without_secrets(document) for document in documents]
    return yaml.safe_dump_all(cleaned, sort_keys=False, allow_unicode=True, width=1000)


def without_secrets(value: Any, depth: int = 0) -> Any:
    """The same structure with what stands under the names of secrets replaced."""
    if depth > 50:
        return REMOVED
    if isinstance(value, dict):
        return {
            key: REMOVED if is_secret_name(str(key)) and found is not None else without_secrets(found, depth + 1)
            for key, found in value.items()
        }
    if isinstance(value, list | tuple | set):
        return [without_secrets(item, depth + 1) for item in value]
    return value


def is_secret_name(name: str) -> bool:
    """Whether a setting of this name holds a secret."""
    return _SECRET_KEY.search(name) is not None
