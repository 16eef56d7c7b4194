"""Textual's driver: its picture to the terminal, the terminal's keys to it, and the terminal left as it was found."""

import asyncio
import atexit
import contextlib
import os
import signal
import termios
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from textual import events
from textual.app import App, ScreenStackError
from textual.driver import Driver
from textual.geometry import Size as TextualSize
from textual.message import Message
from textual.widget import Widget

from quantix_tui.console.early_end import forget_signals
from quantix_tui.console.terminal import Size, TerminalProfile
from quantix_tui.console.terminal.detect import window_size

from .dialect import PASTE
from .emergency import Rescue, rescue_for, restore
from .focus import cursor_of, rows_of
from .frames import Frames
from .input import Keyboard
from .line import Line, open_line, set_raw
from .mending import Mending, memory_of
from .output import Output
from .sequences import CursorAt
from .signals import Signals

ANSWER_WITHIN = 2.0
"""Seconds in which a terminal that is asked for its size must answer; later, a report is nobody's."""


@dataclass(slots=True)
class Session:
    """The terminal while the program has it."""

    line: Line
    rescue: Rescue
    keyboard: Keyboard
    output: Output
    signals: Signals
    mending: Mending | None = None
    timer: asyncio.TimerHandle | None = None
    reading: bool = True


