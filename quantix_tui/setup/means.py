"""What the steps are made with, on this machine and in a tree."""

import asyncio
import os
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.join import JoinRequest
from quantix_tui.host.doing import Done, Tell
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.netconfig.wanted import NetworkWork
from quantix_tui.host.wayback.record import Place, Watched
from quantix_tui.host.wayback.trying import GONE_BACK, Trial, place_in, try_network
from quantix_tui.host.wayback.watch import until_reachable
from quantix_tui.node.gateway.choose import choose_gateway
from quantix_tui.node.gateway.local import LocalGateway
from quantix_tui.settings import CONFIG_FILE, Settings
from quantix_tui.setup.apply import Means
from quantix_tui.setup.claim import Who
from quantix_tui.setup.join import GatewayJoining

REACH_SECS = 45.0
"""Less than the countdown: the settings are judged before they go back by themselves."""


_LOOK_SECS = 0.5


@asynccontextmanager
async def means_for(tree: Tree, folder: str, settings: Settings, who: Who) -> AsyncGenerator[Means, None]:
    """``folder``: where the state is kept. In a tree nothing outside it is touched, and no command is run."""
    if tree.root == "/":
        gateway = choose_gateway(settings)
        try:
            joining = GatewayJoining(gateway, restarts=True)
            yield Means(tree, folder, joining, UnattendedNetwork(place_in(settings.state), tree), who)
        finally:
            await gateway.close()
    else:
        yield Means(tree, folder, TreeJoining(tree), _no_network, who)


class UnattendedNetwork:
    """Settings with a way back where nobody looks on: kept when something answers on the other side, else not."""

    def __init__(self, place: Place, tree: Tree, reach_secs: float = REACH_SECS) -> None:
        self._place = place
        self._tree = tree
        self._reach_secs = reach_secs

    async def __call__(self, work: NetworkWork, watched: Watched, tell: Tell) -> None:
        trial = await try_network(self._place, work, self._tree, tell=tell, watched=watched)
        began = time.monotonic()
        answer = await self._answer(trial, watched)
        if not answer:
            await trial.go_back()
            raise QuantixError(_unreachable())
        await trial.confirm()
        tell(Done(f"kept: {answer}", time.monotonic() - began))

    async def _answer(self, trial: Trial, watched: Watched) -> str:
        """What answers; empty when nothing does, or the settings have gone back already."""
        asking = asyncio.create_task(until_reachable(watched, self._reach_secs))
        try:
            while not asking.done():
                await asyncio.wait([asking], timeout=_LOOK_SECS)
                if trial.seconds_left() is None:
                    return ""
            return asking.result()
        finally:
            asking.cancel()


class TreeJoining:
    """Into the configuration of a machine that does not run; its daemon registers when it starts."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    async def __call__(self, request: JoinRequest, tell: Tell) -> None:
        config = self._tree.real(CONFIG_FILE, follow=True)
        os.makedirs(os.path.dirname(config), 0o755, exist_ok=True)
        await GatewayJoining(LocalGateway(Settings(config_file=config)), restarts=False)(request, tell)


async def _no_network(work: NetworkWork, watched: Watched, tell: Tell) -> None:
    raise ValueError("a machine that does not run has no network to try")


def _unreachable() -> Problem:
    return Problem(
        ErrorCode.NETWORK_UNREACHABLE,
        f"With the new network settings neither the gateway nor the control plane could be reached. {GONE_BACK}",
        "Compare address, prefix, gateway and VLAN with those of your network, and look at the cable.",
        "new_network_silent",
    )
