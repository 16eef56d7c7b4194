"""A TCP port on loopback that can be closed and opened again without ever being lost to somebody else."""

import asyncio
import contextlib
import errno
import socket
import ssl
from collections.abc import Awaitable, Callable

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

_HANDSHAKE_SECS = 10.0
_SHUTDOWN_SECS = 1.0
_BACKLOG = 128
_ATTEMPTS = 20


class Listener:
    """Listens on 127.0.0.1 and, where there is IPv6, on ::1, on the same port.

    ``serve`` gets each connection; it ends when that returns. ``tls`` is asked once for each connection
    what to speak on it: None is plain TCP. While the listener is closed the port stays reserved, and
    connecting to it is refused.
    """

    def __init__(self, serve: Serve, tls: Callable[[], ssl.SSLContext | None], port: int = 0) -> None:
        self._serve = serve
        self._tls = tls
        self.port = port
        self._reserved: list[socket.socket] = []
        self._listening: list[socket.socket] = []
        self._connections: set[asyncio.Task[None]] = set()

    def reserve(self) -> None:
        """Take the port (any free one when it is 0). Raises OSError when it cannot be had."""
        for attempt in range(_ATTEMPTS):
            first = _reserved(socket.AF_INET, "127.0.0.1", self.port)
            port = first.getsockname()[1]
            try:
                self._reserved = [first, *_second(port)]
            except OSError:
                first.close()
                # Taken on ::1 alone: another free port will do, a port that was asked for will not.
                if self.port or attempt == _ATTEMPTS - 1:
                    raise
                continue
            self.port = port
            return

    def open(self) -> None:
        """Accept connections. The port must be reserved."""
        loop = asyncio.get_running_loop()
        for reserved in self._reserved:
            listening = _listening(reserved)
            loop.add_reader(listening, self._accept, listening)
            self._listening.append(listening)

    def close(self) -> None:
        """Refuse connections; those that are open go on."""
        loop = asyncio.get_running_loop()
        for listening in self._listening:
            loop.remove_reader(listening)
            listening.close()
        self._listening.clear()

    @property
    def is_open(self) -> bool:
        return bool(self._listening)

    async def drop_connections(self) -> None:
        """Cut every open connection."""
        tasks = tuple(self._connections)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def stop(self) -> None:
        """Close, cut every connection and give the port up."""
        self.close()
        await self.drop_connections()
        for reserved in self._reserved:
            reserved.close()
        self._reserved.clear()

    def _accept(self, listening: socket.socket) -> None:
        try:
            connection, _ = listening.accept()
        except (BlockingIOError, ConnectionError):
            return  # gone again before it was accepted
        connection.setblocking(False)
        task = asyncio.create_task(self._attend(connection))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _attend(self, connection: socket.socket) -> None:
        context = self._tls()
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        loop = asyncio.get_running_loop()
        try:
            transport, _ = await loop.connect_accepted_socket(
                lambda: protocol,
                connection,
                ssl=context,
                ssl_handshake_timeout=_HANDSHAKE_SECS if context else None,
                ssl_shutdown_timeout=_SHUTDOWN_SECS if context else None,
            )
        except OSError:
            return  # the client did not like our certificate or left: it knows why
        writer = asyncio.StreamWriter(transport, protocol, reader, loop)
        # A connection that breaks is the client's to notice; the server goes on.
        with contextlib.suppress(OSError):
            try:
                await self._serve(reader, writer)
                writer.close()
                await writer.wait_closed()
            finally:
                transport.abort()
                await writer.wait_closed()


def _reserved(family: int, host: str, port: int) -> socket.socket:
    """A bound socket that never listens: connecting to its port is refused, nobody else gets it.

    Options count at the moment of a bind (socket(7)). SO_REUSEADDR gets us past connections of an earlier
    run that have not died away; it is taken off again so that no second sandbox gets past us. SO_REUSEPORT
    comes after the bind, so that it lets in our own listening socket and was no way in for ourselves.
    """
    sock = _socket(family)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
    except OSError:
        sock.close()
        raise
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    return sock


def _listening(reserved: socket.socket) -> socket.socket:
    """A listening socket on a port that we have reserved."""
    sock = _socket(reserved.family)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    sock.bind(reserved.getsockname()[:2])
    # After the bind: its connections inherit it, and the next run gets past them.
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.listen(_BACKLOG)
    return sock


def _socket(family: int) -> socket.socket:
    # The protocol is named: asyncio turns Nagle's delay off only for sockets that say that they are TCP.
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setblocking(False)
    if family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    return sock


def _second(port: int) -> list[socket.socket]:
    """The same port on ::1, or nothing on a machine without IPv6."""
    try:
        return [_reserved(socket.AF_INET6, "::1", port)]
    except OSError as error:
        if error.errno in (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL):
            return []
        raise
