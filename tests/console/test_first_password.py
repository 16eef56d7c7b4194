"""A line of a node on which no administrator has a password: the first one is set, or it is said why it cannot be."""

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.host.ways_in import PasswordState
from tests.console.screen import opened
from tests.console.scripted import STANDALONE, ScriptedGateway
from tests.console.scripted_login import Machine, ScriptedLogin
from tests.console.test_login import LINE, try_password


async def test_nobody_who_can_log_in() -> None:
    machine = Machine(root=PasswordState.LOCKED, ada=PasswordState.EMPTY)
    async with opened(ScriptedGateway(STANDALONE), access=LINE, machine=machine) as hands:
        await hands.press("u")
        await hands.until("Nobody can log in here with a password.")
        assert "Set" not in hands.text
        await hands.press("enter")
        await hands.until("THIS NODE")


async def test_the_first_password_is_set_and_logs_in() -> None:
    login, machine = ScriptedLogin(), Machine(root=PasswordState.EMPTY)
    async with opened(ScriptedGateway(STANDALONE), access=LINE, login=login, machine=machine) as hands:
        await hands.press("j")
        await hands.until("No administrator of this node has a password yet.")
        await hands.press("enter")
        await hands.until("Once more")
        await try_password(hands, "short")
        await hands.until("at least 8 characters; 5 so far")
        assert hands.focused() == "new"
        await try_password(hands, "er, and longer")
        await try_password(hands, "another one")
        await hands.until("not the same")
        assert machine.first == []
        machine.administrators = Machine(root=PasswordState.SET).administrators
        await try_password(hands, "shorter, and longer")
        await hands.until("Control plane")
    assert machine.first == login.answers == ["shorter, and longer"]


async def test_a_first_password_that_is_not_taken_is_told() -> None:
    machine = Machine(root=PasswordState.EMPTY)
    machine.refuses = QuantixError(Problem(ErrorCode.MACHINE_REFUSED, "The password was not taken: bad.", "Another."))
    async with opened(ScriptedGateway(STANDALONE), access=LINE, machine=machine) as hands:
        await hands.press("u", "enter")
        await hands.until("Once more")
        await try_password(hands)
        await try_password(hands)
        await hands.until("The password was not taken: bad.")
        await hands.press("escape", "escape")
        await hands.until("THIS NODE")
        assert hands.app.guard.access.locked


async def test_half_a_password_does_not_stay() -> None:
    async with opened(ScriptedGateway(STANDALONE), access=LINE, machine=Machine(root=PasswordState.EMPTY)) as hands:
        await hands.press("u", "enter")
        await hands.until("Once more")
        hands.wait(60)
        await hands.type("half a pass")
        hands.wait(119)
        await hands.until("***")
        hands.wait(2)
        await hands.until("THIS NODE")
