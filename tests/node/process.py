"""The daemon as a process of its own, and its API as root and as anybody see it."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from tests.node.support import until


class DaemonProcess:
    """``quantix-node`` on a folder; started by ``async with``, killed at its end if it still runs."""

    def __init__(self, folder: Path, *options: str, port: int = 0) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.config = folder / "config.yaml"
        self.socket = folder / "node.sock"
        self.log = folder / "node.log"
        self._options = (
            *("--config", str(self.config), "--socket", str(self.socket)),
            *("--listen", f"127.0.0.1:{port}", "--heartbeat-floor", "0.05", *options),
        )
        self._process: asyncio.subprocess.Process | None = None
        self.api = httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(uds=str(self.socket)),
            base_url="http://localhost/api/v1",
            timeout=20,
            # A connection each: the process behind the socket may be another one the next time.
            headers={"Connection": "close"},
        )

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def launch(self) -> None:
        """Start the process, whatever becomes of it."""
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "quantix_tui.node.server", *self._options, stdout=log, stderr=log
            )

    async def start(self) -> None:
        await self.launch()
        await self.until_up()

    async def until_up(self) -> dict[str, Any]:
        async def ask() -> dict[str, Any]:
            while True:
                assert self._process is not None
                assert self._process.returncode is None, self.log.read_text()
                try:
                    return await self.status()
                except httpx.TransportError:
                    await asyncio.sleep(0.01)

        return await asyncio.wait_for(ask(), 20)

    async def ended(self, seconds: float = 10.0) -> int:
        """Wait for its end; returns the exit code."""
        assert self._process is not None
        return await asyncio.wait_for(self._process.wait(), seconds)

    def send(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    async def kill(self) -> None:
        self.send(signal.SIGKILL)
        await self.ended()

    async def status(self) -> dict[str, Any]:
        answer = await self.api.get("/cluster/status")
        assert answer.status_code == 200, answer.text
        status: dict[str, Any] = answer.json()
        return status

    async def until(self, **wanted: object) -> dict[str, Any]:
        """Ask until the status holds all of ``wanted``."""

        async def ask() -> dict[str, Any]:
            while True:
                status = await self.status()
                if all(status[key] == value for key, value in wanted.items()):
                    return status
                await asyncio.sleep(0.01)

        try:
            return await asyncio.wait_for(ask(), 20)
        except TimeoutError:
            raise AssertionError(f"in vain for {wanted}: {await self.status()}\n{self.log.read_text()}") from None

    async def restarted(self, instance_id: str) -> dict[str, Any]:
        """Wait until another instance than this one answers."""

        async def ask() -> dict[str, Any]:
            while True:
                status = await self.status()
                if status["instance_id"] != instance_id:
                    return status
                await asyncio.sleep(0.01)

        return await asyncio.wait_for(ask(), 20)

    async def port(self) -> int:
        """The TCP port, as the log names it."""
        mark = "http://127.0.0.1:"
        text = await until(lambda: (text := self.log.read_text()) and mark in text and text, "the port in the log")
        return int(str(text).rpartition(mark)[2].split()[0])

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.api.aclose()
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
