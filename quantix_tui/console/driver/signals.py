"""What the driver does about signals, for as long as it has the terminal.

Two things kill the program without leaving it a word: SIGKILL, and a fault in native code (a handler in Python never
runs for that; the faulty instruction would be repeated for ever). Only who started it can put the terminal back then.
"""

import os
import signal
import threading
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Any

ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
"""They ask for an end; SIGINT is no key, for the line is raw."""
STOPPING = (signal.SIGTSTP, signal.SIGTTOU, signal.SIGTTIN)
HARMLESS = frozenset({*STOPPING, signal.SIGCHLD, signal.SIGURG, signal.SIGWINCH, signal.SIGCONT})
NOT_OURS = frozenset({signal.SIGKILL, signal.SIGSTOP, signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL})

Call = Callable[[], None]


class Signals:
    """Handlers that are put in place and taken out again, with what was there before.

    ``soon`` runs a call in the event loop. ``restore`` gives the terminal back at once: for signals that kill, and for
    the second one that asks for an end, which does not wait for the loop, for that may be stuck.
    """

    def __init__(self, soon: Callable[[Call], None], restore: Call) -> None:
        self._soon = soon
        self._restore = restore
        self._before: dict[int, Any] = {}
        self._asked_to_end = False

    def install(self, resized: Call, end: Callable[[int], None], stop: Call, carry_on: Call, *, may_stop: bool) -> None:
        """Put the handlers in place. ``may_stop``: a shell can carry us on; else to be stopped is to be dead."""
        if threading.current_thread() is not threading.main_thread():
            return
        wanted: dict[int, Any] = {
            signal.SIGWINCH: lambda *_: self._soon(resized),
            signal.SIGCONT: lambda *_: self._soon(carry_on),
        }
        for ending in ENDING:
            # Ignored by whoever started us (nohup): then it stays so, and the end of the line ends the program.
            if signal.getsignal(ending) is not signal.SIG_IGN:
                wanted[ending] = self._ending(end)
        for number in signal.valid_signals() - HARMLESS - NOT_OURS - wanted.keys():
            if signal.getsignal(number) is signal.SIG_DFL:
                wanted[number] = self._die
        if may_stop:
            wanted[signal.SIGTSTP] = lambda *_: self._soon(stop)
        else:
            wanted |= dict.fromkeys(STOPPING, signal.SIG_IGN)
        self._set(wanted)

    def remove(self) -> None:
        """Take the handlers out; what was there before is there again."""
        if threading.current_thread() is threading.main_thread():
            before, self._before = self._before, {}
            for number, handler in before.items():
                signal.signal(number, signal.SIG_DFL if handler is None else handler)

    def _set(self, wanted: Mapping[int, Any]) -> None:
        for number, handler in wanted.items():
            self._before[number] = signal.signal(number, handler)

    def _ending(self, end: Callable[[int], None]) -> Callable[[int, FrameType | None], None]:
        def handle(number: int, _: FrameType | None) -> None:
            if self._asked_to_end:
                self._restore()
                os._exit(128 + number)
            self._asked_to_end = True
            self._soon(lambda: end(number))

        return handle

    def _die(self, number: int, _: FrameType | None) -> None:
        """As if it had not been caught, for whoever waits for us, and for a core dump that is wanted."""
        self._restore()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
