"""What the pages of the wizard share: the answers so far, the machine that they are for, and who applies them."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from quantix_tui.cluster.checks import CheckResult, Finding
from quantix_tui.console.clock import Clock
from quantix_tui.console.demo_hints import DemoHints
from quantix_tui.host.clock.timezone import current_timezone
from quantix_tui.host.identity.offered import offered_name
from quantix_tui.host.identity.renaming import current_name
from quantix_tui.host.network.ntp import check_server
from quantix_tui.host.network.time_servers import time_servers
from quantix_tui.host.ways_in import Way, read_administrators
from quantix_tui.node.gateway.network import resolve
from quantix_tui.node.gateway.protocol import NodeGateway
from quantix_tui.setup.answers import Answers, NetworkAnswers
from quantix_tui.setup.apply import Applier, Means
from quantix_tui.setup.checking import Ground, faults
from quantix_tui.setup.fault import Fault
from quantix_tui.setup.ground import Machine, read_ground, read_machine
from quantix_tui.setup.state import Remembered, SetupState, load, save
from quantix_tui.setup.steps import StepName


class PageName(StrEnum):
    """In their order. Those of the steps have the steps' names."""

    WELCOME = "welcome"
    ADMINISTRATOR = "administrator"
    NAME = "name"
    NETWORK = "network"
    TIME = "time"
    CLUSTER = "cluster"
    REVIEW = "review"
    APPLY = "apply"
    DONE = "finish"

    @property
    def heading(self) -> str:
        return self.value.capitalize()

    @property
    def step(self) -> StepName | None:
        """The step whose answers the page asks for."""
        return next((step for step in StepName if step.value == self.value), None)


class Trial(Protocol):
    """Network settings that are in force, and go again by themselves unless somebody confirms them."""

    def seconds_left(self) -> float | None: ...

    async def confirm(self) -> None: ...

    async def go_back(self) -> None: ...


class Trials(Protocol):
    """Trying network settings on the machine. All raise :class:`QuantixError`."""

    async def begin(self, answers: Answers) -> Trial:
        """Apply their network settings, with a way back."""
        ...

    async def running(self) -> Trial | None:
        """One that was begun before the console was ended."""
        ...

    def checks(self, network: NetworkAnswers) -> AsyncGenerator[CheckResult, None]:
        """Address, gateway and DNS, as they become known."""
        ...

    async def why_gone_back(self) -> str:
        """A sentence, once, when settings that were tried went back while nobody looked; else nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known of the machine before anything is asked."""

    machine: Machine
    ground: Ground
    way: Way
    name: str
    """The one to offer; ``offered`` when it comes from DHCP."""
    offered: bool
    timezone: str
    time_servers: tuple[str, ...]
    remembered: Remembered


async def ask_server(server: str) -> Finding:
    """Ask one time server, by a packet."""
    return await check_server(server, resolve)


@dataclass(frozen=True, slots=True)
class Kit:
    """What the wizard works with. ``trials`` is None where no network can be tried, ``alone`` when no dashboard
    comes after it; ``ask_time`` asks one time server."""

    gateway: NodeGateway
    trials: Trials | None
    clock: Clock
    demo: DemoHints | None = None
    alone: bool = False
    ask_time: Callable[[str], Awaitable[Finding]] = ask_server


def look_around(means: Means, admin_groups: tuple[str, ...]) -> Surroundings:
    """Blocking; some ten milliseconds. Raises OSError."""
    tree = means.tree
    remembered = load(means.folder)
    offered = offered_name(tree.root)
    return Surroundings(
        machine=read_machine(tree.root),
        ground=read_ground(tree),
        way=read_administrators(admin_groups, tree.root).way(),
        name=offered or current_name(tree),
        offered=bool(offered),
        timezone=current_timezone(tree),
        time_servers=time_servers(tree.root),
        remembered=remembered,
    )


class Bench:
    """The answers, with their secrets, which are nowhere else; and the state that is kept of them."""

    def __init__(self, means: Means, kit: Kit, around: Surroundings, member_of: str = "") -> None:
        """``member_of``: the control plane's address where the node has joined a cluster already."""
        self.means = means
        self.kit = kit
        self.around = around
        self.applier = Applier(means, around.remembered.state, kit.clock.monotonic)
        self.answers: Answers = around.remembered.state.answers
        self.member_of = member_of
        self.completed = False
        self.asked_to_apply = False
        """A person has said that the changes are to be made."""

    @property
    def state(self) -> SetupState:
        return self.applier.state

    @property
    def ground(self) -> Ground:
        return self._ground_with(self.answers)

    def _ground_with(self, answers: Answers) -> Ground:
        done = {name.value for name in self.applied_with(answers)}
        # A join that was saved when the power went: its token has served.
        joined = answers.cluster is not None and answers.cluster.address == self.member_of != ""
        return replace(self.around.ground, done=frozenset(done | ({StepName.CLUSTER.value} if joined else set())))

    @property
    def applied(self) -> frozenset[StepName]:
        """The steps that were made with the answers as they are now."""
        return self.applied_with(self.answers)

    def applied_with(self, answers: Answers) -> frozenset[StepName]:
        """The steps that were made with these answers."""
        return replace(self.state, answers=answers).applied()

    def passed(self, name: PageName) -> bool:
        """Whether one was beyond this page when the wizard was opened."""
        names = list(PageName)
        kept = self.around.remembered.state.page
        return kept in names and names.index(PageName(kept)) > names.index(name)

    @property
    def needs_password(self) -> bool:
        """Whether there is no administrator who could log in with one; nor was one set here before."""
        return self.around.way is not Way.LOG_IN or StepName.ADMINISTRATOR in self.state.done

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What is wrong with all answers, or missing."""
        return faults(self.answers, self.ground)

    def faults_with(self, answers: Answers, section: str) -> tuple[Fault, ...]:
        """What would be wrong with a section of these."""
        return tuple(fault for fault in faults(answers, self._ground_with(answers)) if fault.place[0] == section)

    async def keep(self, page: PageName) -> None:
        """Remember the answers and the page. Raises :class:`QuantixError`."""
        if self.completed:
            return
        state = SetupState(self.answers, page.value, self.state.done)
        self.applier.resume(state)
        await asyncio.to_thread(save, self.means.folder, state)

    async def network_is_set(self) -> None:
        """The network has been set up as it is answered now. Raises :class:`QuantixError`."""
        if self.answers.network is not None:
            self.applier.resume(self.state.with_done(StepName.NETWORK, self.answers.network))
            await self.keep(PageName.NETWORK)
