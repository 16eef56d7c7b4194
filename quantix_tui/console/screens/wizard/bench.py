"""What the pages of the wizard share: the answers so far, the machine that they are for, and who applies them."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Set
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Protocol

from quantix_tui.cluster.checks import CheckResult, Finding
from quantix_tui.console.clock import Clock
from quantix_tui.console.demo_hints import DemoHints
from quantix_tui.console.screens.wizard.search import Search
from quantix_tui.host.clock.timezone import current_timezone
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.identity.offered import offered_name
from quantix_tui.host.identity.renaming import current_name
from quantix_tui.host.network.links import read_links
from quantix_tui.host.network.ntp import check_server
from quantix_tui.host.network.time_servers import time_servers
from quantix_tui.host.password_policy import PasswordPolicy
from quantix_tui.host.ways_in import Way, read_administrators
from quantix_tui.node.gateway.background import in_background
from quantix_tui.node.gateway.network import resolve
from quantix_tui.node.gateway.protocol import NodeGateway
from quantix_tui.setup.answers import Answers, NetworkAnswers
from quantix_tui.setup.apply import Means, Progress
from quantix_tui.setup.fault import Fault
from quantix_tui.setup.ground import Machine, read_machine
from quantix_tui.setup.names import hostname_problem
from quantix_tui.setup.prefill import filled
from quantix_tui.setup.review import Reviewed
from quantix_tui.setup.state import Failure, SetupState
from quantix_tui.setup.steps import StepName
from quantix_tui.setup.wizard import Elsewhere, Wizard


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

    async def why_over(self) -> str:
        """Once it is over without this console: why the old settings are in force again; empty when somebody else has
        ended it. Raises :class:`QuantixError` when they do not come up."""
        ...


class Trials(Protocol):
    """Trying network settings on the machine. All raise :class:`QuantixError`."""

    async def begin(self, answers: Answers) -> Trial:
        """Apply their network settings, with a way back."""
        ...

    async def keep(self, trial: Trial) -> None:
        """They stay, and need not be applied again."""
        ...

    async def running(self) -> Trial | None:
        """One that was begun before the console was ended."""
        ...

    def checks(self, network: NetworkAnswers) -> AsyncGenerator[CheckResult, None]:
        """Address, gateway and DNS, as they become known."""
        ...

    async def why_gone_back(self) -> str:
        """A sentence when settings that were tried went back while nobody looked; else nothing."""
        ...

    def ended(self) -> None:
        """Nothing is on trial any more: somebody else may set the node up."""
        ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known of the machine beside the answers."""

    machine: Machine
    way: Way
    name: str
    """The one to offer; ``offered`` when it comes from DHCP."""
    offered: bool
    timezone: str
    time_servers: tuple[str, ...]


async def ask_server(server: str) -> Finding:
    """Ask one time server, by a packet."""
    return await check_server(server, resolve)


@dataclass(frozen=True, slots=True)
class Kit:
    """What the wizard works with. ``trials`` is None where no network can be tried, ``alone`` when no dashboard
    comes after it; ``ask_time`` asks one time server; ``search`` looks for answers."""

    gateway: NodeGateway
    trials: Trials | None
    clock: Clock
    demo: DemoHints | None = None
    alone: bool = False
    ask_time: Callable[[str], Awaitable[Finding]] = ask_server
    search: Search | None = None


def look_around(tree: Tree, admin_groups: tuple[str, ...]) -> Surroundings:
    """Blocking; some ten milliseconds. Raises OSError."""
    offered = _offered(tree)
    return Surroundings(
        machine=read_machine(tree.root),
        way=read_administrators(admin_groups, tree.root).way(),
        name=offered or current_name(tree),
        offered=bool(offered),
        timezone=current_timezone(tree),
        time_servers=time_servers(tree.root),
    )


def look_again(tree: Tree, around: Surroundings) -> Surroundings:
    """``around`` with what cables and networks have brought since: after a boot the wizard is open before they are up.

    Blocking; some milliseconds. Raises OSError.
    """
    offered = _offered(tree)
    return replace(
        around,
        machine=replace(around.machine, links=read_links(tree.root)),
        name=offered or current_name(tree),
        offered=bool(offered),
        time_servers=time_servers(tree.root),
    )


def _offered(tree: Tree) -> str:
    """By DHCP. A name that no machine may have is no offer."""
    name = offered_name(tree.root)
    return "" if hostname_problem(name) else name


