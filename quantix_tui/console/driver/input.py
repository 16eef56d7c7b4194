"""Bytes from the terminal to Textual's events. Pure but for Textual's parser: time is told, never asked."""

from codecs import getincrementaldecoder
from collections.abc import Iterable

from textual._xterm_parser import XTermParser
from textual.events import Key, Paste
from textual.message import Message

from .bursts import Bursts
from .sequences import ESC, CursorAt, Escape, Pasted, Scanner, Token, Typed


class Keyboard:
    """What was typed, pasted and clicked, and the terminal's own reports apart from it.

    ``marks_pastes``: the terminal knows bracketed paste, so that typing need not be told from pasting by its speed.
    """

    def __init__(self, escape_delay: float, *, marks_pastes: bool, encoding: str = "utf-8") -> None:
        # A byte that is no UTF-8 (line noise, a Latin-1 client) is one wrong character and no more.
        self._decoder = getincrementaldecoder(encoding)(errors="replace")
        self._scanner = Scanner(escape_delay)
        self._bursts = None if marks_pastes else Bursts()
        self._parser = XTermParser()

    @property
    def deadline(self) -> float | None:
        """When to call ``expire``, on the clock of ``feed``; None: nothing is waited for."""
        deadlines = [part.deadline for part in (self._scanner, self._bursts) if part is not None]
        return min((deadline for deadline in deadlines if deadline is not None), default=None)

    def feed(self, data: bytes, now: float) -> list[Message | CursorAt]:
        """The events that are complete with what came in at ``now``, in seconds of any steady clock."""
        return self._messages(self._scanner.feed(self._decoder.decode(data), now), now)

    def expire(self, now: float) -> list[Message | CursorAt]:
        """The events that are complete because nothing more came until ``now``."""
        messages: list[Message | CursorAt] = []
        if self._bursts is not None and self._bursts.deadline is not None and self._bursts.deadline <= now:
            messages += self._characters(self._bursts.expire())
        if self._scanner.deadline is not None and self._scanner.deadline <= now:
            messages += self._messages(self._scanner.expire(), now)
        return messages

    def _messages(self, tokens: Iterable[Token], now: float) -> list[Message | CursorAt]:
        messages: list[Message | CursorAt] = []
        for token in tokens:
            if isinstance(token, Typed) and not token.text.startswith(ESC) and self._bursts is not None:
                messages += self._characters(self._bursts.feed(token.text, now))
                continue
            if self._bursts is not None:
                messages += self._characters(self._bursts.expire())
            match token:
                case Typed(text):
                    messages += self._keys(text)
                case Pasted(text):
                    messages.append(Paste(text.replace("\x00", "")))
                case Escape():
                    messages.append(Key("escape", ESC))
                case CursorAt():
                    messages.append(token)
        return messages

    def _characters(self, parts: Iterable[tuple[str, bool]]) -> list[Message]:
        messages: list[Message] = []
        for text, pasted in parts:
            messages += [Paste(text.replace("\x00", ""))] if pasted else self._keys(text)
        return messages

    def _keys(self, text: str) -> list[Message]:
        messages = list(self._parser.feed(text))
        if self._parser._timeout_time is None:
            return messages
        # The parser waits for the rest of a sequence of which nothing is missing.
        if text.startswith((f"{ESC}[", f"{ESC}O")) and len(text) > 2:
            # A key that it does not know: better no key than its letters typed one by one.
            self._parser = XTermParser()
            return messages
        self._parser._timeout_time = 0.0
        return messages + list(self._parser.tick())
