"""Logins against the real PAM of this machine, with the service file that is installed, on accounts of the test."""

from pathlib import Path

import pytest

from quantix_tui.cluster.secret import Secret
from quantix_tui.host.login.messages import Accepted, Asked, End, Reason, Refused
from quantix_tui.host.login.process import COMMAND, PamLogin
from tests.support.own_etc import OwnEtc, own_etc

RIGHT, NEW = "right horse", "battery staple 7"


@pytest.fixture
def machine(tmp_path: Path) -> OwnEtc:
    return own_etc(tmp_path)


async def log_in(machine: OwnEtc, user: str, *answers: str) -> End:
    login = PamLogin("tty1", ["sudo"], command=machine.command(*COMMAND), folders=[str(machine.etc / "pam.d")])
    left = list(answers)
    end: End | None = None
    async with login.begin(user) as conversation:
        async for message in conversation:
            if isinstance(message, Asked):
                await conversation.answer(Secret(left.pop(0)))
            elif isinstance(message, Accepted | Refused):
                end = message
    assert end is not None
    return end


@pytest.mark.parametrize("user", ["root", "ada"])
async def test_an_administrator_gets_in(machine: OwnEtc, user: str) -> None:
    machine.password(user, RIGHT)
    assert await log_in(machine, user, RIGHT) == Accepted(user)


async def test_another_user_does_not_although_the_password_is_right(machine: OwnEtc) -> None:
    machine.password("eve", RIGHT)
    end = await log_in(machine, "eve", RIGHT)
    assert isinstance(end, Refused)
    assert end.reason is Reason.NOT_ADMINISTRATOR


@pytest.mark.parametrize(("user", "password"), [("root", "wrong"), ("nobody-is-called-so", RIGHT)])
async def test_a_wrong_password_and_an_unknown_user_are_the_same(machine: OwnEtc, user: str, password: str) -> None:
    machine.password("root", RIGHT)
    end = await log_in(machine, user, password)
    assert isinstance(end, Refused)
    assert end.reason is Reason.WRONG


async def test_an_expired_account_does_not_get_in(machine: OwnEtc) -> None:
    machine.password("ada", RIGHT)
    machine.shadow("ada", 7, "1")  # Expired on the second of January 1970.
    end = await log_in(machine, "ada", RIGHT)
    assert isinstance(end, Refused)
    assert end.reason is Reason.ACCOUNT
    assert "expired" in end.problem.message


async def test_an_expired_password_is_changed(machine: OwnEtc) -> None:
    machine.password("ada", RIGHT)
    machine.shadow("ada", 2, "0")  # To be changed at the next login (chage -d 0).
    before = machine.field("ada")
    assert await log_in(machine, "ada", RIGHT, RIGHT, NEW, NEW) == Accepted("ada", password_changed=True)
    assert machine.field("ada") != before
    assert await log_in(machine, "ada", NEW) == Accepted("ada")
