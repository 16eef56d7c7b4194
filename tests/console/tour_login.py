"""The part of the tour that begins on a line where nobody has logged in."""

from collections.abc import AsyncIterator

from quantix_tui.console.access import owned_line
from quantix_tui.console.look import Look
from quantix_tui.host.login import words
from quantix_tui.host.login.messages import Accepted, Told
from quantix_tui.host.ways_in import PasswordState
from tests.console.screen import Hands, opened
from tests.console.scripted import STANDALONE, ScriptedGateway
from tests.console.scripted_login import AGAIN, EXPIRED, NEW, PASSWORD, WRONG, Machine, ScriptedLogin

Stop = tuple[str, Hands]

COURSES = (
    (PASSWORD, WRONG),
    (PASSWORD, EXPIRED),
    (words.unusable("PAM does not know how to log in here: its service file is missing."),),
    (PASSWORD, Told("You are required to change your password immediately.", True), NEW, AGAIN, Accepted("root")),
)


async def login_tour(look: Look, size: tuple[int, int]) -> AsyncIterator[Stop]:
    login, line = ScriptedLogin(*COURSES), owned_line("tty1")
    async with opened(ScriptedGateway(STANDALONE), size=size, look=look, access=line, login=login) as hands:
        await hands.until("STANDALONE")
        yield "dashboard-locked", hands
        await hands.press("u")
        await hands.until("For an administrator")
        yield "login-empty", hands
        await hands.type("correct horse")
        login.checking.clear()
        await hands.press("enter")
        hands.wait(3)
        await hands.until("(3 s)")
        yield "login-checking", hands
        login.checking.set()
        await hands.until("The next try")
        yield "login-wrong", hands
        for name, shown in (("account", "has expired"), ("unusable", "service file"), ("new-password", "New password")):
            hands.wait(10)
            if hands.focused() == "user":
                await hands.press("enter")
            await hands.type("correct horse")
            await hands.press("enter")
            await hands.until(shown)
            yield f"login-{name}", hands
    for state, name in ((PasswordState.LOCKED, "nobody"), (PasswordState.EMPTY, "first")):
        machine = Machine(root=state)
        async with opened(ScriptedGateway(STANDALONE), size=size, look=look, access=line, machine=machine) as hands:
            await hands.press("u")
            await hands.until("Back")
            yield f"login-{name}", hands
            if state is PasswordState.EMPTY:
                await hands.press("enter")
                await hands.type("Tr0ub4dor&")
                await hands.until("strength")
                yield "first-password", hands
