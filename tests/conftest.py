"""What holds for all tests."""

import os


def pytest_configure() -> None:
    # An installed program has its bytecode. Without, each of a thousand processes would compile the package anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