class Bench:
    """The answers as the pages have them, and the wizard that keeps and applies them."""

    def __init__(self, wizard: Wizard, means: Means, kit: Kit, around: Surroundings, member_of: str = "") -> None:
        """``member_of``: the control plane's address where the node has joined a cluster already."""
        self._wizard = wizard
        self._kept_page = wizard.page
        self.means = means
        self.kit = kit
        self.around = around
        self.answers: Answers = wizard.answers
        self.member_of = member_of
        self.asked_to_apply = False
        """A person has said that the changes are to be made."""

    @property
    def notice(self) -> str:
        """A sentence to show first; empty when there is none."""
        return self._wizard.notice

    @property
    def completed(self) -> bool:
        return self._wizard.is_complete

    @property
    def begins_at(self) -> PageName:
        """The page where one was, also before a power cut."""
        known = self._kept_page in list(PageName) and self._kept_page != PageName.DONE
        return PageName(self._kept_page) if known else PageName.WELCOME

    def passed(self, name: PageName) -> bool:
        """Whether one was beyond this page when the wizard was opened."""
        names = list(PageName)
        return names.index(self.begins_at) > names.index(name)

    @property
    def applied(self) -> frozenset[StepName]:
        """The steps that were made with the answers as they are now."""
        return self.applied_with(self.answers)

    def applied_with(self, answers: Answers) -> frozenset[StepName]:
        """The steps that were made, were these the answers."""
        return self._wizard.applied_with(answers)

    @property
    def passwords(self) -> PasswordPolicy:
        """What the machine asks of a new one."""
        return self._wizard.ground.passwords

    @property
    def zones(self) -> frozenset[str] | None:
        return self._wizard.ground.zones

    @property
    def needs_password(self) -> bool:
        """Whether there is no administrator who could log in with one, but for one whose password was set here."""
        return self.around.way is not Way.LOG_IN or self.answers.administrator is not None

    @property
    def failed(self) -> Failure | None:
        """What ended the last run, of whomever."""
        return self._wizard.failed

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What is wrong with all answers, or missing."""
        return self._wizard.faults(self.answers)

    def faults_with(self, answers: Answers, name: StepName) -> tuple[Fault, ...]:
        """What would be wrong with a section of these."""
        return self._wizard.faults(answers, name)

    async def look_around(self) -> bool:
        """Whether cables and networks are other than they were. What cannot be read stays as it was seen."""
        before = self.around
        try:
            self.around = await in_background(partial(look_again, self.means.tree, before), lambda: None)
        except OSError:
            return False
        await self._wizard.look_around()
        return self.around != before

    async def look_for_answers(self) -> None:
        """What it comes to is told by the kit's search. Raises nothing."""
        if self.kit.search is not None:
            await self.kit.search.run(self._wizard.ground)

    def take_found(self, free: Set[StepName]) -> frozenset[StepName]:
        """Take the answers that were found, for steps that are ``free`` yet; which answers are others now."""
        search, before = self.kit.search, self.answers
        if search is None or search.answers is None:
            return frozenset()
        self.answers = filled(before, search.answers, free, self.applied)
        return frozenset(
            name for name in StepName if getattr(before, name.value) is not getattr(self.answers, name.value)
        )

    async def keep(self, page: PageName) -> None:
        """Remember the answers and the page. Raises :class:`QuantixError`."""
        if not self.completed:
            await self._wizard.keep(self.answers, page.value)

    # Who else sets the node up

    async def look(self) -> Elsewhere | None:
        """What somebody else does, or has done meanwhile; None where that cannot be said just now."""
        return await self._wizard.look()

    async def kept_now(self) -> SetupState:
        """What is kept, by whomever."""
        return await self._wizard.kept_now()

    async def take_over(self) -> bool:
        """It is ours, and whether what is kept is so too. Raises :class:`QuantixError`."""
        return await self._wizard.take_over()

    async def close(self) -> None:
        """It is nobody's any more."""
        await self._wizard.close()

    async def review(self) -> tuple[Reviewed, ...]:
        """Every change that will be made. Raises :class:`QuantixError`."""
        return await self._wizard.review(self.answers)

    def apply(self) -> AsyncGenerator[Progress, None]:
        """Everything that is not applied yet, step by step."""
        return self._wizard.apply()
