"""Who may do what: looking is free, changing is for administrators, and a line locks again."""

import pytest

from quantix_tui.console.access import Access, IdleLock, access_words, countdown, own_session, owned_line
from quantix_tui.console.endings import LOGIN_PROMPT
from tests.console.screen import opened
from tests.console.scripted import CONNECTED, STANDALONE, ScriptedGateway

CHANGES = {"j": "Join a cluster", "l": "Leave the cluster", "r": "Restart now"}


def test_a_line_is_locked_until_an_administrator_logs_in() -> None:
    line = owned_line("tty1")
    assert line.locked
    assert not line.administrator
    inside = line.logged_in("alice")
    assert inside.administrator
    assert not inside.locked
    assert inside.locked_again() == line


def test_a_session_stays_what_it_is() -> None:
    looking = own_session("bob", administrator=False)
    assert not looking.locked
    assert looking.locked_again() == looking


@pytest.mark.parametrize(
    ("seconds", "words"), [(300, "5 min"), (299.5, "5 min"), (61, "2 min"), (60, "60 s"), (0.4, "1 s"), (0, "0 s")]
)
def test_the_countdown_never_says_less_than_remains(seconds: float, words: str) -> None:
    assert countdown(seconds) == words


def test_the_lock_counts_from_the_last_key() -> None:
    lock = IdleLock(300, 1000).key(1100)
    assert lock.remaining(1100) == 300
    assert lock.remaining(1399) == 1
    assert lock.remaining(5000) == 0


@pytest.mark.parametrize(
    ("access", "words"),
    [
        (owned_line("tty1"), "locked"),
        (owned_line("tty1").logged_in("root"), "root, locks in 5 min"),
        (own_session("root", administrator=True), ""),
        (own_session("bob", administrator=False), "bob, looking only"),
    ],
)
def test_the_first_line_says_who_is_there(access: Access, words: str) -> None:
    assert access_words(access, 300) == words


@pytest.mark.parametrize("key", CHANGES)
async def test_a_session_without_the_right_looks_and_is_told_why_it_changes_nothing(key: str) -> None:
    async with opened(ScriptedGateway(CONNECTED), access=own_session("bob", administrator=False)) as hands:
        await hands.until("bob, looking only")
        await hands.press(key)
        await hands.until("bob may only look")
        await hands.press("e")
        await hands.until("Up Down PgUp PgDn")


@pytest.mark.parametrize(("key", "shown"), CHANGES.items())
async def test_a_change_on_a_locked_line_asks_who_it_is(key: str, shown: str) -> None:
    gateway = ScriptedGateway(STANDALONE if key == "j" else CONNECTED)
    async with opened(gateway, access=owned_line("tty1")) as hands:
        await hands.until("locked")
        await hands.press(key)
        await hands.until("Log in")
        assert shown not in hands.text
        await hands.press("escape")
        await hands.until("THIS NODE")


async def test_it_locks_when_no_key_came_and_forgets_what_was_typed() -> None:
    async with opened(ScriptedGateway(STANDALONE), access=owned_line("tty1").logged_in("root")) as hands:
        await hands.until("root, locks in 5 min")
        hands.wait(250)
        await hands.until("root, locks in 50 s")
        await hands.press("j")
        await hands.until("Join a cluster")
        await hands.type("vdc.example.com")
        hands.wait(299)
        await hands.until("Join a cluster")
        hands.wait(2)
        await hands.until("Locked: no key was pressed for a while.")
        assert "locked │" in hands.text
        assert hands.app.cluster.draft.address == ""


async def test_k_locks_at_once() -> None:
    async with opened(ScriptedGateway(STANDALONE), access=owned_line("tty1").logged_in("root")) as hands:
        await hands.until("root, locks in 5 min")
        await hands.press("k")
        await hands.until("locked │")
        await hands.press("k", "k")
        assert hands.app.guard.access.locked


async def test_quitting_a_line_asks_and_means_its_login_prompt() -> None:
    async with opened(ScriptedGateway(STANDALONE), access=owned_line("tty1")) as hands:
        await hands.until("STANDALONE")
        await hands.press("q")
        await hands.until("login prompt")
        await hands.press("escape")
        await hands.until("THIS NODE")
        await hands.press("ctrl+c")
        await hands.until("login prompt")
        await hands.press("right", "enter")
    assert hands.app.return_code == LOGIN_PROMPT
