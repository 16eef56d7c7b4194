"""A walk through the services: the list, one in full, a restart asked, one that failed."""

from collections.abc import AsyncIterator

from quantix_tui.console.look import Look
from quantix_tui.console.screens.services import ServicesScreen
from tests.console.screen import Hands, opened
from tests.console.scripted import ScriptedGateway
from tests.console.scripted_services import REFUSED, ScriptedHands, ScriptedServices


async def services_tour(look: Look, size: tuple[int, int]) -> AsyncIterator[tuple[str, Hands]]:
    machine = ScriptedServices()
    async with opened(ScriptedGateway(), size=size, look=look) as hands:
        await hands.until("STANDALONE")
        await hands.app.push_screen(ServicesScreen(machine, ScriptedHands(), hands.app.clock))
        await hands.until("Console tty1")
        yield "services", hands
        await hands.press("enter")
        await hands.until("Process")
        yield "service", hands
        await hands.press("right", "enter")
        await hands.until("Restart Node daemon?")
        yield "service-restart", hands
        machine.problem = REFUSED
        await hands.press("right", "enter")
        await hands.until("line 7: no such key")
        yield "service-failed", hands
