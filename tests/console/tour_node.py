"""A walk through what tells about the machine itself: its network, its identity, its support bundle."""

import asyncio
from collections.abc import AsyncIterator, Sequence

from quantix_tui.console.screens.about import AboutScreen
from quantix_tui.console.screens.bundle import BundleScreen
from quantix_tui.console.screens.network import NetworkScreen
from quantix_tui.host.network.steps import Step
from quantix_tui.node.gateway.about import About
from tests.console.screen import Hands
from tests.console.test_about import ABOUT
from tests.console.test_bundle import PATH, STICK, ScriptedBundler
from tests.console.test_network import scripted


async def node_tour(hands: Hands) -> AsyncIterator[tuple[str, Hands]]:
    """Begins and ends on the dashboard."""
    async for stop in _network(hands):
        yield stop
    async for stop in _about(hands):
        yield stop
    async for stop in _bundle(hands):
        yield stop


async def _network(hands: Hands) -> AsyncIterator[tuple[str, Hands]]:
    """Half-way, done, one line whole."""
    wait = asyncio.Event()
    steps = scripted(wait)

    async def find() -> Sequence[Step]:
        return steps

    await hands.app.push_screen(NetworkScreen(find, "qx-node-07", hands.app.clock))
    await hands.until("No time server is set")
    yield "network-half-way", hands
    wait.set()
    await hands.until("1 failed")
    await hands.press(*["down"] * 5)
    yield "network", hands
    await hands.press("enter")
    await hands.until("Look whether this address")
    yield "network-failed", hands
    await hands.press("escape", "escape")
    await hands.until("THIS NODE")


async def _about(hands: Hands) -> AsyncIterator[tuple[str, Hands]]:
    async def read() -> About:
        return ABOUT

    await hands.app.push_screen(AboutScreen(read, hands.app.clock))
    await hands.until("QR code")
    yield "about", hands
    await hands.press("right", "enter")
    await hands.until("Manage this node")
    yield "about-code", hands
    await hands.press("escape", "escape")
    await hands.until("THIS NODE")


async def _bundle(hands: Hands) -> AsyncIterator[tuple[str, Hands]]:
    bundler = ScriptedBundler([STICK])
    await hands.app.push_screen(BundleScreen(bundler, PATH, hands.app.clock))
    await hands.until("BACKUP")
    yield "bundle", hands
    await hands.press("enter")
    await hands.until("12 of 48")
    yield "bundle-half-way", hands
    bundler.go_on.set()
    await hands.until("Written, 812 kB")
    yield "bundle-done", hands
    await hands.press("escape")
    await hands.until("THIS NODE")
