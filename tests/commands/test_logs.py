"""The log on the command line: a real file, read from its end."""

import asyncio
from pathlib import Path

from quantix_tui.commands.logs import entry_line, last_entries
from quantix_tui.host.logs.entry import Least, Which
from quantix_tui.host.logs.files import FileSource


def log(folder: Path, lines: int) -> FileSource:
    file = folder / "messages"
    file.write_text("".join(f"Mar  2 09:41:{n % 60:02} qx-node-07 sshd[{n}]: number {n}\n" for n in range(lines)))
    return FileSource("/var/log/messages", str(file))


def test_the_last_ones_the_oldest_first(tmp_path: Path) -> None:
    entries = asyncio.run(last_entries(log(tmp_path, 100), Which(), 3))
    assert [entry.message for entry in entries] == ["number 97", "number 98", "number 99"]
    assert entry_line(entries[0]).endswith("sshd: number 97")


def test_a_search_goes_back_as_far_as_it_has_to_and_on_from_there(tmp_path: Path) -> None:
    source = log(tmp_path, 3000)
    (found,) = asyncio.run(last_entries(source, Which(), 1, "number 1000"))
    assert found.message == "number 1000"
    older = asyncio.run(last_entries(source, Which(), 2, before=found.place))
    assert [entry.message for entry in older] == ["number 998", "number 999"]
    assert asyncio.run(last_entries(source, Which(least=Least.ALL), 5, "there is none")) == []


def test_what_stands_in_a_log_is_data(tmp_path: Path) -> None:
    file = tmp_path / "messages"
    file.write_bytes(b"Mar  2 09:41:00 qx evil: \x1b[2J\x07 gone\n")
    (entry,) = asyncio.run(last_entries(FileSource("messages", str(file)), Which(), 1))
    assert "\x1b" not in entry_line(entry)
