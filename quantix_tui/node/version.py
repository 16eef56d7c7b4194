"""This program's version, as the package says it."""

from importlib.metadata import PackageNotFoundError, version


def _read() -> str:
    try:
        return version("quantix-tui")
    except PackageNotFoundError:
        # Run from a checkout that was not installed.
        return "0"


VERSION = _read()
