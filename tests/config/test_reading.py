"""Reading several files as they were at one moment, and remembering them."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from quantix_tui.config.atomic import LockBusy, locked
from quantix_tui.config.reading import Remembered, consistent, signature


def reading(file: Path, disturbances: int) -> Callable[[], str]:
    """Reads ``file``, which the first few times is changed behind the reader's back."""
    left = [disturbances]

    def read() -> str:
        text = file.read_text()
        if left[0]:
            left[0] -= 1
            file.write_text(text + "+")
        return text

    return read


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_text("a")
    return path


def test_a_change_while_reading_is_read_again(file: Path) -> None:
    assert consistent([str(file)], reading(file, 3), str(file.with_name("lock"))) == "a+++"


def test_steady_changes_are_kept_out_by_the_lock(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = str(file.with_name("lock"))
    assert consistent([str(file)], reading(file, 5), lock) == "a+++++"
    monkeypatch.setattr("quantix_tui.config.reading.locked", lambda path: locked(path, 0))
    with locked(lock), pytest.raises(LockBusy):
        consistent([str(file)], reading(file, 6), lock)


def test_a_missing_file_has_a_signature_too(file: Path) -> None:
    files = [str(file), str(file.with_name("missing"))]
    before = signature(files)
    assert before[1] is None
    file.with_name("missing").touch()
    assert signature(files) != before


@pytest.mark.parametrize("clock_off_secs", [-(10**9), 1, 3600])
def test_what_stays_the_same_is_remembered(file: Path, monkeypatch: pytest.MonkeyPatch, clock_off_secs: int) -> None:
    now = file.stat().st_ctime_ns + clock_off_secs * 10**9
    monkeypatch.setattr(time, "time_ns", lambda: now)
    remembered: Remembered[str] = Remembered()
    assert remembered.get([str(file)], file.read_text) == "a"
    assert remembered.get([str(file)], lambda: "read again") == "a"
    file.write_text("bb")
    assert remembered.get([str(file)], file.read_text) == "bb"


def test_what_has_just_been_written_is_not_remembered(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = file.stat().st_ctime_ns + 10**6
    monkeypatch.setattr(time, "time_ns", lambda: now)
    remembered: Remembered[str] = Remembered()
    assert remembered.get([str(file)], file.read_text) == "a"
    assert remembered.get([str(file)], lambda: "read again") == "read again"
