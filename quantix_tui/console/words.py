"""How times, sizes and other figures are said on the screens."""

from datetime import UTC, datetime

from quantix_tui.cluster import spans

UNKNOWN = "unknown"


def ago(seconds: float) -> str:
    return f"{spans.short(seconds)} ago"


def elapsed(milliseconds: float) -> str:
    """How long a check took: ``0.4 ms``, ``12 ms``, ``3.2 s``."""
    if milliseconds < 0.95:
        return f"{max(0.0, milliseconds):.1f} ms"
    if milliseconds < 1000:
        return f"{milliseconds:.0f} ms"
    return f"{milliseconds / 1000:.1f} s"


def interval(seconds: float) -> str:
    """A period as the control plane sets it: ``30 s``, ``0.5 s``, ``5 min``."""
    if seconds >= 120 and seconds % 60 == 0:
        return f"{seconds / 60:.0f} min"
    return f"{seconds:g} s"


def percent(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:3.0f} %"


def size(count: int) -> str:
    """Bytes in binary units as servers are sold: ``512 MiB``, ``256 GiB``."""
    value = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if value < 1024:
            return f"{value:.0f} {unit}"
        value /= 1024
    return f"{value:.1f} TiB"


def moment(rfc3339: str | None) -> datetime | None:
    """Read a time of the wire into local time; None when it is none."""
    if not rfc3339:
        return None
    try:
        read = datetime.fromisoformat(rfc3339)
    except ValueError:
        return None
    try:
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone()
    except (OverflowError, OSError):
        return None


def clock_time(rfc3339: str, today: datetime) -> str:
    """When an event happened: the time for today's, the date for older ones; always eight cells."""
    when = moment(rfc3339)
    if when is None:
        return "--:--:--"
    if when.date() == today.date():
        return f"{when:%H:%M:%S}"
    return f"{when:%d %b}".rjust(8)


def date(rfc3339: str) -> str:
    """A date for reading: ``12 Mar 2036``."""
    when = moment(rfc3339)
    return f"{when.day} {when:%b %Y}" if when else (rfc3339 or UNKNOWN)
