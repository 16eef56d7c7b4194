"""What is logged of the machine gets into its log, as one harmless line, whoever else writes there."""

import logging
import subprocess
import sys
import syslog

import pytest

from quantix_tui.host.audit import record
from quantix_tui.host.system_log import LOGGER, log_to_system

Entry = tuple[str, int, int, str]


@pytest.fixture
def entries(monkeypatch: pytest.MonkeyPatch) -> list[Entry]:
    """Ident, facility, priority and text of what syslog(3) is given."""
    found: list[Entry] = []
    now = ("", 0)

    def opened(ident: str, options: int, facility: int) -> None:
        nonlocal now
        now = (ident, facility)

    monkeypatch.setattr(syslog, "openlog", opened)
    monkeypatch.setattr(syslog, "closelog", lambda: opened("", 0, 0))
    monkeypatch.setattr(syslog, "syslog", lambda priority, text: found.append((*now, priority, text)))
    return found


def test_where_nobody_writes_it_down_nothing_is_written_to_the_terminal() -> None:
    program = "from quantix_tui.host.system_log import LOGGER; LOGGER.error('files could not be changed')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")


async def test_it_is_written_under_its_own_name(entries: list[Entry]) -> None:
    log_to_system()
    log_to_system()
    LOGGER.info("ran: %s: done", "a\x1b[2Jb\nc")
    await record("set up", user="root", line=None)
    LOGGER.error("failed")
    assert entries == [
        ("quantix-tui", syslog.LOG_DAEMON, syslog.LOG_INFO, "ran: a?[2Jb c: done"),
        ("quantix-console", syslog.LOG_AUTHPRIV, syslog.LOG_NOTICE, "set up, by root on a session of their own"),
        ("quantix-tui", syslog.LOG_DAEMON, syslog.LOG_ERR, "failed"),
    ]
    assert LOGGER.getEffectiveLevel() == logging.INFO
