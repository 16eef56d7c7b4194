"""What the driver does about signals, for as long as it has the terminal."""

import signal
import threading
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Any

ENDING = (signal.SIGTERM, signal.SIGHUP)
STOPPING = (signal.SIGTSTP, signal.SIGTTOU, signal.SIGTTIN)

Call = Callable[[], None]


class Signals:
    """Handlers that are put in place and taken out again, with what was there before.

    ``soon`` runs a call in the event loop. The second signal that ends the program does not wait for the loop, which
    may be stuck: ``now`` is called where the signal struck.
    """

    def __init__(self, soon: Callable[[Call], None], now: Callable[[int], None]) -> None:
        self._soon = soon
        self._now = now
        self._before: dict[signal.Signals, Any] = {}
        self._asked_to_end = False

    def install(self, resized: Call, end: Callable[[int], None], stop: Call, carry_on: Call, *, may_stop: bool) -> None:
        """Put the handlers in place. ``may_stop``: a shell can carry us on; else to be stopped is to be dead."""
        if threading.current_thread() is not threading.main_thread():
            return
        wanted: dict[signal.Signals, Any] = {signal.SIGWINCH: lambda *_: self._soon(resized)}
        for ending in ENDING:
            # Ignored by whoever started us (nohup): then it stays so, and the end of the line ends the program.
            if signal.getsignal(ending) is not signal.SIG_IGN:
                wanted[ending] = self._ending(end)
        if may_stop:
            wanted[signal.SIGTSTP] = lambda *_: self._soon(stop)
            wanted[signal.SIGCONT] = lambda *_: self._soon(carry_on)
        else:
            wanted |= dict.fromkeys(STOPPING, signal.SIG_IGN)
        self._set(wanted)

    def remove(self) -> None:
        """Take the handlers out; what was there before is there again."""
        if threading.current_thread() is threading.main_thread():
            before, self._before = self._before, {}
            for number, handler in before.items():
                signal.signal(number, signal.SIG_DFL if handler is None else handler)

    def _set(self, wanted: Mapping[signal.Signals, Any]) -> None:
        for number, handler in wanted.items():
            self._before[number] = signal.signal(number, handler)

    def _ending(self, end: Callable[[int], None]) -> Callable[[int, FrameType | None], None]:
        def handle(number: int, _: FrameType | None) -> None:
            if self._asked_to_end:
                self._now(number)
            self._asked_to_end = True
            self._soon(lambda: end(number))

        return handle
