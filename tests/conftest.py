"""What holds for all tests."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator

import pytest

from quantix_tui.host.system_log import LOGGER


def pytest_configure(config: pytest.Config) -> None:
    # An installed program has its bytecode. Without, each of a thousand processes would compile the package anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    # Behind nohup, or in the background of a shell, programs would inherit that they are not to hear when told to end.
    for number, usual in (
        (signal.SIGINT, signal.default_int_handler),
        (signal.SIGQUIT, signal.SIG_DFL),
        (signal.SIGHUP, signal.SIG_DFL),
    ):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, usual)
    if "QUANTIX_STATE" not in os.environ:
        # What consoles of tests remember is not for those of this machine, and the other way round.
        state = os.environ["QUANTIX_STATE"] = tempfile.mkdtemp(prefix="quantix-tests-state-")
        config.add_cleanup(lambda: shutil.rmtree(state, ignore_errors=True))


@pytest.fixture(autouse=True)
def _machine_log_as_it_was() -> Iterator[None]:
    """A test that sets a node up turns the log of the machine to syslog, for good: not for the tests after it."""
    level, handlers, propagate = LOGGER.level, LOGGER.handlers[:], LOGGER.propagate
    yield
    LOGGER.setLevel(level)
    LOGGER.handlers[:], LOGGER.propagate = handlers, propagate
