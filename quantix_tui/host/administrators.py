"""Who administers this node: root, and the members of its administrators' groups."""

import contextlib
import grp
import os
import pwd
from collections.abc import Iterable, Sequence


def is_administrator(uid: int, groups: Iterable[str], administrators: Sequence[str]) -> bool:
    """Whether a user with these groups may change the node. Root always may."""
    return uid == 0 or not set(administrators).isdisjoint(groups)


def groups_of(name: str, gid: int) -> frozenset[str]:
    """The names of the groups that a user belongs to; a group without a name is left out."""
    names = set()
    for number in os.getgrouplist(name, gid):
        with contextlib.suppress(KeyError):
            names.add(grp.getgrgid(number).gr_name)
    return frozenset(names)


def may_administer(uid: int, administrators: Sequence[str]) -> bool:
    """Whether the user of this machine with ``uid`` may change it; one whom nobody knows may not."""
    if uid == 0:
        return True
    try:
        user = pwd.getpwuid(uid)
    except KeyError:
        return False
    return is_administrator(uid, groups_of(user.pw_name, user.pw_gid), administrators)


def user_name(uid: int) -> str:
    """The user's name; the number of one whom nobody knows."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
