"""Settings that lead nowhere go back before their time is up."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from quantix_tui.host.wayback import keeper
from quantix_tui.host.wayback.back import arm, set_deadline
from quantix_tui.host.wayback.record import Record, Watched, this_boot
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


@pytest.mark.parametrize("applied", [True, False])
async def test_the_keeper_goes_back_at_once_but_not_while_they_are_being_applied(
    applied: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def at_once(watched: Watched) -> None: ...

    monkeypatch.setattr(keeper, "until_unreachable", at_once)
    machine = Machine(tmp_path / "machine")
    work = machine.work()
    record = Record(this_boot(), (), work.back_before, work.back_after)
    arm(machine.place, HERE, work.there.changes, record, 60.0)
    HERE.apply(work.there.changes)
    set_deadline(machine.place, 60.0 if applied else 0.5, applied=applied)
    await asyncio.wait_for(keeper._keep(machine.place), 10.0)
    assert machine.edited.read_text() == "old\n"
    assert why_gone_back(machine.place) == (keeper.UNREACHABLE if applied else keeper.NOBODY)
