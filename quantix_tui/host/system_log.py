"""What this package logs about the machine, into the machine's own log: the one place where it gets there."""

import logging
import syslog

from quantix_tui.cluster.text import harmless

IDENT = "quantix-tui"
MOST_CHARACTERS = 1000
LOGGER = logging.getLogger("quantix_tui.machine")
"""Every act on the machine, every command with its result."""
# Where nobody writes it down, as for a tree, Python would write its errors between what a person is told.
LOGGER.addHandler(logging.NullHandler())
_PRIORITIES = (
    (logging.ERROR, syslog.LOG_ERR),
    (logging.WARNING, syslog.LOG_WARNING),
    (logging.INFO, syslog.LOG_INFO),
)


class SystemLog(logging.Handler):
    """To syslog(3). Without a log service it goes nowhere, as syslog(3) has it."""

    def emit(self, record: logging.LogRecord) -> None:
        priority = next((found for level, found in _PRIORITIES if record.levelno >= level), syslog.LOG_DEBUG)
        # Each time: whoever writes to another part of the log in between (audit) closes it behind them.
        syslog.openlog(IDENT, syslog.LOG_PID, syslog.LOG_DAEMON)
        syslog.syslog(priority, harmless(record.getMessage(), MOST_CHARACTERS))


def log_to_system() -> None:
    """From now on :data:`LOGGER` writes to the system's log. Once is enough; again changes nothing."""
    if not any(isinstance(handler, SystemLog) for handler in LOGGER.handlers):
        LOGGER.addHandler(SystemLog())
        LOGGER.setLevel(logging.INFO)
        LOGGER.propagate = False
