"""Settings on trial: kept when confirmed, and otherwise gone, whoever was killed."""

import asyncio
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.host.wayback import back
from quantix_tui.host.wayback.keeper import ENDED, NOBODY
from quantix_tui.host.wayback.record import Place, Record, Watched, from_bytes, now, this_boot, to_bytes
from quantix_tui.host.wayback.runtime import InForce
from quantix_tui.host.wayback.trying import running_trial, why_gone_back
from quantix_tui.host.work import Command
from tests.host.files.trees import PowerCut, put
from tests.host.wayback.rig import HERE, Machine, keepers, kill_keepers, start_parent
from tests.support.waiting import wait_until


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    machine = Machine(tmp_path / "machine")
    yield machine
    kill_keepers(machine.place)


async def test_confirmed_settings_stay(machine: Machine) -> None:
    trial = await machine.attempt()
    assert machine.is_new
    left = trial.seconds_left()
    assert left is not None
    assert 50 < left <= 60
    (keeper,) = keepers(machine.place)
    # It is nobody's child, and in no session of ours.
    assert os.getsid(keeper) != os.getsid(0)
    await trial.confirm()
    await asyncio.to_thread(machine.wait_until_over)
    assert machine.is_new
    assert machine.leftovers == []
    assert trial.seconds_left() is None
    assert why_gone_back(machine.place) == ""


async def test_what_nobody_confirms_goes_back_by_itself(machine: Machine) -> None:
    trial = await machine.attempt(0.3)
    # It is said when the old ones are in force, not before.
    assert await trial.why_over() == NOBODY
    assert machine.is_old
    await asyncio.to_thread(machine.wait_until_over)
    assert machine.leftovers == []
    assert why_gone_back(machine.place) == NOBODY
    with pytest.raises(QuantixError) as caught:
        await trial.confirm()
    assert NOBODY in caught.value.problem.message
    assert machine.is_old
    # Of two consoles neither takes it away from the other one.
    assert why_gone_back(machine.place) == NOBODY


@pytest.mark.parametrize(("boot", "ago", "told"), [("", 10.0, True), ("", 4000.0, False), ("another", 10.0, False)])
def test_why_it_went_back_is_told_as_long_as_it_is_news(tmp_path: Path, boot: str, ago: float, told: bool) -> None:
    place = Place(str(tmp_path))
    Path(place.result).write_text(f"{boot or this_boot()} {now() - ago:.3f} {NOBODY}\n")
    assert why_gone_back(place) == (NOBODY if told else "")


async def test_taken_back_by_hand(machine: Machine) -> None:
    trial = await machine.attempt()
    await trial.go_back()
    assert machine.is_old
    await asyncio.to_thread(machine.wait_until_over)
    assert machine.leftovers == []
    assert why_gone_back(machine.place) == ""


async def test_a_second_trial_is_refused(machine: Machine) -> None:
    await machine.attempt()
    with pytest.raises(QuantixError) as caught:
        await machine.attempt()
    assert caught.value.problem.reason == "trial_runs"
    assert machine.is_new
    found = running_trial(machine.place)
    assert found is not None
    await found.confirm()
    await asyncio.to_thread(machine.wait_until_over)
    assert machine.is_new
    assert running_trial(machine.place) is None


async def test_nor_one_that_looked_before_the_first_began(machine: Machine) -> None:
    work = machine.work()
    record = Record(this_boot(), (), work.back_before, work.back_after)
    async with back.applying(machine.place):
        second = asyncio.create_task(machine.attempt())
        # It has found nothing on trial, and waits for its turn.
        await asyncio.to_thread(wait_until, lambda: _waiting(machine.place), "the second one")
        back.arm(machine.place, HERE, work.there.changes, record, 60.0)
        HERE.apply(work.there.changes)
        back.set_deadline(machine.place, 60.0, applied=True)
    with pytest.raises(QuantixError) as caught:
        await second
    assert caught.value.problem.reason == "trial_runs"
    assert await back.go_back(machine.place, "Now.")
    assert machine.is_old
    assert machine.leftovers == []


def _waiting(place: Place) -> bool:
    """Whether two of our own files are open on the lock."""
    links = (os.path.join("/proc/self/fd", name) for name in os.listdir("/proc/self/fd"))
    return [os.path.realpath(link) for link in links].count(os.path.realpath(place.back_lock)) > 1


async def test_the_next_trial_waits_for_the_last_moves_of_the_one_before(machine: Machine) -> None:
    trial = await machine.attempt()
    await trial.go_back()
    trial = await machine.attempt()
    await trial.confirm()
    machine.removed.write_text("once more\n")
    await (await machine.attempt()).confirm()
    assert machine.is_new


async def test_settings_that_cannot_be_applied_go_back_at_once(machine: Machine) -> None:
    with pytest.raises(QuantixError) as caught:
        await machine.attempt(more=(Command(("sh", "-c", "echo no such device; exit 1")),))
    assert "no such device" in caught.value.problem.message
    assert "old ones are in force" in caught.value.problem.message
    assert machine.is_old
    await asyncio.to_thread(machine.wait_until_over)
    assert machine.leftovers == []


async def test_a_console_that_leaves_while_it_applies_leaves_the_old_ones(machine: Machine) -> None:
    applying = asyncio.create_task(machine.attempt(more=(Command(("sleep", "60")),)))
    await asyncio.to_thread(wait_until, lambda: machine.in_force.read_text() == "new\n", "the new settings")
    applying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await applying
    assert machine.is_old


