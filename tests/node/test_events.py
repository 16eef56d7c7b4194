"""The journal: bounded, newest first, over restarts, and never in the way."""

import json
import stat
from pathlib import Path

import pytest

from quantix_tui.node.events import KEPT, Journal


def test_newest_first_and_by_level_and_category() -> None:
    journal = Journal()
    journal.add("info", "system", "one")
    journal.add("warning", "cluster", "two")
    journal.add("info", "cluster", "three")
    assert [event.message for event in journal.latest()] == ["three", "two", "one"]
    assert [event.message for event in journal.latest(level="info", category="cluster")] == ["three"]
    assert [event.message for event in journal.latest(1)] == ["three"]


def test_it_survives_a_restart_in_a_private_file(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    Journal(file).add("info", "cluster", "joined")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [event.message for event in Journal(file).latest()] == ["joined"]


def test_it_is_bounded_in_memory_and_on_disk(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    journal = Journal(file)
    for number in range(3 * KEPT):
        journal.add("info", "system", str(number))
        assert len(file.read_text().splitlines()) <= 2 * KEPT
    assert [event.message for event in journal.latest(10**6)] == [str(n) for n in range(3 * KEPT - 1, 2 * KEPT - 1, -1)]
    assert len(Journal(file).latest(10**6)) == KEPT


def test_what_a_crash_cut_short_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    Journal(file).add("info", "cluster", "whole")
    with file.open("a") as opened:
        opened.write('[1]\n{"level": "loud"}\nnonsense\n{"event_id": "x", "messa')
    journal = Journal(file)
    journal.add("info", "cluster", "after")
    assert [event.message for event in Journal(file).latest()] == ["after", "whole"]


def test_text_from_outside_is_harmless(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    assert Journal(file).add("info", "cluster", "a\x1b[31m\nb\u202e").message == "a?[31m b?"
    file.write_text(
        json.dumps({"event_id": "1", "timestamp": "t", "level": "info", "category": "c", "message": "\x9b"})
    )
    assert Journal(file).latest()[0].message == "?"


def test_a_file_that_cannot_be_written_is_told_once_and_the_node_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "events.jsonl").mkdir()
    journal = Journal(tmp_path / "events.jsonl")
    journal.add("info", "system", "still here")
    assert [event.message for event in journal.latest()] == ["still here"]
    assert sum("memory only" in record.message for record in caplog.records) == 1


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("theirs")
    (tmp_path / "events.jsonl.new").symlink_to(tmp_path / "target")
    Journal(tmp_path / "events.jsonl").add("info", "system", "x")
    assert (tmp_path / "target").read_text() == "theirs"
