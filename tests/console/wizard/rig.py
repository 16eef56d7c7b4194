"""The wizard in a test: on a folder that stands for a machine, with a cluster and a network that a test writes down."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from quantix_tui.cluster.checks import CheckResult, Finding, Outcome
from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.join import JoinRequest
from quantix_tui.console.look import Look
from quantix_tui.console.looks.console import CONSOLE
from quantix_tui.console.screens.wizard.bench import Bench, Kit, Trial, look_around
from quantix_tui.console.screens.wizard.search import Search
from quantix_tui.console.screens.wizard.wizard import WizardScreen
from quantix_tui.host.doing import Done, Tell
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.netconfig.wanted import NetworkWork
from quantix_tui.host.wayback.record import Watched
from quantix_tui.sandbox.machine import STATE, make_machine
from quantix_tui.setup.answers import Answers, NetworkAnswers
from quantix_tui.setup.apply import Means
from quantix_tui.setup.found import Finder
from quantix_tui.setup.wizard import Wizard, begin
from tests.console.screen import Hands, opened
from tests.console.scripted import PASSED, ScriptedGateway

PASSWORD = "correct horse battery"
TOKEN = "QUANTIX-ABCD-EFGH-LXWJ"
SILENT = Problem(
    ErrorCode.NETWORK_UNREACHABLE,
    "The control plane vdc.example.com:8443 does not answer.",
    "Look whether it runs, then try again.",
    "silent",
)


_GATEWAY = CheckResult("gateway", Outcome.PASS, 0.4, "10.20.0.1 on eno1 answers")


class Joins:
    """A cluster to join; ``refusals`` come before the first success."""

    def __init__(self, *refusals: Problem) -> None:
        self.asked: list[JoinRequest] = []
        self.refusals = list(refusals)

    async def __call__(self, request: JoinRequest, tell: Tell) -> None:
        self.asked.append(request)
        if self.refusals:
            raise QuantixError(self.refusals.pop(0))
        tell(Done("registered", 0.0))


@dataclass
class ScriptedTrial:
    """``left``: seconds that remain; None when it has gone back by itself, for the reason ``why``."""

    left: float | None = 47.0
    kept: bool = False
    gone_back: bool = False
    refusal: Problem | None = None
    why: str | Problem = "Nobody confirmed the new network settings in time."

    async def why_over(self) -> str:
        if isinstance(self.why, Problem):
            raise QuantixError(self.why)
        return self.why

    def seconds_left(self) -> float | None:
        return self.left

    async def confirm(self) -> None:
        if self.refusal is not None:
            raise QuantixError(self.refusal)
        self.kept = True

    async def go_back(self) -> None:
        self.gone_back = True


@dataclass
class ScriptedTrials:
    """``outlived``: one that is running already when the wizard is opened; ``why``: why one went back before.

    ``stuck``: why that cannot be said, for the old settings cannot be brought back.
    """

    trial: ScriptedTrial = field(default_factory=ScriptedTrial)
    refusal: Problem | None = None
    stuck: Problem | Exception | None = None
    outlived: ScriptedTrial | None = None
    why: str = ""
    gateway: CheckResult = _GATEWAY
    begun: list[Answers] = field(default_factory=list)
    ends: int = 0
    wizard: Wizard | None = None

    async def begin(self, answers: Answers) -> ScriptedTrial:
        self.begun.append(answers)
        if self.refusal is not None:
            raise QuantixError(self.refusal)
        return self.trial

    async def keep(self, trial: Trial) -> None:
        assert self.wizard is not None
        await self.wizard.keep_network(trial)

    async def running(self) -> ScriptedTrial | None:
        if self.stuck is not None:
            raise QuantixError(self.stuck) if isinstance(self.stuck, Problem) else self.stuck
        return self.outlived

    async def checks(self, network: NetworkAnswers) -> AsyncGenerator[CheckResult, None]:
        yield CheckResult("address", Outcome.PASS, 0.0, f"10.20.0.17/24 on {network.interface}")
        yield self.gateway
        yield CheckResult("DNS", Outcome.PASS, 3.0, "10.20.0.2 answers")

    async def why_gone_back(self) -> str:
        why, self.why = self.why, ""
        return why

    def ended(self) -> None:
        assert self.wizard is not None
        self.ends += 1
        self.wizard.end_trial()


async def ask_time(server: str) -> Finding:
    if server.startswith("silent"):
        why = f"The time server {server} does not answer: nothing came within 2 s."
        return Finding(Outcome.FAIL, problem=Problem(ErrorCode.NETWORK_UNREACHABLE, why, "Name another one."))
    return Finding(Outcome.PASS, f"{server} answers: this clock is 0.012 s behind")


async def no_network(work: NetworkWork, watched: Watched, tell: Tell) -> None:
    raise AssertionError("a folder has no network of its own")


@dataclass
class Rig:
    """The wizard opened: ``hands`` on it, what it works with, and the folder of the machine."""

    hands: Hands
    bench: Bench
    trials: ScriptedTrials
    joins: Joins
    gateway: ScriptedGateway
    folder: Path

    @property
    def screen(self) -> WizardScreen:
        (found,) = [screen for screen in self.hands.app.screen_stack if isinstance(screen, WizardScreen)]
        return found

    def kept(self) -> dict[str, object]:
        """What stands in wizard.json."""
        read: dict[str, object] = json.loads((self.folder / STATE / "wizard.json").read_text())
        return read

    async def on(self, title: str) -> str:
        """The screen's text once the page of this title is open."""
        return await self.hands.until(f" {title.upper()}  ")

    async def next(self, title: str) -> str:
        await self.hands.press("f8")
        return await self.on(title)


