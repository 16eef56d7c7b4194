"""Names of machines and of domains: RFC 1123 2.1, RFC 1035 2.3.4. Pure; one answer at a time, as it is typed."""

import re

from quantix_tui.cluster.text import harmless

MOST_OF_LABEL = 63
MOST_OF_NAME = 64
"""Characters that the kernel keeps of a host name (sethostname(2)); a domain name may have 253."""
MOST_OF_DOMAIN = 253
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", re.ASCII | re.IGNORECASE)
_EXAMPLE = "Type a name such as node1 or node1.example.com."


def hostname_problem(text: str) -> str:
    """Why ``text`` cannot be this machine's name, as sentences; empty when it can."""
    problem = _problem(text, "The name", MOST_OF_NAME)
    if problem:
        return f"{problem} {_EXAMPLE}"
    if text.split(".", 1)[0].lower() == "localhost":
        return f"localhost is every machine's name for itself. {_EXAMPLE}"
    if all(label.isdecimal() for label in text.split(".")):
        return f"A name of digits alone is taken for an address. Put a letter in it, such as n{text[:20]}."
    return ""


def domain_problem(text: str) -> str:
    """Why ``text`` is no domain name, as sentences; empty when it is one."""
    problem = _problem(text, "The domain", MOST_OF_DOMAIN)
    return f"{problem} Type it like example.com." if problem else ""


def _problem(text: str, what: str, most: int) -> str:
    if not text:
        return f"{what} is empty."
    if len(text) > most:
        return f"{what} has {len(text)} characters; {most} are the most."
    return next((problem for label in text.split(".") if (problem := _label_problem(label, what))), "")


def _label_problem(label: str, what: str) -> str:
    if not label:
        return f"{what} has a dot too many: between two dots, and at the ends, there must be letters or digits."
    if len(label) > MOST_OF_LABEL:
        return f"{harmless(label, 20)} has {len(label)} characters; {MOST_OF_LABEL} are the most between two dots."
    if label.startswith("-") or label.endswith("-"):
        return f"{harmless(label, 20)} begins or ends with a hyphen, which a name may not."
    if not _LABEL.fullmatch(label):
        wrong = next(sign for sign in label if not _LABEL.fullmatch(sign) and sign != "-")
        return f"{what} has {_told(wrong)} in it; letters a to z, digits, hyphens and dots are what it may have."
    return ""


def _told(character: str) -> str:
    if character.isspace():
        return "a space"
    if character == "_":
        return "an underscore"
    return repr(harmless(character) or "?")
