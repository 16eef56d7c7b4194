"""Gateways asked for real: another name space of the network is the other end of a cable."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from quantix_tui.cluster.checks import Outcome
from quantix_tui.host.network.arp import answer_of, question
from quantix_tui.host.network.echo import checksum, echo, is_reply, packet
from quantix_tui.host.network.gateways import Gateway, by_table
from quantix_tui.host.network.neighbours import Neighbour, State, parse

_PROGRAM = """
import asyncio, json, sys
from quantix_tui.host.network import gateways
from quantix_tui.host.network.steps import host_steps, run_steps
gateways.ECHO_SECS, gateways.ARP_SECS = 0.3, 0.2
async def resolve(name):
    raise OSError("no name is known here")
async def main():
    results = {}
    steps = [step for step in host_steps(resolve) if step.group in ("Interfaces", "Gateway")]
    names = [f"{step.group} {name}" for step in steps for name in step.names]
    async for place, result in run_steps(steps):
        results[names[place]] = result.to_json()
    print(json.dumps(results))
asyncio.run(main())
"""


@dataclass
class Cable:
    """Two ends in name spaces of their own: ``eth0`` is this machine's, ``far`` the gateway's."""

    near: str
    far: str

    def at_near(self, *commands: str) -> None:
        _ip(self.near, *commands)

    def at_far(self, *commands: str) -> None:
        _ip(self.far, *commands)

    def tested(self) -> dict[str, dict[str, object]]:
        command = ["ip", "netns", "exec", self.near, sys.executable, "-c", _PROGRAM]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
        return dict(json.loads(done.stdout))


def _ip(space: str, *commands: str) -> None:
    batch = "\n".join(commands)
    subprocess.run(["ip", "-n", space, "-batch", "-"], input=batch, text=True, check=True, timeout=10)


@pytest.fixture
def cable() -> Iterator[Cable]:
    if os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("it takes root and ip(8)")
    near, far = f"qxn{os.getpid()}", f"qxf{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", near], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("this machine gives no network name space")
    try:
        subprocess.run(["ip", "netns", "add", far], check=True)
        link = ["ip", "-n", near, "link", "add", "eth0", "type", "veth", "peer", "name", "far", "netns", far]
        subprocess.run(link, check=True)
        both = Cable(near, far)
        both.at_far("link set far up", "addr add 10.99.0.1/24 dev far")
        both.at_near("link set lo up", "link set eth0 up")
        yield both
    finally:
        for space in (near, far):
            subprocess.run(["ip", "netns", "del", space], capture_output=True, check=False)


def outcome(result: dict[str, object]) -> tuple[object, object]:
    problem = result["problem"]
    assert isinstance(problem, dict | None)
    return result["outcome"], problem["details"]["reason"] if problem else None


def test_a_gateway_that_answers_and_one_that_nobody_has(cable: Cable) -> None:
    cable.at_near("addr add 10.99.0.2/24 dev eth0", "route add default via 10.99.0.1")
    found = cable.tested()
    assert outcome(found["Interfaces eth0"]) == ("pass", None)
    assert outcome(found["Gateway IPv4"]) == ("pass", None)
    assert found["Gateway IPv4"]["learnt"] == "10.99.0.1 on eth0 answers"
    cable.at_near("route replace default via 10.99.0.77")
    found = cable.tested()
    assert outcome(found["Gateway IPv4"]) == ("fail", "gateway_silent")
    assert "nobody on that network has this address" in str(found["Gateway IPv4"]["problem"])


def test_an_address_that_the_other_end_has_too(cable: Cable) -> None:
    cable.at_near("addr add 10.99.0.1/24 dev eth0")
    found = cable.tested()
    assert outcome(found["Interfaces eth0"]) == ("warn", "duplicate_address")
    assert outcome(found["Gateway gateway"]) == ("fail", "no_gateway")


def test_no_address_no_cable_and_switched_off(cable: Cable) -> None:
    cable.at_near("addr add 169.254.7.7/16 dev eth0")
    assert outcome(cable.tested()["Interfaces eth0"]) == ("fail", "only_link_local")
    cable.at_near("addr flush dev eth0")
    assert outcome(cable.tested()["Interfaces eth0"]) == ("fail", "no_address")
    cable.at_far("link set far down")
    assert outcome(cable.tested()["Interfaces eth0"]) == ("fail", "no_carrier")
    cable.at_near("link set eth0 down")
    assert outcome(cable.tested()["Interfaces eth0"]) == ("fail", "link_down")
    cable.at_near("link del eth0")
    assert outcome(cable.tested()["Interfaces interfaces"]) == ("fail", "no_interface")


async def test_this_machine_answers_itself() -> None:
    for address in ("127.0.0.1", "::1"):
        try:
            taken = await echo(address, "lo", 2)
        except (PermissionError, OSError):
            pytest.skip(f"this machine lets nobody ping {address}")
        assert taken is not None
        assert taken < 2000


def test_packets_are_what_the_standards_say() -> None:
    request = packet(2, 0x1234, b"chance of 16 by.")
    assert request[:2] == b"\x08\x00"
    assert checksum(request) == 0, "with its sum in it, a packet sums up to nothing"
    assert is_reply(2, b"\x45" + bytes(19) + b"\x00")
    assert not is_reply(2, request)
    frame = question(b"\x02\xfc\x00\x00\x00\x01", "10.0.0.9", None)
    assert frame.hex() == "ffffffffffff02fc000000010806" + "0001080006040001" + "02fc00000001" + "0" * 20 + "0a000009"
    assert answer_of(frame, "10.0.0.9") is None


GATEWAY = Gateway("IPv4", "eno1", "10.20.0.1")


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (State.REACHABLE, Outcome.PASS),
        (State.STALE, Outcome.COULD_NOT_RUN),
        (State.FAILED, Outcome.FAIL),
        (State.INCOMPLETE, Outcome.FAIL),
    ],
)
def test_what_the_table_of_neighbours_means(state: State, expected: Outcome) -> None:
    entry = Neighbour("10.20.0.1", 2, state, "00:11:22:33:44:55")
    assert by_table(GATEWAY, "10.20.0.1 on eno1", entry).outcome is expected
    assert by_table(GATEWAY, "10.20.0.1 on eno1", None).outcome is Outcome.COULD_NOT_RUN


def test_a_broken_dump_is_read_as_far_as_it_goes() -> None:
    assert parse(b"\xff" * 10) == []
    assert parse(bytes(64)) == []
