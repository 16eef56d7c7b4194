"""When the console itself fails: a report in a file, one sentence on the screen, no secret in either.

A report names what kind of exception it was and where in the code; not its text and not the values of variables,
because both may hold what a person typed.
"""

import os
import platform
import tempfile
import traceback
from datetime import UTC, datetime

from textual.worker import WorkerFailed

from quantix_tui.cluster.errors import ErrorCode, Problem

PREFIX, SUFFIX = "quantix-tui-crash-", ".txt"
"""Of the names of reports."""
ENDED = "The console ended by it."
WENT_ON = "The console went on."


def report_folder() -> str:
    """Not the first folder that takes a file, as :mod:`tempfile` has it: reports are looked for, and in one place."""
    return os.environ.get("TMPDIR") or "/tmp"  # noqa: S108 - mkstemp makes a new file, and only its owner reads it


def report_text(error: BaseException, outcome: str) -> str:
    """The report's content, from the error that was raised first to the last; ``outcome`` is the second line."""
    chain = chain_of(error)
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    version = f"Quantix node console {_version()}, Python {platform.python_version()}"
    lines = [f"{version}, {now}, on {_line()}", outcome, ""]
    for item in reversed(chain):
        lines.append(f"{type(item).__module__}.{type(item).__qualname__}")
        lines += [
            f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(item.__traceback__)
        ]
        lines.append("")
    return "\n".join(lines)


def chain_of(error: BaseException) -> list[BaseException]:
    """``error`` and what led to it, the last first."""
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in chain:
        chain.append(link)
        # Textual's WorkerFailed holds what happened in its worker, and does not chain it.
        within = link.error if isinstance(link, WorkerFailed) else None
        link = within or link.__cause__ or link.__context__
    return chain


def _line() -> str:
    try:
        return os.ttyname(0).removeprefix("/dev/")
    except OSError:
        return "no terminal"


def _version() -> str:
    # Imported here: it costs as much as all the screens, and hardly any run needs it.
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("quantix-tui")
    except PackageNotFoundError:
        return "of an unknown version"


def keep_report(error: BaseException, outcome: str) -> str | None:
    """Write the report into a new file that only its owner reads; its path, or None when nothing can be written."""
    try:
        handle, path = tempfile.mkstemp(prefix=PREFIX, suffix=SUFFIX, dir=report_folder())
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(report_text(error, outcome))
    except OSError:
        return None
    return path


def fault_problem(error: BaseException) -> Problem:
    """Keep a report of ``error``, after which the console goes on, and tell a person about it."""
    return _problem(
        error,
        WENT_ON,
        "The console met a fault of its own ({}); nothing was changed by it.",
        "Go on; if it happens again, quit and start the console anew.",
    )


def fatal_problem(error: BaseException) -> Problem:
    """Keep a report of ``error``, which ends the console, and tell a person about it."""
    return _problem(
        error,
        ENDED,
        "The console ended by a fault of its own ({}). The node goes on as it was.",
        "Start the console again; if it ends again, use quantix-tui status, join and leave, and send the report.",
    )


def _problem(error: BaseException, outcome: str, message: str, hint: str) -> Problem:
    path = keep_report(error, outcome)
    place = f"A report is in {path}." if path else "A report could not be written: the disk takes nothing."
    name = type(chain_of(error)[-1]).__name__
    return Problem(ErrorCode.INTERNAL, message.format(name), f"{place} {hint}", "console_fault")
