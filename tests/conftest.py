"""What holds for all tests."""

import os
import shutil
import tempfile

import pytest


def pytest_configure(config: pytest.Config) -> None:
    # An installed program has its bytecode. Without, each of a thousand processes would compile the package anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if "QUANTIX_STATE" not in os.environ:
        # What consoles of tests remember is not for those of this machine, and the other way round.
        state = os.environ["QUANTIX_STATE"] = tempfile.mkdtemp(prefix="quantix-tests-state-")
        config.add_cleanup(lambda: shutil.rmtree(state, ignore_errors=True))
