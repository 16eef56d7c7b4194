"""Which logs a machine keeps, and in which of them a service is told of."""

from pathlib import Path

from quantix_tui.host.logs.entry import EVERYTHING, KERNEL, NODE_DAEMON
from quantix_tui.host.logs.files import FileSource
from quantix_tui.host.logs.journal import JournalSource
from quantix_tui.host.logs.problems import journal_problem
from quantix_tui.host.logs.sources import Log, find_logs, place_of

JOURNAL = Log(JournalSource())
REFUSED = Log(JournalSource(), journal_problem())
MESSAGES = Log(FileSource("/var/log/messages"))
OWN = Log(FileSource("/var/log/quantix-node.log"))


def test_files_are_found_where_syslog_daemons_write(tmp_path: Path) -> None:
    (tmp_path / "var/log/auth.log").mkdir(parents=True)  # No file.
    for name in ("quantix-node.log", "messages", "unknown"):
        (tmp_path / "var/log" / name).touch()
    assert [log.source.name for log in find_logs(str(tmp_path))] == ["/var/log/messages", "/var/log/quantix-node.log"]


def test_a_service_is_read_where_it_writes() -> None:
    assert place_of(NODE_DAEMON, [JOURNAL, MESSAGES, OWN]) == (JOURNAL, NODE_DAEMON)
    assert place_of(NODE_DAEMON, [MESSAGES, OWN]) == (OWN, EVERYTHING)
    assert place_of(KERNEL, [MESSAGES, OWN]) == (MESSAGES, KERNEL)


def test_what_can_be_read_comes_before_what_cannot() -> None:
    assert place_of(EVERYTHING, [REFUSED, MESSAGES]) == (MESSAGES, EVERYTHING)
    assert place_of(EVERYTHING, [REFUSED]) == (REFUSED, EVERYTHING)
    assert place_of(EVERYTHING, []) == (None, EVERYTHING)
