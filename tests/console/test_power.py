"""Power: what runs is told, a reason is asked, and nothing happens without the second act."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.console.screens.power import NAMED, PowerScreen, guest_sentence
from quantix_tui.host.power import PowerAct
from tests.console.screen import Hands, opened
from tests.console.scripted import CONNECTED, STANDALONE, ScriptedGateway

REFUSED = Problem(ErrorCode.MACHINE_REFUSED, "The node does not restart: inhibited by backup.", "It runs on as before.")


class ScriptedMachine:
    def __init__(self, guests: Sequence[str] | None = (), problem: Problem | None = None) -> None:
        self._guests = guests
        self._problem = problem
        self.orders: list[tuple[PowerAct, str]] = []

    async def guests(self) -> Sequence[str] | None:
        return self._guests

    async def order(self, act: PowerAct, reason: str) -> None:
        self.orders.append((act, reason))
        if self._problem is not None:
            raise QuantixError(self._problem)


@asynccontextmanager
async def shown(machine: ScriptedMachine, cluster: str | None = None) -> AsyncIterator[Hands]:
    async with opened(ScriptedGateway(STANDALONE)) as hands:
        await hands.until("STANDALONE")
        await hands.app.push_screen(PowerScreen(machine, "qx-node-07", cluster, hands.app.clock))
        await hands.until("Power")
        yield hands


async def test_two_acts_and_the_reason_goes_along() -> None:
    machine = ScriptedMachine(["db", "web-1"])
    async with shown(machine, "https://vdc.example.com:8443") as hands:
        await hands.until("2 virtual machines run here: db, web-1.")
        assert "It belongs to vdc.example.com:8443" in hands.words
        await hands.type("new kernel")
        await hands.press("enter", "right", "enter")
        await hands.until("They end with the node.")
        assert machine.orders == []
        await hands.press("right", "enter")
        await hands.until("It has been ordered.")
    assert machine.orders == [(PowerAct.REBOOT, "new kernel")]


async def test_enter_alone_changes_nothing() -> None:
    machine = ScriptedMachine()
    async with shown(machine) as hands:
        await hands.until("No virtual machine runs here.")
        await hands.press("enter", "enter")
        await hands.until("THIS NODE")
        await hands.app.push_screen(PowerScreen(machine, "qx-node-07", None, hands.app.clock))
        await hands.until("Power")
        await hands.press("tab", "right", "right", "enter")
        await hands.until("Somebody has to switch it on again")
        await hands.press("enter")
        await hands.until("Restart qx-node-07, or switch it off.")
        await hands.press("right", "right", "enter", "escape", "escape")
        await hands.until("THIS NODE")
    assert machine.orders == []


async def test_a_refusal_is_told_and_the_node_runs_on() -> None:
    machine = ScriptedMachine(None, REFUSED)
    async with shown(machine) as hands:
        await hands.until("is not known")
        await hands.press("tab", "right", "enter", "right", "enter")
        await hands.until("inhibited by backup")
        await hands.press("enter")
        await hands.until("THIS NODE")


@pytest.mark.parametrize("key", ["w", "f10"])
async def test_the_key_opens_it_for_who_may(key: str) -> None:
    async with opened(ScriptedGateway(CONNECTED)) as hands:
        await hands.until("CONNECTED")
        await hands.press(key)
        await hands.until("Restart qx-node-07, or switch it off.")


def test_many_machines_are_counted() -> None:
    names = [f"vm-{number}" for number in range(NAMED + 3)]
    assert guest_sentence(names, None).text == f"9 virtual machines run here: {', '.join(names[:NAMED])} and 3 more."
    assert guest_sentence(["one"], PowerAct.REBOOT).text == "1 virtual machine runs here: one. It ends with the node."


async def test_a_dialogue_that_closes_while_its_machine_is_asked_harms_nothing() -> None:
    class Slow(ScriptedMachine):
        def __init__(self) -> None:
            super().__init__()
            self.go_on = asyncio.Event()

        async def guests(self) -> Sequence[str] | None:
            await self.go_on.wait()
            return ()

    machine = Slow()
    async with shown(machine) as hands:
        await hands.until("Virtual machines: asking")
        # Both in one round of the loop: the answer comes when the widgets have gone and the screen has not.
        hands.app.screen.dismiss(None)
        machine.go_on.set()
        await hands.until("THIS NODE")
    assert not hands.app.return_code


async def test_what_was_ordered_goes_on_although_nobody_watches() -> None:
    class Slow(ScriptedMachine):
        def __init__(self) -> None:
            super().__init__()
            self.go_on = asyncio.Event()
            self.done = asyncio.Event()

        async def order(self, act: PowerAct, reason: str) -> None:
            await self.go_on.wait()
            self.done.set()

    machine = Slow()
    async with shown(machine) as hands:
        await hands.press("tab", "right", "enter", "right", "enter")
        await hands.until("ordering it ...")
        await hands.press("escape")
        await hands.until("THIS NODE")
        machine.go_on.set()
        await asyncio.wait_for(machine.done.wait(), 5)
    assert not hands.app.return_code
