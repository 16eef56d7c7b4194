"""Text that came from outside (control plane, certificate, DNS, log) made harmless to show."""

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime

from quantix_tui.cluster import spans

# Categories that move the cursor, hide, reorder or break text: control, format (which holds the
# right-to-left overrides and zero-width marks), surrogate, private use, unassigned, separators.
_HARMFUL = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

REPLACEMENT = "?"


def harmless(text: str, limit: int = 200) -> str:
    """Return ``text`` as one line that can be shown anywhere.

    White space of any kind becomes one space, every other character that a terminal or a reader could
    be misled by becomes ``?``, and what is longer than ``limit`` characters is cut with ``...``.
    Only the first ``limit`` characters are ever looked at, so that a text of 10 MB costs nothing.
    """
    shown: list[str] = []
    for character in text[: limit + 1]:
        if character.isspace():
            if shown and shown[-1] != " ":
                shown.append(" ")
        elif unicodedata.category(character) in _HARMFUL:
            shown.append(REPLACEMENT)
        else:
            shown.append(character)
    line = "".join(shown).strip()
    if len(text) > limit:
        return line[: max(0, limit - 3)].rstrip() + "..."
    return line


_STAMP = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)")


def spoken_times(text: str, now: datetime) -> str:
    """``text`` with its time stamps (RFC 3339) as people say them: ``09:00, 41 minutes ago``, in this node's zone.

    For what is read at once. ``now`` has a zone; a stamp that is no time stays as it is.
    """

    def spoken(moment: datetime) -> str:
        local, today = moment.astimezone(), now.astimezone()
        seconds = (now - moment).total_seconds()
        when = f"{local:%H:%M}" if local.date() == today.date() else f"{local:%H:%M on %Y-%m-%d}"
        return f"{when}, {spans.spelled(seconds)} ago" if seconds >= 0 else f"{when}, in {spans.spelled(-seconds)}"

    return _with_times(text, spoken)


def dated_times(text: str) -> str:
    """``text`` with its time stamps in this node's zone, with their day: for what is kept, and read who knows when."""
    return _with_times(text, lambda moment: f"{moment.astimezone():%H:%M on %Y-%m-%d}")


def _with_times(text: str, told: Callable[[datetime], str]) -> str:
    def replacement(found: re.Match[str]) -> str:
        try:
            return told(datetime.fromisoformat(found[0]).astimezone(UTC))
        except (ValueError, OverflowError):
            return found[0]

    return _STAMP.sub(replacement, text)
