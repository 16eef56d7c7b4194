"""Somebody else sets the node up, or has the wizard open: real processes, which end as they do."""

import asyncio
import subprocess
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from quantix_tui.cluster.errors import ErrorCode, Problem
from quantix_tui.console.screens.wizard.wizard import WizardScreen
from quantix_tui.sandbox.machine import STATE, make_machine
from quantix_tui.setup.answers import AdministratorAnswers, Answers, NameAnswers, TimeAnswers
from quantix_tui.setup.claim import Doing, Who
from quantix_tui.setup.session import Session
from quantix_tui.setup.state import Failure, SetupState, complete, save
from quantix_tui.setup.steps import StepName
from tests.console.screen import Hands
from tests.console.wizard.rig import opened_wizard, to_name
from tests.console.wizard.test_opening import console_on
from tests.setup.holders import holding
from tests.support.waiting import wait_until

NAMED = Answers(name=NameAnswers(hostname="node1"), time=TimeAnswers(timezone="UTC"))
NO_SPACE = Problem(ErrorCode.CONFIG_WRITE_ERROR, "The disk is full.", "Make room.", "enospc")


@pytest.fixture
def state(tmp_path: Path) -> Path:
    make_machine(tmp_path)
    (tmp_path / STATE).mkdir(parents=True)
    return tmp_path / STATE


