"""Back and forth loses nothing; what was answered is kept from page to page, over a break too, but for secrets."""

import json
import shutil
from pathlib import Path

import pytest

from quantix_tui.sandbox.machine import STATE
from quantix_tui.setup.steps import StepName
from tests.console.wizard.rig import (
    PASSWORD,
    SILENT,
    TOKEN,
    Joins,
    Rig,
    choose_cluster,
    opened_wizard,
    to_cluster,
    to_name,
)

PAGES = ("Administrator", "Name", "Network", "Time", "Cluster", "Review")


async def reach(rig: Rig, title: str) -> None:
    """The page of this title, answering those before it."""
    if title == "Administrator":
        await rig.next("Administrator")
        return
    if title == "Name":
        await to_name(rig)
        return
    if title == "Network":
        await to_name(rig)
        await rig.next("Network")
        return
    await to_cluster(rig)
    if title == "Time":
        await rig.hands.press("escape")
        await rig.on("Time")
    elif title == "Review":
        await choose_cluster(rig)


async def test_back_and_forth_loses_nothing_not_even_what_is_wrong(tmp_path: Path) -> None:
    async with opened_wizard(tmp_path) as rig:
        await to_name(rig)
        await rig.hands.press("ctrl+u")
        await rig.hands.type("node_1")
        await rig.hands.press("escape")
        await rig.on("Administrator")
        await rig.hands.until(f"[{'*' * len(PASSWORD)} ")
        await rig.next("Name")
        await rig.hands.until("[node_1 ")
        assert "'name': None" in repr(rig.kept())
        await rig.hands.press("backspace", "backspace")
        await rig.next("Network")
        for title in ("Name", "Administrator", "Welcome"):
            await rig.hands.press("escape")
            await rig.on(title)
        await rig.hands.press("escape")
        await rig.hands.until("This is the first page.")
        for title in ("Administrator", "Name", "Network"):
            await rig.next(title)
        assert rig.bench.answers.name is not None
        assert rig.bench.answers.name.hostname == "node"


@pytest.mark.parametrize("title", PAGES)
async def test_a_break_costs_at_most_the_page_one_was_on(tmp_path: Path, title: str) -> None:
    async with opened_wizard(tmp_path) as rig:
        await reach(rig, title)
        before = rig.bench.answers
    async with opened_wizard(tmp_path) as rig:
        await rig.on(title)
        assert rig.bench.answers.model_dump() == before.model_dump()
        if title in ("Name", "Network", "Time"):
            await rig.hands.until("not kept: Administrator.")
        if title == "Review":
            await rig.hands.until("not kept: Administrator, Cluster.")
            await rig.hands.until("Mend: Administrator")
    kept = (tmp_path / STATE / "wizard.json").read_text()
    assert PASSWORD not in kept
    assert TOKEN not in kept
    assert (tmp_path / STATE / "wizard.json").stat().st_mode & 0o777 == 0o600


async def test_secrets_are_typed_again_and_then_one_is_back_at_the_review(tmp_path: Path) -> None:
    async with opened_wizard(tmp_path) as rig:
        await reach(rig, "Review")
    async with opened_wizard(tmp_path) as rig:
        await rig.on("Review")
        await rig.hands.press("enter")
        await rig.on("Administrator")
        await rig.hands.type(PASSWORD)
        await rig.hands.press("tab")
        await rig.hands.type(PASSWORD)
        await rig.next("Review")
        await rig.hands.until("Mend: Cluster")
        await rig.hands.press("enter")
        await rig.on("Cluster")
        await rig.hands.until("The token has to be typed again")
        await rig.hands.press("f8")
        await rig.hands.until("https://vdc.example.com:8443")
        await rig.hands.type(TOKEN)
        await rig.hands.press("enter")
        await rig.hands.until("Take this cluster")
        await rig.hands.press("enter")
        await rig.on("Review")
        await rig.hands.until("Apply now")
        await rig.hands.press("f8")
        await rig.on("Done")


async def test_changes_that_were_cut_short_wait_for_a_person(tmp_path: Path) -> None:
    async with opened_wizard(tmp_path, joins=Joins(SILENT)) as rig:
        await to_cluster(rig)
        await choose_cluster(rig)
        await rig.hands.press("f8")
        await rig.hands.until("Mend: Cluster")
        shadow = (tmp_path / "etc/shadow").read_text()
    async with opened_wizard(tmp_path) as rig:
        await rig.on("Apply")
        await rig.hands.until("What was done stays done")
        assert rig.joins.asked == []
        assert rig.bench.applied == frozenset(StepName) - {StepName.CLUSTER}
        # The password need not be typed again: it is set.
        await rig.hands.until("Mend: Cluster")
        await rig.hands.press("enter")
        await rig.on("Cluster")
        await rig.hands.press("f8")
        await rig.hands.until("Choose a cluster")
        await rig.hands.type(TOKEN)
        await rig.hands.press("enter")
        await rig.hands.until("Take this cluster")
        await rig.hands.press("enter")
        await rig.on("Review")
        await rig.hands.until("Apply now")
        await rig.hands.press("f8")
        await rig.on("Done")
        assert (tmp_path / "etc/shadow").read_text() == shadow


async def test_finish_later_keeps_what_is_answered(tmp_path: Path) -> None:
    async with opened_wizard(tmp_path) as rig:
        await to_name(rig)
        await rig.hands.press("ctrl+u")
        await rig.hands.type("node7")
        await rig.hands.press("tab", "right", "right", "enter")
        await rig.hands.until("THIS NODE")
        assert rig.kept()["page"] == "name"
        assert "node7" in json.dumps(rig.kept())
        assert (tmp_path / "etc/hostname").read_text() == "debian\n"


async def test_a_state_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    async with opened_wizard(tmp_path) as rig:
        await to_name(rig)
    (tmp_path / STATE / "wizard.json").write_text("{")
    async with opened_wizard(tmp_path) as rig:
        await rig.on("Welcome")
        await rig.hands.until("cannot be read any more.")


async def test_a_state_that_cannot_be_kept_holds_one_on_the_page(tmp_path: Path) -> None:
    async with opened_wizard(tmp_path) as rig:
        await to_name(rig)
        shutil.rmtree(tmp_path / STATE)
        (tmp_path / STATE).write_text("in the way")
        await rig.hands.press("f8")
        await rig.hands.until("cannot be kept in")
        await rig.hands.until("Mend that, then try again.")
        await rig.hands.press("escape")
        await rig.on("Name")
        # Nobody is held in the wizard by it.
        await rig.hands.press("tab", "right", "right", "enter")
        await rig.hands.until("cannot be kept in")
        await rig.hands.press("escape")
        await rig.hands.until("THIS NODE")


async def test_whoever_leaves_the_first_page_has_answered_nothing(tmp_path: Path) -> None:
    async with opened_wizard(tmp_path) as rig:
        await rig.on("Welcome")
        await rig.hands.press("right", "enter")
        await rig.hands.until("THIS NODE")
        assert not (tmp_path / STATE / "wizard.json").exists()
