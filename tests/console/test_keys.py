"""Keys: every one in the map works, in every state, also while nothing answers; quitting never surprises."""

import asyncio
import time

import pytest
from textual.events import Key

from quantix_tui.console.keys import KEY_MAP
from tests.console.screen import HINTS, matches_golden, opened
from tests.console.scripted import CONNECTED, EVENTS, STANDALONE, ScriptedGateway


async def test_help_names_every_key_and_the_marks() -> None:
    async with opened(ScriptedGateway(STANDALONE)) as hands:
        await hands.press("question_mark")
        text = await hands.until("Help")
        for entry in KEY_MAP:
            assert entry.keys in text
            assert entry.help in text
        await hands.press("end", "pagedown", "pagedown")
        await hands.until("From a shell")
        await hands.press("f1")
        await hands.press("escape")
        await hands.until("THIS NODE")


async def test_help_of_the_demo_has_address_tokens_and_fingerprint() -> None:
    async with opened(ScriptedGateway(STANDALONE), demo=HINTS) as hands:
        await hands.press("j", "f1")
        text = await hands.until("Help")
        assert HINTS.address in text
        assert "7F3A 91C4  0B6E D2A8  55F1 3C90  E7B2 4D16" in text
        matches_golden("help_demo", text)
        await hands.press("enter")
        await hands.until("Join a cluster")


async def test_details_show_what_the_dashboard_cuts() -> None:
    async with opened(ScriptedGateway(CONNECTED)) as hands:
        await hands.until("CONNECTED")
        assert CONNECTED.node_id
        assert CONNECTED.node_id not in hands.text
        await hands.press("enter")
        text = await hands.until("Details")
        assert CONNECTED.node_id in text


async def test_events_scroll_and_show_one_whole() -> None:
    gateway = ScriptedGateway(CONNECTED)
    gateway.events_answer = EVENTS * 10
    async with opened(gateway) as hands:
        await hands.until("heartbeat acknowledged")
        await hands.press("e")
        await hands.until("Up Down PgUp PgDn")
        await hands.press("down", "enter")
        text = await hands.until("Category")
        assert "050d2a4b9c01" in text
        await hands.press("escape", "end")
        await hands.press("escape")
        await hands.until("THIS NODE")


@pytest.mark.parametrize("key", ["q", "Q", "ctrl+c", "ctrl+q"])
async def test_quit_ends_with_0(key: str) -> None:
    gateway = ScriptedGateway(STANDALONE)
    async with opened(gateway) as hands:
        await hands.until("STANDALONE")
        await hands.pilot.press(key)
    assert hands.app.return_code == 0
    assert gateway.closed


async def test_ctrl_c_asks_while_something_was_typed() -> None:
    async with opened(ScriptedGateway(STANDALONE)) as hands:
        await hands.press("j", "v", "ctrl+c")
        await hands.until("Quit the console?")
        await hands.press("escape")
        await hands.until("Join a cluster")
        await hands.press("ctrl+c")
        await hands.press("right", "enter")
    assert hands.app.return_code == 0


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        ("f1", "this page"),
        ("j", "Join a cluster"),
        ("l", "Leave the cluster"),
        ("r", "Start the node daemon"),
        ("e", "Up Down PgUp PgDn"),
        ("enter", "This node"),
        ("question_mark", "this page"),
    ],
)
async def test_every_key_answers_within_50_ms_while_the_gateway_hangs(key: str, wanted: str) -> None:
    """In CPU time of the event loop: what a loaded machine adds is not ours; a wait for the gateway would not end."""
    gateway = ScriptedGateway(STANDALONE)
    gateway.holding = {"all"}
    async with opened(gateway) as hands:
        dashboard = hands.app.screen
        best = 1.0
        for _ in range(3):
            began = time.thread_time()
            hands.app.post_message(Key(key, None))
            for _ in range(500):
                await asyncio.sleep(0.001)
                if hands.app.screen is not dashboard and hands.app.screen.is_mounted:
                    break
            best = min(best, time.thread_time() - began)
            await hands.until(wanted)
            await hands.press("escape")
            await hands.until("THIS NODE")
        assert best < 0.05


async def test_what_is_typed_ahead_lands_in_its_field() -> None:
    """All keys are in the queue before the first is dealt with, as after a hiccup of a slow line."""
    async with opened(ScriptedGateway(STANDALONE)) as hands:
        await hands.until("STANDALONE")
        keys = ["j", *"vdc", "tab", *"QUANTIX-AAAA-BBBB-CCCC", "enter"]
        for key in keys:
            hands.app.post_message(Key(key, key if len(key) == 1 else None))
        text = await hands.until("All checks passed")
        assert "will use https://vdc:8443" in text
        assert "3 groups of 4" in text


@pytest.mark.parametrize("key", ["j", "e", "enter", "question_mark", "r"])
async def test_keys_after_quit_are_nobodys(key: str) -> None:
    """Typed ahead: the program is on its way out, and opens no dialogue any more."""
    async with opened(ScriptedGateway(CONNECTED)) as hands:
        await hands.until("CONNECTED")
        hands.app.post_message(Key("q", "q"))
        hands.app.post_message(Key(key, key if len(key) == 1 else None))
    assert hands.app.return_code == 0


@pytest.mark.parametrize(
    "keys", [("enter", "enter", "escape", "escape"), ("right", "enter", "right", "enter", "escape", "l")]
)
async def test_a_second_act_on_a_dialogue_that_closes_does_nothing(keys: tuple[str, ...]) -> None:
    async with opened(ScriptedGateway(CONNECTED)) as hands:
        await hands.until("CONNECTED")
        await hands.press("r")
        await hands.until("Restart now")
        for key in keys:
            hands.app.post_message(Key(key, key if len(key) == 1 else None))
        await hands.press("f5")
    assert not hands.app.return_code
