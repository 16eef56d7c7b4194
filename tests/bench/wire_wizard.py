"""The first-boot wizard for ``tests.bench.wire``: every page opened, and what is typed on it.

``python -m tests.bench.wire --program tests.bench.wire_wizard``
"""

import tempfile
from pathlib import Path
from typing import Any

from quantix_tui.console.screens.wizard.bench import Bench, Kit, look_around
from quantix_tui.console.screens.wizard.wizard import WizardScreen
from quantix_tui.console.terminal import TerminalProfile
from quantix_tui.host.files.tree import Tree
from quantix_tui.sandbox.machine import STATE, make_machine
from quantix_tui.setup.apply import Means
from quantix_tui.setup.wizard import begin
from tests.bench.wire import Scenario, Step, Type
from tests.bench.wire_console import ESC, PAGE_DOWN, RATIO, World, keys, nothing
from tests.console.scripted import PASSED, STANDALONE
from tests.console.wizard.rig import PASSWORD, TOKEN, Joins, ScriptedTrials, ask_time, no_network

F1, F8, TAB, ENTER, CTRL_U = b"\x1bOP", b"\x1b[19~", b"\t", b"\r", b"\x15"
CHARACTER = 24
"""As in the join form."""
JUDGED = 220
"""A character with which what is said below a field, and the choice Next, become others."""
THROUGH = 2.0
"""Where another picture is seen on the way, such as the page below a dialogue that closes; ncurses paints the last."""


class FirstBoot(World):
    """A folder that stands for a machine, in front of which the wizard is opened."""

    def __init__(self, profile: TerminalProfile) -> None:
        super().__init__(profile)
        self.gateway.status_answer = STANDALONE
        self.gateway.checks = list(PASSED)
        self.trials = ScriptedTrials()
        self._kept = tempfile.TemporaryDirectory()
        self.folder = Path(self._kept.name)
        make_machine(self.folder)

    def open(self, _: Type) -> None:
        self.console.call_later(self._open)

    async def _open(self) -> None:
        means = Means(Tree(str(self.folder)), str(self.folder / STATE), Joins(), no_network)
        wizard = await begin(means, clock=self.console.clock.monotonic)
        self.trials.wizard = wizard
        kit = Kit(self.gateway, self.trials, self.console.clock, ask_time=ask_time)
        bench = Bench(wizard, means, kit, look_around(means.tree, ("sudo",)))
        await self.console.push_screen(WizardScreen(bench, self.console.guard))

    def ten_seconds(self, _: Type) -> None:
        self.passed += 10.0

    def trial_second(self, _: Type) -> None:
        assert self.trials.trial.left is not None
        self.trials.trial.left -= 1.0


def scenario(profile: TerminalProfile) -> Scenario:
    world = FirstBoot(profile)
    page: dict[str, Any] = {"ratio": RATIO}
    through: dict[str, Any] = {"ratio": THROUGH}
    steps = [
        Step("first dashboard", nothing, ratio=RATIO),
        Step("opening the wizard", world.open, **page),
        Step("nothing changes", nothing, silent=True),
        Step("ten seconds pass", world.ten_seconds, silent=True),
        Step("Administrator", keys(F8), **page),
        Step("a character of the password", keys(b"c"), limit=JUDGED),
        Step("another", keys(b"o"), limit=JUDGED),
        Step("the password", keys(PASSWORD[2:].encode()), **page),
        Step("Tab in the form", keys(TAB), **page),
        Step("the password once more", keys(PASSWORD.encode()), **page),
        Step("Name", keys(F8), **page),
        Step("an empty name", keys(CTRL_U), limit=JUDGED),
        Step("a character of the name", keys(b"n"), limit=JUDGED),
        Step("another ", keys(b"o"), limit=CHARACTER),
        Step("Network", keys(F8), **page),
        Step("Tab to IPv4", keys(TAB), **page),
        Step("a fixed address", keys(b"\x1b[C"), **page),
        Step("Tab to the address", keys(TAB), **page),
        Step("a character of the address", keys(b"1"), limit=JUDGED),
        Step("another  ", keys(b"0"), limit=CHARACTER),
        Step("the page's second half", keys(PAGE_DOWN), **page),
        Step("DHCP again", keys(b"\x1b[Z\x1b[D"), **through),
        Step("the trial", keys(F8), **page),
        Step("a second of the countdown", world.trial_second, limit=32),
        Step("Time", keys(ENTER), **through),
        Step("a letter of the timezone", keys(b"b"), **page),
        Step("another   ", keys(b"e"), **page),
        Step("the rest", keys(b"rlin"), **page),
        Step("Cluster", keys(F8), **page),
        Step("the form", keys(F8), **page),
        Step("a character of the control plane", keys(b"v"), limit=CHARACTER),
        Step("the rest ", keys(b"dc.example.com\t" + TOKEN.encode()), **page),
        Step("the checks", keys(ENTER), **page),
        Step("Review", keys(ENTER), **through),
        Step("the review's second half", keys(PAGE_DOWN), **page),
        Step("Help", keys(F1), **page),
        Step("back from it", keys(ESC), **page),
        Step("Apply, and Done", keys(F8), **through),
        Step("the dashboard", keys(ENTER), **page),
    ]
    return Scenario(world.console, steps)
