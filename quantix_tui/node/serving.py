"""uvicorn, made quiet: no tick, no signal handlers of its own; it knows who is at the other end of a unix socket."""

import asyncio
import contextlib
import os
import socket
import struct
from collections.abc import Iterator, Sequence

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from quantix_tui.node.api.access import PEER
from quantix_tui.node.version import VERSION

GRACE_SECS = 1
"""Requests that run when the daemon ends get so long to finish."""
MAX_CONNECTIONS = 200
"""Whoever opens more is turned away, so that root's way in over the unix socket is never blocked by others."""
_UCRED = struct.Struct("3i")


class PeerAwareProtocol(H11Protocol):
    """Notes the user at the other end of a unix socket (SO_PEERCRED, unix(7)) in the connection's state."""

    # uvicorn narrows the transport's type against asyncio's own rule, and so must whoever derives from it.
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        connection = transport.get_extra_info("socket")
        if connection is not None and connection.family == socket.AF_UNIX:
            credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size)
            uid = _UCRED.unpack(credentials)[1]
            self.app_state = {**self.app_state, PEER: uid}
            if uid in (0, os.geteuid()):
                return
        if len(self.connections) > MAX_CONNECTIONS:
            transport.close()


class QuietServer(uvicorn.Server):
    """Sleeps until something happens: uvicorn's own loop wakes ten times a second to look whether it should end."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._ended = asyncio.Event()

    def end(self) -> None:
        self.should_exit = True
        self._ended.set()

    async def main_loop(self) -> None:
        self.server_state.default_headers = list(self.config.encoded_headers)
        await self._ended.wait()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the daemon's own business (server.py)."""
        yield


def server_for(app: FastAPI) -> QuietServer:
    config = uvicorn.Config(
        app,
        http=PeerAwareProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        headers=[("Server", f"quantix-node/{VERSION}"), ("Cache-Control", "no-store")],
        timeout_graceful_shutdown=GRACE_SECS,
        timeout_keep_alive=30,
    )
    return QuietServer(config)


def duplicates(sockets: Sequence[socket.socket]) -> list[socket.socket]:
    """What uvicorn may close when it ends; the sockets themselves are handed on over a restart."""
    return [listener.dup() for listener in sockets]
