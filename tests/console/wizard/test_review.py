"""Review and Apply: the exact changes, who may apply them when, and what becomes of a step that fails."""

import asyncio
from pathlib import Path

import pytest

from quantix_tui.console.screens.wizard import review
from tests.console.wizard.rig import PASSWORD, SILENT, TOKEN, Joins, choose_cluster, opened_wizard, to_cluster


async def test_review_shows_no_secret_and_saves_a_file_without_one(tmp_path: Path) -> None:
    async with opened_wizard(tmp_path) as rig:
        await to_cluster(rig)
        await choose_cluster(rig)
        shown = rig.hands.text
        await rig.hands.press("pagedown")
        shown += rig.hands.text
        assert "+127.0.1.1 node1.example.com node1" in shown
        assert "(a secret: not shown)" in shown
        await rig.hands.press("right", "right", "enter")
        await rig.hands.until("Saved without secrets")
        written = (tmp_path / "var/lib/quantix-tui/answers.yaml").read_text()
        assert "hostname: node1.example.com" in written
        for text in (shown, written):
            assert TOKEN not in text
            assert PASSWORD not in text


async def test_a_step_that_failed_is_mended_and_the_rest_is_not_redone(tmp_path: Path) -> None:
    async with opened_wizard(tmp_path, joins=Joins(SILENT)) as rig:
        await to_cluster(rig)
        await choose_cluster(rig)
        await rig.hands.press("f8")
        await rig.hands.until("does not answer.")
        await rig.hands.until("Mend: Cluster")
        before = (tmp_path / "etc/shadow").read_text()
        await rig.hands.press("enter")
        await rig.on("Cluster")
        await rig.hands.press("right")
        await rig.next("Review")
        # What is made now is other than what was agreed to, so it is shown, and asked for, once more.
        shown = await rig.hands.until("[ Apply now ]")
        assert "Done already, with these answers." in shown
        await rig.hands.press("f8")
        text = await rig.on("Done")
        assert "The node runs on its own." in text
        assert (tmp_path / "etc/shadow").read_text() == before
        assert len(rig.joins.asked) == 1


async def test_a_key_pressed_twice_applies_nothing_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = False
    monkeypatch.setattr(review, "shows_all", lambda _: sent)
    async with opened_wizard(tmp_path) as rig:
        await to_cluster(rig)
        await rig.hands.press("right")
        await rig.hands.until("The node runs on its own.")
        await rig.hands.press("f8", "f8")
        await rig.hands.until("+node1.example.com")
        # A slow line has not carried them yet.
        for _ in range(3):
            await asyncio.sleep(review.QUIET_SECS / 2)
            await rig.hands.press("f8")
        await rig.on("Review")
        await rig.hands.until("The changes are being looked up, and shown.")
        sent = True
        # A key that is held down is no answer either.
        for _ in range(8):
            await rig.hands.press("f8")
            await asyncio.sleep(review.QUIET_SECS / 4)
        assert "Apply now" not in await rig.on("Review")
        await rig.hands.until("[ Apply now ]")
        assert not (tmp_path / "etc/hostname").read_text().startswith("node1")
        await rig.hands.press("f8")
        await rig.on("Done")


async def test_a_line_that_never_comes_to_rest_keeps_nobody_from_applying(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review, "shows_all", lambda _: False)
    monkeypatch.setattr(review, "SHOWN_WITHIN", 0.5)
    async with opened_wizard(tmp_path) as rig:
        await to_cluster(rig)
        await rig.hands.press("right")
        await rig.next("Review")
        await rig.hands.until("[ Apply now ]")
