"""Blocking calls beside the event loop, each in a thread of its own that a cancelled task stops.

Not ``asyncio.to_thread``: its pool keeps the program from ending until its last call is through.
"""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


async def in_background(work: Callable[[], T], stop: Callable[[], None]) -> T:
    """What ``work`` returns or raises. Cancelling calls ``stop``, which must make ``work`` end soon."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def run() -> None:
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - it goes on to whoever awaits
            _post(loop, _settle, done, None, error)
        else:
            _post(loop, _settle, done, result, None)

    threading.Thread(target=run, name="node call", daemon=True).start()
    try:
        return await done
    except asyncio.CancelledError:
        stop()
        raise


async def stream_in_background(work: Callable[[], Iterator[T]], stop: Callable[[], None]) -> AsyncGenerator[T, None]:
    """What ``work`` yields, as it yields it. Closing or cancelling the iteration calls ``stop``."""
    loop = asyncio.get_running_loop()
    # Unbounded: the reader bounds what comes (1 MiB an answer).
    results: asyncio.Queue[tuple[T] | BaseException | None] = asyncio.Queue()

    def run() -> None:
        try:
            for item in work():
                _post(loop, results.put_nowait, (item,))
        except BaseException as error:  # noqa: BLE001 - it goes on to whoever iterates
            _post(loop, results.put_nowait, error)
        else:
            _post(loop, results.put_nowait, None)

    threading.Thread(target=run, name="node stream", daemon=True).start()
    try:
        while (result := await results.get()) is not None:
            if isinstance(result, BaseException):
                raise result
            yield result[0]
    finally:
        stop()


def _settle(done: "asyncio.Future[T]", result: T, error: BaseException | None) -> None:
    if done.cancelled():
        return
    if error is not None:
        done.set_exception(error)
    else:
        done.set_result(result)


def _post(loop: asyncio.AbstractEventLoop, call: Callable[..., object], *arguments: object) -> None:
    # A loop that has ended raises RuntimeError: nobody waits for this any more.
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(call, *arguments)
