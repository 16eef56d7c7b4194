"""One file replaced by single system calls."""

import errno
import os
import stat
from pathlib import Path

import pytest

from quantix_tui.config.atomic import (
    ChangedMeanwhile,
    FileState,
    NotConfirmed,
    read_file,
    remove_durably,
    remove_file,
    replace_file,
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_bytes(b"old")
    path.chmod(0o640)
    return path


def old(file: Path) -> FileState:
    state = read_file(str(file))
    assert state is not None
    return state


def test_the_new_file_has_the_old_one_s_mode_and_the_old_one_is_kept(file: Path) -> None:
    backup = file.with_name("config.yaml.bak")
    replace_file(str(file), b"new", old(file), str(backup))
    assert (file.read_bytes(), backup.read_bytes()) == (b"new", b"old")
    assert {stat.S_IMODE(path.stat().st_mode) for path in (file, backup)} == {0o640}
    assert len(os.listdir(file.parent)) == 2


def test_a_new_file_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    umask = os.umask(0)
    try:
        replace_file(str(tmp_path / "secret"), b"x")
    finally:
        os.umask(umask)
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600


def test_a_link_in_the_place_of_the_temporary_file_is_not_followed(file: Path) -> None:
    victim = file.with_name("victim")
    victim.write_bytes(b"untouched")
    file.with_name(".config.yaml.new").symlink_to(victim)
    with pytest.raises(FileExistsError):
        replace_file(str(file), b"new")
    assert victim.read_bytes() == b"untouched"


def test_a_file_that_was_changed_or_removed_meanwhile_stays_as_it_is(file: Path) -> None:
    seen, backup = old(file), str(file.with_name("config.yaml.bak"))
    file.write_bytes(b"changed")
    with pytest.raises(ChangedMeanwhile):
        replace_file(str(file), b"new", seen, backup)
    assert file.read_bytes() == b"changed"
    file.unlink()
    with pytest.raises(ChangedMeanwhile):
        replace_file(str(file), b"new", seen, backup)
    assert os.listdir(file.parent) == ["config.yaml.bak"]


def test_writes_that_take_a_little_at_a_time_are_continued(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:3]))
    replace_file(str(file), b"0123456789" * 10)
    assert file.read_bytes() == b"0123456789" * 10


def test_a_disk_that_lies_is_noticed(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write

    def lie(descriptor: int, data: bytes) -> int:
        write(descriptor, data[:-1])
        return len(data)

    monkeypatch.setattr(os, "write", lie)
    with pytest.raises(OSError, match="does not hold what was written"):
        replace_file(str(file), b"new")
    assert file.read_bytes() == b"old"
    assert os.listdir(file.parent) == ["config.yaml"]


@pytest.mark.parametrize(("number", "raised"), [(errno.EIO, True), (errno.EINVAL, False)])
def test_a_folder_that_is_not_synced(file: Path, monkeypatch: pytest.MonkeyPatch, number: int, raised: bool) -> None:
    fsync = os.fsync

    def fail(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(number, os.strerror(number))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", fail)
    if raised:
        with pytest.raises(NotConfirmed):
            replace_file(str(file), b"new")
        with pytest.raises(NotConfirmed):
            remove_durably(str(file))
    else:
        replace_file(str(file), b"new")
        assert file.read_bytes() == b"new"
        remove_durably(str(file))
    assert os.listdir(file.parent) == []


def test_a_missing_file_is_no_error(tmp_path: Path) -> None:
    assert read_file(str(tmp_path / "nothing")) is None
    remove_file(str(tmp_path / "nothing"))
