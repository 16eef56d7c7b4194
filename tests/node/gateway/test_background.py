import asyncio
import threading
from collections.abc import Iterator
from contextlib import aclosing

import pytest

from quantix_tui.node.gateway.background import in_background, stream_in_background


async def test_the_result_and_the_error_come_back() -> None:
    assert await in_background(lambda: 7, lambda: None) == 7
    with pytest.raises(ZeroDivisionError):
        await in_background(lambda: 1 // 0, lambda: None)


async def test_the_loop_goes_on_meanwhile() -> None:
    gate = threading.Event()
    waiting = asyncio.create_task(in_background(lambda: gate.wait(10), gate.set))
    await asyncio.sleep(0)
    assert not waiting.done()
    gate.set()
    assert await waiting


async def test_cancelling_stops_the_work() -> None:
    stopped = threading.Event()
    waiting = asyncio.create_task(in_background(lambda: stopped.wait(10), stopped.set))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert stopped.is_set()


async def test_items_come_as_they_are_known() -> None:
    gate = threading.Event()

    def work() -> Iterator[int]:
        yield 1
        gate.wait(10)
        yield 2

    seen = []
    async with aclosing(stream_in_background(work, lambda: None)) as items:
        async for item in items:
            seen.append(item)
            gate.set()
    assert seen == [1, 2]


async def test_an_error_in_the_stream_comes_after_its_items() -> None:
    def work() -> Iterator[int]:
        yield 1
        raise ValueError("broken")

    items = stream_in_background(work, lambda: None)
    assert await anext(items) == 1
    with pytest.raises(ValueError, match="broken"):
        await anext(items)


async def test_leaving_the_stream_stops_the_work() -> None:
    stopped = threading.Event()

    def work() -> Iterator[int]:
        yield 1
        stopped.wait(10)

    async with aclosing(stream_in_background(work, stopped.set)) as items:
        async for _ in items:
            break
    assert stopped.is_set()


def test_a_call_that_outlives_the_loop_holds_up_nothing() -> None:
    """Quitting never waits for a daemon that hangs; what it answers later is dropped."""
    gate = threading.Event()
    ended = threading.Event()

    def work() -> int:
        gate.wait(10)
        threading.Timer(0, ended.set).start()
        return 1

    async def quit_at_once() -> None:
        asyncio.get_running_loop().create_task(in_background(work, lambda: None))
        await asyncio.sleep(0)

    asyncio.run(quit_at_once())
    gate.set()
    assert ended.wait(10)
