"""Root administers a node, and so do the members of its administrators' groups."""

import os
import pwd

from quantix_tui.host.administrators import groups_of, is_administrator, may_administer, user_name

NOBODY_KNOWS = 3_999_999_999


def test_root_always_and_members_of_a_group_that_counts() -> None:
    assert is_administrator(0, [], [])
    assert is_administrator(1000, ["users", "wheel"], ["wheel"])
    assert not is_administrator(1000, ["users"], ["wheel"])
    assert not is_administrator(1000, [], [])


def test_the_groups_of_this_very_user() -> None:
    user = pwd.getpwuid(os.geteuid())
    assert user_name(user.pw_uid) == user.pw_name
    own = groups_of(user.pw_name, user.pw_gid)
    assert own
    assert may_administer(user.pw_uid, [*own])


def test_a_user_whom_nobody_knows_administers_nothing() -> None:
    assert not may_administer(NOBODY_KNOWS, ["wheel"])
    assert user_name(NOBODY_KNOWS) == str(NOBODY_KNOWS)
