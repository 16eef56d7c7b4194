"""The first password of an administrator: how strong it is, and setting it through chpasswd(8)."""

import asyncio
import math
import os
import shutil
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.secret import Secret
from quantix_tui.cluster.text import harmless
from quantix_tui.host.password_policy import OURS, PasswordPolicy
from quantix_tui.host.programs import run
from quantix_tui.host.services import last_lines
from quantix_tui.host.ways_in import ROOT, Administrators, PasswordState, Way, read_administrators

MOST_BYTES = 511
"""PAM takes no longer answer (_pam_types.h, PAM_MAX_RESP_SIZE)."""
WITHIN_SECS = 20.0
_FAIR_BITS, _GOOD_BITS = 45, 70
_KINDS = ((str.islower, 26), (str.isupper, 26), (str.isdigit, 10))
_OTHER_KIND = 33


@dataclass(frozen=True, slots=True)
class Strength:
    """``problem`` is a sentence when it cannot be taken, else ``words`` say what it is worth."""

    words: str
    problem: str = ""
    is_weak: bool = False


def answer_problem(text: str) -> str:
    """Why PAM cannot be given this, as a sentence; nothing when it can. It goes through as it is, or not at all."""
    if "\0" in text:
        return "It has a character that no password can have (NUL)."
    if len(text.encode("utf-8", "surrogateescape")) > MOST_BYTES:
        return f"It is longer than the {MOST_BYTES} bytes that PAM takes."
    return ""


def strength_of(text: str, known: Sequence[str] = (), policy: PasswordPolicy = OURS) -> Strength:
    """What a new password is worth. ``known``: words that anybody here would try, the node's name among them.

    ``policy``: what the machine asks for.
    """
    if refused := answer_problem(text) or _unfit(text):
        return Strength("", refused)
    if refused := policy.problem(text):
        return Strength("", refused)
    low = text.lower()
    guessed = any(len(word) > 2 and word.lower() in low for word in known)
    bits = 0.0 if guessed else _bits(text)
    if bits < _FAIR_BITS:
        return Strength("weak; make it longer, best a few words", is_weak=True)
    return Strength("good" if bits >= _GOOD_BITS else "fair; a few more characters make it good")


def _unfit(text: str) -> str:
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
        # chpasswd takes a line, and a login prompt takes no control characters.
        return "It has a control character, which a login prompt does not take."
    return ""


def _bits(text: str) -> float:
    """A rough measure: what repeats, or goes on as in the alphabet, counts for little."""
    size = sum(count for is_kind, count in _KINDS if any(is_kind(character) for character in text))
    if any(not character.isalnum() for character in text):
        size += _OTHER_KIND
    if any(character.isalpha() and not character.isascii() for character in text):
        size += 100
    steps = [ord(after) - ord(before) for before, after in pairwise(text)]
    new = 1 + sum(1.0 if abs(step) > 1 else 0.25 for step in steps)
    return min(new, 2.0 * len(set(text))) * math.log2(max(size, 2))


def chpasswd(*, encrypted: bool = False) -> tuple[str, ...]:
    """What reads ``USER:PASSWORD``, or ``USER:HASH`` where it is ``encrypted``."""
    if encrypted:
        return ("chpasswd", "-e")
    found = shutil.which("chpasswd")
    if found and os.path.basename(os.path.realpath(found)) == "busybox":
        # By itself it may use what reads eight characters alone (its FEATURE_DEFAULT_PASSWD_ALGO).
        return ("chpasswd", "-c", "sha512")
    return ("chpasswd",)


async def set_first_password(
    secret: Secret, admin_groups: Collection[str], *, root: str = "/", command: Sequence[str] = ()
) -> None:
    """Set root's, while no administrator has one. Raises :class:`QuantixError` with everything as it was, or unknown.

    ``root`` is where the files are looked at; ``command`` reads ``USER:PASSWORD`` (none: :func:`chpasswd`).
    """
    now = await _look(admin_groups, root)
    if now.way() is not Way.SET_FIRST:
        said = "A password has been set meanwhile, or it is not known whether there is one. Nothing was changed."
        raise _refused(said, "Log in with it.", "not_first")
    given = f"{ROOT}:{secret.reveal()}\n".encode()
    try:
        ran = await run(command or chpasswd(), WITHIN_SECS, given=given)
    except OSError as error:
        why = harmless(error.strerror or "unknown error")
        raise _refused(f"chpasswd cannot be run: {why}. Nothing was changed.", _BY_HAND, "no_chpasswd") from None
    if ran.code is None:
        said = f"chpasswd has not ended within {WITHIN_SECS:g} s. Whether the password was set is not known."
        raise _refused(said, "Try to log in with it.", "timed_out")
    if ran.code != 0:
        words = "" if secret.reveal().encode() in ran.output else last_lines(ran.output).rstrip(".")
        said = f"The password was not taken: {words or f'exit status {ran.code}'}."
        raise _refused(said, "Choose another one.", "refused")
    if dict((await _look(admin_groups, root)).passwords).get(ROOT) is not PasswordState.SET:
        raise _refused("chpasswd says that the password is set, but it is not.", _BY_HAND, "not_set")


_BY_HAND = "Q leaves the console for the login prompt of this line; there type: passwd"


async def _look(admin_groups: Collection[str], root: str) -> Administrators:
    return await asyncio.to_thread(read_administrators, admin_groups, root)


def _refused(message: str, hint: str, reason: str) -> QuantixError:
    return QuantixError(Problem(ErrorCode.MACHINE_REFUSED, message, hint, f"first_password_{reason}"))
