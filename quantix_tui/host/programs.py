"""Programs of the machine, run beside the screen: no shell, nothing of the keyboard's, bounded in time and output."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import IO

from quantix_tui.host.system_log import LOGGER

MOST = 1 << 20
"""Bytes of output that are kept."""
_CHUNK = 1 << 16
_END_WITHIN = 2.0
_REST_WITHIN = 0.5


@dataclass(frozen=True, slots=True)
class Ran:
    """``code`` is None for a program that was ended because its time was up. ``output`` is both of its streams."""

    code: int | None
    output: bytes


async def run(command: Sequence[str], within: float, most: int = MOST, given: bytes | None = None) -> Ran:
    """Run to the end, or for ``within`` seconds. Cancelled, the program is ended too. Raises OSError.

    ``given`` is what it reads on its standard input. What it leaves running (a DHCP client) is let be and not
    waited for, though it may hold the output open.
    """
    output = bytearray()
    async with _own_pipe() as (reader, writing), _file_of(given) as reading:
        async with _started(command, asyncio.subprocess.STDOUT, writing, reading) as process:
            writing.close()
            collecting = asyncio.create_task(_keep(reader, output, most))
            try:
                async with asyncio.timeout(within):
                    code: int | None = await process.wait()
            except TimeoutError:
                code = None
            finally:
                # What it said is in the pipe already.
                await asyncio.wait([collecting], timeout=_REST_WITHIN)
                collecting.cancel()
        return Ran(code, bytes(output))


async def chunks(command: Sequence[str], errors: bytearray | None = None) -> AsyncGenerator[bytes, None]:
    """What the program prints, as it comes; it is ended when nobody wants more. Raises OSError.

    ``errors`` takes up the end of what it complains of.
    """
    async with _started(command, asyncio.subprocess.PIPE) as process:
        assert process.stdout is not None  # noqa: S101 - they were asked for
        assert process.stderr is not None  # noqa: S101
        complaints = asyncio.create_task(_keep(process.stderr, errors if errors is not None else bytearray()))
        try:
            while chunk := await process.stdout.read(_CHUNK):
                yield chunk
            await complaints
        finally:
            complaints.cancel()


async def _keep(stream: asyncio.StreamReader, kept: bytearray, most: int = 1 << 12) -> None:
    while chunk := await stream.read(_CHUNK):
        kept += chunk
        del kept[:-most]


@contextlib.asynccontextmanager
async def _own_pipe() -> AsyncGenerator[tuple[asyncio.StreamReader, IO[bytes]], None]:
    """A pipe that can be left before everybody who writes into it has ended."""
    reading, writing = os.pipe()
    reader = asyncio.StreamReader()
    with os.fdopen(writing, "wb", 0) as to_write:
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(reading, "rb", 0)
        )
        try:
            yield reader, to_write
        finally:
            transport.close()


@contextlib.asynccontextmanager
async def _file_of(given: bytes | None) -> AsyncGenerator[IO[bytes] | int, None]:
    """A file in memory: unlike a pipe it takes everything at once, whether the program reads it or not."""
    if given is None:
        yield asyncio.subprocess.DEVNULL
        return
    with os.fdopen(os.memfd_create("given", os.MFD_CLOEXEC), "w+b", 0) as file:
        file.write(given)
        file.seek(0)
        yield file


@contextlib.asynccontextmanager
async def _started(
    command: Sequence[str],
    errors: int,
    output: IO[bytes] | int = asyncio.subprocess.PIPE,
    given: IO[bytes] | int = asyncio.subprocess.DEVNULL,
) -> AsyncGenerator[asyncio.subprocess.Process, None]:
    # A group of its own: a signal from the keyboard is for the console, and what the program starts ends with it.
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=given,
        stdout=output,
        stderr=errors,
        env={**os.environ, "LC_ALL": "C", "SYSTEMD_COLORS": "0", "SYSTEMD_PAGER": ""},
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            try:
                await asyncio.shield(asyncio.wait_for(_end_of(process), _END_WITHIN))
            except TimeoutError:
                # The kernel ends it when it can (a disk that hangs, a machine at its limit); what it said stands.
                LOGGER.warning("%s was killed, and has not ended yet", command[0])


async def _end_of(process: asyncio.subprocess.Process) -> None:
    # A pipe that is full is closed by nobody until it was read to its end.
    while process.stdout is not None and await process.stdout.read(_CHUNK):
        pass
    await process.wait()
