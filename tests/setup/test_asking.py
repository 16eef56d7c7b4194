"""Time servers asked by real packets, and what a trial's page shows."""

import asyncio
import socket
import struct
import threading
import time
from collections.abc import Iterator

import pytest

from quantix_tui.cluster.checks import Outcome
from quantix_tui.host.network import ntp
from quantix_tui.host.network.steps import run_steps
from quantix_tui.setup.asking import addresses_of, time_steps, trial_steps


@pytest.fixture
def time_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Its clock is an hour ahead of this machine's."""
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    opened.bind(("127.0.0.1", 0))

    def answer() -> None:
        while True:
            request, place = opened.recvfrom(100)
            if not request:
                return
            stamp = struct.pack("!II", int(time.time()) + 3600 + 2208988800, 0)
            opened.sendto(bytes([0x24, 2]) + bytes(22) + request[40:48] + stamp + stamp, place)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    port = opened.getsockname()[1]
    monkeypatch.setattr(ntp._once, "__defaults__", (port,))
    monkeypatch.setattr(ntp.ask, "__defaults__", (port,))
    monkeypatch.setattr(ntp.check_server, "__defaults__", (port,))
    yield
    opened.sendto(b"", opened.getsockname())
    thread.join()
    opened.close()


@pytest.mark.usefixtures("time_server")
async def test_how_far_the_clock_is_off() -> None:
    steps = time_steps(["127.0.0.1", "no-such-name.invalid"])
    results = {result.name: result async for _, result in run_steps(steps)}
    assert results["127.0.0.1"].outcome is Outcome.WARN
    problem = results["127.0.0.1"].problem
    assert problem is not None
    assert "60 minutes behind" in problem.message
    assert results["no-such-name.invalid"].outcome is Outcome.FAIL


async def test_names_are_looked_up_as_the_machine_does() -> None:
    assert "127.0.0.1" in await addresses_of("localhost")
    with pytest.raises(socket.gaierror):
        await asyncio.wait_for(addresses_of("no-such-name.invalid"), 20)


def test_a_trial_shows_its_own_device_only() -> None:
    groups = {step.group: step.names for step in trial_steps("no-such-device")}
    assert "Time" not in groups
    assert "Interfaces" not in groups
