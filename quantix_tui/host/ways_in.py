"""How an administrator gets in at a line of this machine, by what its own files say of the passwords."""

import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import Enum

ROOT = "root"
_MOST_BYTES = 1 << 22


class PasswordState(Enum):
    """What the machine's own files say of a user's password (shadow(5))."""

    EMPTY = "empty"
    """Nobody has set one yet: the field is empty."""
    LOCKED = "locked"
    SET = "set"
    UNKNOWN = "unknown"
    """Kept elsewhere (a directory), or not to be read by us."""


class Way(Enum):
    """How an administrator gets in at a line."""

    LOG_IN = "log in"
    SET_FIRST = "set the first password"
    """No administrator has a password, and root's has not been set: whoever stands here first sets it."""
    NOBODY = "nobody"
    """No administrator has a password, and root's is locked on purpose: nobody logs in with one."""


@dataclass(frozen=True, slots=True)
class Administrators:
    """Root and those members of the administrators' groups that stand in the machine's own files."""

    passwords: tuple[tuple[str, PasswordState], ...] = ((ROOT, PasswordState.UNKNOWN),)

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.passwords]

    def way(self) -> Way:
        """Only what is known for certain leads away from the usual login."""
        states = dict(self.passwords)
        if not states or {PasswordState.SET, PasswordState.UNKNOWN} & set(states.values()):
            return Way.LOG_IN
        return Way.SET_FIRST if states.get(ROOT) is PasswordState.EMPTY else Way.NOBODY

    def likely(self, last: str | None = None) -> str:
        """Who will probably log in: who did so here the last time, else the only one who can, else root."""
        if last is not None:
            return last
        able = [name for name, state in self.passwords if state is PasswordState.SET]
        return able[0] if len(able) == 1 else ROOT


def administrators_from(passwd: str, group: str, shadow: str | None, admin_groups: Collection[str]) -> Administrators:
    """What the texts of passwd(5), group(5) and shadow(5) say; ``shadow`` is None when it cannot be read."""
    users = [fields for fields in _rows(passwd) if len(fields) >= 4 and fields[0]]
    groups = [fields for fields in _rows(group) if len(fields) >= 4 and fields[0] in admin_groups]
    numbers = {fields[2] for fields in groups}
    members = {name for fields in groups for name in fields[3].split(",") if name}
    kept = None if shadow is None else {fields[0]: fields[1] for fields in _rows(shadow) if len(fields) >= 2}
    found: dict[str, PasswordState] = {}
    for name, field, uid, gid, *_ in users:
        if name not in found and (uid == "0" or gid in numbers or name in members):
            found[name] = _state(field, name, kept)
    # A member without an entry of his own comes from a directory, and so does his password.
    found |= {name: PasswordState.UNKNOWN for name in sorted(members) if name not in found}
    return Administrators(tuple(found.items()))


def read_administrators(admin_groups: Collection[str], root: str = "/") -> Administrators:
    """The same from the machine's files; what cannot be read is not known. Raises nothing."""
    texts = [_text(os.path.join(root, "etc", name)) for name in ("passwd", "group", "shadow")]
    passwd, group, shadow = texts
    if passwd is None or group is None:
        return Administrators()
    return administrators_from(passwd, group, shadow, admin_groups)


def _state(field: str, name: str, kept: dict[str, str] | None) -> PasswordState:
    if field == "x":  # passwd(5): it is in shadow.
        if kept is None:
            return PasswordState.UNKNOWN
        # pam_unix lets nobody in without an entry there.
        field = kept.get(name, "!")
    if not field:
        return PasswordState.EMPTY
    # shadow(5): what is no result of crypt(3) lets nobody in; locking puts a mark before the old password.
    return PasswordState.LOCKED if field[0] in "!*" or len(field) < 13 else PasswordState.SET


def _rows(text: str) -> Iterable[list[str]]:
    return (line.split(":") for line in text.splitlines() if line and line[0] not in "#+-")


def _text(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read(_MOST_BYTES)
    except OSError:
        return None
