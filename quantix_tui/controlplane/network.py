"""The way to a control plane: look its name up, open a connection. Bounded, and cancelled without a trace."""

import asyncio
import contextlib
import socket
import threading
from dataclasses import dataclass

from quantix_tui.cluster.address import ControlPlaneAddress
from quantix_tui.controlplane.limits import MAX_ADDRESSES


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One network address of a control plane."""

    family: socket.AddressFamily
    ip: str
    port: int


async def resolve(address: ControlPlaneAddress, seconds: float) -> tuple[Endpoint, ...]:
    """The network addresses behind ``address``, at most :data:`MAX_ADDRESSES`, best first.

    Raises OSError (``socket.gaierror``) or TimeoutError.
    """
    if ip := address.ip:
        family = socket.AF_INET if ip.version == 4 else socket.AF_INET6
        return (Endpoint(family, str(ip), address.port),)
    async with asyncio.timeout(seconds):
        found = await look_up(address.host, address.port)
    return tuple(dict.fromkeys(found))[:MAX_ADDRESSES]


async def look_up(host: str, port: int) -> list[Endpoint]:
    """What the system's resolver says of a name. Not bounded in time: the caller is. Raises OSError."""
    # In a thread of its own and not through loop.getaddrinfo: a resolver that hangs would fill the
    # loop's few threads, and the program's end would wait for them.
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[Endpoint]] = loop.create_future()

    def settle(found: list[Endpoint], error: OSError | None) -> None:
        if answer.done():
            return
        if error is None:
            answer.set_result(found)
        else:
            answer.set_exception(error)

    def work() -> None:
        found: list[Endpoint] = []
        failure: OSError | None = None
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found = [Endpoint(row[0], str(row[4][0]), port) for row in rows]
        except OSError as error:
            failure = error
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits any more
            loop.call_soon_threadsafe(settle, found, failure)

    threading.Thread(target=work, name="name lookup", daemon=True).start()
    return await answer


async def open_socket(endpoint: Endpoint, seconds: float) -> socket.socket:
    """A connected, non-blocking socket; the caller closes it. Raises OSError or TimeoutError."""
    opened = socket.socket(endpoint.family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        opened.setblocking(False)
        async with asyncio.timeout(seconds):
            await asyncio.get_running_loop().sock_connect(opened, (endpoint.ip, endpoint.port))
    except BaseException:
        opened.close()
        raise
    return opened
