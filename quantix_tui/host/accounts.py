"""Users of the machine: who there is, whom no password lets in, and setting one."""

import ctypes
import functools
import os
import secrets
import string
import time

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.secret import Secret
from quantix_tui.cluster.text import harmless
from quantix_tui.host.files.changes import Edit, File
from quantix_tui.host.files.texts import lines_of, text_of
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.password import chpasswd
from quantix_tui.host.work import Command, Work

SHADOW = "/etc/shadow"
PASSWD = "/etc/passwd"
_NO_SHELLS = ("nologin", "false")
_EXPIRES = 7
_SALT = string.ascii_letters + string.digits + "./"
_LIBRARIES = ("libcrypt.so.1", "libcrypt.so.2", None)
"""Debian, Fedora, and musl, which has it in its C library."""


def users(tree: Tree) -> frozenset[str]:
    """The names in passwd(5). Raises OSError."""
    return frozenset(line.split(":", 1)[0] for line in lines_of(text_of(tree, PASSWD) or "") if ":" in line)


def barred(tree: Tree) -> dict[str, str]:
    """Users whom no password lets in, with why, as the end of a sentence. Raises OSError.

    passwd(5), nologin(5); shadow(5), the day of the account's expiration. Who may not read the latter is not told.
    """
    found = {}
    for line in lines_of(text_of(tree, PASSWD) or ""):
        user, _, rest = line.partition(":")
        shell = rest.rpartition(":")[2].strip()
        if rest and shell.rpartition("/")[2] in _NO_SHELLS:
            found[user] = f"the login shell is {harmless(shell, 60)}"
    shadow = (text_of(tree, SHADOW) or "") if os.access(tree.real(SHADOW, follow=True), os.R_OK) else ""
    for line in lines_of(shadow):
        fields = line.split(":")
        if len(fields) > _EXPIRES and fields[_EXPIRES].isdecimal() and int(fields[_EXPIRES]) <= _today():
            found[fields[0]] = "the account has expired"
    return found


def password_work(tree: Tree, user: str, password: Secret | None, password_hash: Secret | None) -> Work:
    """What gives ``user`` this password, or the one with this hash. Raises :class:`QuantixError`, OSError.

    On the machine that runs chpasswd(8) does it, by the machine's own rules; in a tree it is the file alone.
    """
    if tree.root == "/":
        secret = password_hash or password
        given = Secret(f"{user}:{secret.reveal()}\n") if secret else None
        return Work(after=(Command(chpasswd(encrypted=password_hash is not None), given=given),))
    if password_hash is None:
        password_hash = hashed(password) if password is not None else None
    if password_hash is None:
        return Work()
    return _in_tree(tree, user, password_hash)


def _in_tree(tree: Tree, user: str, password_hash: Secret) -> Work:
    text = text_of(tree, SHADOW)
    lines = lines_of(text or "")
    place = next((number for number, line in enumerate(lines) if line.startswith(f"{user}:")), None)
    if place is None or not isinstance(tree.read(SHADOW, follow=True), File):
        raise QuantixError(
            Problem(
                ErrorCode.MACHINE_REFUSED,
                f"The user {user} has no entry in {SHADOW} of that machine.",
                "Name a user who has one, such as root.",
                "no_such_user",
            )
        )
    fields = lines[place].rstrip("\n").split(":")
    # Whoever has a new password need not change it: the day of the change. By a clock that was never set it would be
    # 0, which means the contrary; none at all means that passwords never grow old (shadow(5)).
    fields[1:3] = [password_hash.reveal(), str(_today() or "")]
    lines[place] = ":".join(fields) + ("\n" if lines[place].endswith("\n") else "")
    return Work(changes=(Edit(SHADOW, "".join(lines).encode("latin-1")),), hidden=frozenset({SHADOW}))


def hashed(password: Secret) -> Secret:
    """By crypt(3) with SHA-512, which every C library has. Raises :class:`QuantixError` where none can be found."""
    salt = "".join(secrets.choice(_SALT) for _ in range(16))
    return Secret(crypt(password.reveal(), f"$6${salt}$"))


def crypt(text: str, setting: str) -> str:
    """crypt(3). Raises :class:`QuantixError` when it cannot be had or refuses the setting."""
    found = _crypt()
    result = found(text.encode("utf-8", "surrogateescape"), setting.encode()) if found else None
    if result is None or not result.startswith(setting[:3].encode()):
        raise QuantixError(
            Problem(
                ErrorCode.NOT_SUPPORTED,
                "This machine's C library cannot make a password hash.",
                "Give the hash itself (password_hash), made with: mkpasswd -m sha-512, or openssl passwd -6.",
                "no_crypt",
            )
        )
    return str(result.decode("ascii"))


@functools.cache
def _crypt() -> "ctypes._NamedFuncPointer | None":
    for name in _LIBRARIES:
        try:
            found = ctypes.CDLL(name).crypt
        except (OSError, AttributeError):
            continue
        found.restype, found.argtypes = ctypes.c_char_p, [ctypes.c_char_p, ctypes.c_char_p]
        return found
    return None


def _today() -> int:
    """In days since 1970."""
    return int(time.time()) // 86400