class TerminalDriver(Driver):
    """Not used itself: ``driver_for`` makes the class for a terminal."""

    profile: ClassVar[TerminalProfile]
    tty: ClassVar[int]
    """The descriptor on which the terminal was found."""
    typed: ClassVar[bytes]
    """What was typed before the driver stood."""
    wipe: ClassVar[bytes]
    """Takes away what was written before the driver stood."""

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        self._forced_size = Size(*size) if size else None
        now = self._forced_size or window_size(self.tty) or self.profile.size
        super().__init__(app, debug=debug, mouse=mouse, size=now)
        self._profile = replace(self.profile, mouse=self.profile.mouse and mouse)
        self._frames = Frames(self._profile, now)
        self._session: Session | None = None
        self._pump_is_due = False
        self._urgent = False
        """A key was pressed: the rows of the focused widget come first."""
        self._size_asked: float | None = None
        """When the terminal was asked for its size."""
        self._resumes = False

    # The way in and out

    @property
    def can_suspend(self) -> bool:
        return True

    def start_application_mode(self) -> None:
        """Take the terminal. Raises OSError or termios.error if there is none; it is then as it was."""
        if self._session is not None:
            return
        line = open_line(self.tty)
        try:
            self._session = self._open_session(line)
            self._frames.begin(b"" if self._resumes else self.wipe)
            # Before anything is changed: there is no moment at which a signal leaves the terminal as nobody wants it.
            atexit.register(self._rescue)
            forget_signals()
            self._session.signals.install(
                self._resized, self._end, self._stop, self._carry_on, may_stop=self._has_a_shell_behind()
            )
            self._take_foreground(line.fd)
            set_raw(line.fd)
        except BaseException:
            session, self._session = self._session, None
            if session is not None:
                session.signals.remove()
            atexit.unregister(self._rescue)
            line.close()
            raise
        self._loop.add_reader(line.fd, self._readable)
        self._set_size(self._known_size())
        self._pump_soon()
        self._session.mending = self._mending(line.fd)
        if self.typed and not self._resumes:
            self._deliver(self._session.keyboard.feed(self.typed, self._loop.time()))

    def _open_session(self, line: Line) -> Session:
        return Session(
            line=line,
            rescue=rescue_for(line.fd, self._profile),
            keyboard=Keyboard(
                self._profile.escape_delay,
                marks_pastes=PASTE[0] in self._frames.dialect.enter,
                encoding=self._profile.input_encoding,
            ),
            output=Output(line.fd, self._profile.speed, self._produce, self._line_lost),
            signals=Signals(self._soon, self._rescue),
        )

    def _mending(self, fd: int) -> Mending | None:
        """Keep an eye on a virtual console, where we may."""
        path = memory_of(fd)
        with contextlib.suppress(OSError):
            return None if path is None else Mending(path, self._settled_text, self.repaint)
        return None

    @property
    def shows_all(self) -> bool:
        """Whether all that was drawn was sent, as far as the line tells."""
        session, frames = self._session, self._frames
        settled = not self._pump_is_due and frames.begun and frames.complete
        return session is not None and settled and session.output.idle

    def _settled_text(self) -> str | None:
        """All cells that the terminal shows by now; None while a picture is on its way."""
        return "".join("".join(row) for row in self._frames.screen.grid.text) if self.shows_all else None

    def disable_input(self) -> None:
        """Read no more."""
        session = self._session
        if session is None or not session.reading:
            return
        session.reading = False
        self._loop.remove_reader(session.line.fd)
        if session.timer is not None:
            session.timer.cancel()
            session.timer = None

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was found."""
        session = self._session
        if session is None:
            return
        self.disable_input()
        if session.mending is not None:
            session.mending.close()
        session.output.close()
        self._give_back(session)
        self._session = None
        session.signals.remove()
        atexit.unregister(self._rescue)
        with contextlib.suppress(OSError):  # a line that is gone
            session.line.close()
        self._resumes = True

    def _give_back(self, session: Session) -> None:
        # Nothing was changed on the screen as long as no picture was sent: only what stood there before us goes.
        untouched = b"" if self._resumes else self.wipe
        rescue = session.rescue if self._frames.begun else replace(session.rescue, farewell=untouched)
        restore(rescue, session.line.fd)
        if self._profile.mouse:
            # Reports of a mouse that moved meanwhile would be typed into the shell.
            with contextlib.suppress(termios.error):
                termios.tcflush(session.line.fd, termios.TCIFLUSH)

    def _rescue(self) -> None:
        """The interpreter ends without having given the terminal back."""
        if self._session is not None:
            self._give_back(self._session)

    def _has_a_shell_behind(self) -> bool:
        return not self._profile.owned and os.getsid(0) != os.getpid()

    def _take_foreground(self, fd: int) -> None:
        """On a line of our own: a shell that we ran and that was killed may have kept the foreground."""
        if not self._profile.owned:
            return
        before = signal.getsignal(signal.SIGTTOU)
        with contextlib.suppress(OSError, ValueError):  # not our controlling terminal, or not the main thread
            signal.signal(signal.SIGTTOU, signal.SIG_IGN)
            try:
                os.tcsetpgrp(fd, os.getpgrp())
            finally:
                signal.signal(signal.SIGTTOU, signal.SIG_DFL if before is None else before)

    # Signals

    def _soon(self, call: Callable[[], None]) -> None:
        self._loop.call_soon_threadsafe(call)

    def _end(self, number: int) -> None:
        self._app.exit(return_code=128 + number)

    def _line_lost(self) -> None:
        """End of file, or an error of a terminal that was hung up: nobody is there any more."""
        self.disable_input()
        self._end(signal.SIGHUP)

    def _stop(self) -> None:
        """Ctrl-Z, from a shell's point of view."""
        if self._auto_restart:
            self.suspend_application_mode()
            signal.signal(signal.SIGCONT, lambda *_: self._soon(self._carry_on))
        os.kill(os.getpid(), signal.SIGSTOP)

    def _carry_on(self) -> None:
        session = self._session
        if session is not None:
            # Stopped without having been asked: somebody else had the terminal, and left it as it liked.
            with contextlib.suppress(termios.error):  # gone; the reading side learns the same
                set_raw(session.line.fd)
            self._frames.begin()
            self._resized()
            self._pump_soon()
        elif self._auto_restart and not self._app._exit:
            # A hangup sends this too, and may be dealt with first: then the terminal is given back for good.
            signal.signal(signal.SIGCONT, signal.SIG_DFL)
            self.resume_application_mode()
            self.send_message(self.SignalResume())

    # Size

    def _known_size(self) -> Size:
        session = self._session
        seen = window_size(session.line.fd) if session is not None else None
        return self._forced_size or seen or self._frames.size

    def _resized(self) -> None:
        if self._known_size() != self._frames.size:
            self._set_size(self._known_size())

    def _set_size(self, size: Size) -> None:
        if size != self._frames.size:
            self._frames.resize(size)
            self._size = size
        textual_size = TextualSize(*size)
        self.send_message(events.Resize(textual_size, textual_size))

    def repaint(self) -> None:
        """Paint the whole screen anew, because something else wrote on it; ask a line without a size for it."""
        self._frames.start_over()
        session = self._session
        if session is not None and self._forced_size is None and window_size(session.line.fd) is None:
            self._frames.ask_for_size()
            self._size_asked = self._loop.time()
        self._pump_soon()

    def become(self, profile: TerminalProfile) -> None:
        """Draw in the glyphs and colours of ``profile`` from now on: of this terminal, as somebody wants it to be."""
        self._profile = replace(profile, mouse=self._profile.mouse)
        self._frames.become(self._profile)
        if self._session is not None:
            farewell = self._frames.dialect.stop.encode()
            self._session.rescue = replace(self._session.rescue, farewell=farewell)

    # To the terminal

    def write(self, data: str) -> None:
        """Draw what Textual draws; it is sent when the line is free."""
        self._frames.draw(data, cursor_of(self._focused(), self._frames.size))
        self._pump_soon()

    def _pump_soon(self) -> None:
        # One look at what was drawn in this round of the loop, not one for each widget.
        if not self._pump_is_due and self._session is not None:
            self._pump_is_due = True
            self._loop.call_soon(self._pump)

    def _pump(self) -> None:
        self._pump_is_due = False
        if self._session is not None:
            self._session.output.pump()

    def _produce(self, limit: int) -> bytes:
        """The next bytes for the terminal, about ``limit`` of them."""
        if self._session is None:
            return b""
        data = self._frames.next_bytes(limit, rows_of(self._focused(), self._frames.size) if self._urgent else ())
        self._urgent = self._urgent and not self._frames.complete
        return data

    def _focused(self) -> Widget | None:
        try:
            return self._app.focused
        except ScreenStackError:  # before the first screen and after the last
            return None

    # From the terminal

    def send_message(self, message: Message) -> None:
        """To the application, without the detour for other threads: everything here runs in its loop."""
        self._app.post_message(message)

    def _readable(self) -> None:
        session = self._session
        if session is None:
            return
        try:
            data = os.read(session.line.fd, 65536)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if not data:
            self._line_lost()
            return
        self._deliver(session.keyboard.feed(data, self._loop.time()))

    def _expired(self) -> None:
        if self._session is not None:
            self._session.timer = None
            self._deliver(self._session.keyboard.expire(self._loop.time()))

    def _deliver(self, messages: list[Message | CursorAt]) -> None:
        for message in messages:
            if isinstance(message, CursorAt):
                self._measured(message)
                continue
            if isinstance(message, events.Key | events.Paste):
                self._urgent = True
            self.process_message(message)
        self._wait_for_more()

    def _wait_for_more(self) -> None:
        session = self._session
        if session is None or not session.reading:
            return
        if session.timer is not None:
            session.timer.cancel()
        due = session.keyboard.deadline
        session.timer = None if due is None else self._loop.call_at(due, self._expired)

    def _measured(self, corner: CursorAt) -> None:
        asked, self._size_asked = self._size_asked, None
        if asked is None or self._loop.time() - asked > ANSWER_WITHIN:
            return
        if corner.row > 1 and corner.column > 1:
            self._set_size(Size(corner.column, corner.row))


def driver_for(
    profile: TerminalProfile, *, tty: int = 0, typed: bytes = b"", wipe: bytes = b""
) -> type[TerminalDriver]:
    """The driver class for a terminal, for Textual's ``App(driver_class=...)``.

    ``tty``: the descriptor that ``profile`` was found on. ``typed``: what was typed while it was being found.
    ``wipe``: takes away what was written on the terminal before; it is sent when there is something to show instead.
    """
    bound = {"profile": profile, "tty": tty, "typed": typed, "wipe": wipe}
    return type("BoundTerminalDriver", (TerminalDriver,), bound)


def shows_all(app: App[Any]) -> bool:
    """Whether the terminal was sent all that this program has drawn. A driver that is not ours does not say."""
    driver = app._driver
    return not isinstance(driver, TerminalDriver) or driver.shows_all