@asynccontextmanager
async def opened_wizard(
    folder: Path,
    *,
    look: Look = CONSOLE,
    size: tuple[int, int] = (80, 24),
    trials: ScriptedTrials | None = None,
    joins: Joins | None = None,
    checks: Sequence[CheckResult | Problem | Exception] = PASSED,
    finder: Finder | None = None,
) -> AsyncIterator[Rig]:
    """On ``folder``, which is made a machine when it is none yet. ``finder`` finds answers."""
    if not (folder / "etc").exists():
        make_machine(folder)
    gateway = ScriptedGateway()
    gateway.checks = list(checks)
    trials, joins = trials or ScriptedTrials(), joins or Joins()
    means = Means(Tree(str(folder)), str(folder / STATE), joins, no_network)
    async with opened(gateway, size=size, look=look) as hands:
        await hands.until("STANDALONE")
        wizard = await begin(means, clock=hands.app.clock.monotonic)
        trials.wizard = wizard
        search = Search(finder, hands.app.clock) if finder is not None else None
        kit = Kit(gateway, trials, hands.app.clock, ask_time=ask_time, search=search)
        bench = Bench(wizard, means, kit, look_around(means.tree, ("sudo",)))
        await hands.app.push_screen(WizardScreen(bench, hands.app.guard))
        rig = Rig(hands, bench, trials, joins, gateway, folder)
        await hands.settle()
        yield rig


async def to_cluster(rig: Rig) -> None:
    """Answer all pages before Cluster as a person would."""
    hands = rig.hands
    await rig.on("Welcome")
    await to_name(rig)
    await hands.press("ctrl+u")
    await hands.type("node1.example.com")
    await rig.next("Network")
    await hands.press("f8")
    await hands.until("Keep the new ones")
    await hands.press("enter")
    await rig.on("Time")
    await hands.type("berlin")
    await rig.next("Cluster")


async def to_name(rig: Rig) -> None:
    hands = rig.hands
    await rig.next("Administrator")
    await hands.type(PASSWORD)
    await hands.press("tab")
    await hands.type(PASSWORD)
    await rig.next("Name")


async def choose_cluster(rig: Rig) -> None:
    """On the page Cluster: the form, its checks, and the cluster taken."""
    hands = rig.hands
    await hands.press("f8")
    await hands.until("Choose a cluster")
    await hands.type("vdc.example.com")
    await hands.press("tab")
    await hands.type(TOKEN)
    await hands.press("enter")
    await hands.until("Take this cluster")
    await hands.press("enter")
    await rig.on("Review")
    await hands.until("Apply now")
