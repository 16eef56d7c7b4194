"""Lengths of time as people say them, in one unit, rounded down."""


def short(seconds: float) -> str:
    """For tables and lines: ``4 s``, ``29 min``, ``5 h``, ``41 days``."""
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min"
    if whole < 48 * 3600:
        return f"{whole // 3600} h"
    return f"{whole // 86400} days"


def spelled(seconds: float) -> str:
    """For sentences: ``41 minutes``, ``1 hour``, ``2 days``. Below two minutes in seconds."""
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        count = int(seconds // size)
        if count >= 2 or (count == 1 and size != 60):
            return f"{count} {word}{'s' if count > 1 else ''}"
    return f"{int(seconds)} seconds"
