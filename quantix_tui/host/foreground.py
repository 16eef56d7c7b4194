"""Whose keys they are: the foreground of a terminal (tcsetpgrp(3))."""

import contextlib
import os
import signal


def take_foreground(terminal: int = 0) -> None:
    """Make this process's group the one that reads ``terminal``; whoever had it may have been killed since.

    From behind it is a stop (SIGTTOU) otherwise, and every read an error: a dead line. Where it is no terminal of
    this session, nothing happens.
    """
    before = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    try:
        with contextlib.suppress(OSError):
            os.tcsetpgrp(terminal, os.getpgrp())
    finally:
        signal.signal(signal.SIGTTOU, before)
