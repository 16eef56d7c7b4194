"""When the wizard comes by itself, for whom, and what the dashboard says without it."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from quantix_tui.cluster.status import ClusterState
from quantix_tui.console.access import Access, own_session, owned_line
from quantix_tui.console.screens.wizard.wizard import WizardScreen
from quantix_tui.console.setup import Setup, setup_wanted
from quantix_tui.sandbox.machine import STATE, make_machine
from quantix_tui.settings import Settings
from quantix_tui.setup.answers import Answers, ClusterAnswers
from quantix_tui.setup.claim import Doing
from quantix_tui.setup.state import SetupState, complete, forget, save
from tests.console.screen import Hands, opened
from tests.console.scripted import ADDRESS, CONNECTED, FACTS, STANDALONE, Answer, ScriptedGateway
from tests.console.test_start import HEAVY, modules_after
from tests.host.files.trees import put
from tests.setup.holders import holding

SET = f"root:$6${'a' * 16}${'b' * 86}:20000:0:99999:7:::\n"


@asynccontextmanager
async def console_on(
    folder: Path, access: Access | None = None, *, permitted: bool = True, status: Answer = STANDALONE
) -> AsyncIterator[Hands]:
    if not (folder / "etc").exists():
        make_machine(folder)
    setup = Setup(str(folder), permitted=permitted)
    settings = Settings(state=str(folder / STATE))
    async with opened(ScriptedGateway(status), access=access, settings=settings, setup=setup) as hands:
        yield hands


def has_wizard(hands: Hands) -> bool:
    return any(isinstance(screen, WizardScreen) for screen in hands.app.screen_stack)


async def test_it_comes_instead_of_the_dashboard_and_is_left_for_later(tmp_path: Path) -> None:
    async with console_on(tmp_path) as hands:
        await hands.until(" WELCOME  ")
        await hands.press("right", "enter")
        await hands.until("THIS NODE")
        await hands.until("This node is not set up yet: T goes on with it")
        await hands.press("t")
        await hands.until(" WELCOME  ")


async def test_begun_anew_and_left_at_once_the_node_stays_set_up(tmp_path: Path) -> None:
    make_machine(tmp_path)
    complete(str(tmp_path / STATE))
    forget(str(tmp_path / STATE))
    async with console_on(tmp_path) as hands:
        await hands.until(" WELCOME  ")
        await hands.press("right", "enter")
        await hands.until("THIS NODE")
        await hands.until("This node stays set up: nothing was answered.")
        await hands.press("t")
        await hands.until("There is nothing to set up here.")


async def test_begun_anew_and_answered_it_is_not_set_up_any_more(tmp_path: Path) -> None:
    make_machine(tmp_path)
    complete(str(tmp_path / STATE))
    forget(str(tmp_path / STATE))
    async with console_on(tmp_path) as hands:
        await hands.until(" WELCOME  ")
        await hands.press("f8")
        await hands.until(" ADMINISTRATOR  ")
        await hands.press("tab", "tab", "right", "right", "enter")
        await hands.until("This node is not set up yet: T goes on with it")


async def test_a_session_that_may_only_look_is_told(tmp_path: Path) -> None:
    async with console_on(tmp_path, own_session("ann", administrator=False), permitted=False) as hands:
        await hands.until("THIS NODE")
        await hands.until("root does that")
        assert not has_wizard(hands)


async def test_on_a_line_an_administrator_logs_in_first(tmp_path: Path) -> None:
    make_machine(tmp_path)
    put(tmp_path, "/etc/shadow", SET, 0o640)
    async with console_on(tmp_path, owned_line("tty1")) as hands:
        await hands.until("Log in")
        assert not has_wizard(hands)
        await hands.press("escape")
        await hands.until("not set up yet")


async def test_nobody_is_asked_to_log_in_while_the_node_is_set_up_by_itself(tmp_path: Path) -> None:
    """Answers of the boot may have set the password by the time that this console begins."""
    make_machine(tmp_path)
    put(tmp_path, "/etc/shadow", SET, 0o640)
    (tmp_path / STATE).mkdir(parents=True)
    with holding(tmp_path / STATE, Doing.APPLIES):
        async with console_on(tmp_path, owned_line("tty1")) as hands:
            await hands.until("sets this node up, for")
            assert "For an administrator" not in hands.text
            complete(str(tmp_path / STATE))
            await hands.until("This node is set up.")
            assert not has_wizard(hands)


async def test_a_set_up_by_itself_that_stopped_is_told_and_the_login_is_a_key_away(tmp_path: Path) -> None:
    make_machine(tmp_path)
    put(tmp_path, "/etc/shadow", SET, 0o640)
    (tmp_path / STATE).mkdir(parents=True)
    with holding(tmp_path / STATE, Doing.APPLIES) as process:
        async with console_on(tmp_path, owned_line("tty1")) as hands:
            await hands.until("sets this node up, for")
            process.kill()
            process.wait(10)
            await hands.until("This node is not set up yet: T goes on with it")
            await hands.press("t")
            await hands.until("For an administrator")


async def test_a_login_that_nobody_needs_any_more_goes_away(tmp_path: Path) -> None:
    """The node was set up meanwhile, from another line or by itself."""
    make_machine(tmp_path)
    put(tmp_path, "/etc/shadow", SET, 0o640)
    (tmp_path / STATE).mkdir(parents=True)
    async with console_on(tmp_path, owned_line("tty1")) as hands:
        await hands.until("For an administrator")
        complete(str(tmp_path / STATE))
        await hands.until("This node is set up.")
        assert "For an administrator" not in hands.text


async def test_on_a_line_where_nobody_has_a_password_the_first_one_is_set_in_it(tmp_path: Path) -> None:
    async with console_on(tmp_path, owned_line("tty1")) as hands:
        await hands.until(" WELCOME  ")
        await hands.press("f8")
        await hands.until(" ADMINISTRATOR  ")
        hands.wait(3)
        assert has_wizard(hands)
        await hands.press("tab", "tab", "right", "right", "enter")
        await hands.until("THIS NODE")
        assert hands.app.guard.access.locked


async def test_a_console_that_locks_closes_it(tmp_path: Path) -> None:
    async with console_on(tmp_path, owned_line("tty1")) as hands:
        await hands.until(" WELCOME  ")
        hands.wait(400)
        await hands.until("THIS NODE")
        assert hands.app.guard.access.locked
        assert not has_wizard(hands)


async def test_where_nobody_can_log_in_it_is_said(tmp_path: Path) -> None:
    make_machine(tmp_path)
    put(tmp_path, "/etc/shadow", "root:*:20000:0:99999:7:::\n", 0o640)
    async with console_on(tmp_path, owned_line("tty1")) as hands:
        await hands.until("no administrator can log in here")
        assert not has_wizard(hands)


async def test_a_join_that_was_saved_when_the_power_went_needs_no_token_again(tmp_path: Path) -> None:
    make_machine(tmp_path)
    (tmp_path / STATE).mkdir(parents=True)
    answers = Answers(cluster=ClusterAnswers(address=ADDRESS))
    save(str(tmp_path / STATE), SetupState(answers, "apply"))
    joined = replace(CONNECTED, status=ClusterState.PENDING_RESTART, restart_required=True)
    async with console_on(tmp_path, status=joined) as hands:
        await hands.until(" APPLY  ")
        await hands.until("Go on")
        await hands.until("The changes were begun")
        await hands.press("enter")
        await hands.until(" DONE  ")
        gateway = hands.app.gateway
        assert isinstance(gateway, ScriptedGateway)
        assert "join" not in gateway.calls
        assert "restart" in gateway.calls
        # What was known before all this counts no more, however long the daemon takes to start.
        gateway.holding = {"status", "facts"}
        await hands.press("enter")
        text = await hands.until("THIS NODE")
        assert "asking the node daemon" in text
        assert "RESTART NEEDED" not in text
        assert FACTS.addresses[0].address not in text


async def test_there_is_nothing_to_set_up_on_a_node_that_is(tmp_path: Path) -> None:
    async with opened(ScriptedGateway()) as hands:
        await hands.until("STANDALONE")
        await hands.press("t")
        await hands.until("There is nothing to set up here.")


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_it_is_wanted_on_a_node_that_was_never_set_up(tmp_path: Path) -> None:
    here = Settings(state=str(tmp_path), config_file=tmp_path / "config.yaml")
    assert setup_wanted(here) == Setup()
    assert setup_wanted(Settings(node="unix:/x", state=str(tmp_path), config_file=tmp_path / "config.yaml")) is None
    (tmp_path / "config.yaml").write_text("control_plane:\n  address: https://vdc:8443\n")
    assert setup_wanted(here) is None
    (tmp_path / "config.yaml").write_text("server: {}\n")
    complete(str(tmp_path))
    assert setup_wanted(here) is None


def test_a_node_that_is_set_up_imports_nothing_of_it() -> None:
    loaded = modules_after("import quantix_tui.console.app, quantix_tui.console.setup, quantix_tui.console.application")
    assert not loaded & set(HEAVY)
    assert not {name for name in loaded if "wizard" in name or name.startswith("quantix_tui.setup.a")}
