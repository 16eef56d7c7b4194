"""Settings that lead nowhere go back before their time is up."""

import asyncio
import fcntl
import socket
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from quantix_tui.host.wayback import keeper
from quantix_tui.host.wayback.back import CUT_SHORT, Countdown, applying, arm, countdown, recover, set_deadline
from quantix_tui.host.wayback.record import Place, Record, Watched, this_boot
from quantix_tui.host.wayback.trying import why_gone_back
from quantix_tui.host.wayback.watch import until_reachable, until_unreachable
from tests.host.wayback.rig import HERE, Machine


@pytest.fixture
def port() -> Iterator[socket.socket]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening


async def test_what_answers_is_waited_for_and_watched(port: socket.socket) -> None:
    watched = Watched(control_plane=("127.0.0.1", port.getsockname()[1]))
    assert await until_reachable(watched, 5.0, settled=0.01) == "the control plane answers"
    watching = asyncio.create_task(until_unreachable(watched, first=0.0, every=0.01))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.shield(watching), 0.3)
    port.close()
    await asyncio.wait_for(watching, 5.0)
    assert await until_reachable(watched, 0.1) == ""


async def test_a_gateway_that_the_new_settings_do_not_have_is_no_answer() -> None:
    watched = Watched(gateway=True, device="no-such-device")
    await asyncio.wait_for(until_unreachable(watched, first=0.0, every=0.01), 5.0)


async def test_where_nothing_has_to_answer_nothing_is_held_against_it() -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(until_unreachable(Watched(), first=0.0, every=0.0), 0.1)
    assert await until_reachable(Watched(), 0.0)


async def test_the_keeper_goes_back_at_once_but_not_while_they_are_being_applied(
    armed: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, thrice = count(1), asyncio.Event()

    def look(place: Place) -> Countdown | None:
        if next(looks) == 3:
            thrice.set()
        return countdown(place)

    monkeypatch.setattr(keeper, "countdown", look)
    async with applying(armed.place):
        keeping = asyncio.create_task(keeper._keep(armed.place))
        await asyncio.wait_for(thrice.wait(), 10.0)
        assert armed.edited.read_text() == "new\n"
        set_deadline(armed.place, 60.0, applied=True)
    await asyncio.wait_for(keeping, 10.0)
    assert armed.edited.read_text() == "old\n"
    assert why_gone_back(armed.place) == keeper.UNREACHABLE


async def test_what_was_cut_short_while_it_was_applied_goes_back_at_once(armed: Machine) -> None:
    await asyncio.wait_for(keeper._keep(armed.place), 10.0)
    assert armed.edited.read_text() == "old\n"
    assert why_gone_back(armed.place) == CUT_SHORT


async def test_whoever_looks_before_the_keeper_takes_it_back_too(armed: Machine) -> None:
    with Path(armed.place.keeper_lock).open("w", encoding="ascii") as lock:  # noqa: ASYNC230 - a lock file
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert await recover(armed.place)
        assert not await recover(armed.place)
    assert armed.edited.read_text() == "old\n"


@pytest.fixture
def armed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """On the way to new settings, where nothing will answer."""

    async def at_once(watched: Watched) -> None: ...

    monkeypatch.setattr(keeper, "until_unreachable", at_once)
    monkeypatch.setattr(keeper, "LOOK_SECS", 0.01)
    machine = Machine(tmp_path / "machine")
    work = machine.work()
    record = Record(this_boot(), (), work.back_before, work.back_after)
    arm(machine.place, HERE, work.there.changes, record, 60.0)
    HERE.apply(work.there.changes)
    return machine
