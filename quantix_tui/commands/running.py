"""The frame around every command that works through a gateway."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.cluster.status import ClusterStatus
from quantix_tui.commands import ends
from quantix_tui.commands.following import Say
from quantix_tui.node.gateway.choose import choose_gateway
from quantix_tui.node.gateway.protocol import NodeGateway
from quantix_tui.settings import Settings

T = TypeVar("T")


def with_gateway(settings: Settings, work: Callable[[NodeGateway], Awaitable[T]]) -> T:
    """Run ``work`` on the node that ``settings`` mean."""
    gateway = choose_gateway(settings)

    async def work_and_close() -> T:
        try:
            return await work(gateway)
        finally:
            await gateway.close()

    return asyncio.run(work_and_close())


def say_to(*, json: bool) -> Say:
    """Where progress goes: nowhere when the result is JSON, else to standard output as it happens."""
    if json:
        return _keep_silent
    return _say


def _say(text: str) -> None:
    print(text, flush=True)


def _keep_silent(_: str) -> None: ...


def put_status(status: ClusterStatus, *, json: bool, beside: dict[str, object], told: str) -> None:
    """The result of a change: the status as JSON with ``beside`` in it, or the sentence ``told``."""
    if json:
        ends.put_json({**status.to_json(), **beside})
    else:
        print(told)


def put_failure(error: QuantixError, *, json: bool, beside: dict[str, object]) -> int:
    """The result of a refused change: the error's body as JSON on standard output, the words on standard error."""
    if json:
        ends.put_json({**error.problem.to_json(), **beside})
        sys.stdout.flush()
    return ends.complain(error.problem)
