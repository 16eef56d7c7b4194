import asyncio
import errno
import socket
import threading

import pytest

from quantix_tui.cluster.address import parse_address
from quantix_tui.cluster.errors import ErrorCode, QuantixError
from quantix_tui.controlplane.limits import MAX_ADDRESSES
from quantix_tui.controlplane.network import Endpoint, open_socket, resolve
from quantix_tui.controlplane.route import Route
from tests.controlplane.conftest import IMPATIENT
from tests.controlplane.servers import full_backlog, serving, silent, unused_port

ADDRESS = parse_address("vdc.example.com")


def loopback(port: int, ip: str = "127.0.0.1") -> Endpoint:
    return Endpoint(socket.AF_INET, ip, port)


async def test_a_number_needs_no_look_up() -> None:
    assert await resolve(parse_address("192.0.2.7:1"), 0) == (Endpoint(socket.AF_INET, "192.0.2.7", 1),)
    assert await resolve(parse_address("[2001:db8::7]:1"), 0) == (Endpoint(socket.AF_INET6, "2001:db8::7", 1),)


async def test_a_name_that_this_machine_knows() -> None:
    found = await resolve(parse_address("localhost:9"), 5)
    assert {endpoint.ip for endpoint in found} <= {"127.0.0.1", "::1"}
    assert all(endpoint.port == 9 for endpoint in found)


# A name server that hangs, or that answers with hundreds of addresses, would need a machine of its own:
# the resolver is replaced in the next three tests.


async def test_a_resolver_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: release.wait(10) and [])
    try:
        with pytest.raises(QuantixError) as caught:
            await Route(ADDRESS, IMPATIENT).look_up()
        assert caught.value.problem.reason == "name_timed_out"
        assert "vdc.example.com took longer than 0.3 s" in caught.value.problem.message
        lingering = [thread for thread in threading.enumerate() if thread.name == "name lookup"]
        assert all(thread.daemon for thread in lingering), "the end of the program must not wait for it"
    finally:
        release.set()


async def test_many_addresses_are_cut_and_doubles_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"192.0.2.{n // 2}", 1)) for n in range(400)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: rows)
    found = await resolve(ADDRESS, 5)
    assert [endpoint.ip for endpoint in found] == [f"192.0.2.{n}" for n in range(MAX_ADDRESSES)]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (socket.gaierror(socket.EAI_NONAME, "x"), "name_not_found"),
        (socket.gaierror(socket.EAI_AGAIN, "x"), "name_server_silent"),
        (OSError(errno.EIO, "Input/output error"), "name_failed"),
    ],
)
async def test_a_resolver_that_fails(monkeypatch: pytest.MonkeyPatch, error: OSError, reason: str) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(QuantixError) as caught:
        await Route(ADDRESS, IMPATIENT).look_up()
    assert (caught.value.problem.code, caught.value.problem.reason) == (ErrorCode.NETWORK_UNREACHABLE, reason)


async def test_the_first_address_that_answers_is_taken() -> None:
    async with serving(silent) as server:
        with full_backlog() as full:
            endpoints = (loopback(full), loopback(unused_port()), loopback(server.port))
            reached = await Route(ADDRESS, IMPATIENT).first_answering(endpoints)
    assert reached.port == server.port


async def test_of_several_failures_the_one_that_came_furthest_is_told() -> None:
    with full_backlog() as full:
        endpoints = (loopback(full), loopback(unused_port(), "127.0.0.2"))
        with pytest.raises(QuantixError) as caught:
            await Route(ADDRESS, IMPATIENT).first_answering(endpoints)
    problem = caught.value.problem
    assert problem.reason == "connection_refused"
    assert problem.message.startswith("vdc.example.com (127.0.0.2) refuses connections")
    assert problem.message.endswith("Its other addresses do not answer either: 127.0.0.1.")


async def test_cancelling_a_connection_closes_its_socket() -> None:
    with full_backlog() as port:
        connecting = asyncio.create_task(open_socket(loopback(port), 30))
        await asyncio.sleep(0)
        connecting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await connecting
    # A socket left open would be a ResourceWarning, and warnings are errors here.
