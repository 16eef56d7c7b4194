"""What a machine asks of a new password, by its own files."""

from pathlib import Path

import pytest

from quantix_tui.host.files.tree import Tree
from quantix_tui.host.password import strength_of
from quantix_tui.host.password_policy import PasswordPolicy, policy_of
from tests.host.files.trees import put

QUALITY = "/etc/security/pwquality.conf"
COMMON = "/etc/pam.d/common-password"


@pytest.mark.parametrize(
    ("files", "fewest"),
    [
        ({}, 8),
        ({"/etc/login.defs": "PASS_MAX_DAYS 99999\nPASS_MIN_LEN\t12\n"}, 12),
        ({"/etc/login.defs": "PASS_MIN_LEN 5\n"}, 8),
        ({"/usr/etc/login.defs": "PASS_MIN_LEN 12\n"}, 12),
        ({"/etc/login.defs": "#PASS_MIN_LEN 12\n", "/usr/etc/login.defs": "PASS_MIN_LEN 13\n"}, 8),
        ({QUALITY: "# minlen = 20\nminlen = 14\n"}, 14),
        ({QUALITY: "minlen=9\n", f"{QUALITY}.d/x.conf": "minlen=11"}, 11),
        ({COMMON: "password requisite pam_pwquality.so retry=3 minlen=13\n"}, 13),
        ({COMMON: "-password [success=1 default=ignore] pam_unix.so minlen=13 yescrypt # minlen=20\n"}, 13),
        ({COMMON: "#password requisite pam_pwquality.so minlen=13\nauth required x.so minlen=14\n"}, 8),
        ({"/usr/lib/pam.d/system-auth": "password requisite pam_pwquality.so minlen=13\n"}, 13),
        ({"/etc/login.defs": "PASS_MIN_LEN 1000\n", QUALITY: "minlen = 1000\n"}, 8),
    ],
)
def test_how_long_it_has_to_be(files: dict[str, str], fewest: int, tmp_path: Path) -> None:
    for path, text in files.items():
        put(tmp_path, path, text)
    assert policy_of(Tree(str(tmp_path))) == PasswordPolicy(fewest)


@pytest.mark.parametrize(
    ("text", "words", "taken", "refused"),
    [
        (
            "minclass = 3",
            "3 of small, capital, digit, sign",
            "longEnough1",
            "longenough1",
        ),
        ("dcredit = -1", "a digit", "long enough 1", "long enough one"),
        ("ocredit=-1\nucredit=-2", "2 capital letters and an other sign", "LoNg-enough", "Long-enough"),
        ("minclass=2\nlcredit=-1", "a small letter and 2 of small, capital", "LONG1enough", "longenough"),
    ],
)
def test_what_has_to_be_in_it(text: str, words: str, taken: str, refused: str, tmp_path: Path) -> None:
    put(tmp_path, QUALITY, text)
    policy = policy_of(Tree(str(tmp_path)))
    assert policy.words.startswith("at least 8 characters, with ")
    assert words in policy.words
    assert strength_of(taken, policy=policy).problem == ""
    assert words in strength_of(refused, policy=policy).problem


def test_a_discount_on_the_length_asks_for_nothing(tmp_path: Path) -> None:
    put(tmp_path, QUALITY, "dcredit = 1\nucredit = 0\nminclass = 0\n")
    assert policy_of(Tree(str(tmp_path))) == PasswordPolicy()
    assert PasswordPolicy().words == "at least 8 characters"
