"""Real files under the reader's hands: long, growing, rotated, emptied, cut short, full of rubbish."""

import asyncio
import errno
import grp
import os
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

import pytest

from quantix_tui.cluster.errors import ErrorCode, QuantixError
from quantix_tui.host.logs import files, follower
from quantix_tui.host.logs.entry import KERNEL, Batch, Entry, Found, Least, Page, Which
from quantix_tui.host.logs.files import FileSource
from quantix_tui.host.logs.problems import file_problem

ALL = Which()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "messages"


def source(log: Path) -> FileSource:
    return FileSource("/var/log/messages", str(log))


def line(number: int, level: str = "info", program: str = "app") -> str:
    return f"Jan  2 10:{number // 60 % 60:02}:{number % 60:02} node daemon.{level} {program}: line {number}\n"


def fill(log: Path, count: int, first: int = 0) -> None:
    with log.open("a") as file:
        file.writelines(line(number) for number in range(first, first + count))


def put(log: Path, content: str | bytes) -> None:
    log.write_bytes(content.encode() if isinstance(content, str) else content)


def append(log: Path, content: str) -> None:
    with log.open("a") as file:
        file.write(content)


def words(page: Page | Batch) -> list[str]:
    return [entry.message for entry in page.entries]


async def everything(log: Path, which: Which = ALL, count: int = 7) -> list[Entry]:
    """By pages, from the newest back; and the same from the oldest on."""
    back: list[Entry] = []
    page = await source(log).older(None, count, which)
    back[:0] = page.entries
    while page.reached is not None:
        page = await source(log).older(page.reached, count, which)
        back[:0] = page.entries
    onward: list[Entry] = []
    page = await source(log).newer(None, count, which)
    onward += page.entries
    while page.reached is not None:
        page = await source(log).newer(page.reached, count, which)
        onward += page.entries
    # What is longer than a page comes in pieces, and where they end is a matter of the direction.
    assert [entry for entry in back if entry.time] == [entry for entry in onward if entry.time]
    assert _text(back) == _text(onward)
    return back


def _text(entries: list[Entry]) -> str:
    return "".join(entry.message for entry in entries)


async def test_pages_from_both_ends_meet(log: Path) -> None:
    fill(log, 50)
    assert [entry.message for entry in await everything(log)] == [f"line {number}" for number in range(50)]
    newest = await source(log).older(None, 3, ALL)
    assert words(newest) == ["line 47", "line 48", "line 49"]
    assert words(await source(log).newer(newest.entries[0].place, 9, ALL)) == ["line 48", "line 49"]


async def test_little_is_read_at_once_and_nothing_is_lost(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "BUDGET", 100)
    fill(log, 40)
    with log.open("a") as file:
        file.write("x" * 300 + "\n" + line(40, "err"))
    told = [entry.message for entry in await everything(log)]
    assert told[:40] == [f"line {number}" for number in range(40)]
    # A line that is longer than what is read at once comes in pieces.
    assert "".join(told[40:-1]) == "x" * 300
    errors = await everything(log, Which(KERNEL, Least.ERROR))
    assert errors == []


async def test_rare_lines_are_found_step_by_step(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "BUDGET", 4096)
    with log.open("w") as file:
        file.writelines(line(number, "err" if number == 1 else "info", "kernel") for number in range(1000))
    page = await source(log).older(None, 5, Which(KERNEL, Least.WARNING))
    steps = 1
    while not page.entries:
        assert page.reached is not None
        page = await source(log).older(page.reached, 5, Which(KERNEL, Least.WARNING))
        steps += 1
    assert words(page) == ["line 1"]
    assert steps > 10


async def test_lines_without_a_level_are_never_hidden(log: Path) -> None:
    put(log, "no level here\n" + line(1) + line(2, "err"))
    assert [entry.level for entry in await everything(log, Which(least=Least.ERROR))] == [None, 3]


@pytest.mark.parametrize(
    ("wanted", "older", "found"),
    [("LINE 12", True, "line 12"), ("line 3", False, "line 30"), ("sürÄ", True, "Sürä 12")],
)
async def test_search_goes_both_ways_in_any_case(
    log: Path, monkeypatch: pytest.MonkeyPatch, wanted: str, older: bool, found: str
) -> None:
    fill(log, 10)
    with log.open("a") as file:
        file.write(line(12).replace("line", "Sürä"))
    fill(log, 40, 11)
    start = (await source(log).older(None, 26, ALL)).entries[0].place
    monkeypatch.setattr(files, "BUDGET", 512)
    result = await source(log).find(start, wanted, ALL, older=older)
    while result.entry is None and result.reached is not None:
        result = await source(log).find(result.reached, wanted, ALL, older=older)
    assert result.entry is not None
    assert result.entry.message == found


async def test_a_search_without_a_match_comes_to_an_end(log: Path) -> None:
    fill(log, 10)
    start = (await source(log).older(None, 1, ALL)).entries[0].place
    assert await source(log).find(start, "app:", ALL, older=True) == Found()


async def test_rubbish_is_lines_like_others(log: Path) -> None:
    put(log, b"\x7fELF\0\0\xff\xfe\x1b[2J\r\n\n\0\0\0\n" + line(1).encode() + b"unfinished")
    assert [entry.message for entry in await everything(log)] == ["\x7fELF\0\0��\x1b[2J", "line 1", "unfinished"]


async def test_a_line_of_a_megabyte_is_whole_when_it_is_asked_for(log: Path) -> None:
    put(log, "a" * 1_000_000 + "\n" + line(1))
    first, _ = await everything(log)
    assert (len(first.message), first.cut) == (2000, True)
    assert await source(log).whole(first) == "a" * 1_000_000


