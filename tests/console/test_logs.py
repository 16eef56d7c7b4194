"""The logs on the screen: real files under it, everything that a person does with them."""

import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from quantix_tui.cluster.errors import ErrorCode
from quantix_tui.console import logreader, logwindow
from quantix_tui.console.screens import logs as screens
from quantix_tui.console.screens.logs import LogsScreen
from quantix_tui.host.logs import files
from quantix_tui.host.logs.entry import EVERYTHING, NODE_DAEMON, Subject
from quantix_tui.host.logs.files import FileSource
from quantix_tui.host.logs.problems import journal_problem
from quantix_tui.host.logs.sources import Log
from tests.console.screen import Hands, opened
from tests.console.scripted import ScriptedGateway

LEVELS = ("info", "warning", "err", "debug")


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(files, "FOLLOW_EVERY", 0.05)
    return iter(())


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "messages"
    add(path, range(1000))
    return path


def add(path: Path, numbers: range, program: str = "libvirtd") -> None:
    with path.open("a") as file:
        for number in numbers:
            clock = f"{number // 3600 % 10:02}:{number // 60 % 60:02}:{number % 60:02}"
            level = LEVELS[number % 4]
            file.write(f"Mar  2 {clock} node7 daemon.{level} {program}[7]: line {number} of the log\n")


def known(path: Path) -> Log:
    return Log(FileSource("/var/log/messages", str(path)))


@asynccontextmanager
async def reading(*logs: Log, subject: Subject = EVERYTHING, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Hands]:
    async with opened(ScriptedGateway(), size=size) as hands:
        await hands.until("STANDALONE")
        await hands.app.push_screen(LogsScreen(logs, hands.app.clock, subject))
        yield hands


def chosen(hands: Hands) -> str:
    """The row under the cursor."""
    return next(line for line in hands.lines if "▶" in line)


async def test_it_begins_at_the_end_and_follows(log: Path) -> None:
    async with reading(known(log)) as hands:
        await hands.until("following")
        assert "line 999 of" in chosen(hands)
        add(log, range(1000, 1003))
        await hands.until("line 1002 of")
        assert "line 1002 of" in chosen(hands)


async def test_scrolling_up_pauses_and_counts_until_one_is_back(log: Path) -> None:
    async with reading(known(log)) as hands:
        await hands.until("following")
        await hands.press("up", "up")
        await hands.until("paused: End goes on")
        add(log, range(1000, 1007))
        await hands.until("paused, 7 new lines: End")
        assert "line 997 of" in chosen(hands)
        await hands.press("end")
        await hands.until("following")
        assert "line 1006 of" in chosen(hands)


async def test_down_to_the_end_goes_on_following_without_a_line_twice(log: Path) -> None:
    async with reading(known(log)) as hands:
        await hands.until("following")
        await hands.press("up")
        add(log, range(1000, 1003))
        await hands.until("3 new lines")
        await hands.press("down")
        await hands.until("paused: End goes on")
        await hands.press("down", "down", "down")
        await hands.until("line 1002 of")
        await hands.until("following")
        add(log, range(1003, 1005))
        await hands.until("line 1004 of")
        shown = [number for number in range(990, 1005) if f"line {number} of" in hands.text]
        assert shown == list(range(990, 1005))
        assert hands.text.count("line 1001 of") == 1


async def test_following_is_turned_off_and_on(log: Path) -> None:
    async with reading(known(log)) as hands:
        await hands.until("following")
        await hands.press("f")
        await hands.until("not followed")
        add(log, range(1000, 1003))
        await hands.press("f")
        await hands.until("line 1002 of")
        await hands.until("  following")


async def test_paging_reads_on_in_both_directions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logreader, "CHUNK", 40)
    monkeypatch.setattr(logwindow, "MOST", 200)
    log = tmp_path / "short"
    add(log, range(400))
    async with reading(known(log)) as hands:
        await hands.until("following")
        screen = hands.app.screen
        assert isinstance(screen, LogsScreen)
        for key, last in (("pageup", 0), ("pagedown", 399)):
            until = time.monotonic() + 20.0
            # A page that is still being read does not move the line yet.
            while time.monotonic() < until:
                await hands.press(key)
                rows = [int(entry.message.split()[1]) for entry in screen._window.rows]
                assert rows == list(range(rows[0], rows[-1] + 1))
                assert len(rows) <= 200
                if f"line {last} of" in chosen(hands):
                    break
            assert f"line {last} of" in chosen(hands)
        await hands.until("following")


async def test_home_and_end(log: Path) -> None:
    async with reading(known(log)) as hands:
        await hands.until("following")
        await hands.press("home")
        await hands.until("line 0 of")
        assert "line 0 of" in chosen(hands)
        await hands.press("end")
        await hands.until("line 999 of")
        assert "line 999 of" in chosen(hands)


