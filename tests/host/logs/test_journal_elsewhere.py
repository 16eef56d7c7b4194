"""The reader of the journal where there is none: a program in the place of journalctl (``speaks_journalctl``)."""

import json
import sys
from contextlib import aclosing
from pathlib import Path

import pytest

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.host.logs.entry import Least, Place, Subject, Which
from quantix_tui.host.logs.journal import JournalSource
from quantix_tui.host.logs.journal_entry import read_entry

ALL = Which()


@pytest.fixture
def journal(tmp_path: Path) -> JournalSource:
    program = tmp_path / "journalctl"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} {Path(__file__).with_name("speaks_journalctl.py")} "$@"\n')
    program.chmod(0o755)
    write(tmp_path, 0, 90)
    return JournalSource(str(tmp_path), str(program))


def write(root: Path, first: int, count: int) -> None:
    with (root / "journal.json").open("a") as file:
        for number in range(first, first + count):
            entry = {"MESSAGE": f"Line {number}", "PRIORITY": str(number % 8), "SYSLOG_IDENTIFIER": f"p{number % 3}"}
            time = str(1_772_000_000_000_000 + number)
            file.write(json.dumps(entry | {"__CURSOR": str(number), "__REALTIME_TIMESTAMP": time}) + "\n")


async def test_pages_in_both_directions(journal: JournalSource) -> None:
    page = await journal.older(None, 40, ALL)
    assert [entry.message for entry in page.entries] == [f"Line {number}" for number in range(50, 90)]
    page = await journal.older(page.reached, 60, ALL)
    assert (len(page.entries), page.reached) == (50, None)
    page = await journal.newer(None, 40, ALL)
    assert (page.entries[-1].message, page.reached) == ("Line 39", "39")
    page = await journal.newer(page.reached, 60, ALL)
    assert (page.entries[0].message, page.reached) == ("Line 40", None)


async def test_narrowed_down(journal: JournalSource) -> None:
    page = await journal.older(None, 5, Which(Subject("p", programs=("p1",)), Least.ERROR))
    assert {(entry.program, (entry.level or 0) <= 3) for entry in page.entries} == {("p1", True)}


@pytest.mark.parametrize("patterns", [True, False])
async def test_a_search_works_without_the_library_for_patterns(
    journal: JournalSource, monkeypatch: pytest.MonkeyPatch, patterns: bool
) -> None:
    monkeypatch.setattr("quantix_tui.host.logs.journal._SEARCHED", 7)
    if not patterns:
        monkeypatch.setenv("WITHOUT_PATTERNS", "1")

    async def find(start: Place, words: str, older: bool) -> str | None:
        found = await journal.find(start, words, ALL, older=older)
        while found.entry is None and found.reached is not None:
            found = await journal.find(found.reached, words, ALL, older=older)
        return found.entry.message if found.entry else None

    assert await find("60", "LINE 1", True) == "Line 19"
    assert await find("60", "line 8", False) == "Line 80"
    assert await find("60", "Line (", True) is None


async def test_it_is_followed(journal: JournalSource, tmp_path: Path) -> None:
    async with aclosing(journal.follow("89", ALL)) as stream:
        write(tmp_path, 90, 2)
        batch = await anext(stream)
        assert [entry.message for entry in batch.entries] == ["Line 90", "Line 91"]


async def test_a_journalctl_that_ends_while_it_is_followed_is_told(tmp_path: Path) -> None:
    program = tmp_path / "journalctl"
    program.write_text("#!/bin/sh\necho 'Failed to open journal' >&2\nexit 1\n")
    program.chmod(0o755)
    with pytest.raises(QuantixError) as caught:
        await anext(JournalSource(str(tmp_path), str(program)).follow(None, ALL))
    assert caught.value.problem.message == "The journal could not be read: Failed to open journal."


async def test_a_machine_without_journalctl_says_so(tmp_path: Path) -> None:
    with pytest.raises(QuantixError) as caught:
        await JournalSource(str(tmp_path), str(tmp_path / "nothing")).older(None, 5, ALL)
    assert "journalctl is not installed" in caught.value.problem.message


@pytest.mark.parametrize("line", [b"", b"no json", b"[]", b"{}", b'{"__CURSOR": 7}', b"[" * 100_000])
def test_what_is_no_entry_is_passed_over(line: bytes) -> None:
    assert read_entry(line) is None


def test_odd_fields_are_taken_as_they_are() -> None:
    fields = {
        "__CURSOR": "c",
        "MESSAGE": [[104, 105], "there"],
        "PRIORITY": ["9", "4"],
        "__REALTIME_TIMESTAMP": "never",
        "_TRANSPORT": "kernel",
    }
    entry = read_entry(json.dumps(fields).encode())
    assert entry is not None
    assert (entry.message, entry.level, entry.time, entry.program) == ("hi / there", 4, None, "kernel")
