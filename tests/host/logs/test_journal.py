"""A real journald with a journal of its own, read by the real journalctl."""

import subprocess
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.host.logs.entry import EVERYTHING, Batch, Entry, Found, Least, Page, Subject, Which
from quantix_tui.host.logs.journal import JournalSource, matches
from quantix_tui.host.logs.sources import find_logs
from tests.host.logs import journald
from tests.support.waiting import wait_until

pytestmark = pytest.mark.skipif(not journald.available(), reason="no journald can be started here")

ALL = Which()
COUNT = 3000


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[journald.Journal]:
    """Shared, and only ever added to."""
    with journald.running(tmp_path_factory.mktemp("journal")) as journal:
        for number in range(COUNT):
            journal.write(f"line {number}", PRIORITY=number % 8, SYSLOG_IDENTIFIER=f"program-{number % 3}")
        written(journal, f"line {COUNT - 1}")
        yield journal


def written(journal: journald.Journal, message: str) -> None:
    """Wait until the journal has it."""
    command = ["journalctl", f"--root={journal.root}", "-q", "-o", "cat", "-r", "--grep", f"^{message}$"]
    wait_until(lambda: subprocess.run(command, capture_output=True, check=False).stdout, message)


def source(journal: journald.Journal) -> JournalSource:
    return JournalSource(str(journal.root))


def lines(page: Page | Batch) -> list[str]:
    return [entry.message for entry in page.entries if entry.message.startswith("line ")]


async def newest(journal: journald.Journal) -> Entry:
    return (await source(journal).older(None, 1, ALL)).entries[-1]


async def test_pages_from_both_ends_meet(journal: journald.Journal) -> None:
    back: list[str] = []
    page = await source(journal).older(None, 700, ALL)
    back[:0] = lines(page)
    while page.reached:
        page = await source(journal).older(page.reached, 700, ALL)
        back[:0] = lines(page)
    onward: list[str] = []
    page = await source(journal).newer(None, 700, ALL)
    onward += lines(page)
    while page.reached:
        page = await source(journal).newer(page.reached, 700, ALL)
        onward += lines(page)
    assert back == onward
    assert onward[:COUNT] == [f"line {number}" for number in range(COUNT)]


async def test_levels_and_programs_narrow_it_down(journal: journald.Journal) -> None:
    which = Which(Subject("program", programs=("program-1",)), Least.ERROR)
    page = await source(journal).older(None, 100, which)
    assert len(page.entries) == 100
    assert {entry.program for entry in page.entries} == {"program-1"}
    assert {entry.level for entry in page.entries} == {0, 1, 2, 3}
    both = Which(Subject("two", ("nothing.service",), ("program-0", "program-2")))
    assert {entry.program for entry in (await source(journal).older(None, 50, both)).entries} == {
        "program-0",
        "program-2",
    }


async def test_search_goes_both_ways_in_any_case(journal: journald.Journal) -> None:
    start = await newest(journal)
    found = await source(journal).find(start.place, "LINE 777", ALL, older=True)
    assert found.entry is not None
    assert found.entry.message == "line 777"
    onward = await source(journal).find(found.entry.place, "line 7", ALL, older=False)
    assert onward.entry is not None
    assert onward.entry.message == "line 778"
    assert await source(journal).find(start.place, "line (", ALL, older=True) == Found()


async def test_following_brings_what_is_written(journal: journald.Journal) -> None:
    last = await newest(journal)
    async with aclosing(source(journal).follow(last.place, ALL)) as stream:
        journal.write("line of the follower", PRIORITY=4)
        batch = await anext(stream)
        assert lines(batch) == ["line of the follower"]
        for number in range(20_000):
            journal.write(f"line flood {number}", PRIORITY=6)
        count = 0
        while count < 20_000:
            batch = await anext(stream)
            assert len(batch.entries) <= 2000
            count += len(batch.entries) + batch.skipped
        assert lines(batch)[-1] == "line flood 19999"


async def test_bytes_and_long_messages(journal: journald.Journal) -> None:
    journal.write(b"\xff\xfebytes\x1b[2J\n", SYSLOG_IDENTIFIER="odd", PRIORITY=3)
    journal.write("x" * 9000, SYSLOG_IDENTIFIER="odd")
    journal.write("line last", SYSLOG_IDENTIFIER="odd")
    written(journal, "line last")
    page = await source(journal).older(None, 3, Which(Subject("odd", programs=("odd",))))
    rubbish, long, _ = page.entries
    assert (rubbish.message, rubbish.level) == ("\ufffd\ufffdbytes\x1b[2J\n", 3)
    assert (long.cut, long.message) == (True, "(more than 4096 bytes: Enter shows it)")
    assert await source(journal).whole(long) == "x" * 9000
    assert await source(journal).whole(rubbish) == rubbish.message


async def test_what_journalctl_complains_of_is_told(journal: journald.Journal) -> None:
    with pytest.raises(QuantixError) as caught:
        await source(journal).older("no cursor", 3, ALL)
    assert "cursor" in caught.value.problem.message


def test_the_journal_is_found(journal: journald.Journal) -> None:
    logs = find_logs(str(journal.root))
    assert [(log.source.name, log.problem) for log in logs] == [("Journal", None)]


def test_a_unit_means_its_lines_and_those_about_it() -> None:
    assert matches(EVERYTHING) == ()
    assert matches(Subject("x", ("a.service",), ("kernel", "b"))) == (
        *("_SYSTEMD_UNIT=a.service", "+", "_PID=1", "UNIT=a.service"),
        *("+", "_TRANSPORT=kernel", "+", "SYSLOG_IDENTIFIER=b"),
    )


def test_no_log_is_no_fault(tmp_path: Path) -> None:
    assert find_logs(str(tmp_path)) == []
