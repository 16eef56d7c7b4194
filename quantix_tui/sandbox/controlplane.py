"""A small real control plane over real TLS: what a node can be tried on and tested against."""

import asyncio
import ssl
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from quantix_tui.cluster.trust import Fingerprint
from quantix_tui.sandbox.authority import (
    LOCAL_HOSTS,
    Authority,
    expired,
    not_yet_valid,
    server_context,
    valid_now,
)
from quantix_tui.sandbox.faults import Fault, answer_with
from quantix_tui.sandbox.http import Answer, Request, serve_http
from quantix_tui.sandbox.listener import Listener
from quantix_tui.sandbox.registry import NodeRegistry
from quantix_tui.sandbox.service import ControlPlaneService, Identity
from quantix_tui.sandbox.tokens import TokenBook

_KEPT_REQUESTS = 1000


@dataclass(frozen=True, slots=True)
class SeenRequest:
    """What a test may ask of a request that came in; never its secret."""

    method: str
    path: str
    had_secret: bool


class SandboxControlPlane:
    """Serves WIRE 2 on ``https://localhost:<port>`` with a certificate of its own authority.

    ``directory`` gets ``ca.pem``. The port stays the same until :meth:`stop`, whatever the fault.
    ``now`` gives seconds since the epoch, ``monotonic`` seconds of a clock that never steps.
    """

    def __init__(
        self,
        directory: Path,
        *,
        port: int = 0,
        heartbeat_interval_secs: float = 5.0,
        identity: Identity | None = None,
        slow_pace_secs: float = 1.0,
        now: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._directory = directory
        self._authority = Authority()
        self._fault = Fault.NONE
        self._slow_pace_secs = slow_pace_secs
        self._contexts: dict[Fault, ssl.SSLContext] = {}
        self._listener = Listener(self._serve, self._context, port)
        self.tokens = TokenBook(now)
        self.nodes = NodeRegistry(monotonic)
        self.service = ControlPlaneService(
            self.tokens, self.nodes, now, heartbeat_interval_secs, identity or Identity()
        )
        self.requests: deque[SeenRequest] = deque(maxlen=_KEPT_REQUESTS)
        """The last requests, oldest first."""

    @property
    def port(self) -> int:
        return self._listener.port

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    @property
    def ca_file(self) -> Path:
        return self._directory / "ca.pem"

    @property
    def fingerprint(self) -> Fingerprint:
        """Of the authority: what an administrator compares and pins."""
        return self._authority.fingerprint

    @property
    def fault(self) -> Fault:
        return self._fault

    async def start(self) -> None:
        """Raises OSError when the directory cannot be written or the port cannot be had."""
        self.ca_file.write_bytes(self._authority.pem)
        self._contexts[Fault.NONE] = self._new_context(Fault.NONE)
        self._listener.reserve()
        self._listener.open()

    async def stop(self) -> None:
        await self._listener.stop()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.stop()

    async def set_fault(self, fault: Fault) -> None:
        """Change what is wrong with it, as if the server had been restarted: open connections are cut."""
        if fault is self._fault:
            return
        self._fault = fault
        if fault is Fault.REFUSE:
            self._listener.close()
        elif not self._listener.is_open:
            self._listener.open()
        await self._listener.drop_connections()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._fault is Fault.HANG_HANDSHAKE:
            while await reader.read(65_536):
                pass
        else:
            await serve_http(reader, writer, self._answer)

    async def _answer(self, request: Request) -> Answer:
        self.requests.append(SeenRequest(request.method, request.path, request.bearer is not None))
        return await answer_with(self._fault, request, self.service.answer, self._slow_pace_secs)

    def _context(self) -> ssl.SSLContext | None:
        if self._fault in (Fault.PLAINTEXT, Fault.HANG_HANDSHAKE):
            return None
        if self._fault not in _CERTIFICATE_FAULTS:
            return self._contexts[Fault.NONE]
        if self._fault not in self._contexts:
            self._contexts[self._fault] = self._new_context(self._fault)
        return self._contexts[self._fault]

    def _new_context(self, fault: Fault) -> ssl.SSLContext:
        now = datetime.now(UTC)
        match fault:
            case Fault.WRONG_CERTIFICATE:
                pem = self._authority.issue(("vdc.elsewhere.example",), valid_now(now))
            case Fault.EXPIRED_CERTIFICATE:
                pem = self._authority.issue(LOCAL_HOSTS, expired(now))
            case Fault.NOT_YET_VALID_CERTIFICATE:
                pem = self._authority.issue(LOCAL_HOSTS, not_yet_valid(now))
            case Fault.OTHER_AUTHORITY:
                pem = Authority("Another CA", "Somebody Else").issue(LOCAL_HOSTS, valid_now(now))
            case Fault.HOSTILE_CERTIFICATE:
                pem = Authority(_HOSTILE_NAME, _HOSTILE_NAME).issue(LOCAL_HOSTS, valid_now(now))
            case _:
                pem = self._authority.issue(LOCAL_HOSTS, valid_now(now))
        return server_context(pem, self._directory)


_CERTIFICATE_FAULTS = frozenset(
    {
        Fault.WRONG_CERTIFICATE,
        Fault.EXPIRED_CERTIFICATE,
        Fault.NOT_YET_VALID_CERTIFICATE,
        Fault.OTHER_AUTHORITY,
        Fault.HOSTILE_CERTIFICATE,
    }
)

_HOSTILE_NAME = "\x1b[31mBad[/]\r\nCA \u202egnorw\u202c <b>"
