"""The sample program under the driver on a real pseudo-terminal, in this process, with a strict terminal behind it."""

import asyncio
import fcntl
import os
import struct
import termios
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from quantix_tui.console.driver.dialect import dialect_for
from quantix_tui.console.driver.driver import TerminalDriver, driver_for
from quantix_tui.console.terminal import Size, TerminalProfile

from .emulator import Terminal
from .sample import Sample


def set_size(fd: int, size: Size) -> None:
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("4H", size.rows, size.columns, 0, 0))


@dataclass
class Rig:
    """Both ends: the program, and the terminal that a person looks at and types on."""

    app: Sample
    master: int
    slave: int
    terminal: Terminal
    before: list[Any]
    received: bytearray = field(default_factory=bytearray)

    @property
    def driver(self) -> TerminalDriver:
        assert isinstance(self.app._driver, TerminalDriver)
        return self.app._driver

    def type(self, data: bytes) -> None:
        os.write(self.master, data)

    def read(self) -> None:
        try:
            data = os.read(self.master, 65536)
        except (BlockingIOError, OSError):
            return
        self.received += data
        self.terminal.feed(data)

    def look(self) -> None:
        asyncio.get_running_loop().add_reader(self.master, self.read)

    def look_away(self) -> None:
        asyncio.get_running_loop().remove_reader(self.master)

    def take(self) -> bytes:
        data = bytes(self.received)
        self.received.clear()
        return data

    def shown(self) -> str:
        return "\n".join("".join(cell.text for cell in row) for row in self.terminal.cells)

    @property
    def typed(self) -> str:
        """What stands in the first field."""
        return self.shown().splitlines()[2].strip(" │")

    async def settled(self) -> None:
        """Until everything is drawn, sent and read."""
        await until(lambda: self.driver._session is not None and self.driver._session.output.idle)
        for _ in range(5):
            await asyncio.sleep(0)
        await until(lambda: not self.driver._pump_is_due and self.driver._session is not None)
        await until(lambda: self.driver._session is not None and self.driver._session.output.idle)
        self.read()


async def until(condition: Callable[[], bool], what: str = "", seconds: float = 10) -> None:
    """Wait for ``condition``; AssertionError after ``seconds``."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, f"never came: {what}"
        await asyncio.sleep(0.002)


@asynccontextmanager
async def running(profile: TerminalProfile, *, looking: bool = True) -> AsyncIterator[Rig]:
    """The sample, drawn for the first time; ended with the terminal's state compared to what it was."""
    master, slave = os.openpty()
    set_size(slave, profile.size)
    os.set_blocking(master, False)
    app = Sample(driver_for(profile, tty=slave))
    dialect = dialect_for(profile)
    before = termios.tcgetattr(slave)
    rig = Rig(app, master, slave, Terminal(*profile.size, dialect), before)
    if looking:
        rig.look()
    task = asyncio.create_task(app.run_async())
    try:
        await until(lambda: app._driver is not None and app._is_mounted, "the program starts")
        if looking:
            await until(lambda: "ready" in rig.shown(), "the first picture")
        yield rig
        if not app._exit:
            app.exit()
        await asyncio.wait_for(task, 10)
        rig.read()
        assert termios.tcgetattr(slave) == before
        assert not rig.terminal.modes - {"7", "25"}
    finally:
        rig.look_away()
        if not task.done():
            task.cancel()
        os.close(master)
        os.close(slave)
