"""Which hashes of passwords a machine can check, by the libraries that it has."""

from pathlib import Path

import pytest

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.host.accounts import crypt
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.password_hashes import KINDS, known_hashes
from tests.host.files.trees import link, put

LIBXCRYPT = "\x7fELF XCRYPT_2.0\0$y$\0$gy$\0$2b$\0$6$\0$5$\0$1$\0"
SETTINGS = {"y": "$y$j9T$abcdefgh$", "7": "$7$CU..../....abcdefgh$", "2b": f"$2b$04${'a' * 22}", "6": "$6$abcdefgh$"}


@pytest.mark.parametrize("kind", SETTINGS)
def test_what_this_machines_own_crypt_does_is_what_is_told_of_it(kind: str) -> None:
    known = known_hashes(Tree("/"))
    if known is None:
        pytest.skip("this machine's libraries do not tell")
    try:
        crypt("correct horse", SETTINGS[kind])
    except QuantixError:
        assert kind not in known
    else:
        assert kind in known


def test_musl_knows_no_yescrypt(tmp_path: Path) -> None:
    put(tmp_path, "/lib/ld-musl-x86_64.so.1", "\x7fELF")
    assert known_hashes(Tree(str(tmp_path))) == frozenset({"2a", "2b", "2x", "2y", "6", "5"})
    # Where libxcrypt is there too, some program may use that.
    put(tmp_path, "/usr/lib/libcrypt.so.2", LIBXCRYPT)
    assert known_hashes(Tree(str(tmp_path))) == frozenset(KINDS) - {"7"}


def test_libxcrypt_says_itself_what_it_was_built_with(tmp_path: Path) -> None:
    put(tmp_path, "/usr/lib/x86_64-linux-gnu/libcrypt.so.1.1.0", LIBXCRYPT)
    link(tmp_path, "/usr/lib/x86_64-linux-gnu/libcrypt.so.1", "libcrypt.so.1.1.0")
    link(tmp_path, "/lib", "usr/lib")
    assert known_hashes(Tree(str(tmp_path))) == frozenset({"y", "gy", "2b", "6", "5"})


def test_of_another_library_or_none_nothing_is_told(tmp_path: Path) -> None:
    assert known_hashes(Tree(str(tmp_path))) is None
    put(tmp_path, "/lib64/libcrypt.so.1", "\x7fELF GLIBC_2.2.5 $6$")
    assert known_hashes(Tree(str(tmp_path))) is None
    put(tmp_path, "/lib/ld-musl-x86_64.so.1", "\x7fELF")
    assert known_hashes(Tree(str(tmp_path))) is None