def test_a_killed_console_takes_nothing_with_it(machine: Machine) -> None:
    parent = start_parent(machine, seconds=600.0)
    assert machine.is_new
    # The whole group, as a hangup of its terminal or a kill of its session would.
    os.killpg(parent.pid, signal.SIGKILL)
    parent.wait()
    assert machine.is_new
    assert keepers(machine.place)
    back.set_deadline(machine.place, 0.0, applied=True)
    machine.wait_until_over()
    assert machine.is_old
    assert why_gone_back(machine.place) == NOBODY


async def test_a_killed_keeper_has_a_successor(machine: Machine) -> None:
    trial = await machine.attempt()
    await asyncio.to_thread(kill_keepers, machine.place)
    assert machine.is_new
    await trial.keep_watched()
    (successor,) = keepers(machine.place)
    await trial.keep_watched()
    assert keepers(machine.place) == [successor]
    back.set_deadline(machine.place, 0.0, applied=True)
    await asyncio.to_thread(machine.wait_until_over)
    assert machine.is_old


async def test_with_console_and_keeper_killed_the_next_start_goes_back(machine: Machine) -> None:
    parent = start_parent(machine, seconds=600.0)
    kill_keepers(machine.place)
    parent.kill()
    parent.wait()
    assert machine.is_new
    assert await back.recover(machine.place)
    assert machine.is_old
    assert machine.leftovers == []
    assert "was ended" in why_gone_back(machine.place)
    assert not await back.recover(machine.place)


async def test_nothing_is_recovered_under_a_living_keeper(machine: Machine) -> None:
    await machine.attempt()
    assert not await back.recover(machine.place)
    assert machine.is_new


def pretend_restart(place: Place) -> None:
    armed = Path(place.armed)
    armed.write_text(json.dumps({**json.loads(armed.read_text()), "boot": "another"}))


async def test_after_a_restart_of_the_machine_the_old_files_are_there(machine: Machine) -> None:
    await machine.attempt()
    await asyncio.to_thread(kill_keepers, machine.place)
    pretend_restart(machine.place)
    assert await back.recover(machine.place, files_only=True)
    # The network is not up yet: it will come up with them.
    assert machine.in_force.read_text() == "new\n"
    assert machine.edited.read_text() == "old\n"
    assert "machine restarted" in why_gone_back(machine.place)


def test_a_keeper_that_is_told_to_end_goes_back_first(machine: Machine) -> None:
    parent = start_parent(machine, seconds=600.0)
    (keeper,) = keepers(machine.place)
    os.kill(keeper, signal.SIGTERM)
    machine.wait_until_over()
    parent.kill()
    parent.wait()
    assert machine.is_old
    assert why_gone_back(machine.place) == ENDED


async def test_of_two_that_want_it_one_gets_it(machine: Machine) -> None:
    for _ in range(3):
        trial = await machine.attempt()
        confirmed, went = await asyncio.gather(
            asyncio.to_thread(back.confirm, machine.place), back.go_back(machine.place, "Now.")
        )
        assert confirmed != went
        assert machine.is_new if confirmed else machine.is_old
        await asyncio.to_thread(machine.wait_until_over)
        assert machine.leftovers == []
        if confirmed:
            break
        assert trial.seconds_left() is None


async def test_the_way_back_can_be_cut_short_anywhere(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = ("rename", "unlink", "fsync", "link")
    cuts = 0
    while True:
        fresh = Machine(machine.folder.parent / f"cut{cuts}")
        work = fresh.work()
        record = Record(this_boot(), (), work.back_before, work.back_after)
        left = cuts

        def counted(name: str, real: object) -> object:
            def call(*words: object, **more: object) -> object:
                nonlocal left
                left -= 1
                if left == -1:
                    raise PowerCut
                return real(*words, **more)  # type: ignore[operator]

            return call

        try:
            with monkeypatch.context() as patched:
                for name in calls:
                    patched.setattr(os, name, counted(name, getattr(os, name)))
                back.arm(fresh.place, HERE, work.there.changes, record, 60)
                HERE.apply(work.there.changes)
                await back.go_back(fresh.place, "Now.")
            break
        except PowerCut:
            pass
        await back.recover(fresh.place, files_only=True)
        assert fresh.edited.read_text() == "old\n", cuts
        assert fresh.removed.exists(), cuts
        assert not fresh.new.exists(), cuts
        if not fresh.place.is_busy:
            assert [name for name in os.listdir(fresh.folder) if name.startswith(".quantix-before")] == [], cuts
        cuts += 1
    assert cuts > 25


def test_a_record_comes_back_as_it_was() -> None:
    watched = Watched(True, ("vdc", 8443), "eno1", ("10.0.0.1",))
    now = (InForce("eno1", ("10.0.0.2/24",), ("10.0.0.1",)),)
    record = Record("b", (), (Command(("a", "b"), 3.0, optional=True),), (), watched, now)
    assert from_bytes(to_bytes(record)) == record


async def test_a_record_that_cannot_be_read_hinders_nobody(machine: Machine) -> None:
    put(machine.folder, "trial/trial.json", "{")
    assert not await back.recover(machine.place)
    await (await machine.attempt()).confirm()
    assert machine.is_new
