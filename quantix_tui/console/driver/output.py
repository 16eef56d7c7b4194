"""Sends as fast as the line drains and no faster: nothing is queued, so the newest picture is always the next.

A picture that was not sent is not kept: the next one asked for is what is wanted then. On a line whose speed is
known, little more is handed to the kernel than the line sends in a moment, so that the echo of a key is not stuck
behind a picture. The event loop never waits.
"""

import asyncio
import fcntl
import os
import struct
import termios
from collections.abc import Callable

AHEAD = 0.03
"""Seconds of the line's time that are handed over at once."""
REFILL = 0.01
"""Seconds of the line's time that may be left when more is handed over: less leaves gaps, more delays echoes."""
BITS_PER_BYTE = 10
"""Start bit, eight bits, stop bit."""
CHUNK = 16384
"""Bytes handed over at once where no speed is known."""


class Output:
    """One terminal's way out. ``produce(limit)`` gives the next bytes, about ``limit`` of them, or nothing."""

    def __init__(
        self,
        fd: int,
        speed: int | None,
        produce: Callable[[int], bytes],
        lost: Callable[[], None],
    ) -> None:
        self._fd = fd
        self._rate = None if speed is None else speed / BITS_PER_BYTE
        self._produce = produce
        self._lost = lost
        self._loop = asyncio.get_running_loop()
        self._left = b""
        self._free_at = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._waits_for_room = False
        self._open = True

    @property
    def idle(self) -> bool:
        """Nothing is on its way to the kernel, and nothing is waited for."""
        return not self._left and self._timer is None

    def pump(self) -> None:
        """Send what there is to send, if the line is free; else it is sent as soon as it is."""
        while self._open and not self._waits_for_room and self._timer is None:
            if not self._left and not self._refill():
                return
            self._write()

    def close(self) -> bytes:
        """Stop; returns what the kernel has not taken, so that a sequence is not left half sent."""
        self._open = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waits_for_room:
            self._loop.remove_writer(self._fd)
            self._waits_for_room = False
        left, self._left = self._left, b""
        return left

    def _refill(self) -> bool:
        if self._rate is None:
            self._left = self._produce(CHUNK)
            return bool(self._left)
        now = self._loop.time()
        busy = max(self._free_at - now, queued(self._fd) / self._rate)
        if busy > REFILL:
            self._timer = self._loop.call_later(busy - REFILL, self._again)
            return False
        self._left = self._produce(int(self._rate * AHEAD))
        self._free_at = max(self._free_at, now) + len(self._left) / self._rate
        return bool(self._left)

    def _again(self) -> None:
        self._timer = None
        self.pump()

    def _write(self) -> None:
        try:
            self._left = self._left[os.write(self._fd, self._left) :]
        except BlockingIOError:
            self._wait_for_room()
        except InterruptedError:
            return
        except OSError:  # hung up: the reading side learns the same and ends the program
            self.close()
            self._lost()

    def _wait_for_room(self) -> None:
        self._waits_for_room = True
        self._loop.add_writer(self._fd, self._has_room)

    def _has_room(self) -> None:
        self._loop.remove_writer(self._fd)
        self._waits_for_room = False
        self.pump()


def queued(fd: int) -> int:
    """Bytes that the kernel holds and the line has not sent; 0 where the line does not say."""
    try:
        return int(struct.unpack("i", fcntl.ioctl(fd, termios.TIOCOUTQ, b"\0\0\0\0"))[0])
    except OSError:
        return 0
