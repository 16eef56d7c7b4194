"""Small real servers that do one thing, mostly a wrong one."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass

Behave = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Server:
    """A running server: its port, and how many connections are open and were accepted."""

    port: int = 0
    open: int = 0
    accepted: int = 0


@contextlib.asynccontextmanager
async def serving(
    behave: Behave, context: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> AsyncIterator[Server]:
    """Run ``behave`` for each connection (after the handshake, with ``context``)."""
    server = Server()

    async def attend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.open += 1
        server.accepted += 1
        try:
            with contextlib.suppress(OSError):
                await behave(reader, writer)
        finally:
            writer.transport.abort()
            server.open -= 1

    listening = await asyncio.start_server(attend, host, 0, ssl=context)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        await eventually(lambda: server.open == 0)


def answering(*answers: bytes, received: list[bytes] | None = None) -> Behave:
    """Answer every request head with the next of ``answers`` (the last one again and again)."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        turn = 0
        while True:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                return
            length = next(
                (
                    int(line.split(b":")[1])
                    for line in head.lower().split(b"\r\n")
                    if line.startswith(b"content-length")
                ),
                0,
            )
            body = await reader.readexactly(length)
            if received is not None:
                received.append(head + body)
            writer.write(answers[min(turn, len(answers) - 1)])
            await writer.drain()
            turn += 1

    return behave


def hearing(received: list[bytes]) -> Behave:
    """Take everything, say nothing."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(65536):
            received.append(piece)

    return behave


silent = hearing([])


async def closing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Read something, then go."""
    await reader.read(100)


def forever(begin: bytes, piece: bytes, pause: float = 0.0) -> Behave:
    """Answer with ``begin`` and then ``piece`` without end."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(begin)
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)

    return behave


def http(body: bytes, status: str = "200 OK", kind: str = "application/json", **headers: str) -> bytes:
    """One HTTP answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


@contextlib.contextmanager
def full_backlog() -> Iterator[int]:
    """The port of a listening socket whose queue is full: a further connection is never answered."""
    with contextlib.ExitStack() as stack:
        listening = stack.enter_context(socket.socket())
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                waiting.connect(listening.getsockname())
        yield listening.getsockname()[1]


@contextlib.asynccontextmanager
async def refusing_handshakes(context: ssl.SSLContext) -> AsyncIterator[int]:
    """The port of a server that fails the handshake with an alert, which asyncio's own servers do not send."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(10)

        def attend() -> None:
            for _ in range(2):  # the look whether it answers, and the handshake
                connection, _ = listening.accept()
                # What the client sees is what the test is about.
                with connection, contextlib.suppress(OSError):
                    context.wrap_socket(connection, server_side=True)

        attending = asyncio.ensure_future(asyncio.to_thread(attend))
        yield listening.getsockname()[1]
        await attending


def unused_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def eventually(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait until ``condition`` holds; fail after ``seconds``."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - the conditions are of the world outside, not of an event
            await asyncio.sleep(0.005)


def proxying(port: int, seen: list[bytes], refusal: bytes = b"") -> Behave:
    """An HTTP proxy: every tunnel leads to ``port`` on this machine; with ``refusal`` none is opened."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        if refusal:
            writer.write(refusal)
            await writer.drain()
            return
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        try:
            await asyncio.gather(_pipe(reader, inner_writer), _pipe(inner_reader, writer))
        finally:
            inner_writer.transport.abort()

    return behave


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(65536):
        writer.write(piece)
        await writer.drain()
    writer.transport.abort()
