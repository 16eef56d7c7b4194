"""A node daemon without its process, on real files, beside a real control plane."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from quantix_tui.cluster.address import parse_address
from quantix_tui.cluster.errors import ErrorCode
from quantix_tui.cluster.join import JoinRequest
from quantix_tui.cluster.status import ClusterState, ClusterStatus
from quantix_tui.cluster.token import parse_token
from quantix_tui.cluster.trust import Trust
from quantix_tui.config.store import ConfigPaths, ConfigStore
from quantix_tui.node.agent import Pace
from quantix_tui.node.daemon import Daemon
from quantix_tui.node.events import Journal
from quantix_tui.node.machine import Machine
from quantix_tui.sandbox.controlplane import SandboxControlPlane

FAST = Pace(0.05)
OTHERS = """\
# This node
node:
  hostname: qx-node-07   # ours
server: {listen: 0.0.0.0}
"""

T = TypeVar("T")


async def until(condition: Callable[[], T | None], what: str, seconds: float = 10.0) -> T:
    """Wait until ``condition`` gives something true; return that."""
    try:
        async with asyncio.timeout(seconds):
            while not (value := condition()):  # noqa: ASYNC110 - what is waited for announces nothing
                await asyncio.sleep(0.005)
            return value
    except TimeoutError:
        raise AssertionError(f"waited {seconds} s in vain for {what}") from None


class Node:
    """One node: its folder, and the daemon that works on it now."""

    def __init__(self, folder: Path, pace: Pace = FAST) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.config = folder / "config.yaml"
        self.pace = pace
        self.restarts = 0
        self.daemon = self._new_daemon()

    def _new_daemon(self) -> Daemon:
        return Daemon(
            ConfigStore(ConfigPaths(self.config)),
            self.config,
            Journal(),
            Machine(),
            pace=self.pace,
            on_restart=self._count_restart,
        )

    def _count_restart(self) -> None:
        self.restarts += 1

    def start(self) -> None:
        self.daemon.start()

    async def stop(self) -> None:
        await self.daemon.stop()

    async def restart(self) -> None:
        await self.stop()
        self.daemon = self._new_daemon()
        self.start()

    def status(self) -> ClusterStatus:
        return self.daemon.membership.status()

    async def until(self, state: ClusterState, code: ErrorCode | None = None) -> ClusterStatus:
        """Wait for this state, with this problem if one is named."""

        def reached() -> ClusterStatus | None:
            status = self.status()
            found = status.problem.code if status.problem else None
            return status if status.status is state and (code is None or found is code) else None

        try:
            return await until(reached, f"{state} {code or ''}")
        except AssertionError as late:
            raise AssertionError(f"{late}; it is {self.status()}") from None

    async def join(self, plane: SandboxControlPlane, token: str | None = None) -> ClusterStatus:
        return await self.daemon.membership.join(request_for(plane, token))

    async def connect(self, plane: SandboxControlPlane) -> ClusterStatus:
        await self.join(plane)
        await self.restart()
        return await self.until(ClusterState.CONNECTED)

    def file(self, name: str) -> Path:
        return self.folder / name

    def messages(self) -> list[str]:
        return [event.message for event in self.daemon.journal.latest()]


def request_for(plane: SandboxControlPlane, token: str | None = None) -> JoinRequest:
    return JoinRequest(
        parse_address(plane.url), parse_token(token or plane.tokens.issue()), Trust(pin=plane.fingerprint)
    )
