"""What this machine asks of a new password, by its own files: never is less taken, though root could set it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from quantix_tui.host.files.texts import text_of
from quantix_tui.host.files.tree import Tree

FEWEST = 8
"""Characters. No rules of composition of our own: they make passwords worse (NIST SP 800-63B, 3.1.1.2)."""
_LOGIN_DEFS = ("/etc/login.defs", "/usr/etc/login.defs")
"""The first that is there counts."""
_QUALITY = "/etc/security/pwquality.conf"
_PAM_FOLDERS = ("/etc/pam.d", "/usr/etc/pam.d", "/usr/lib/pam.d")
_PAM = ("common-password", "system-auth", "password-auth", "base-password", "passwd")
_MOST_ASKED = 64
"""A policy that asks for more is taken for a slip: nobody could set a password any more."""
_SETTING = re.compile(r"\b(minlen|minclass|[dulo]credit)[ \t]*=[ \t]*(-?\d{1,9})\b")
_KINDS = {
    "dcredit": ("digit", str.isdigit),
    "ucredit": ("capital letter", str.isupper),
    "lcredit": ("small letter", str.islower),
    "ocredit": ("other sign", lambda character: not character.isalnum()),
}


@dataclass(frozen=True, slots=True)
class PasswordPolicy:
    """``kinds``: how many of digits, capital letters, small letters and other signs there have to be.

    ``of_a_kind``: how many of one of these at least, by pwquality's name for it.
    """

    fewest: int = FEWEST
    kinds: int = 0
    of_a_kind: tuple[tuple[str, int], ...] = ()

    @property
    def words(self) -> str:
        """Behind a noun: ``at least 8 characters, with a digit``."""
        wanted = list(self._wanted())
        return f"at least {self.fewest} characters" + (f", with {_listed(wanted)}" if wanted else "")

    def problem(self, text: str) -> str:
        """Why it asks for more than ``text``, as a sentence; empty when it does not."""
        if len(text) < self.fewest:
            return f"It needs at least {self.fewest} characters; {len(text)} so far."
        there = {name: sum(map(is_one, text)) for name, (_, is_one) in _KINDS.items()}
        few = any(there[name] < count for name, count in self.of_a_kind)
        if few or sum(count > 0 for count in there.values()) < self.kinds:
            return f"This machine asks for {_listed(list(self._wanted()))} in it."
        return ""

    def _wanted(self) -> Iterator[str]:
        for name, count in self.of_a_kind:
            kind = _KINDS[name][0]
            yield f"{'an' if kind[0] == 'o' else 'a'} {kind}" if count == 1 else f"{count} {kind}s"
        if self.kinds > len(self.of_a_kind):
            yield f"{self.kinds} of small, capital, digit, sign"


OURS = PasswordPolicy()
"""Where nothing else is asked."""


def policy_of(tree: Tree) -> PasswordPolicy:
    """Never below :data:`FEWEST`. Raises OSError.

    pwquality.conf(5), pam_pwquality(8), pam_cracklib(8), pam_unix(8) ``minlen``; login.defs(5) ``PASS_MIN_LEN``.
    """
    asked = [found for text in _texts(tree) for found in _SETTING.findall(text)]
    lengths = [int(value) for name, value in asked if name == "minlen"]
    definitions = next((text for path in _LOGIN_DEFS if (text := text_of(tree, path)) is not None), "")
    lengths += [int(value) for value in re.findall(r"(?m)^[ \t]*PASS_MIN_LEN[ \t]+(\d{1,9})", definitions)][-1:]
    # Below nought: that many at least. Above it is only a discount on the length.
    credit = {name: max([-int(value) for each, value in asked if each == name], default=0) for name in _KINDS}
    return PasswordPolicy(
        max([FEWEST, *(length for length in lengths if length <= _MOST_ASKED)]),
        max([min(int(value), len(_KINDS)) for name, value in asked if name == "minclass"], default=0),
        tuple((name, count) for name, count in credit.items() if 0 < count <= _MOST_ASKED),
    )


def _texts(tree: Tree) -> Iterator[str]:
    """What pwquality and the modules of PAM are told, without comments."""
    folder = f"{_QUALITY}.d"
    for path in (_QUALITY, *(f"{folder}/{name}" for name in tree.names(folder) if name.endswith(".conf"))):
        yield re.sub(r"(?m)#.*$", "", text_of(tree, path) or "")
    for place in _PAM_FOLDERS:
        for name in _PAM:
            for line in (text_of(tree, f"{place}/{name}") or "").splitlines():
                if re.match(r"[ \t]*-?password[ \t]", line):
                    yield line.partition("#")[0]


def _listed(wanted: list[str]) -> str:
    return " and ".join([", ".join(wanted[:-1]), wanted[-1]] if len(wanted) > 1 else wanted)
