"""What the pages ask by packets, as steps of the network test: settings on trial, and time servers."""

import socket
from collections.abc import Sequence
from functools import partial

from quantix_tui.host.network import ntp
from quantix_tui.host.network.steps import Step, host_steps, single
from quantix_tui.node.gateway.background import in_background

TIME, INTERFACES = "Time", "Interfaces"


def time_steps(servers: Sequence[str]) -> list[Step]:
    """Each server asked by a real packet: whether it answers, and how far this clock is off."""
    return [
        single(TIME, server, partial(ntp.check_server, server, addresses_of), f"asking {server}") for server in servers
    ]


def trial_steps(device: str) -> list[Step]:
    """What the settings on trial give: the device's address, its gateway, the name servers. Reads files only."""
    steps = host_steps(addresses_of)
    return [step for step in steps if step.group != TIME and (step.group != INTERFACES or step.names == (device,))]


async def addresses_of(name: str) -> Sequence[str]:
    """By the machine's own resolver, beside the event loop. Raises OSError."""
    found = await in_background(partial(socket.getaddrinfo, name, None, type=socket.SOCK_DGRAM), _nothing)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _nothing() -> None:
    """The resolver ends by its own timeout; nobody waits for it."""
