"""The runner: everything at once, each line told when it is known, nothing left when it is stopped."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from quantix_tui.cluster.checks import CheckResult, Finding, Outcome
from quantix_tui.host.network.steps import Step, run_steps, single, told

GOOD = Finding(Outcome.PASS, "fine")


async def test_the_quick_one_is_told_first_with_its_own_number() -> None:
    go_on = asyncio.Event()

    async def slow() -> Finding:
        await go_on.wait()
        return GOOD

    places = []
    async for place, result in run_steps([single("A", "slow", slow), told("B", "quick", GOOD)]):
        places.append((place, result.name))
        go_on.set()
    assert places == [(1, "quick"), (0, "slow")]


async def test_what_takes_too_long_is_not_known_and_keeps_nobody() -> None:
    async def run() -> AsyncGenerator[CheckResult, None]:
        yield GOOD.after("first", 1)
        await asyncio.Event().wait()

    results = dict([answer async for answer in run_steps([Step("A", ("first", "second", "third"), run, 0.02)])])
    assert [results[place].outcome.value for place in range(3)] == ["pass", "could_not_run", "could_not_run"]
    late = results[1].problem
    assert late is not None
    assert late.message == "A, second: not known, for it did not end within 0.02 s."


async def test_stopped_it_leaves_nothing_running() -> None:
    stopped = asyncio.Event()

    async def forever() -> Finding:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()
        return GOOD

    async with aclosing(run_steps([single("A", "forever", forever), told("B", "quick", GOOD)])) as results:
        async for _ in results:
            break
    assert stopped.is_set()


async def test_a_fault_is_not_swallowed() -> None:
    async def broken() -> Finding:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        async for _ in run_steps([single("A", "broken", broken)]):
            pass
