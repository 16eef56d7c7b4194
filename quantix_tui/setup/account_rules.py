"""Whether the answers about the administrator make sense. Pure."""

import re
from collections.abc import Iterator

from quantix_tui.cluster.text import harmless
from quantix_tui.setup.answers import AdministratorAnswers
from quantix_tui.setup.fault import Fault

FEWEST_CHARACTERS = 8
MOST_BYTES = 511
"""PAM takes no longer answer (_pam_types.h, PAM_MAX_RESP_SIZE)."""
_USER = re.compile(r"[a-z_][a-z0-9_-]{0,31}", re.ASCII)
# crypt(5): yescrypt, gost-yescrypt, scrypt, bcrypt, SHA-512, SHA-256. The weaker ones are not taken.
_HASH = re.compile(r"\$(y|gy|7|2[abxy]|6|5)\$[./A-Za-z0-9$=,]{20,400}", re.ASCII)


def administrator_faults(administrator: AdministratorAnswers, fewest: int = FEWEST_CHARACTERS) -> Iterator[Fault]:
    """``fewest``: the characters that the machine's own policy asks for at least."""
    place = "administrator"
    if not _USER.fullmatch(administrator.user):
        yield Fault(
            (place, "user"),
            f"{harmless(administrator.user, 40)!r} is no name of a user.",
            "Type root, or a user of small letters, digits, hyphens and underscores.",
        )
    if administrator.password is not None and administrator.password_hash is not None:
        yield Fault((place, "password_hash"), "A password and its hash are both given.", "Give one of them.")
    if administrator.password is not None:
        if problem := password_problem(administrator.password.reveal(), fewest):
            yield Fault((place, "password"), problem)
    elif administrator.password_hash is not None and not _HASH.fullmatch(administrator.password_hash.reveal()):
        yield Fault(
            (place, "password_hash"),
            "This is no password hash that is strong enough: yescrypt, scrypt, bcrypt, SHA-512 or SHA-256 of crypt(5).",
            "Make one with: mkpasswd -m sha-512, or openssl passwd -6.",
        )


def password_problem(text: str, fewest: int = FEWEST_CHARACTERS) -> str:
    """Why it cannot be a password here, as sentences; empty when it can. How good it is, is another question."""
    fewest = max(fewest, FEWEST_CHARACTERS)
    if any(ord(character) < 32 or ord(character) == 127 for character in text):
        return "The password has a control character, which a login prompt does not take. Type another one."
    if len(text) < fewest:
        return f"The password needs {fewest} characters at least; {len(text)} so far. Type a longer one."
    if len(text.encode("utf-8", "surrogateescape")) > MOST_BYTES:
        return f"The password is longer than the {MOST_BYTES} bytes that a login takes. Type a shorter one."
    return ""
