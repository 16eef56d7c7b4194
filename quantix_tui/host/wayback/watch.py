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
SETTLED_SECS = 2.0


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


async def until_reachable(watched: Watched, within: float, settled: float = SETTLED_SECS) -> str:
    """What answers, in words, as soon as it does, twice with ``settled`` seconds between; empty when nothing did
    ``within`` seconds. What sets the network up may still have the old one in force when it says that it is done."""
    if not watched.gateway and watched.control_plane is None:
        return "nothing was named that had to answer"
    try:
        async with asyncio.timeout(within):
            before = ""
            while True:
                answer = await reachable(watched)
                if answer and before:
                    return answer
                before = answer
                await asyncio.sleep(settled if answer else 1.0)
    except TimeoutError:
        return ""


async def reachable(watched: Watched) -> str:
    """What of it answers, in words; empty when nothing does."""
    if watched.gateway and await gateway_answers(watched):
        return "the gateway answers"
    if watched.control_plane is not None and await port_answers(*watched.control_plane):
        return "the control plane answers"
    return ""


async def gateway_answers(watched: Watched) -> bool:
    """Whether the gateway is there. What cannot be found out is not held against it."""
    for gateway in read_gateways():
        meant = watched.device in ("", gateway.interface) and (
            not watched.gateways or gateway.address in watched.gateways
        )
        if meant and (await ask(gateway, None)).outcome is not Outcome.FAIL:
            return True
    return False


async def port_answers(host: str, port: int) -> bool:
    with contextlib.suppress(OSError):
        async with asyncio.timeout(CONNECT_SECS):
            _, writer = await asyncio.open_connection(host, port)
        writer.close()
        return True
    return False
