"""What the next start says of a console that did not end by itself."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from quantix_tui.console.crash import ENDED, PREFIX, WENT_ON, report_text
from quantix_tui.console.last_run import LastRun, Mark, Report, mark_from, same_place, sentence
from quantix_tui.host.addresses import read_text

NOW = datetime(2026, 3, 2, 9, 41, tzinfo=UTC)
BOOT = read_text("/proc/sys/kernel/random/boot_id").strip()
MARK = Mark(7, 9, "boot", int(NOW.timestamp()) - 3600)


def last_run(folder: Path, line: str = "tty1") -> LastRun:
    return LastRun(str(folder / "state"), line, str(folder))


def put_report(folder: Path, name: str, line: str = "tty1", outcome: str = ENDED) -> Path:
    report = folder / f"{PREFIX}{name}.txt"
    report.write_text(f"Quantix node console 1, Python 3, 2026-03-02T09:40:00Z, on {line}\n{outcome}\n")
    os.utime(report, (NOW.timestamp() - 60, NOW.timestamp() - 60))
    return report


def put_mark(folder: Path, name: str, mark: str) -> Path:
    path = folder / "state" / "running" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(mark)
    return path


@pytest.fixture
def ended_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_fault_is_told_once_with_time_and_report(tmp_path: Path) -> None:
    report = put_report(tmp_path, "abcdefgh")
    assert last_run(tmp_path).begin(NOW) == f"The console ended by a fault at 09:40: {report}"
    assert last_run(tmp_path).begin(NOW) == ""
    newer = put_report(tmp_path, "newer")
    assert str(newer) in last_run(tmp_path).begin(NOW)
    report.unlink()
    assert last_run(tmp_path).begin(NOW) == ""


def test_the_longest_name_of_a_report_fits_80_columns() -> None:
    report = Report(f"/tmp/{PREFIX}abcdefgh.txt", NOW.timestamp())
    assert len(sentence("tty1", report, None, NOW)) <= 77
    assert len(sentence("ttyS0", None, ("ttyS0", MARK), NOW + timedelta(days=2))) <= 77


def test_the_report_of_a_real_fault_is_recognized(tmp_path: Path) -> None:
    report = tmp_path / f"{PREFIX}x.txt"
    report.write_text(report_text(ValueError("secret"), ENDED))
    (first, _) = report.read_text().split("\n", 1)
    line = first.rpartition(", on ")[2]
    assert str(report) in last_run(tmp_path, line).begin(NOW)


@pytest.mark.parametrize("line", ["ttyS0", "pts/3"])
def test_what_happened_on_another_line_is_told_there(tmp_path: Path, line: str) -> None:
    put_report(tmp_path, "x", line)
    assert last_run(tmp_path).begin(NOW) == ""
    assert last_run(tmp_path, line).begin(NOW) != ""


def test_a_fault_after_which_the_console_went_on_is_no_end(tmp_path: Path) -> None:
    put_report(tmp_path, "x", outcome=WENT_ON)
    assert last_run(tmp_path).begin(NOW) == ""


def test_links_and_files_of_others_and_no_files_are_no_reports(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / f"{PREFIX}link.txt").symlink_to(put_report(elsewhere, "real"))
    os.mkfifo(tmp_path / f"{PREFIX}fifo.txt")
    (tmp_path / f"{PREFIX}folder.txt").mkdir()
    put_report(tmp_path, "evil\n\x1b[2J")
    if os.geteuid() == 0:
        os.chown(put_report(tmp_path, "foreign"), 65534, 65534)
    assert last_run(tmp_path).begin(NOW) == ""


def test_a_console_that_was_killed_is_told_once(tmp_path: Path, ended_process: int) -> None:
    since = int(NOW.timestamp()) - 3600
    put_mark(tmp_path, "tty1", str(Mark(ended_process, 1, BOOT, since)))
    said = last_run(tmp_path).begin(NOW)
    assert said == "The console that ran here since 08:41 ended without a word (killed?)."
    # Its place is taken by the mark of this process, which runs.
    assert last_run(tmp_path).begin(NOW) == ""


def test_an_end_of_its_own_leaves_nothing_to_tell(tmp_path: Path) -> None:
    run = last_run(tmp_path)
    assert run.begin(NOW) == ""
    assert list((tmp_path / "state" / "running").iterdir())
    run.end()
    assert not list((tmp_path / "state" / "running").iterdir())


def test_what_runs_is_left_alone(tmp_path: Path) -> None:
    """A console that was opened from a shell of the one on this line."""
    started = int(read_text(f"/proc/{os.getppid()}/stat").rpartition(")")[2].split()[19])
    path = put_mark(tmp_path, "tty1", str(Mark(os.getppid(), started, BOOT, 0)))
    before = path.read_text()
    run = last_run(tmp_path)
    assert run.begin(NOW) == ""
    run.end()
    assert path.read_text() == before


def test_what_ended_with_the_machine_was_not_killed(tmp_path: Path, ended_process: int) -> None:
    path = put_mark(tmp_path, "tty1", str(Mark(ended_process, 1, "another-boot", 0)))
    assert last_run(tmp_path).begin(NOW) == ""
    assert mark_from(path.read_text()) is not None


def test_windows_of_one_user_are_one_place(tmp_path: Path, ended_process: int) -> None:
    put_mark(tmp_path, "pts-3", str(Mark(ended_process, 1, BOOT, int(NOW.timestamp()))))
    assert "on pts/3 since 09:41" in last_run(tmp_path, "pts/4").begin(NOW)
    assert same_place("pts/3", "pts/4")
    assert not same_place("tty1", "ttyS0")


@pytest.mark.parametrize("text", ["", "1", "1 2 3", "1 2 boot 99999999999999999999", "x y z 1", "\0\xff"])
def test_anything_else_is_no_mark(tmp_path: Path, text: str) -> None:
    assert mark_from(text) is None
    put_mark(tmp_path, "tty1", text)
    assert last_run(tmp_path).begin(NOW) == ""


def test_where_nothing_can_be_kept_it_is_told_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file in the folder's place")
    report = put_report(tmp_path, "x")
    run = last_run(tmp_path)
    assert str(report) in run.begin(NOW)
    run.end()
