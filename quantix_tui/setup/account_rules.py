"""Whether the answers about the administrator make sense. Pure."""

import re
from collections.abc import Iterator

from quantix_tui.cluster.text import harmless
from quantix_tui.host.password import strength_of
from quantix_tui.host.password_policy import OURS, PasswordPolicy
from quantix_tui.setup.answers import AdministratorAnswers
from quantix_tui.setup.fault import Fault

_USER = re.compile(r"[a-z_][a-z0-9_-]{0,31}", re.ASCII)
# crypt(5): yescrypt, gost-yescrypt, scrypt, bcrypt, SHA-512, SHA-256. The weaker ones are not taken.
_HASH = re.compile(r"\$(y|gy|7|2[abxy]|6|5)\$[./A-Za-z0-9$=,]{20,400}", re.ASCII)


def administrator_faults(administrator: AdministratorAnswers, policy: PasswordPolicy = OURS) -> Iterator[Fault]:
    """``policy``: what the machine asks of a password."""
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
        if problem := strength_of(administrator.password.reveal(), policy=policy).problem:
            yield Fault((place, "password"), f"The password cannot be taken. {problem}", "Type another one.")
    elif administrator.password_hash is not None and not _HASH.fullmatch(administrator.password_hash.reveal()):
        yield Fault(
            (place, "password_hash"),
            "This is no password hash that is strong enough: yescrypt, scrypt, bcrypt, SHA-512 or SHA-256 of crypt(5).",
            "Make one with: mkpasswd -m sha-512, or openssl passwd -6.",
        )
