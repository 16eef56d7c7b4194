"""How the console ended here before, where it did not end by itself: told once, at the next start.

While it runs a mark in the state folder says so; an end of its own takes the mark away. A mark whose process is gone
tells of a console that was killed. After a fault there is a report as well (:mod:`crash`), which says more. Nothing
here is needed for the console to run: what cannot be read or written is left out.
"""

import contextlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from quantix_tui.console.crash import ENDED, PREFIX, SUFFIX, report_folder
from quantix_tui.host.addresses import read_text

_MARKS = "running"
_TOLD = "reports-told"
_MOST_BYTES = 1 << 16
_MOST_FILES = 10_000
"""Everybody may put files into the folder of the reports."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A console that runs, or was killed: ``started`` is its process's start in ticks since the boot (proc(5)),
    ``since`` the same moment by the clock on the wall, in seconds of the epoch."""

    pid: int
    started: int
    boot: str
    since: int

    def __str__(self) -> str:
        return f"{self.pid} {self.started} {self.boot} {self.since}\n"


@dataclass(frozen=True, slots=True)
class Report:
    """The report of a fault that ended a console; ``at`` in seconds of the epoch."""

    path: str
    at: float


def mark_from(text: str) -> Mark | None:
    """The mark that was written as ``text``; None for anything else."""
    words = text.split()
    try:
        pid, started, boot, since = words
        mark = Mark(int(pid), int(started), boot, int(since))
        datetime.fromtimestamp(mark.since)
    except (ValueError, OverflowError, OSError):
        return None
    return mark


def same_place(line: str, other: str) -> bool:
    """Whether who stands on one also meets what is told on the other: a window has another number each time."""
    return line == other or (line.startswith("pts/") and other.startswith("pts/"))


def sentence(line: str, report: Report | None, killed: tuple[str, Mark] | None, now: datetime) -> str:
    """What is said on ``line``; nothing where there is nothing to say. A report tells more than a mark."""
    if report is not None:
        return f"The console ended by a fault {_when('at', report.at, now)}: {report.path}"
    if killed is not None:
        where, mark = killed
        place = "here" if where == line else f"on {where}"
        return f"The console that ran {place} {_when('since', mark.since, now)} ended without a word (killed?)."
    return ""


def _when(word: str, seconds: float, now: datetime) -> str:
    moment = datetime.fromtimestamp(seconds, now.tzinfo)
    return f"{word} {moment:%H:%M}" if moment.date() == now.date() else f"{word} {moment:%d %b %H:%M}"


class LastRun:
    """``line`` as in ``pts/3``, ``state`` the folder for what the console remembers. Its calls may block."""

    def __init__(self, state: str, line: str, reports: str | None = None) -> None:
        self._line = line
        self._state = state
        self._marks = os.path.join(state, _MARKS)
        self._own = os.path.join(self._marks, line.replace("/", "-"))
        self._reports = reports or report_folder()

    def begin(self, now: datetime) -> str:
        """Say how it ended here before, which is then told, and mark that the console runs."""
        report, killed = self._new_report(), self._killed()
        with contextlib.suppress(OSError):
            self._mark(now)
        return sentence(self._line, report, killed, now)

    def end(self) -> None:
        """The console ends by itself."""
        mark = mark_from(read_text(self._own))
        if mark is not None and mark.pid == os.getpid():
            with contextlib.suppress(OSError):
                os.unlink(self._own)

    def _killed(self) -> tuple[str, Mark] | None:
        """The last console here that was killed since the machine has started. Marks of dead ones go."""
        found: list[tuple[str, Mark]] = []
        for name in _names(self._marks):
            path = os.path.join(self._marks, name)
            line, mark = name.replace("pts-", "pts/", 1), mark_from(read_text(path))
            if not same_place(self._line, line) or (mark is not None and _runs(mark)):
                continue
            with contextlib.suppress(OSError):
                os.unlink(path)
                if mark is not None and mark.boot == _boot():
                    found.append((line, mark))
        return max(found, key=lambda pair: pair[1].since, default=None)

    def _mark(self, now: datetime) -> None:
        started = _start_of(os.getpid())
        # A console that was opened from a shell of the one that runs here leaves it its mark.
        if started is None or os.path.exists(self._own):
            return
        os.makedirs(self._marks, mode=0o755, exist_ok=True)
        _write(self._own, str(Mark(os.getpid(), started, _boot(), int(now.timestamp()))))

    def _new_report(self) -> Report | None:
        """The newest report of a fault that ended a console here, if it is news; then all of them are told."""
        told_file = os.path.join(self._state, _TOLD)
        told = set(read_text(told_file).splitlines())
        reports = list(self._fatal_reports())
        names = {os.path.basename(report.path) for report in reports}
        news = [report for report in reports if os.path.basename(report.path) not in told]
        if not news:
            return None
        with contextlib.suppress(OSError):
            os.makedirs(self._state, mode=0o755, exist_ok=True)
            # Of those on other lines nothing is forgotten; what is no longer there need not be remembered.
            kept = {name for name in told if os.path.lexists(os.path.join(self._reports, name))}
            _write(told_file, "".join(f"{name}\n" for name in sorted(names | kept)))
        return max(news, key=lambda report: report.at)

    def _fatal_reports(self) -> Iterator[Report]:
        for name in _names(self._reports):
            if name.startswith(PREFIX) and name.endswith(SUFFIX) and name.isprintable():
                path = os.path.join(self._reports, name)
                found = _own_file(path)
                if found is not None and self._is_about_us(found[0]):
                    yield Report(path, found[1])

    def _is_about_us(self, text: str) -> bool:
        first, _, rest = text.partition("\n")
        return rest.startswith(ENDED) and same_place(self._line, first.rpartition(", on ")[2])


def _names(folder: str) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry in islice(entries, _MOST_FILES)]
    except OSError:
        return []


def _own_file(path: str) -> tuple[str, float] | None:
    """The beginning of a file of this user and when it was written; None for a link and for everybody else's."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode) or facts.st_uid != os.geteuid():
            return None
        return os.read(descriptor, _MOST_BYTES).decode("utf-8", "replace"), facts.st_mtime
    finally:
        os.close(descriptor)


def _write(path: str, text: str) -> None:
    fresh = f"{path}.{os.getpid()}"
    try:
        with open(fresh, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(fresh, path)
    except OSError:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(fresh)
        raise


def _boot() -> str:
    return read_text("/proc/sys/kernel/random/boot_id").strip() or "-"


def _runs(mark: Mark) -> bool:
    return mark.boot == _boot() and _start_of(mark.pid) == mark.started


def _start_of(pid: int) -> int | None:
    text = read_text(f"/proc/{pid}/stat")
    fields = text[text.rfind(")") + 2 :].split()
    # A process that has ended stays in the list, as Z, until its parent has asked how.
    return int(fields[19]) if len(fields) > 19 and fields[0] != "Z" else None
