"""One line of a plain log file taken apart: time, level, program and message, as far as they can be told."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from quantix_tui.host.logs.entry import LEVELS

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SPELLINGS = {
    **{word: number for number, word in enumerate(LEVELS)},
    **{"panic": 0, "emergency": 0, "critical": 2, "fatal": 2, "err": 3, "warn": 4, "information": 6, "trace": 7},
}
_PRIORITY = re.compile(r"<(\d{1,3})>(?:1 )?")
# The traditional time stamp of syslog (RFC 3164, 4.1.2) has neither year nor zone.
_BSD = re.compile(r"([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d):(\d\d)(?:\.\d+)? ")
_ISO = re.compile(r"\[?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)\]?:? ")
# busybox syslogd writes facility and severity after the host (its -S leaves the host out).
_FACILITY = re.compile(r"(?:kern|user|mail|daemon|auth|syslog|lpr|news|uucp|cron|authpriv|ftp|local[0-7])\.([a-z]+) ")
_HOST = re.compile(r"[^\s:\[\]]+ (?=\S+)")
_TAG = re.compile(r"([^\s:\[\]]{1,48})(?:\[\d+\])?: ?")
_LEVEL = re.compile(r"\[?(?:level=)?([A-Za-z]{3,11})\]?(?::|\s|$)\s*")


@dataclass(frozen=True, slots=True)
class TextLine:
    """``time`` has the zone of this machine where the line has none."""

    time: datetime | None
    level: int | None
    program: str
    message: str


def take_apart(line: str, now: datetime) -> TextLine:
    """Read the traditional format, busybox', that of rsyslog and journald's plain one, and ``time LEVEL words``.

    What is in none of them is a message without time, level and program.
    """
    level: int | None = None
    rest = line
    if found := _PRIORITY.match(rest):
        level, rest = int(found[1]) & 7, rest[found.end() :]
    time, rest, has_host = _time(rest, now)
    program = ""
    named, rest = _level_word(rest)
    if named is None and time is not None:
        program, rest, named = _origin(rest, has_host=has_host)
        if named is None:
            named, rest = _level_word(rest)
    return TextLine(time, level if named is None else named, program, rest)


def _level_word(rest: str) -> tuple[int | None, str]:
    """A level that stands first, in capitals or in a known dress: "error" may begin an ordinary sentence."""
    word = _LEVEL.match(rest)
    number = _SPELLINGS.get(word[1].lower()) if word else None
    if word is None or number is None or not (word[1].isupper() or word[0].startswith(("[", "level="))):
        return None, rest
    return number, rest[word.end() :]


def _time(rest: str, now: datetime) -> tuple[datetime | None, str, bool]:
    if found := _BSD.match(rest):
        month, day, *clock = found.groups()
        if month in _MONTHS:
            moment = _without_year(now, f"{_MONTHS.index(month) + 1:02}-{int(day):02} {':'.join(clock)}")
            if moment is not None:
                return moment, rest[found.end() :], True
    if found := _ISO.match(rest):
        try:
            moment = datetime.fromisoformat(found[1].replace(",", "."))
            local = moment.astimezone() if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)
        except (ValueError, OverflowError, OSError):
            return None, rest, False
        return local, rest[found.end() :], "T" in found[1]
    return None, rest, False


def _without_year(now: datetime, rest: str) -> datetime | None:
    """The year is the one that puts the line last before tomorrow: clocks jump, but not by that much."""
    for year in range(now.year + 1, now.year - 5, -1):
        try:
            moment = datetime.fromisoformat(f"{year:04}-{rest}").replace(tzinfo=now.tzinfo)
        except ValueError:
            continue  # 29 February, or no day at all.
        if moment <= now + timedelta(days=1):
            return moment
    return None


def _origin(rest: str, *, has_host: bool) -> tuple[str, str, int | None]:
    """Program, message and level of what stands behind the time. A host is there, or not, by the format."""
    level: int | None = None
    for attempt in range(2):
        if found := _FACILITY.match(rest):
            level, rest = _SPELLINGS.get(found[1]), rest[found.end() :]
            break
        if attempt == 0 and has_host and not _TAG.match(rest) and (host := _HOST.match(rest)):
            rest = rest[host.end() :]
    if (has_host or level is not None) and (tag := _TAG.match(rest)) and not tag[1].isupper():
        return tag[1], rest[tag.end() :], level
    return "", rest, level
