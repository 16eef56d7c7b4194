"""The sandbox's node daemon: the real program as a child process."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import Callable

from quantix_tui.sandbox.child import dies_with_parent, own_environment
from quantix_tui.sandbox.directory import SandboxError, SandboxPaths

HEARTBEAT_FLOOR_SECS = 0.05
_START_SECS = 30.0
_STOP_SECS = 10.0
_POLL_SECS = 0.02
_PORT_ATTEMPTS = 3
_LOG_TAIL = 2000


class NodeDaemon:
    """Starts, stops and kills ``quantix-node``. ``say`` is told when the daemon ends without being asked."""

    def __init__(self, paths: SandboxPaths, say: Callable[[str], None]) -> None:
        self._paths = paths
        self._say = say
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self._port: int | None = None
        self._one_at_a_time = asyncio.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None and self.running else None

    async def start(self) -> None:
        """Start it, if it does not run, and wait until it answers on its socket and its port.

        The port stays the same for all starts. Raises :class:`SandboxError` when it does not come up.
        """
        async with self._one_at_a_time:
            if self.running:
                return
            if self._port is None:
                self._port = await self._start_on_free_port()
            else:
                await self._start_on(self._port)

    async def stop(self) -> None:
        """Ask it to end and wait. Raises :class:`SandboxError` when it had to be killed."""
        async with self._one_at_a_time:
            if not await self._end(signal.SIGTERM, _STOP_SECS):
                await self._end(signal.SIGKILL, _STOP_SECS)
                raise SandboxError(f"The node daemon did not end within {_STOP_SECS:.0f} s and was killed.")

    async def kill(self) -> None:
        """End it as a power cut would."""
        async with self._one_at_a_time:
            await self._end(signal.SIGKILL, _STOP_SECS)

    async def _start_on_free_port(self) -> int:
        for _ in range(_PORT_ATTEMPTS - 1):
            port = _free_port()
            try:
                await self._start_on(port)
            except SandboxError:
                # Somebody may have taken the port between our look and the daemon's bind.
                if not _taken(port):
                    raise
            else:
                return port
        port = _free_port()
        await self._start_on(port)
        return port

    async def _start_on(self, port: int) -> None:
        with self._paths.node_log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-P", "-m", "quantix_tui.node.server"),  # -P: nothing from the current directory is imported
                *("--config", str(self._paths.config_file)),
                *("--socket", str(self._paths.socket)),
                *("--listen", f"127.0.0.1:{port}"),
                *("--admin-token-file", str(self._paths.admin_token_file)),
                *("--heartbeat-floor", str(HEARTBEAT_FLOOR_SECS)),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=own_environment(os.environ),
                preexec_fn=dies_with_parent(),
            )
        self._process = process
        try:
            await self._until_it_answers(process, port)
        except BaseException:
            await self._end(signal.SIGKILL, _STOP_SECS)
            raise
        self._watch = asyncio.create_task(self._tell_when_it_ends(process))

    async def _until_it_answers(self, process: asyncio.subprocess.Process, port: int) -> None:
        try:
            async with asyncio.timeout(_START_SECS):
                while not (await _healthy_unix(str(self._paths.socket)) and await _healthy_tcp(port)):
                    if process.returncode is not None:
                        raise SandboxError(
                            f"The node daemon ended at once (status {process.returncode}).\n{self._log_tail()}"
                        )
                    await asyncio.sleep(_POLL_SECS)
        except TimeoutError:
            raise SandboxError(
                f"The node daemon did not answer within {_START_SECS:.0f} s.\n{self._log_tail()}"
            ) from None

    async def _end(self, how: signal.Signals, timeout_secs: float) -> bool:
        """Whether it has ended."""
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        process = self._process
        if process is None:
            return True
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(how)
        try:
            async with asyncio.timeout(timeout_secs):
                await process.wait()
        except TimeoutError:
            return False
        self._process = None
        return True

    async def _tell_when_it_ends(self, process: asyncio.subprocess.Process) -> None:
        status = await process.wait()
        self._say(
            f"The node daemon ended by itself (status {status}); it is not started again by itself. "
            f'To start it: POST /daemon {{"action": "start"}} on the control port.\n{self._log_tail()}'
        )

    def _log_tail(self) -> str:
        return self._paths.node_log.read_bytes()[-_LOG_TAIL:].decode(errors="replace").strip()


async def _healthy_unix(path: str) -> bool:
    try:
        reader, writer = await asyncio.open_unix_connection(path)
    except OSError:
        return False
    return await _healthy(reader, writer)


async def _healthy_tcp(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    return await _healthy(reader, writer)


async def _healthy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """Whether our daemon answers there (it names itself), not just anybody who has the port."""
    try:
        writer.write(b"GET /api/v1/host/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        answer = await reader.read(65_536)
        return answer.startswith(b"HTTP/1.1 200 ") and b"quantix-node" in answer
    except OSError:
        return False
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def _taken(port: int) -> bool:
    with socket.socket() as sock:
        try:
            sock.bind(("127.0.0.1", port))
        except OSError:
            return True
        return False
