"""Tells a pasted text from typing where the terminal does not mark pastes. Pure: time is told, never asked.

A line end in the middle of characters that come faster than anybody types is part of a paste, not the Enter key:
Enter would submit a form with half of the text in it.
"""

import re
from dataclasses import dataclass, field

GAP = 0.03
"""Seconds between two characters above which a person typed them. Held keys repeat every 33 ms at the fastest."""
SILENCE = 0.1
"""Seconds without a character after which a paste is over."""
FEW = 3
"""Characters in a row that a person's fingers, or a slow network's packet, may bring at once."""

LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(slots=True)
class Bursts:
    """``deadline`` is when to call ``expire``, or None. What comes out is (text, is a paste)."""

    deadline: float | None = None
    _length: int = 0
    _last: float = float("-inf")
    _line_end: str = ""
    _paste: list[str] = field(default_factory=list)

    def feed(self, text: str, now: float) -> list[tuple[str, bool]]:
        """Characters that came in at ``now``, in seconds of any steady clock."""
        if now - self._last > GAP and not self._paste:
            self._length = 0
        self._last = now
        if self._paste or self._line_end:
            self._paste += [self._line_end, text]
            self._line_end = ""
            self.deadline = now + SILENCE
            return []
        return self._typed(text, now)

    def _typed(self, text: str, now: float) -> list[tuple[str, bool]]:
        found = LINE_END.search(text)
        before = self._length + (found.start() if found else len(text))
        if found is None:
            self._length = before
            return [(text, False)]
        after = len(text) - found.end()
        if after and max(before, after) >= FEW:
            self._paste = [text]
            self.deadline = now + SILENCE
            return []
        if not after and before >= FEW:
            # More may follow at once: then it was no Enter key.
            self._line_end, self.deadline = found[0], now + GAP
            return [(text[: found.start()], False)] if found.start() else []
        self._length = after
        return [(text, False)]

    def expire(self) -> list[tuple[str, bool]]:
        """The deadline has passed, or something else than characters came: what was held back is decided."""
        line_end, paste = self._line_end, "".join(self._paste)
        self._line_end, self._paste, self._length, self.deadline = "", [], 0, None
        if paste:
            return [(paste, True)]
        return [(line_end, False)] if line_end else []
