"""Whether the answers about the administrator make sense. Pure."""

import re
from collections.abc import Iterator, Set

from quantix_tui.cluster.text import harmless
from quantix_tui.host.password import strength_of
from quantix_tui.host.password_hashes import KINDS
from quantix_tui.host.password_policy import OURS, PasswordPolicy
from quantix_tui.setup.answers import AdministratorAnswers
from quantix_tui.setup.fault import Fault

_USER = re.compile(r"[a-z_][a-z0-9_-]{0,31}", re.ASCII)
# crypt(5): yescrypt, gost-yescrypt, scrypt, bcrypt, SHA-512, SHA-256. The weaker ones are not taken.
_STRONG = re.compile(r"\$(y|gy|7|2[abxy]|6|5)\$[./A-Za-z0-9$=,]{20,400}", re.ASCII)
# As crypt(5) gives their lengths: one that lost its end in a paste would let nobody in any more.
_SIGN = "[./A-Za-z0-9]"
_WHOLE = re.compile(
    rf"\$g?y\${_SIGN}+\${_SIGN}{{0,86}}\${_SIGN}{{43}}"
    rf"|\$7\${_SIGN}{{11,97}}\${_SIGN}{{43}}"
    rf"|\$2[abxy]\$[0-9]{{2}}\${_SIGN}{{53}}"
    rf"|\$6\$(rounds=[0-9]+\$)?{_SIGN}{{1,16}}\${_SIGN}{{86}}"
    rf"|\$5\$(rounds=[0-9]+\$)?{_SIGN}{{1,16}}\${_SIGN}{{43}}",
    re.ASCII,
)
_MAKE = "Make one with: mkpasswd -m sha-512, or openssl passwd -6."


def administrator_faults(
    administrator: AdministratorAnswers, policy: PasswordPolicy = OURS, known: Set[str] | None = None
) -> Iterator[Fault]:
    """``policy``: what the machine asks of a password; ``known``: the hashes that it can check, None: not told."""
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
    elif administrator.password_hash is not None and (
        why := _hash_problem(administrator.password_hash.reveal(), known)
    ):
        yield Fault((place, "password_hash"), why, _MAKE)


def _hash_problem(text: str, known: Set[str] | None) -> str:
    if not _STRONG.fullmatch(text):
        return (
            "This is no password hash that is strong enough: yescrypt, scrypt, bcrypt, SHA-512 or SHA-256 of crypt(5)."
        )
    if not _WHOLE.fullmatch(text):
        return "This password hash is not whole: no password would fit it, and nobody could log in."
    kind = text.split("$")[1]
    if known is not None and kind not in known:
        return f"This machine cannot check a hash of this kind ({KINDS[kind]}): nobody could log in."
    return ""
