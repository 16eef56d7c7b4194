"""A signal that ends the program while it is still being imported: what was painted goes, and the line is as it was.

Once the driver has the terminal it minds the signals itself.
"""

import contextlib
import os
import signal
import termios
from types import FrameType
from typing import Any

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


class EarlyEnd:
    """A handler; ``wipe`` takes away what was painted on the terminal of standard input."""

    def __init__(self, wipe: bytes) -> None:
        self._wipe = wipe
        self._attributes = _attributes()

    def __call__(self, number: int, _: FrameType | None) -> None:
        with contextlib.suppress(OSError, termios.error):  # a line that is gone
            if self._attributes is not None:
                termios.tcsetattr(0, termios.TCSANOW, self._attributes)
            os.write(1, self._wipe)
        # At once: what is half imported has nothing to close, and might complain.
        os._exit(128 + number)


def mind_signals(wipe: bytes) -> None:
    """Until the driver stands. What whoever started us wants to be ignored (nohup) stays so."""
    handler = EarlyEnd(wipe)
    for number in ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)


def forget_signals() -> None:
    """Each does again what it does by itself."""
    for number in ENDING:
        if isinstance(signal.getsignal(number), EarlyEnd):
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)


def _attributes() -> list[Any] | None:
    try:
        return termios.tcgetattr(0)
    except termios.error:
        return None
