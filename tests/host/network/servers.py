"""Name and time servers of the tests' own, on loopback: real sockets, answers written down."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

Respond = Callable[[bytes], bytes | None]


@dataclass
class Heard:
    port: int
    packets: list[bytes] = field(default_factory=list)


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, respond: Respond, heard: list[bytes]) -> None:
        self._respond = respond
        self._heard = heard

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._heard.append(data)
        answer = self._respond(data)
        if answer is not None:
            self._transport.sendto(answer, addr)


@asynccontextmanager
async def udp_server(respond: Respond, port: int = 0) -> AsyncIterator[Heard]:
    heard = Heard(0)
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: _Datagrams(respond, heard.packets), local_addr=("127.0.0.1", port)
    )
    heard.port = transport.get_extra_info("sockname")[1]
    try:
        yield heard
    finally:
        transport.close()
        await asyncio.sleep(0)  # The loop closes the socket in its next turn.


@asynccontextmanager
async def tcp_server(respond: Respond) -> AsyncIterator[Heard]:
    """A length of two bytes before each message, as DNS has it."""
    heard = Heard(0)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        size = int.from_bytes(await reader.readexactly(2), "big")
        heard.packets.append(await reader.readexactly(size))
        answer = respond(heard.packets[-1])
        if answer is not None:
            writer.write(len(answer).to_bytes(2, "big") + answer)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        heard.port = server.sockets[0].getsockname()[1]
        yield heard