async def test_search_up_and_down_and_in_vain(log: Path) -> None:
    async with reading(known(log)) as hands:
        await hands.until("following")
        await hands.press("slash")
        await hands.type("LINE 33 ")
        await hands.press("enter")
        await hands.until("line 33 of")
        await hands.press("end")
        await hands.until("following")
        await hands.press("slash")
        await hands.type("LINE 33")
        await hands.press("enter")
        await hands.until("▶00:05:39   libvirtd      line 339 of")
        await hands.press("n")
        await hands.until("▶00:05:38 X libvirtd      line 338 of")
        await hands.press("N")
        await hands.until("▶00:05:39   libvirtd      line 339 of")
        await hands.press("N")
        await hands.until("is in no line below this one; n looks above it.")
        assert "line 339 of" in chosen(hands)
        await hands.press("slash")
        await hands.type("\x1b[31mnowhere")
        await hands.press("enter")
        await hands.until("is in no line above this one")


async def test_escape_leaves_the_search_first(log: Path) -> None:
    async with reading(known(log)) as hands:
        await hands.until("following")
        await hands.press("slash")
        assert hands.focused() == "search"
        await hands.press("escape")
        assert hands.focused() == "list"
        await hands.press("escape")
        await hands.until("THIS NODE")


async def test_levels_narrow_it_down(log: Path) -> None:
    async with reading(known(log)) as hands:
        await hands.until("line 999 of")
        await hands.press("l")
        await hands.until("without debug")
        assert "line 998 of" in chosen(hands)
        await hands.press("l", "l")
        await hands.until("errors only")
        await hands.until("line 926 of")
        assert hands.text.count(" X ") == 19


async def test_other_lines_are_chosen(log: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    add(other, range(3), "quantix-node")
    async with reading(known(log), Log(FileSource("/var/log/other", str(other)))) as hands:
        await hands.until("following")
        await hands.press("s", "right", "enter")
        await hands.until("Nothing of that is in this log.")
        assert "/var/log/messages: node daemon" in hands.text
        add(log, range(1000, 1001), "quantix-node")
        await hands.until("line 1000 of")
        await hands.press("s", "right", "right", "right", "enter")
        await hands.until("/var/log/other   all levels")
        await hands.until("line 2 of")


async def test_a_service_is_opened_on_its_own_lines(log: Path) -> None:
    add(log, range(5), "quantix-node")
    add(log, range(1000, 1100))
    async with reading(known(log), subject=NODE_DAEMON) as hands:
        await hands.until("line 4 of")
        assert "libvirtd" not in hands.text


async def test_a_line_whole(log: Path) -> None:
    with log.open("a") as file:
        file.write(f"Mar  2 09:00:00 node7 daemon.err app: {'long ' * 500}\x1b[2J the end\n")
    async with reading(known(log)) as hands:
        await hands.until("following")
        assert "\x1b" not in hands.text
        await hands.press("enter")
        await hands.until("Log line")
        await hands.until("Level     error")
        await hands.press(*["pagedown"] * 4)
        await hands.until("?[2J the end")


async def test_what_may_not_be_read_is_said() -> None:
    async with reading(Log(FileSource("Journal"), journal_problem())) as hands:
        await hands.until("You may not read the journal: it is for root and members of the group")
        await hands.until("usermod -aG systemd-journal")
        await hands.press("up", "home", "end", "n", "f", "l", "enter")
        await hands.until("You may not read the journal")


async def test_a_machine_without_logs_says_so() -> None:
    async with reading() as hands:
        await hands.until("This machine keeps no log that can be shown")
        await hands.press("s", "escape", "escape")
        await hands.until("THIS NODE")


async def test_a_log_that_goes_away_is_said(log: Path) -> None:
    async with reading(known(log)) as hands:
        await hands.until("following")
        os.unlink(log)
        await hands.press("home")
        await hands.until("/var/log/messages is not there.")
        assert ErrorCode.INTERNAL not in hands.text


async def test_a_flood_leaves_the_keys_alive(log: Path) -> None:
    async with reading(known(log)) as hands:
        await hands.until("following")
        for start in range(1000, 21_000, 5000):
            add(log, range(start, start + 5000))
            await hands.press("up")
            assert "line " in chosen(hands)
            await hands.press("end")
        await hands.until("line 20999 of")
        await hands.until("following")


async def test_a_rotation_is_said_and_followed(log: Path) -> None:
    async with reading(known(log)) as hands:
        await hands.until("following")
        add(log, range(1000, 1001))
        await hands.until("line 1000 of")
        os.rename(log, log.with_name("messages.1"))
        add(log, range(1001, 1003))
        await hands.until("A new file has taken the place of the old one.")
        await hands.until("line 1002 of")
        assert "line 1002 of" in chosen(hands)
        assert "line 999 of" in hands.text


async def test_the_key_of_the_dashboard_opens_them(monkeypatch: pytest.MonkeyPatch, log: Path) -> None:
    monkeypatch.setattr(screens, "find_logs", lambda: [known(log)])
    async with opened(ScriptedGateway()) as hands:
        await hands.until("STANDALONE")
        await hands.press("f7")
        await hands.until("following")
        await hands.press("escape", "g")
        await hands.until("following")


async def test_the_smallest_screen_still_tells(log: Path) -> None:
    async with reading(known(log), size=(40, 12)) as hands:
        await hands.until("following")
        assert "line 999" in chosen(hands)
