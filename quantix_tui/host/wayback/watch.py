"""Whether the new settings lead anywhere: the default gateway, and the control plane that was chosen."""

import asyncio
import contextlib
import time

from quantix_tui.cluster.checks import Outcome
from quantix_tui.host.network.gateways import ask, read_gateways
from quantix_tui.host.wayback.record import Watched

FIRST_SECS = 10.0
"""A network takes a while to come up (spanning tree, DHCP)."""
EVERY_SECS = 5.0
FAILURES = 3
CONNECT_SECS = 4.0


async def until_unreachable(watched: Watched, first: float = FIRST_SECS, every: float = EVERY_SECS) -> None:
    """Returns when nothing of what is watched could be reached several times on end; for ever when that is nothing."""
    if not watched.gateway and watched.control_plane is None:
        await asyncio.Event().wait()
    await asyncio.sleep(first)
    failures = 0
    while failures < FAILURES:
        began = time.monotonic()
        failures = 0 if await reachable(watched) else failures + 1
        await asyncio.sleep(max(0.0, every - (time.monotonic() - began)))


async def until_reachable(watched: Watched, within: float, every: float = 1.0) -> str:
    """What answers, in words, as soon as it does; empty when nothing did ``within`` seconds."""
    if not watched.gateway and watched.control_plane is None:
        return "nothing was named that had to answer"
    try:
        async with asyncio.timeout(within):
            while True:
                if watched.gateway and await gateway_answers():
                    return "the gateway answers"
                if watched.control_plane is not None and await port_answers(*watched.control_plane):
                    return "the control plane answers"
                await asyncio.sleep(every)
    except TimeoutError:
        return ""


async def reachable(watched: Watched) -> bool:
    """Whether any of it answers."""
    return (watched.gateway and await gateway_answers()) or (
        watched.control_plane is not None and await port_answers(*watched.control_plane)
    )


async def gateway_answers() -> bool:
    """Whether one of the default gateways is there. What cannot be found out is not held against it."""
    for gateway in read_gateways():
        finding = await ask(gateway, None)
        if finding.outcome is not Outcome.FAIL:
            return True
    return False


async def port_answers(host: str, port: int) -> bool:
    with contextlib.suppress(OSError):
        async with asyncio.timeout(CONNECT_SECS):
            _, writer = await asyncio.open_connection(host, port)
        writer.close()
        return True
    return False