async def test_rotated_parts_belong_to_the_log(log: Path) -> None:
    fill(log, 5)
    os.rename(log, log.with_name("messages.1"))
    fill(log, 5, 5)
    before = (await source(log).older(None, 1, ALL)).entries[0]
    os.rename(log.with_name("messages.1"), log.with_name("messages.2"))
    os.rename(log, log.with_name("messages.1"))
    fill(log, 5, 10)
    put(log.with_name("messages.3.gz"), b"not for us")
    put(log.with_name("messagesque"), "another log\n")
    os.utime(log.with_name("messages.2"), (1000, 1000))
    os.utime(log.with_name("messages.1"), (2000, 2000))
    assert [entry.message for entry in await everything(log)] == [f"line {number}" for number in range(15)]
    # A place outlives the rename of its file.
    assert words(await source(log).older(before.place, 2, ALL)) == ["line 7", "line 8"]


async def test_a_part_that_is_gone_is_said(log: Path) -> None:
    fill(log, 5)
    place = (await source(log).older(None, 1, ALL)).entries[0].place
    os.rename(log, log.with_name("elsewhere"))
    fill(log, 5)
    with pytest.raises(QuantixError) as caught:
        await source(log).older(place, 5, ALL)
    assert caught.value.problem.reason == "log_gone"


async def test_what_cannot_be_read_is_said(log: Path, tmp_path: Path) -> None:
    with pytest.raises(QuantixError) as missing:
        await source(log).older(None, 5, ALL)
    assert missing.value.problem.reason == "log_missing"
    os.mkfifo(log)
    with pytest.raises(QuantixError) as pipe:
        await source(log).older(None, 5, ALL)
    assert "it is not a file" in pipe.value.problem.message


def test_a_refusal_names_who_may(log: Path) -> None:
    fill(log, 1)
    log.chmod(0o640)
    refused = file_problem("/var/log/messages", str(log), PermissionError(errno.EACCES, "Permission denied"))
    assert refused.code is ErrorCode.UNAUTHORIZED
    assert f"root and the group {grp.getgrgid(log.stat().st_gid).gr_name} only" in refused.message
    log.chmod(0o600)
    refused = file_problem("/var/log/messages", str(log), PermissionError(errno.EACCES, "Permission denied"))
    assert "for root only" in refused.message


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
async def test_a_file_of_somebody_else_is_refused(log: Path) -> None:
    fill(log, 1)
    os.chmod(log, 0)
    with pytest.raises(QuantixError) as caught:
        await source(log).older(None, 5, ALL)
    assert caught.value.problem.reason == "log_refused"


async def batch(stream: AsyncGenerator[Batch, None]) -> Batch:
    return await anext(stream)


async def test_following_sees_what_is_added_and_only_that(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "FOLLOW_EVERY", 0.001)
    fill(log, 3)
    place = (await source(log).older(None, 1, ALL)).entries[0].place
    async with aclosing(source(log).follow(place, ALL)) as stream:
        fill(log, 2, 3)
        assert words(await batch(stream)) == ["line 3", "line 4"]
        append(log, "Jan  2 10:00:00 node daemon.info app: half a")
        coming = asyncio.ensure_future(batch(stream))
        append(log, " line\n")
        assert words(await coming) == ["half a line"]


async def test_what_comes_before_one_follows_is_not_lost_where_nothing_was_wanted_yet(log: Path) -> None:
    fill(log, 3)
    append(log, "Jan  2 10:00:00 node daemon.info app: half a")
    errors = Which(least=Least.ERROR)
    page = await source(log).older(None, 5, errors)
    assert page.entries == ()
    append(log, " line\nJan  2 10:00:01 node daemon.err app: meanwhile\n")
    async with aclosing(source(log).follow(page.began, errors)) as stream:
        assert words(await batch(stream)) == ["meanwhile"]


async def test_following_goes_on_in_the_new_file_after_a_rotation(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "FOLLOW_EVERY", 0.001)
    fill(log, 3)
    newest = (await source(log).older(None, 1, ALL)).entries[0].place
    async with aclosing(source(log).follow(newest, ALL)) as stream:
        fill(log, 1, 3)
        assert words(await batch(stream)) == ["line 3"]
        fill(log, 1, 4)
        os.rename(log, log.with_name("messages.1"))
        fill(log, 1, 5)
        assert words(await batch(stream)) == ["line 4"]
        new = await batch(stream)
        assert (words(new), new.said) == (["line 5"], "A new file has taken the place of the old one.")


async def test_following_begins_anew_in_an_emptied_file(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "FOLLOW_EVERY", 0.001)
    fill(log, 30)
    newest = (await source(log).older(None, 1, ALL)).entries[0].place
    async with aclosing(source(log).follow(newest, ALL)) as stream:
        fill(log, 1, 30)
        await batch(stream)
        os.truncate(log, 0)
        fill(log, 1, 31)
        new = await batch(stream)
        assert (words(new), new.said) == (["line 31"], "The file was emptied.")


def test_a_flood_is_skipped_and_counted(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(log, 1)
    reader = follower.FileFollower(str(log), None, ALL)
    fill(log, 10_000)
    some = reader.read()
    assert (len(some.entries), some.skipped, some.entries[-1].message) == (2000, 8000, "line 9999")
    monkeypatch.setattr(follower, "BACKLOG", 1000)
    fill(log, 10_000)
    more = reader.read()
    assert len(more.entries) + more.skipped == 10_000
    assert more.entries[-1].message == "line 9999"
    reader.close()
