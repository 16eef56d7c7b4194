"""One entry of the journal, as ``journalctl -o json`` writes it (systemd's Journal JSON Format)."""

import json
from datetime import datetime

from quantix_tui.host.logs.entry import KEPT, LEVELS, Entry

FIELDS = "MESSAGE,PRIORITY,SYSLOG_IDENTIFIER,_SYSTEMD_UNIT,_COMM,_TRANSPORT"
TOO_LONG = "(more than 4096 bytes: Enter shows it)"
"""journalctl leaves longer fields out unless told not to."""


def read_entry(line: bytes) -> Entry | None:
    """None for a line that is none: cut short by the end of the program, or in a format nobody knows."""
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(fields, dict) or not isinstance(cursor := fields.get("__CURSOR"), str):
        return None
    message = fields.get("MESSAGE", "")
    words = TOO_LONG if message is None else text_of(message)
    program = text_of(fields.get("SYSLOG_IDENTIFIER")) or text_of(fields.get("_COMM"))
    if not program:
        program = "kernel" if fields.get("_TRANSPORT") == "kernel" else text_of(fields.get("_SYSTEMD_UNIT"))
    return Entry(
        cursor,
        _time(fields.get("__REALTIME_TIMESTAMP")),
        _level(fields.get("PRIORITY")),
        program[:200],
        words[:KEPT],
        message is None or len(words) > KEPT,
    )


def text_of(value: object) -> str:
    """A field's text. Bytes that are no text come as numbers; a field that was given twice as a list of both."""
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        return ""
    if all(isinstance(item, int) and 0 <= item < 256 for item in value):
        return bytes(value).decode("utf-8", "replace")
    return " / ".join(text_of(item) for item in value)


def _level(value: object) -> int | None:
    """The last one counts where it was given twice."""
    word = value[-1] if isinstance(value, list) and value else value
    return int(word) if isinstance(word, str) and word.isdecimal() and int(word) < len(LEVELS) else None


def _time(value: object) -> datetime | None:
    """Microseconds since 1970, in this machine's zone."""
    try:
        return datetime.fromtimestamp(int(str(value)) / 1e6).astimezone()
    except (ValueError, OverflowError, OSError):
        return None
