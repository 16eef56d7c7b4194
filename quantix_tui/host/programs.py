"""Programs of the machine, run beside the screen: no shell, nothing on standard input, bounded in time and output."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

MOST = 1 << 20
"""Bytes of output that are kept."""
_CHUNK = 1 << 16
_END_WITHIN = 2.0


@dataclass(frozen=True, slots=True)
class Ran:
    """``code`` is None for a program that was ended because its time was up. ``output`` is both of its streams."""

    code: int | None
    output: bytes


async def run(command: Sequence[str], within: float, most: int = MOST) -> Ran:
    """Run to the end, or for ``within`` seconds. Cancelled, the program is ended too. Raises OSError."""
    output = bytearray()
    async with _started(command, asyncio.subprocess.STDOUT) as process:
        assert process.stdout is not None  # noqa: S101 - it was asked for
        try:
            async with asyncio.timeout(within):
                while chunk := await process.stdout.read(_CHUNK):
                    output += chunk
                    del output[:-most]
                return Ran(await process.wait(), bytes(output))
        except TimeoutError:
            return Ran(None, bytes(output))


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


async def _keep(stream: asyncio.StreamReader, kept: bytearray) -> None:
    while chunk := await stream.read(_CHUNK):
        kept += chunk
        del kept[: -(1 << 12)]


@contextlib.asynccontextmanager
async def _started(command: Sequence[str], errors: int) -> AsyncGenerator[asyncio.subprocess.Process, None]:
    # A group of its own: a signal from the keyboard is for the console, and what the program starts ends with it.
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
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
            await asyncio.shield(asyncio.wait_for(process.wait(), _END_WITHIN))
