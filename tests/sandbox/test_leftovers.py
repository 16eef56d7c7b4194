"""Which folders a sandbox's start takes away: its own kind, old, and held by nobody."""

import fcntl
import os
from pathlib import Path

import pytest

from quantix_tui.sandbox.leftovers import sweep


def _folder(parent: Path, name: str, *, age_secs: float = 3600, marker: bool = True) -> Path:
    folder = parent / name
    folder.mkdir()
    (folder / "admin-token").write_text("secret")
    if marker:
        (folder / ".marker").touch()
    then = folder.stat().st_mtime - age_secs
    os.utime(folder, (then, then))
    return folder


def test_only_what_is_left_over_goes(tmp_path: Path) -> None:
    stale = _folder(tmp_path, "box-stale")
    kept = [
        _folder(tmp_path, "box-young", age_secs=0),
        _folder(tmp_path, "box-without-marker", marker=False),
        _folder(tmp_path, "other"),
        held := _folder(tmp_path, "box-held"),
    ]
    (tmp_path / "box-link").symlink_to(tmp_path / "other")
    with (held / ".marker").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        sweep(tmp_path, "box-", ".marker")
    assert not stale.exists()
    assert all((folder / "admin-token").exists() for folder in kept)
    assert (tmp_path / "box-link").is_symlink()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_another_users_folder_stays(tmp_path: Path) -> None:
    theirs = _folder(tmp_path, "box-theirs")
    os.chown(theirs, 12345, 12345)
    sweep(tmp_path, "box-", ".marker")
    assert theirs.exists()
