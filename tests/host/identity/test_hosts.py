"""The machine's own line of /etc/hosts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantix_tui.host.identity.hosts import with_name
from quantix_tui.host.identity.offered import offered_name

DEBIAN = "127.0.0.1\tlocalhost\n127.0.1.1\told.example.com\told\n\n# The following\n::1     localhost ip6-localhost\n"


@pytest.mark.parametrize(
    ("before", "name", "after"),
    [
        (DEBIAN, "n1", DEBIAN.replace("old.example.com\told", "n1")),
        (DEBIAN, "n1.example.com", DEBIAN.replace("old.example.com\told", "n1.example.com n1")),
        # Others' names for this machine stay, and so do comments, blanks and what has no newline.
        ("127.0.1.1 old kept # why\n", "n1", "127.0.1.1 n1 kept # why\n"),
        ("  127.0.1.1\told", "n1", "  127.0.1.1\tn1"),
        ("127.0.1.1 old\r\n10.0.0.1 x\r\n", "n1", "127.0.1.1 n1\r\n10.0.0.1 x\r\n"),
        # Alpine has no such line.
        (
            "127.0.0.1\tlocalhost localhost.localdomain\n::1\tlocalhost\n",
            "n1.lan",
            "127.0.0.1\tlocalhost localhost.localdomain\n127.0.1.1\tn1.lan n1\n::1\tlocalhost\n",
        ),
        ("#127.0.1.1 old\n10.0.0.1 x", "n1", "#127.0.1.1 old\n10.0.0.1 x\n127.0.1.1\tn1"),
        ("", "n1", "127.0.1.1\tn1\n"),
        (None, "n1", "127.0.0.1\tlocalhost\n127.0.1.1\tn1\n::1\tlocalhost ip6-localhost ip6-loopback\n"),
        # Cyrillic and other letters have bytes that are line ends in Latin-1 (NEL).
        (
            "127.0.0.1 localhost # хост\n".encode().decode("latin-1"),
            "n1",
            "127.0.0.1 localhost # хост\n127.0.1.1\tn1\n".encode().decode("latin-1"),
        ),
        # Right already: not a blank changes.
        ("127.0.1.1\t\tn1.lan\t n1\n", "n1.lan", "127.0.1.1\t\tn1.lan\t n1\n"),
    ],
)
def test_only_the_own_line_changes(before: str | None, name: str, after: str) -> None:
    assert with_name(before, name, "old") == after


_LINES = st.lists(st.text(st.characters(codec="latin-1"), max_size=20), max_size=6).map("\n".join)


@settings(deadline=None)
@given(_LINES, _LINES)
def test_everything_else_stays_as_it_is(above: str, below: str) -> None:
    own = "127.0.1.1\told\n"
    given_text = f"{above}\n{own}{below}"
    if "127.0.1.1" in above:
        return
    assert with_name(given_text, "new", "old") == f"{above}\n127.0.1.1\tnew\n{below}"
    assert with_name(with_name(given_text, "new", "old"), "old", "new") == given_text


def test_a_name_from_dhcp(tmp_path: object) -> None:
    from pathlib import Path

    root = Path(str(tmp_path))
    assert offered_name(str(root)) == ""
    lease = root / "var/lib/dhcp/dhclient.eth0.leases"
    lease.parent.mkdir(parents=True)
    lease.write_text('lease {\n  option host-name "old";\n}\nlease {\n  option host-name "n7.lan";\n}\n')
    assert offered_name(str(root)) == "n7.lan"
    lease.write_text('lease {\n  option host-name "$(reboot)";\n}\n')
    assert offered_name(str(root)) == ""
