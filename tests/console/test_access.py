"""Who may do what: looking is free, changing is for administrators, and a line locks again."""

import pytest

from quantix_tui.console.access import Access, IdleLock, access_words, countdown, own_session, owned_line
from quantix_tui.console.endings import LOGIN_PROMPT
from quantix_tui.console.screens import serviceact
from quantix_tui.console.screens.serviceact import ServiceActScreen
from quantix_tui.console.screens.services import OfThisApp, ServicesScreen
from quantix_tui.host.node_services.state import Act
from quantix_tui.settings import Settings
from tests.console.screen import HINTS, opened
from tests.console.scripted import CONNECTED, STANDALONE, ScriptedGateway
from tests.console.scripted_services import REFUSED, ScriptedHands, ScriptedServices

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


@pytest.mark.parametrize("key", ["f10", "w"])
async def test_a_demo_leaves_the_machine_that_it_runs_on_alone(key: str) -> None:
    async with opened(ScriptedGateway(STANDALONE), demo=HINTS) as hands:
        await hands.until("STANDALONE")
        await hands.press(key)
        await hands.until("This is a demo: the machine that it runs on is left alone.")


async def test_where_the_node_shown_is_elsewhere_this_machine_is_left_alone() -> None:
    async with opened(ScriptedGateway(STANDALONE), settings=Settings(node="https://qx-node-08:8443")) as hands:
        await hands.until("STANDALONE")
        await hands.press("w")
        await hands.until("Use that node's own console for this: it is another machine than this one.")


async def test_a_refusal_stands_in_front_of_what_is_open() -> None:
    async with opened(ScriptedGateway(STANDALONE), access=own_session("bob", administrator=False)) as hands:
        await hands.until("bob, looking only")
        await hands.app.push_screen(ServicesScreen(ScriptedServices(), OfThisApp(hands.app), hands.app.clock))
        await hands.until("Node daemon       running")
        await hands.press("enter")
        await hands.until("Process")
        await hands.press("right", "enter")
        await hands.until("bob may only look: ask an administrator of this node, or use sudo.")
        await hands.press("enter")
        await hands.until("Process")


async def test_on_a_locked_line_nothing_is_done_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """What had begun may end in an offer to do it again, and the lock closes it a moment later only."""
    monkeypatch.setattr(serviceact, "LOOK_EVERY", 0.01)
    services = ScriptedServices()
    services.holding, services.problem = True, REFUSED
    inside = owned_line("tty1").logged_in("alice")
    async with opened(ScriptedGateway(STANDALONE), access=inside) as hands:
        await hands.until("alice, locks in")
        service = next(iter(services.services.values()))
        hands_of = ScriptedHands()
        screen = ServiceActScreen(service, Act.RESTART, services, hands_of.record, hands.app.clock)
        await hands.app.push_screen(screen)
        await hands.press("right", "enter")
        await hands.until("restarting")
        monkeypatch.setattr(hands.app.administration, "tick", lambda: None)
        hands.app.guard.lock()
        services.released.set()
        await hands.until("Restart again")
        await hands.press("right", "enter")
        await hands.until("This node")
        assert len(services.acts) == 1
        assert screen not in hands.app.screen_stack
