"""Cuts what a terminal sends into keys, sequences, pastes and reports. Pure: time is told, never asked.

A sequence is whole or waited for, and what a terminal reports of itself is told apart here, so that neither the
torn half of an arrow key nor a late device report is ever taken for typed characters (ECMA-48 5.4; xterm ctlseqs).
"""

import re
from dataclasses import dataclass, field

ESC = "\x1b"
PASTE_START, PASTE_END = "\x1b[200~", "\x1b[201~"

TORN = 2.0
"""Seconds after which the rest of a sequence that has begun is not waited for any more."""

CSI = re.compile(r"\x1b\[(?:\[[A-E]|M.{3}|[0-?]*[ -/]*[@-~])", re.DOTALL)
SS3 = re.compile(r"\x1bO.")
STRING = re.compile(r"\x1b(?:\][0-9]|P[0-9>!+|$]).*?(?:\x07|\x1b\\)", re.DOTALL)
"""Answers to OSC and DCS questions, which somebody before us may have asked."""
UNFINISHED = re.compile(
    r"\x1b(?:\[(?:\[|M.{0,2}|[0-?]*[ -/]*)?|O|\](?:[0-9][^\x07]*)?|P(?:[0-9>!+|$][^\x07]*)?)?\Z", re.DOTALL
)
ALT = re.compile(r"\x1b[OP\]]")
REPORT = re.compile(r"\x1b\[(?:[?>=][0-9;]*c|[0-9;]*[cnx]|\?[0-9;]*[nRuy]|\?[0-9;]*\$y|[0-9;]*\$y|[0-9;]+t)")
CURSOR = re.compile(r"\x1b\[(\d+);(\d+)R")


@dataclass(frozen=True, slots=True)
class Typed:
    """Characters typed, or one whole sequence of a key or of the mouse."""

    text: str


@dataclass(frozen=True, slots=True)
class Pasted:
    text: str


@dataclass(frozen=True, slots=True)
class CursorAt:
    """The terminal's answer to where its cursor is, counted from 1."""

    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Escape:
    """The Esc key, by itself."""


Token = Typed | Pasted | CursorAt | Escape


@dataclass(slots=True)
class Scanner:
    """What has come in and is not whole yet; ``deadline`` is when to call ``expire``, or None."""

    escape_delay: float
    deadline: float | None = None
    _held: str = ""
    _since: float | None = None
    _pasting: list[str] | None = field(default=None)

    def feed(self, text: str, now: float) -> list[Token]:
        """The tokens that are whole with what came in at ``now``, in seconds of any steady clock."""
        pending = whole = self._held + text
        self._held, self.deadline = "", None
        tokens: list[Token] = []
        while pending:
            pending = self._paste(pending, tokens) if self._pasting is not None else self._next(pending, tokens)
            if self._held:
                break
        if not self._held:
            self._since = None
        elif self._pasting is None:
            # The time counts from the sequence's first character on, not from each that trickles in.
            self._since = self._since if self._since is not None and self._held == whole else now
            self.deadline = self._since + (self.escape_delay if self._held == ESC else TORN)
        return tokens

    def expire(self) -> list[Token]:
        """The deadline has passed: a lone Esc was the key, a torn sequence is dropped."""
        held, self._held, self.deadline, self._since = self._held, "", None, None
        if held == ESC:
            return [Escape()]
        return [Typed(held)] if ALT.fullmatch(held) else []

    def _next(self, pending: str, tokens: list[Token]) -> str:
        if pending[0] != ESC:
            end = pending.find(ESC)
            tokens.append(Typed(pending if end < 0 else pending[:end]))
            return "" if end < 0 else pending[end:]
        if pending.startswith(PASTE_START):
            self._pasting = []
            return pending[len(PASTE_START) :]
        if UNFINISHED.match(pending):
            self._held = pending
            return ""
        if pending.startswith(ESC + ESC):
            tokens.append(Escape())
            return pending[1:]
        found = CSI.match(pending) or SS3.match(pending) or STRING.match(pending)
        if found is None:
            # Esc and a character at once: Alt and that character, or an Esc that a key followed quickly.
            tokens.append(Typed(pending[:2]))
            return pending[2:]
        sequence = found[0]
        if place := CURSOR.fullmatch(sequence):
            tokens.append(CursorAt(int(place[1]), int(place[2])))
        elif not REPORT.fullmatch(sequence) and not STRING.fullmatch(sequence):
            tokens.append(Typed(sequence))
        return pending[len(sequence) :]

    def _paste(self, pending: str, tokens: list[Token]) -> str:
        if self._pasting is None:
            return pending
        end = pending.find(PASTE_END)
        if end >= 0:
            text = "".join([*self._pasting, pending[:end]])
            self._pasting = None
            tokens.append(Pasted(text))
            return pending[end + len(PASTE_END) :]
        # The end mark itself may have been cut.
        cut = next((size for size in range(len(PASTE_END) - 1, 0, -1) if pending.endswith(PASTE_END[:size])), 0)
        whole = len(pending) - cut
        self._pasting.append(pending[:whole])
        self._held = pending[whole:]
        return ""
