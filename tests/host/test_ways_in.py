"""Whether anybody can log in at all, and who probably will."""

from pathlib import Path

import pytest

from quantix_tui.host.ways_in import Administrators, PasswordState, Way, administrators_from, read_administrators

GROUPS = ("quantix-admin", "sudo", "wheel")
HASH = "$y$j9T$abcdefghijklmnop$0123456789"
PASSWD = """\
root:x:0:0:root:/root:/bin/bash
daemon:x:1:1::/:/usr/sbin/nologin
ada:x:1000:1000:Ada:/home/ada:/bin/bash
bob:x:1001:27:Bob:/home/bob:/bin/bash
eve:x:1002:1002::/home/eve:/bin/bash
+nis::::::
"""
GROUP = "root:x:0:\nsudo:x:27:ada\nusers:x:100:eve\n"


def states(shadow: str | None, passwd: str = PASSWD, group: str = GROUP) -> dict[str, PasswordState]:
    return dict(administrators_from(passwd, group, shadow, GROUPS).passwords)


def test_the_files_tell_who_has_a_password() -> None:
    shadow = f"root::19000:0:99999:7:::\nada:!{HASH}:19000::::::\nbob:{HASH}:19000::::::\neve:{HASH}:1::::::\n"
    expected = {"root": PasswordState.EMPTY, "ada": PasswordState.LOCKED, "bob": PasswordState.SET}
    assert states(shadow) == expected


@pytest.mark.parametrize(
    ("root", "ada", "way"),
    [
        ("", "!", Way.SET_FIRST),
        ("", "*", Way.SET_FIRST),
        ("", "", Way.SET_FIRST),
        ("", HASH, Way.LOG_IN),
        (HASH, "!", Way.LOG_IN),
        ("!", HASH, Way.LOG_IN),
        ("!", "!", Way.NOBODY),
        ("*", "!!", Way.NOBODY),
        ("!", "", Way.NOBODY),
        (f"!{HASH}", "!", Way.NOBODY),
        ("*NP*", "!", Way.NOBODY),
    ],
)
def test_the_way_in(root: str, ada: str, way: Way) -> None:
    shadow = f"root:{root}:1::::::\nada:{ada}:1::::::\nbob:!:1::::::\neve:{HASH}:1::::::\n"
    assert administrators_from(PASSWD, GROUP, shadow, GROUPS).way() is way


def test_what_is_not_known_never_leads_away_from_the_login() -> None:
    assert administrators_from(PASSWD, GROUP, None, GROUPS).way() is Way.LOG_IN
    assert Administrators().way() is Way.LOG_IN
    # A member from a directory: his password may well be good.
    group = GROUP.replace("sudo:x:27:ada", "sudo:x:27:ada,ldapadmin")
    shadow = "root:*:1::::::\nada:!:1::::::\nbob:!:1::::::\n"
    found = administrators_from(PASSWD, group, shadow, GROUPS)
    assert found.way() is Way.LOG_IN
    assert found.names == ["root", "ada", "bob", "ldapadmin"]


def test_the_user_who_will_probably_log_in() -> None:
    root_only = administrators_from(PASSWD, GROUP, f"root:{HASH}:1::::::\n", GROUPS)
    ada_only = administrators_from(PASSWD, GROUP, f"root:*:1::::::\nada:{HASH}:1::::::\n", GROUPS)
    both = administrators_from(PASSWD, GROUP, f"root:{HASH}:1::::::\nada:{HASH}:1::::::\n", GROUPS)
    assert root_only.likely() == "root"
    assert ada_only.likely() == "ada"
    assert both.likely() == "root"
    assert both.likely("ada") == "ada"
    assert Administrators().likely() == "root"


def test_a_machine_is_read_from_its_tree(tmp_path: Path) -> None:
    assert read_administrators(GROUPS, str(tmp_path)) == Administrators()
    (tmp_path / "etc").mkdir()
    for name, text in (("passwd", PASSWD), ("group", GROUP)):
        (tmp_path / "etc" / name).write_text(text)
    assert read_administrators(GROUPS, str(tmp_path)).way() is Way.LOG_IN
    (tmp_path / "etc" / "shadow").write_text("root::1::::::\nada:!:1::::::\nbob:!:1::::::\n")
    assert read_administrators(GROUPS, str(tmp_path)).way() is Way.SET_FIRST
