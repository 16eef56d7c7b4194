"""The port: kept while it is closed, never shared, free for the next run at once."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import pytest

from quantix_tui.sandbox.listener import Listener


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(await reader.read(100))
    await writer.drain()


def new(port: int = 0) -> Listener:
    return Listener(echo, lambda: None, port)


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    listener = new()
    listener.reserve()
    listener.open()
    yield listener
    await listener.stop()


async def say(port: int, host: str = "127.0.0.1") -> bytes:
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(b"hello")
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
async def test_it_serves(listener: Listener, host: str) -> None:
    assert await say(listener.port, host) == b"hello"


async def test_closed_is_refused_and_open_again_serves(listener: Listener) -> None:
    for _ in range(3):
        listener.close()
        assert not listener.is_open
        for host in ("127.0.0.1", "::1"):
            with pytest.raises(ConnectionRefusedError):
                await say(listener.port, host)
        listener.open()
        assert await say(listener.port) == b"hello"


@pytest.mark.parametrize("closed", [False, True])
async def test_a_second_one_does_not_get_the_port(listener: Listener, closed: bool) -> None:
    if closed:
        listener.close()
    with pytest.raises(OSError, match="in use"):
        new(listener.port).reserve()
    for option in (socket.SO_KEEPALIVE, socket.SO_REUSEADDR):
        with socket.socket() as sock:
            sock.setsockopt(socket.SOL_SOCKET, option, 1)
            with pytest.raises(OSError, match="in use"):
                sock.bind(("127.0.0.1", listener.port))


async def test_the_next_run_gets_it_although_connections_have_not_died_away(listener: Listener) -> None:
    for _ in range(3):
        assert await say(listener.port) == b"hello"  # The server closes first: TIME_WAIT is on its side.
    await listener.stop()
    following = new(listener.port)
    following.reserve()
    following.open()
    assert await say(following.port) == b"hello"
    await following.stop()


async def test_open_connections_are_dropped_on_request(listener: Listener) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
    await say(listener.port)  # By now the first one is accepted as well.
    await listener.drop_connections()
    with contextlib.suppress(ConnectionResetError):
        assert await reader.read() == b""
    writer.close()


async def test_many_at_once_have_ports_of_their_own() -> None:
    listeners = [new() for _ in range(50)]
    for listener in listeners:
        listener.reserve()
        listener.open()
    assert len({listener.port for listener in listeners}) == len(listeners)
    for listener in listeners:
        await listener.stop()
