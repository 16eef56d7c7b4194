"""The daemon put together: store, membership, agent, clean-up; started, reloaded and ended as one."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.config.section import ControlPlaneSection
from quantix_tui.config.store import ConfigStore
from quantix_tui.node.agent import Agent, Pace
from quantix_tui.node.cleanup import Cleanup
from quantix_tui.node.events import Journal, timestamp
from quantix_tui.node.machine import Machine
from quantix_tui.node.membership import Membership
from quantix_tui.node.state import Running

STOP_GRACE_SECS = 1.0
"""A registration on its way may hold up the end of the daemon for so long, and a change for so long:"""
CHANGE_GRACE_SECS = 3.0


class Daemon:
    """Everything behind the API. ``on_restart`` is called when a restart was asked for."""

    def __init__(
        self,
        store: ConfigStore,
        config_file: Path,
        journal: Journal,
        machine: Machine,
        *,
        pace: Pace,
        on_restart: Callable[[], None],
    ) -> None:
        self.store = store
        self.config_file = config_file
        self.journal = journal
        self.machine = machine
        self._pace = pace
        self._on_restart = on_restart
        self._started_at = timestamp()
        self._instance_id = uuid4().hex
        self._cleanup = Cleanup(store, journal, pace.backoff)
        self._cleaning: asyncio.Task[None] | None = None
        self._agent = self._agent_for(ControlPlaneSection())
        self.membership = Membership(store, machine.facts().hostname, journal, self._cleanup, self)

    def start(self) -> None:
        """Begin to work with what is on disk. What cannot be read there is told by the status, and the API answers."""
        try:
            self.store.recover()
            self._agent = self._agent_for(self.store.load())
        except QuantixError as error:
            self.journal.add("error", "system", error.problem.message)
        self._agent.start()
        self._cleaning = asyncio.create_task(self._cleanup.run(), name="cleanup")
        self.journal.add("info", "system", "Node daemon started.")

    async def stop(self) -> None:
        """Let go of the control plane; leaves nothing half done."""
        if self._cleaning is not None:
            self._cleaning.cancel()
            await asyncio.wait({self._cleaning})
        await self._agent.pause(STOP_GRACE_SECS)

    async def reload(self) -> None:
        """Take up what is on disk now. Raises :class:`QuantixError` when it cannot be read; all goes on then."""
        async with self.membership.changing:
            try:
                section = self.store.load()
            except QuantixError as error:
                self.journal.add("error", "system", f"Reload refused: {error.problem.message}")
                raise
            if section == self._agent.section and self._agent.at_work:
                return
            await self._agent.pause(CHANGE_GRACE_SECS)
            # Read again: a registration that was on its way may have got its node id meanwhile.
            self._agent = self._agent_for(self.store.load())
            self._agent.start()
            self._cleanup.notice()
            self.journal.add("info", "system", "Configuration reloaded.")

    def restart(self) -> None:
        """End cleanly and start anew."""
        self.journal.add("info", "system", "Restart requested.")
        self._on_restart()

    # What the membership asks (membership.RunningDaemon).

    def running(self) -> Running:
        agent = self._agent
        return Running(agent.section, agent.view(), self._started_at, self._instance_id, agent.becoming)

    async def pause(self) -> None:
        await self._agent.pause(CHANGE_GRACE_SECS)

    def resume(self) -> None:
        self._agent.start()

    def end(self) -> None:
        self._agent.end()

    def _agent_for(self, section: ControlPlaneSection) -> Agent:
        return Agent(section, self.store, self.machine, self.journal, pace=self._pace)
