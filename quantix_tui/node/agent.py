"""The agent: registers this node, then sends heartbeats, for as long as the daemon works for a cluster.

A problem that repetition cures (network, 5xx, maintenance) is retried with full jitter; one that it
does not (a refused token, a removed node) stops the agent, which then says why.
"""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol, TypeVar

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.text import dated_times
from quantix_tui.cluster.token import RegistrationToken
from quantix_tui.config.section import ControlPlaneSection
from quantix_tui.config.store import ConfigStore
from quantix_tui.controlplane.faults import while_joined, worth_retrying
from quantix_tui.node.backoff import Backoff, heartbeat_interval
from quantix_tui.node.cleanup import CREDENTIAL_MISSING, retry_after
from quantix_tui.node.events import Journal, timestamp
from quantix_tui.node.state import AgentView, Phase

if TYPE_CHECKING:
    from quantix_tui.controlplane.client import ControlPlaneClient
    from quantix_tui.controlplane.wire import HeartbeatAck, NodeDescription, Registration, Usage

log = logging.getLogger(__name__)
T = TypeVar("T")
_BEYOND_DOUBT = timedelta(days=1)
"""A token that expired so long ago is over, even if this node's clock is wrong by hours."""


class Reports(Protocol):
    """What the agent tells of this machine. Both read files; they are called off the event loop."""

    def describe(self) -> "NodeDescription": ...

    def usage(self) -> "Usage": ...


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the agent may go, in seconds. ``floor`` is the shortest heartbeat interval it accepts."""

    floor: float = 1.0

    @property
    def backoff(self) -> Backoff:
        """1 s to 60 s at the floor of a real node; a trial with a lower floor is quicker in all."""
        return Backoff(base=self.floor, cap=60 * self.floor)


class Agent:
    """Works for one :class:`ControlPlaneSection`. :meth:`view` is what it would say of itself now."""

    def __init__(
        self,
        section: ControlPlaneSection,
        store: ConfigStore,
        machine: Reports,
        journal: Journal,
        *,
        pace: Pace,
        connect: "Callable[[ControlPlaneSection], ControlPlaneClient] | None" = None,
        chance: Callable[[], float] = random.random,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.section = section
        self.becoming: ControlPlaneSection | None = None
        """What is being written to disk at this moment."""
        self._store = store
        self._machine = machine
        self._journal = journal
        self._pace = pace
        self._connect = connect or connect_for
        self._chance = chance
        self._clock = clock
        self._task: asyncio.Task[None] | None = None
        self._naming: asyncio.Task[None] | None = None
        self._client: ControlPlaneClient | None = None
        self._issued: Registration | None = None
        self._resting = asyncio.Event()
        self._resting.set()
        """Not set while a registration is on its way or being saved."""
        interval = heartbeat_interval(None, section.heartbeat_interval_secs, pace.floor)
        self._view = AgentView(since=clock(), interval_secs=interval)

    def view(self) -> AgentView:
        return self._view

    @property
    def at_work(self) -> bool:
        """Whether it does what there is to do: it has nothing to do, or it is at it."""
        return not self.section.joined or self._view.phase not in (Phase.STOPPED, Phase.ENDED)

    def start(self) -> None:
        """Begin, or go on after :meth:`pause`. Does nothing where there is no cluster to work for."""
        if self.section.joined and self._task is None and self.at_work:
            self._task = asyncio.create_task(self._work(), name="agent")

    async def pause(self, grace_secs: float) -> None:
        """Come to rest. A registration on its way may finish and be saved first: its answer must not be lost."""
        task, self._task = self._task, None
        if task is None:
            return
        try:
            async with asyncio.timeout(grace_secs):
                await self._resting.wait()
        except TimeoutError:
            message = f"A registration with {self.section.address} was cut short; it may list this node all the same."
            self._journal.add("warning", "cluster", message)
        task.cancel()
        await asyncio.wait({task})

    def end(self) -> None:
        """What it worked for has ended on this node."""
        if self._view.phase is not Phase.IDLE:
            self._view = AgentView(Phase.ENDED, self._clock())

    async def _work(self) -> None:
        try:
            node_id = self.section.node_id
            if node_id is None:
                self._enter(Phase.REGISTERING)
                node_id = await self._register()
            self._enter(Phase.HEARTBEATING)
            await self._send_heartbeats(node_id)
        except QuantixError as error:
            self._stop(error.problem)
        except Exception as error:
            # The border of this task: it must not end without a word.
            log.exception("the agent met a fault of its own")
            self._stop(_fault(error))
        finally:
            if self._naming is not None:
                self._naming.cancel()
                await asyncio.wait({self._naming})
            await self._drop_client()

    # Registration

    async def _register(self) -> str:
        try:
            node_id = await self._until_it_works(self._try_registration)
        except QuantixError as error:
            if error.problem.code is ErrorCode.INVALID_TOKEN:
                await self._forget_token()
            raise
        self._journal.add("info", "cluster", f"Registered with {self.section.address} as {node_id}.")
        return node_id

    async def _try_registration(self, client: "ControlPlaneClient") -> str:
        self._resting.clear()
        try:
            if self._issued is None:
                token = await asyncio.to_thread(self._token)
                description = await asyncio.to_thread(self._machine.describe)
                self._issued = await client.register(description, token)
            await self._save(self._issued, client)
            return self._issued.node_id
        finally:
            self._resting.set()

    def _token(self) -> RegistrationToken:
        """The token that was saved with the address this agent works for: it goes to no other one.

        One whose own expiry is long past is not sent any more.
        """
        saved = self._store.snapshot()
        if saved.token is None or saved.section.address != self.section.address:
            raise QuantixError(_TOKEN_MISSING)
        expiry = saved.token.expires_at
        if expiry is not None and datetime.now(UTC) - expiry > _BEYOND_DOUBT:
            raise QuantixError(_long_over(expiry))
        return saved.token

    async def _save(self, issued: "Registration", client: "ControlPlaneClient") -> None:
        """Keep what was issued; nothing is sent in its name before, so that a restart finds all of it or nothing."""
        becoming = replace(self.section, node_id=issued.node_id)
        self.becoming = becoming
        try:
            await asyncio.to_thread(
                self._store.save_registration,
                issued.node_id,
                issued.credential,
                registered_at=self.section.address,
            )
            self.section = becoming
        except QuantixError:
            if await asyncio.to_thread(self._overtaken):
                await self._take_back(issued, client)
                raise QuantixError(_OVERTAKEN) from None
            raise
        finally:
            self.becoming = None
        self._set_interval(issued.heartbeat_interval_secs)

    def _overtaken(self) -> bool:
        """Whether the configuration is about another membership by now, or about none."""
        section = self._store.load()
        return not section.joined or section.address != self.section.address

    async def _take_back(self, issued: "Registration", client: "ControlPlaneClient") -> None:
        """The node has left by another hand while it registered: nobody else knows that it is registered."""
        try:
            await client.decommission(issued.node_id, issued.credential)
        except QuantixError as error:
            message = f"{self.section.address} still lists this node as {issued.node_id}: {error.problem.message}"
            self._journal.add("warning", "cluster", message)

    async def _forget_token(self) -> None:
        """A refused token is of no use to anybody but a thief."""
        try:
            await asyncio.to_thread(self._store.delete_token)
        except QuantixError as error:
            self._journal.add("error", "security", f"The refused token is still on disk: {error.problem.message}")

    # Heartbeats

    async def _send_heartbeats(self, node_id: str) -> None:
        credential = await asyncio.to_thread(self._store.credential)
        while True:
            begun = self._clock()

            async def beat(client: "ControlPlaneClient") -> "HeartbeatAck":
                usage = await asyncio.to_thread(self._machine.usage)
                try:
                    answer = await client.heartbeat(node_id, usage, credential)
                except QuantixError as error:
                    if credential is None and error.problem.code is ErrorCode.UNAUTHORIZED:
                        raise QuantixError(_credential_missing(self._store.paths.node_credential)) from error
                    raise
                if not answer.acknowledged:
                    raise QuantixError(_NOT_ACKNOWLEDGED)
                return answer

            self._acknowledge(await self._until_it_works(beat))
            await asyncio.sleep(max(begun + self._view.interval_secs - self._clock(), 0.0))

    def _acknowledge(self, answer: "HeartbeatAck") -> None:
        now = self._clock()
        back = not self._view.connected(now)
        self._view = replace(
            self._view,
            heartbeat=now,
            heartbeat_at=timestamp(),
            connected_since=now if back else self._view.connected_since,
        )
        self._set_interval(answer.heartbeat_interval_secs)
        if back and self._view.cluster_name is None and (self._naming is None or self._naming.done()):
            self._naming = asyncio.create_task(self._learn_name(), name="cluster name")
        if back:
            seconds = self._view.interval_secs
            self._journal.add("info", "cluster", f"Connected to {self.section.address}: heartbeat every {seconds:g} s.")

    def _set_interval(self, asked: float | None) -> None:
        seconds = heartbeat_interval(asked, self._view.interval_secs, self._pace.floor)
        self._view = replace(self._view, interval_secs=seconds)

    async def _learn_name(self) -> None:
        """The cluster's name is a nicety: it delays no heartbeat, and nothing is wrong when it cannot be had."""
        try:
            async with self._connect(self.section) as client:
                info = await client.info()
        except QuantixError as error:
            log.debug("the control plane's name is not known: %s", error.problem.message)
            return
        self._view = replace(self._view, cluster_name=info.name)

    # Trying again

    async def _until_it_works(self, attempt: "Callable[[ControlPlaneClient], Awaitable[T]]") -> T:
        """Try until it works. Raises the first problem that no repetition cures."""
        while True:
            try:
                client = await self._open_client()
                answer = await attempt(client)
            except QuantixError as error:
                problem = while_joined(error.problem)
            except Exception as error:
                # The border of this task: a fault of ours must not silence the node for good.
                log.exception("the agent met a fault of its own")
                problem = _fault(error)
            else:
                self._view = replace(
                    self._view,
                    problem=None,
                    problem_since=None,
                    attempts=0,
                    next_attempt=None,
                    certificate=client.certificate,
                )
                return answer
            await self._drop_client()
            if not worth_retrying(problem) or problem is _OVERTAKEN:
                raise QuantixError(problem)
            await asyncio.sleep(self._failed(problem))

    def _failed(self, problem: Problem) -> float:
        """Note a failed attempt; returns the seconds until the next."""
        now, view = self._clock(), self._view
        failures = view.attempts + 1
        wait = self._pace.backoff.delay(failures, self._chance(), retry_after(problem))
        known = view.problem is not None and (view.problem.code, view.problem.reason) == (problem.code, problem.reason)
        self._view = replace(
            view,
            problem=problem,
            problem_since=view.problem_since if known else now,
            attempts=failures,
            next_attempt=now + wait,
        )
        if not known:
            self._journal.add("warning", "cluster", problem.message)
        return wait

    def _stop(self, problem: Problem) -> None:
        now = self._clock()
        self._enter(Phase.STOPPED)
        self._view = replace(self._view, problem=problem, problem_since=now, next_attempt=None)
        self._journal.add("error", "cluster", problem.message)

    def _enter(self, phase: Phase) -> None:
        if self._view.phase is not phase:
            self._view = replace(self._view, phase=phase, since=self._clock())

    async def _open_client(self) -> "ControlPlaneClient":
        if self._client is None:
            # In a thread: the first one imports httpx, which takes 200 ms.
            self._client = await asyncio.to_thread(self._connect, self.section)
        return self._client

    async def _drop_client(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.close()


def connect_for(section: ControlPlaneSection) -> "ControlPlaneClient":
    """A client for the control plane of ``section``."""
    from quantix_tui.controlplane.client import ControlPlaneClient

    if section.address is None:
        raise ValueError("an agent works for a joined section only")
    return ControlPlaneClient(
        section.address, section.trust, proxy=section.proxy, allow_plaintext=section.allow_plaintext
    )


def _fault(error: Exception) -> Problem:
    return Problem(
        ErrorCode.INTERNAL,
        f"The node daemon met a fault of its own ({type(error).__name__}).",
        "It goes on trying. Please report this with the node daemon's log.",
    )


def _credential_missing(path: str) -> Problem:
    return Problem(
        ErrorCode.UNAUTHORIZED,
        f"The node credential is missing: {path} is not there or empty, so the control plane cannot know this node.",
        "Put the file back from a backup and restart the node daemon; else leave the cluster here and join again.",
        CREDENTIAL_MISSING,
    )


def _long_over(expiry: datetime) -> Problem:
    return Problem(
        ErrorCode.INVALID_TOKEN,
        f"The registration token expired at {dated_times(expiry.isoformat())}, before the node was registered.",
        "Get a new token from your vDC administrator and join again.",
        "expired",
    )


_NOT_ACKNOWLEDGED = Problem(
    ErrorCode.CONTROL_PLANE_ERROR,
    "The control plane answered a heartbeat without acknowledging it.",
    "Look at the control plane's log; the node goes on trying.",
    "not_acknowledged",
)
_OVERTAKEN = Problem(
    ErrorCode.CONFIG_WRITE_ERROR,
    "The node left this cluster while it was being registered, so the registration was taken back.",
    "Nothing needs to be done here.",
    "overtaken",
)
_TOKEN_MISSING = Problem(
    ErrorCode.INVALID_TOKEN,
    "There is no registration token to register with: it has been used up, refused or removed.",
    "Get a new token from your vDC administrator and join again.",
    "missing",
)
