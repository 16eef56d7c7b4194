"""Lines out, lines in: no cursor is moved, nothing is written over, every question ends with a colon."""

import contextlib
import os
import select
import sys
import termios
import textwrap
import time
from collections.abc import Iterator, Sequence

WIDTH = 78
_CHUNK = 4096
_MOST = 1 << 16
"""Bytes of one answer; what is longer is a mistaken paste."""


class Ended(Exception):
    """There is nobody any more who answers."""


class NoAnswer(Exception):
    """No answer came for so long that the console has to lock."""


class Talk:
    """A conversation over ``source`` and ``sink`` (file descriptors); ``patience`` is set while it must not wait on."""

    def __init__(self, source: int = 0, sink: int = 1) -> None:
        self._source = source
        self._sink = sink
        self._read = bytearray()
        self.patience: float | None = None
        """Seconds for an answer; None waits for ever."""

    def say(self, *sentences: str) -> None:
        """Each on lines of its own, wrapped."""
        for sentence in sentences:
            self._write(f"{_wrapped(sentence)}\n")

    def show(self, rows: Sequence[str]) -> None:
        """Rows that are a table already."""
        for row in rows:
            self._write(f"{row}\n")

    def ask(self, question: str) -> str:
        """One answer without the blanks around it. Raises :class:`Ended` and :class:`NoAnswer`."""
        self._write(f"{_wrapped(f'{question}:')} ")
        return self._line().strip()

    def secret(self, question: str) -> str:
        """An answer that is not shown, as it was typed. Raises as :meth:`ask` does."""
        self._write(f"{_wrapped(f'{question} (not shown):')} ")
        with self._no_echo():
            answer = self._line()
        self._write("\n")
        return answer

    def agreed(self, question: str) -> bool:
        """Only the whole word agrees."""
        return self.ask(f"{question} Type yes, or Enter for no").lower() == "yes"

    def agreed_within(self, question: str, seconds: float) -> bool | None:
        """None: nobody answered in time. Raises as :meth:`ask` does where a session would lock before that."""
        patience = self.patience
        if patience is not None and patience <= seconds:
            return self.agreed(question)
        self.patience = seconds
        try:
            return self.agreed(question)
        except NoAnswer:
            return None
        finally:
            self.patience = patience

    def _line(self) -> str:
        end = None if self.patience is None else time.monotonic() + self.patience
        while b"\n" not in self._read and len(self._read) < _MOST:
            if end is not None and not select.select([self._source], [], [], max(0.0, end - time.monotonic()))[0]:
                self._write("\n")
                raise NoAnswer
            chunk = os.read(self._source, _CHUNK)
            if not chunk:
                self._write("\n")
                raise Ended
            self._read += chunk
        line, _, rest = self._read.partition(b"\n")
        self._read = rest
        return line.decode("utf-8", "replace").removesuffix("\r")

    def forget(self) -> None:
        """Drop what was typed ahead: it was meant for a question that is no longer asked."""
        self._read.clear()
        with contextlib.suppress(termios.error):
            termios.tcflush(self._source, termios.TCIFLUSH)

    @contextlib.contextmanager
    def _no_echo(self) -> Iterator[None]:
        try:
            before = termios.tcgetattr(self._source)
        except termios.error:
            yield  # No terminal: nothing is shown anyway.
            return
        hidden = [*before]
        hidden[3] &= ~termios.ECHO
        termios.tcsetattr(self._source, termios.TCSADRAIN, hidden)
        try:
            yield
        finally:
            termios.tcsetattr(self._source, termios.TCSADRAIN, before)

    def _write(self, text: str) -> None:
        # What the commands print goes the same way: in one order.
        sys.stdout.flush()
        data = text.encode(sys.stdout.encoding or "ascii", "replace")
        while data:
            data = data[os.write(self._sink, data) :]


def _wrapped(text: str) -> str:
    """On as many lines as it needs. A value that is copied from here stays in one piece."""
    return "\n".join(textwrap.wrap(text, WIDTH, subsequent_indent="  ", break_on_hyphens=False, break_long_words=False))
