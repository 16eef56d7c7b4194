"""Addresses that are in force without being in any file: from the boot loader, from an installer, given by hand."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from quantix_tui.host.addresses import interface_addresses
from quantix_tui.host.doing import run_all
from quantix_tui.host.network.gateways import read_gateways
from quantix_tui.host.network.links import bound_to_link
from quantix_tui.host.work import Command

COME_BACK_SECS = 2.0
"""The way back itself waits for DHCP."""
_POLL_SECS = 0.5


@dataclass(frozen=True, slots=True)
class InForce:
    """What an interface has: addresses with their prefixes, and the default gateways that are reached through it."""

    device: str
    addresses: tuple[str, ...]
    gateways: tuple[str, ...] = ()


def in_force(devices: Sequence[str]) -> tuple[InForce, ...]:
    """Of those among ``devices`` that have an address by which others reach them."""
    gateways = read_gateways()
    found = []
    for device in devices:
        addresses = _addresses(device)
        ways = tuple(each.address for each in gateways if each.interface == device and each.address is not None)
        if addresses:
            found.append(InForce(device, addresses, ways))
    return tuple(found)


async def bring_back(before: Iterable[InForce], within: float = COME_BACK_SECS) -> None:
    """Give the addresses back to interfaces that have got none by themselves ``within`` seconds."""
    until = time.monotonic() + within
    missing = [each for each in before if not _addresses(each.device)]
    while missing and time.monotonic() < until:
        await asyncio.sleep(_POLL_SECS)
        missing = [each for each in missing if not _addresses(each.device)]
    for each in missing:
        await run_all(_commands(each))


def _commands(each: InForce) -> list[Command]:
    ip: list[tuple[str, ...]] = [("link", "set", "dev", each.device, "up")]
    ip += [("address", "replace", address, "dev", each.device) for address in each.addresses]
    ip += [("route", "replace", "default", "via", gateway, "dev", each.device) for gateway in each.gateways]
    return [Command(("ip", *words), optional=True) for words in ip]


def _addresses(device: str) -> tuple[str, ...]:
    rows = interface_addresses()
    return tuple(
        f"{address}/{prefix}" for name, address, prefix in rows if name == device and not bound_to_link(address)
    )
