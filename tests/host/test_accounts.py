"""Passwords: their file in a tree, and chpasswd on the real machine's files."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from quantix_tui.cluster.errors import ErrorCode, QuantixError
from quantix_tui.cluster.secret import Secret
from quantix_tui.host.accounts import crypt, password_work, users
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.password import chpasswd
from tests.host.files.trees import link, put

SHADOW = "daemon:*:19000:0:99999:7:::\nroot:!:19000:0:99999:7:::\nrooty:x:1::::::"
PASSWORD = Secret("correct horse")


def test_crypt_is_that_of_the_specification() -> None:
    # Of Ulrich Drepper's "Unix crypt using SHA-256 and SHA-512".
    assert crypt("Hello world!", "$6$saltstring$") == (
        "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1"
    )


async def test_a_tree_gets_a_hash(tmp_path: Path) -> None:
    put(tmp_path, "/etc/shadow", SHADOW, 0o640)
    tree = Tree(str(tmp_path))
    work = password_work(tree, "root", PASSWORD, None)
    assert work.hidden == {"/etc/shadow"}
    assert not work.after
    tree.apply(work.changes)
    shadow = tmp_path / "etc/shadow"
    lines = shadow.read_text().splitlines()
    before = SHADOW.splitlines()
    assert (lines[0], lines[2]) == (before[0], before[2])
    _, hashed, day, *rest = lines[1].split(":")
    assert hashed == crypt("correct horse", hashed)
    assert int(day) > 19000
    assert rest == before[1].split(":")[3:]
    assert shadow.stat().st_mode & 0o777 == 0o640
    assert "correct" not in shadow.read_text()
    tree.apply(password_work(tree, "rooty", None, Secret(hashed)).changes)
    assert shadow.read_text().splitlines()[2].split(":")[1] == hashed
    assert not shadow.read_text().endswith("\n")


def test_by_a_clock_that_was_never_set_nobody_has_to_change_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "/etc/shadow", SHADOW)
    monkeypatch.setattr(time, "time", lambda: 3600.0)
    tree = Tree(str(tmp_path))
    tree.apply(password_work(tree, "root", PASSWORD, None).changes)
    assert (tmp_path / "etc/shadow").read_text().splitlines()[1].split(":")[2] == ""


@pytest.mark.parametrize(
    ("program", "words"), [("busybox", ("chpasswd", "-c", "sha512")), ("chpasswd.real", ("chpasswd",))]
)
def test_busybox_is_told_how_to_hash(
    program: str, words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, f"/{program}", "", 0o755)
    link(tmp_path, "/chpasswd", program)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert chpasswd() == words
    assert chpasswd(encrypted=True) == ("chpasswd", "-e")


def test_a_user_who_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(QuantixError) as caught:
        password_work(Tree(str(tmp_path)), "root", PASSWORD, None)
    assert caught.value.problem.code is ErrorCode.MACHINE_REFUSED


def test_users_of_the_machine(tmp_path: Path) -> None:
    put(tmp_path, "/etc/passwd", "root:x:0:0::/root:/bin/sh\nbob:x:1000:1000::/:/bin/sh\n")
    assert users(Tree(str(tmp_path))) == {"root", "bob"}


SET = """
import asyncio, os, sys
from quantix_tui.cluster.secret import Secret
from quantix_tui.host.accounts import password_work
from quantix_tui.host.doing import do
from quantix_tui.host.files.tree import Tree
# The namespace's own /etc: a copy.
assert not os.system(f"cp -a /etc {sys.argv[1]}/etc && mount --bind {sys.argv[1]}/etc /etc")
tree = Tree("/")
asyncio.run(do(password_work(tree, "root", Secret("correct horse"), None), tree))
print(next(line for line in open("/etc/shadow") if line.startswith("root:")))
"""


def test_chpasswd_sets_it_on_the_machine_that_runs(tmp_path: Path) -> None:
    if os.geteuid() != 0 or shutil.which("unshare") is None or shutil.which("chpasswd") is None:
        pytest.skip("it takes root, unshare and chpasswd")
    before = Path("/etc/shadow").read_bytes()
    command = ["unshare", "--mount", sys.executable, "-c", SET, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    hashed = done.stdout.split(":")[1]
    assert hashed == crypt("correct horse", hashed)
    assert Path("/etc/shadow").read_bytes() == before
