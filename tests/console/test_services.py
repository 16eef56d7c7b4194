"""Services: looking is free, an act is asked once with what it means and followed to its end."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from quantix_tui.console.access import owned_line
from quantix_tui.console.screens import serviceact, services
from quantix_tui.console.screens.services import OfThisApp, ServicesScreen
from quantix_tui.host.node_services.control import NO_MANAGER
from quantix_tui.host.node_services.state import Act, Run, State
from tests.console.screen import Hands, opened
from tests.console.scripted import ScriptedGateway
from tests.console.scripted_services import REFUSED, ScriptedHands, ScriptedServices


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(serviceact, "LOOK_EVERY", 0.01)
    monkeypatch.setattr(serviceact, "STAYS_FOR", 0.05)
    monkeypatch.setattr(services, "READ_EVERY", 0.05)
    return iter(())


@asynccontextmanager
async def shown(machine: ScriptedServices, around: ScriptedHands | None = None) -> AsyncIterator[Hands]:
    async with opened(ScriptedGateway()) as hands:
        await hands.until("STANDALONE")
        await hands.app.push_screen(ServicesScreen(machine, around or ScriptedHands(), hands.app.clock))
        yield hands


async def test_the_list_tells_states_and_what_each_is_for() -> None:
    async with shown(ScriptedServices()) as hands:
        await hands.until("Node daemon       running   41 days")
        await hands.until("Time              failed    5 min    it ended with exit status 1")


async def test_the_list_is_read_anew_and_says_when_it_cannot_be() -> None:
    machine = ScriptedServices()
    async with shown(machine) as hands:
        await hands.until("Node daemon       running")
        machine.unread = REFUSED
        await hands.until("Not up to date: Node daemon: the res")
        assert "Node daemon       running" in hands.text


async def test_a_machine_without_a_manager_says_so() -> None:
    machine = ScriptedServices()
    machine.unread = NO_MANAGER
    async with shown(machine) as hands:
        await hands.until("neither systemd nor OpenRC runs it")
        await hands.press("enter", "escape")
        await hands.until("THIS NODE")


async def test_a_restart_is_asked_with_what_it_means_and_followed() -> None:
    machine, around = ScriptedServices(), ScriptedHands()
    machine.holding = True
    async with shown(machine, around) as hands:
        await hands.until("Node daemon       running")
        await hands.press("enter")
        await hands.until("Process   812")
        await hands.press("right", "enter")
        await hands.until("Restart Node daemon? VMs keep running.")
        assert machine.acts == []
        await hands.press("right", "enter")
        await hands.until("Node daemon: restarting")
        machine.released.set()
        await hands.until("Node daemon has been restarted.")
        await hands.press("enter")
        await hands.until("Process   4711")
    assert machine.acts == [("limiquantix-node.service", Act.RESTART)]
    assert around.recorded == [f"restart of limiquantix-node.service {end}" for end in ("ordered", "done")]


async def test_enter_alone_changes_nothing() -> None:
    machine = ScriptedServices()
    async with shown(machine) as hands:
        await hands.until("Node daemon       running")
        await hands.press("enter")
        await hands.until("Process   812")
        await hands.press("right", "enter")
        await hands.until("Restart Node daemon?")
        await hands.press("enter", "escape", "escape")
        await hands.until("THIS NODE")
    assert machine.acts == []


async def test_a_refusal_tells_the_last_lines_of_its_log() -> None:
    machine, around = ScriptedServices(), ScriptedHands()
    machine.problem = REFUSED
    async with shown(machine, around) as hands:
        await hands.until("Node daemon       running")
        await hands.press("enter", "right", "enter", "right", "enter")
        await hands.until("Job for limiquantix-node.service failed.")
        await hands.until("09:40:59  line 7: no such key: nodde")
        machine.problem = None
        await hands.press("right", "enter")
        await hands.until("Node daemon has been restarted.")
    assert around.recorded[1] == "restart of limiquantix-node.service failed"


async def test_a_service_that_ends_a_moment_later_has_not_been_restarted() -> None:
    machine = ScriptedServices()
    machine.after = State(Run.FAILED, 0.0, why="it ended with exit status 2")
    async with shown(machine) as hands:
        await hands.until("Node daemon       running")
        await hands.press("enter", "right", "enter", "right", "enter")
        await hands.until("Node daemon is failed after the restart: it ended with exit status 2.")


async def test_what_does_not_run_is_started_and_its_stop_says_what_it_costs() -> None:
    machine = ScriptedServices()
    async with shown(machine) as hands:
        await hands.until("iSCSI             stopped")
        await hands.press("down", "down", "down", "down", "down", "down", "enter")
        await hands.until("[ Close ]  [ Start ]  [ Its log ]")
        await hands.press("right", "enter")
        await hands.until("Start iSCSI?")
        await hands.press("right", "enter")
        await hands.until("iSCSI has been started.")
        machine.after = State(Run.STOPPED, 0.0)
        await hands.press("enter")
        await hands.until("[ Stop ]")
        await hands.press("escape", "up", "up", "up", "up", "enter")
        await hands.until("systemd-networkd.service")
        await hands.press("right", "right", "enter")
        await hands.until("This node loses its network")
        await hands.press("right", "enter")
        await hands.until("Network has been stopped.")
    assert machine.acts == [("iscsid.service", Act.START), ("systemd-networkd.service", Act.STOP)]


async def test_nobody_stops_the_console_he_looks_at() -> None:
    async with shown(ScriptedServices()) as hands:
        await hands.until("Console tty1")
        await hands.press("end", "enter")
        await hands.until("[ Close ]  [ Restart ]  [ Its log ]")


async def test_its_log_is_a_key_away() -> None:
    around = ScriptedHands()
    async with shown(ScriptedServices(), around) as hands:
        await hands.until("Node daemon       running")
        await hands.press("enter", "left", "enter")
    assert around.logs == ["limiquantix-node.service"]


async def test_who_may_only_look_gets_no_further() -> None:
    machine, around = ScriptedServices(), ScriptedHands()
    around.refusing = True
    async with shown(machine, around) as hands:
        await hands.until("Node daemon       running")
        await hands.press("enter", "right", "enter", "right", "enter")
        assert "Restart now" not in hands.text
    assert machine.acts == []


async def test_a_locked_line_shows_them_and_asks_for_a_login_at_the_act() -> None:
    async with opened(ScriptedGateway(), access=owned_line("tty1")) as hands:
        await hands.until("STANDALONE")
        await hands.app.push_screen(ServicesScreen(ScriptedServices(), OfThisApp(hands.app), hands.app.clock))
        await hands.until("Node daemon       running")
        await hands.press("enter")
        await hands.until("Process   812")
        hands.wait(1)
        await hands.press("right", "enter")
        await hands.until("For an administrator")


async def test_leaving_does_not_take_back_what_was_ordered() -> None:
    machine, around = ScriptedServices(), ScriptedHands()
    machine.holding = True
    async with shown(machine, around) as hands:
        await hands.until("Node daemon       running")
        await hands.press("enter", "right", "enter", "right", "enter")
        await hands.until("restarting")
        await hands.press("escape", "escape")
        machine.released.set()
        for _ in range(200):
            if len(around.recorded) == 2:
                break
            await hands.pilot.pause(0.01)
    assert around.recorded == [f"restart of limiquantix-node.service {end}" for end in ("ordered", "done")]


async def test_the_key_of_the_dashboard_opens_them(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = ScriptedServices()
    monkeypatch.setattr(services, "MachineServices", lambda: machine)
    async with opened(ScriptedGateway()) as hands:
        await hands.until("STANDALONE")
        await hands.press("f6")
        await hands.until("Node daemon       running")
        await hands.press("escape", "s")
        await hands.until("Node daemon       running")
