"""The network test on the screen: results as they come, each whole with its cure, stopped and run again."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from quantix_tui.cluster.checks import CheckName, CheckResult, Finding, Outcome
from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.console.lines import Role
from quantix_tui.console.screens.network import NetworkScreen, summary
from quantix_tui.host.network.steps import Step
from tests.console.screen import Hands, opened
from tests.console.scripted import STANDALONE, ScriptedGateway

SILENT = Problem(
    ErrorCode.NETWORK_UNREACHABLE,
    "The name server 10.20.0.3 does not answer: nothing came within 4 s.",
    "Look whether this address is right (/etc/resolv.conf, DHCP) and whether a firewall is in between (port 53).",
    "dns_silent",
)
NO_CLOCK = Problem(
    ErrorCode.NETWORK_UNREACHABLE,
    "No time server is set: nothing keeps this node's clock right.",
    "Name one for chrony, ntpd or systemd-timesyncd, or let DHCP give one.",
    "no_time_server",
)
NOT_ROOT = Problem(
    ErrorCode.NETWORK_UNREACHABLE,
    "Whether the gateway fe80::1 on eno1 is there is not known: this user may not ping.",
    "Test again as root (sudo quantix-tui network).",
    "gateway_unknown",
)


def step(group: str, *results: tuple[str, Finding, float], doing: str = "", wait: asyncio.Event | None = None) -> Step:
    """A step with its answers written down; it waits for ``wait`` first."""

    async def run() -> AsyncGenerator[CheckResult, None]:
        if wait is not None:
            await wait.wait()
        for name, finding, duration in results:
            yield finding.after(name, duration)

    return Step(group, tuple(name for name, _, _ in results), run, 60.0, doing)


def scripted(wait: asyncio.Event | None = None) -> list[Step]:
    """A node of the sketches, with a fault of each kind."""
    interfaces = (
        ("eno1", Finding(Outcome.PASS, "10.20.0.17/24, 2001:db8::17/64  10 Gb/s  3c:ec:ef:12:34:56"), 0.2),
        ("eno2", Finding(Outcome.SKIPPED, "no cable  3c:ec:ef:12:34:57"), 0.1),
    )
    control_plane = (
        (CheckName.RESOLVE, Finding(Outcome.PASS, "10.20.0.5, 2001:db8::5"), 12.0),
        (CheckName.CONNECT, Finding(Outcome.PASS, "10.20.0.5 port 8443"), 1.0),
        (CheckName.TLS, Finding(Outcome.PASS, "TLS 1.3"), 9.0),
        (CheckName.IDENTITY, Finding(Outcome.PASS, "pinned certificate Quantix-vDC"), 0.2),
        (CheckName.CONTROL_PLANE, Finding(Outcome.PASS, "Quantix-vDC 1.9.2"), 6.0),
    )
    return [
        *(step("Interfaces", result) for result in interfaces),
        step("Gateway", ("IPv4", Finding(Outcome.PASS, "10.20.0.1 on eno1 answers"), 0.4), doing="asking 10.20.0.1"),
        step("Gateway", ("IPv6", Finding(Outcome.COULD_NOT_RUN, problem=NOT_ROOT), 2.0)),
        step("DNS", ("server 1", Finding(Outcome.PASS, "10.20.0.2 answers NOERROR for vdc.example.com"), 3.0)),
        step("DNS", ("server 2", Finding(Outcome.FAIL, problem=SILENT), 4400.0), doing="asking 10.20.0.3", wait=wait),
        step("Time", ("time servers", Finding(Outcome.WARN, problem=NO_CLOCK), 0.0)),
        step("Control plane vdc.example.com:8443", *control_plane, doing="looking the name up", wait=wait),
    ]


@asynccontextmanager
async def shown(steps: Sequence[Step] | QuantixError, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Hands]:
    async def find() -> Sequence[Step]:
        if isinstance(steps, QuantixError):
            raise steps
        return steps

    async with opened(ScriptedGateway(STANDALONE), size=size) as hands:
        await hands.until("STANDALONE")
        await hands.app.push_screen(NetworkScreen(find, "qx-node-07", hands.app.clock))
        await hands.until("Network test of qx-node-07")
        yield hands


async def test_results_come_in_as_they_are_known_each_in_its_place() -> None:
    wait = asyncio.Event()
    async with shown(scripted(wait)) as hands:
        await hands.until("No time server is set")
        assert "asking 10.20.0.3" in hands.text
        assert "Testing ..." in hands.text
        wait.set()
        await hands.until("1 failed, 1 warned, 1 not tried: Enter tells what to do.")
        assert "asking" not in hands.text


async def test_enter_tells_a_line_whole_with_its_cure() -> None:
    async with shown(scripted()) as hands:
        await hands.until("1 failed")
        await hands.press(*["down"] * 5, "enter")
        await hands.until("DNS: server 2")
        assert SILENT.message in hands.words
        assert SILENT.hint in hands.words
        assert "4.4 s" in hands.text
        await hands.press("escape")
        await hands.until("Network test")
        await hands.press("escape")
        await hands.until("THIS NODE")


async def test_again_begins_anew_and_esc_stops_what_runs() -> None:
    stopped = asyncio.Event()

    async def run() -> AsyncGenerator[CheckResult, None]:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()
        yield Finding(Outcome.PASS).after("never", 0)

    async with shown([Step("DNS", ("never",), run, 60.0, "asking 10.20.0.2")]) as hands:
        await hands.until("asking 10.20.0.2")
        await hands.press("f")
        async with asyncio.timeout(5):
            await stopped.wait()
        stopped.clear()
        await hands.until("asking 10.20.0.2")
        await hands.press("escape")
        async with asyncio.timeout(5):
            await stopped.wait()


async def test_forty_interfaces_are_all_reached() -> None:
    many = [
        step("Interfaces", (f"eno{number}", Finding(Outcome.PASS, f"10.0.{number}.1/24"), 1.0)) for number in range(40)
    ]
    async with shown(many, (80, 24)) as hands:
        await hands.until("Everything that was tested works.")
        assert "eno39" not in hands.text
        await hands.press("end")
        await hands.until("eno39")
        await hands.press("home")
        assert "Interfaces" in await hands.until("eno0 ")
        for _ in range(4):
            await hands.press("pagedown")
        await hands.until("eno39")


async def test_the_smallest_screen_is_enough() -> None:
    async with shown(scripted(), (40, 12)) as hands:
        await hands.until("1 failed")
        await hands.press("end")
        await hands.until("1.9.2")


async def test_a_test_that_cannot_begin_says_why() -> None:
    refused = QuantixError(Problem(ErrorCode.INVALID_REQUEST, "This is no address.", "Correct it.", "node"))
    async with shown(refused) as hands:
        await hands.until("This is no address. Correct it.")


async def test_the_key_opens_it() -> None:
    async with opened(ScriptedGateway(STANDALONE)) as hands:
        await hands.until("STANDALONE")
        await hands.press("n")
        await hands.until("Network test of ")


@pytest.mark.parametrize(
    ("outcomes", "role"),
    [
        ((Outcome.PASS, Outcome.SKIPPED), Role.GOOD),
        ((Outcome.PASS, Outcome.WARN), Role.WARN),
        ((Outcome.FAIL, Outcome.WARN), Role.BAD),
    ],
)
def test_the_summary_is_as_bad_as_the_worst(outcomes: Sequence[Outcome], role: Role) -> None:
    assert summary([Finding(outcome).after("x", 0) for outcome in outcomes])[1] is role