def kill(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.wait(10)


@asynccontextmanager
async def on_name_page(folder: Path) -> AsyncIterator[Hands]:
    async with console_on(folder) as hands:
        await hands.until(" WELCOME  ")
        await hands.press("f8")
        await hands.until(" ADMINISTRATOR  ")
        await hands.type("correct horse battery")
        await hands.press("tab")
        await hands.type("correct horse battery")
        await hands.press("f8")
        await hands.until(" NAME  ")
        yield hands


async def test_a_second_wizard_is_told_of_the_first_and_goes_on_when_that_ends(tmp_path: Path, state: Path) -> None:
    with holding(state, "session", seconds=200) as first:
        save(str(state), SetupState(NAMED, "time"))
        async with console_on(tmp_path) as hands:
            await hands.until("quantix-tui setup on pts/7 is open, for 3 min now.")
            await hands.until("the wizard is on Time now.")
            kill(first)
            await hands.until(" TIME  ")
            await hands.until("Time servers")
            assert "is open" not in hands.text


async def test_a_second_wizard_takes_over(tmp_path: Path, state: Path) -> None:
    with holding(state, "session"):
        save(str(state), SetupState(NAMED, "time"))
        async with console_on(tmp_path) as hands:
            await hands.until("Take it over")
            assert (state / "wizard.json").read_bytes()
            await hands.press("right", "enter")
            await hands.until(" TIME  ")
            await hands.until("Time servers")
            assert "is open" not in hands.text


async def test_the_dashboard_is_a_way_out_that_changes_nothing(tmp_path: Path, state: Path) -> None:
    with holding(state, "session"):
        save(str(state), SetupState(NAMED, "time"))
        before = (state / "wizard.json").read_bytes()
        async with console_on(tmp_path) as hands:
            await hands.until("Take it over")
            await hands.press("escape")
            await hands.until("THIS NODE")
            await hands.until("T goes on with it")
        assert (state / "wizard.json").read_bytes() == before


async def test_taken_over_and_taken_back_with_what_stands_on_the_pages(tmp_path: Path, state: Path) -> None:
    async with on_name_page(tmp_path) as hands:
        await hands.press("ctrl+u")
        await hands.type("node7")
        other = Session(str(state), Who(line="tty1"))
        other.take_over()
        await hands.until("The wizard on tty1 is open, for 0 s now.")
        await hands.until("It was taken over there")
        await hands.press("right", "enter")
        await hands.until("[node7 ")
        assert "taken over" not in hands.text
        # Nor does the password have to be typed again.
        await hands.press("escape")
        await hands.until(" ADMINISTRATOR  ")
        await hands.until("[*********************")
        assert not other.is_ours
        other.end()


async def test_what_was_kept_by_the_other_one_stands_there_after_taking_back(tmp_path: Path, state: Path) -> None:
    async with on_name_page(tmp_path) as hands:
        other = Session(str(state), Who(line="tty1"))
        other.take_over()
        save(str(state), SetupState(NAMED, "time"))
        await hands.until("and is on Time now.")
        await hands.press("right", "enter")
        await hands.until(" TIME  ")
        other.end()


async def test_no_page_is_kept_between_two_looks_either(tmp_path: Path, state: Path) -> None:
    async with on_name_page(tmp_path) as hands:
        before = (state / "wizard.json").read_bytes()
        other = Session(str(state), Who(line="tty1"))
        other.take_over()
        await hands.press("f8")
        await hands.until("The wizard on tty1 is open")
        assert (state / "wizard.json").read_bytes() == before
        other.end()


async def test_it_is_watched_how_another_one_sets_the_node_up(tmp_path: Path, state: Path) -> None:
    with holding(state, Doing.APPLIES, seconds=61) as setup:
        save(str(state), SetupState(NAMED, "apply").with_done(StepName.NAME, NameAnswers(hostname="node1")))
        async with console_on(tmp_path) as hands:
            await hands.until("quantix-tui setup on pts/7 sets this node up, for 1 min now.")
            await hands.until("Time now")
            assert "Take" not in hands.text
            complete(str(state))
            kill(setup)
            await hands.until("THIS NODE")
            await hands.until("This node is set up")
            await hands.press("t")
            await hands.until("There is nothing to set up here.")


async def test_why_another_one_failed_is_told_with_what_to_do(tmp_path: Path, state: Path) -> None:
    async with console_on(tmp_path) as hands:
        await hands.until(" WELCOME  ")
        with holding(state, Doing.APPLIES) as setup:
            await hands.until("sets this node up")
            failed = Failure(StepName.TIME, NO_SPACE, "quantix-tui setup on pts/7")
            done = SetupState(NAMED, "apply", failed=failed).with_done(StepName.NAME, NameAnswers(hostname="node1"))
            save(str(state), done)
            kill(setup)
        await hands.until(" APPLY  ")
        await hands.until("The disk is full.")
        await hands.until("Make room.")
        await hands.until("quantix-tui setup on pts/7 stopped at this step.")
        await hands.until("Mend: Time")
        await hands.until("Try again")


async def test_network_settings_that_another_one_tries_are_waited_for(tmp_path: Path, state: Path) -> None:
    async with on_name_page(tmp_path) as hands:
        with holding(state, Doing.TRIES):
            await hands.until("tries network settings")
            assert "Take" not in hands.text
        await hands.until("[debian ")
        assert "tries network settings" not in hands.text


async def test_why_settings_that_another_one_tried_went_back_is_told(tmp_path: Path) -> None:
    async with opened_wizard(tmp_path) as rig:
        await to_name(rig)
        await rig.next("Network")
        with holding(tmp_path / STATE, Doing.TRIES):
            await rig.hands.until("tries network settings")
            rig.trials.why = "Nobody confirmed the new network settings in time."
        await rig.hands.until("old settings are in force again.")


async def test_whoever_looked_at_the_dashboard_meanwhile_is_told(tmp_path: Path, state: Path) -> None:
    async with console_on(tmp_path) as hands:
        await hands.until(" WELCOME  ")
        await hands.press("right", "enter")
        await hands.until("T goes on with it")
        complete(str(state))
        await hands.press("t")
        await hands.until("This node is set up")


async def test_a_run_that_was_over_between_two_looks_is_noticed_too(tmp_path: Path, state: Path) -> None:
    async with console_on(tmp_path) as hands:
        await hands.until(" WELCOME  ")
        save(str(state), SetupState(NAMED, "apply", failed=Failure(StepName.TIME, NO_SPACE, "quantix-tui setup")))
        await hands.until("The disk is full.")
        await hands.until("Mend: Time")
        complete(str(state))
        await hands.until("This node is set up")


async def test_a_disk_that_hangs_holds_no_key_up(tmp_path: Path, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks, ended, go_on = [], [], threading.Event()

    def hangs(folder: str, kept: SetupState) -> bool:
        looks.append(folder)
        go_on.wait(3.0)
        ended.append(folder)
        return True

    save(str(state), SetupState(Answers(administrator=AdministratorAnswers()), "name"))
    monkeypatch.setattr("quantix_tui.setup.wizard.is_as_kept", hangs)
    async with console_on(tmp_path) as hands:
        await hands.until(" NAME  ")
        await asyncio.to_thread(wait_until, lambda: bool(looks), "a look at the disk")
        await hands.type("7")
        await hands.until("[debian7 ")
        (screen,) = [screen for screen in hands.app.screen_stack if isinstance(screen, WizardScreen)]
        screen._look_who()
        # Nor is there a second look that hangs.
        assert (len(looks), ended) == (1, [])
        go_on.set()
