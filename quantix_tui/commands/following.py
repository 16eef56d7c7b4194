"""Restarting the node daemon and following it to the first heartbeat, or to the reason why there is none."""

import asyncio
import time
from collections.abc import Callable

from quantix_tui.cluster.errors import Problem, QuantixError
from quantix_tui.cluster.status import ClusterStatus
from quantix_tui.node.gateway.follow import Failed, Reached, Waiting, follow, gave_up
from quantix_tui.node.gateway.protocol import NodeGateway

POLL_SECS = 0.25

WAITS_FOR_A_RESTART = (
    "Waiting until the node daemon is restarted, which --restart would have done. Restart it: quantix-tui restart"
)

Say = Callable[[str], None]


async def instance_of(gateway: NodeGateway) -> str | None:
    """The id of the daemon that runs now, by which its successor is told from it; None when none answers."""
    reading = await read(gateway)
    return None if isinstance(reading, Problem) else reading.instance_id


async def read(gateway: NodeGateway) -> ClusterStatus | Problem:
    """The status, or why there is none."""
    try:
        return await gateway.status()
    except QuantixError as error:
        return error.problem


async def follow_to_the_end(gateway: NodeGateway, before: str | None, seconds: float, say: Say) -> ClusterStatus:
    """Read the status until the node is where it should be. ``before``: see :func:`.follow.follow`.

    Raises :class:`QuantixError` with what stops it, or ``timed_out``.
    """
    end = time.monotonic() + seconds
    last: Waiting | None = None
    while True:
        step = follow(before, await read(gateway), gateway.kind)
        if isinstance(step, Reached):
            return step.status
        if isinstance(step, Failed):
            raise QuantixError(step.problem)
        if last is None or step.text != last.text:
            say(step.text)
        last = step
        if time.monotonic() >= end:
            raise QuantixError(gave_up(last, seconds))
        await asyncio.sleep(POLL_SECS)
