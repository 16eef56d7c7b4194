"""A cluster is named and checked: address and token, the checks as they happen, the fingerprint to compare."""

from contextlib import aclosing
from dataclasses import replace
from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer
from textual.types import CSSPathType
from textual.worker import Worker

from quantix_tui.cluster.errors import NOTHING_SAVED, ErrorCode, Problem, QuantixError
from quantix_tui.cluster.join import JoinRequest
from quantix_tui.cluster.trust import Fingerprint, Trust
from quantix_tui.console.clock import Clock
from quantix_tui.console.crash import fault_problem
from quantix_tui.console.demo_hints import DemoHints
from quantix_tui.console.draft import Draft
from quantix_tui.console.join_form import (
    Run,
    Verdict,
    certificate_of,
    changed_pin,
    problem_of,
    read_draft,
    rows,
    verdict,
)
from quantix_tui.console.join_words import (
    FILLED,
    INCOMPLETE,
    NOT_TRUSTED,
    changed_lines,
    compare_lines,
    introduction,
    refusal_lines,
)
from quantix_tui.console.lines import Role
from quantix_tui.console.screens.dialogue import Dialogue
from quantix_tui.console.tale import Paragraph
from quantix_tui.console.widgets.box import Box
from quantix_tui.console.widgets.checklist import CheckList
from quantix_tui.console.widgets.choices import Choice, Choices
from quantix_tui.console.widgets.entries import Entries
from quantix_tui.console.widgets.sentences import Sentences
from quantix_tui.node.gateway.protocol import NodeGateway

WIDE = 118
"""Columns from which the checks stand beside the fields."""


T = TypeVar("T")


class ClusterForm(Dialogue[T]):
    """One state at a time: typing, checking, comparing, refused, ready. A subclass says what comes of what is ready."""

    TITLE: ClassVar[str]

    CHANGES = True

    CSS_PATH: ClassVar[CSSPathType | None] = ["dialogue.tcss", "join.tcss"]
    HORIZONTAL_BREAKPOINTS: list[tuple[int, str]] | None = [(0, "-one"), (WIDE, "-two")]  # noqa: RUF012 - as Textual declares it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+t", "reveal", show=False, priority=True),
        Binding("ctrl+o,f3", "ca_file", show=False, priority=True),
    ]

    def __init__(self, gateway: NodeGateway, draft: Draft, clock: Clock, demo: DemoHints | None) -> None:
        super().__init__(clock)
        self._entries = Entries(draft, clock)
        self._gateway = gateway
        self._demo = demo
        self._run: Run | None = None
        self._pin: Fingerprint | None = None
        self._request: JoinRequest | None = None
        self._work: Worker[None] | None = None
        self._ticker: Timer | None = None

    @property
    def busy(self) -> bool:
        """Whether quitting would lose something."""
        return bool(self.draft.address or self.draft.token)

    @property
    def committed(self) -> bool:
        """Whether what was checked is being used now: it is not changed or checked any more."""
        return False

    @property
    def draft(self) -> Draft:
        """What is typed."""
        return self._entries.draft

    def compose(self) -> ComposeResult:
        yield Box(
            self._entries,
            CheckList("Checks", lambda width: introduction(self._demo, width)),
            Sentences(),
            Choices(aside="Esc  back"),
            title=self.TITLE,
        )

    def on_mount(self) -> None:
        self.set_class(self.draft.show_ca_file, "-dense")
        self.query_one("#checks").add_class("gap")
        self.query_one("#outcome").add_class("gap")
        self._choices.offer(())
        self._entries.begin()

    # What is typed

    def on_entries_changed(self, event: Entries.Changed) -> None:
        """A result of checks on something else no longer counts."""
        event.stop()
        if event.address:
            self._pin = None
        self._forget_run()

    def on_entries_submitted(self, event: Entries.Submitted) -> None:
        event.stop()
        if event.problem is None:
            self._check()
        else:
            self._outcome.tell(refusal_lines(event.problem, NOTHING_SAVED))

    def on_entries_filled(self, event: Entries.Filled) -> None:
        event.stop()
        self._outcome.tell([Paragraph(FILLED)])

    def action_reveal(self) -> None:
        self._entries.reveal()

    def action_ca_file(self) -> None:
        self._entries.toggle_ca_file()
        self.set_class(self.draft.show_ca_file, "-dense")

    # The checks

    def _check(self) -> None:
        if self.committed:
            return
        try:
            address, token, ca_file = read_draft(self.draft)
        except QuantixError as error:
            self._outcome.tell(refusal_lines(error.problem, NOTHING_SAVED))
            return
        self._stop()
        self.set_class(self.draft.show_ca_file, "-dense")
        trust = Trust(ca_file=None if self._pin else ca_file, pin=self._pin)
        self._request = JoinRequest(address, token, trust)
        self._run = Run(trust, self.clock.monotonic())
        self._choices.offer(())
        self._outcome.tell([Paragraph("Checking; Esc stops it. Nothing is saved yet.", Role.DIM)])
        self._show_run()
        self._ticker = self.set_interval(1.0, self._show_run)
        self._work = self.run_worker(self._run_checks(self._request), group="join", exclusive=True)

    async def _run_checks(self, request: JoinRequest) -> None:
        assert self._run is not None  # noqa: S101 - set before the worker starts
        try:
            async with aclosing(self._gateway.check(request)) as results:
                async for result in results:
                    self._run = replace(
                        self._run, results=(*self._run.results, result), step_began=self.clock.monotonic()
                    )
                    self._show_run()
        except QuantixError as error:
            self._run = replace(self._run, problem=error.problem)
        except Exception as error:  # noqa: BLE001 - the worker's border: told in the form, with a report kept
            self._run = replace(self._run, problem=fault_problem(error))
        self._run = replace(self._run, finished=True)
        self._stop_ticking()
        self._show_run()
        self._conclude(self._run)

    def _conclude(self, run: Run) -> None:
        match verdict(run):
            case Verdict.COMPARE:
                self._ask_to_compare(run)
            case Verdict.READY:
                assert self._request is not None  # noqa: S101 - checks ran for it
                self.offer(self._request)
            case Verdict.REFUSED:
                self._refuse(problem_of(run) or INCOMPLETE)
            case Verdict.RUNNING:
                return
        # Where there is little room: the question or the reason is what has to be seen now.
        self.query_one(Box).reveal(self._outcome)

    def _ask_to_compare(self, run: Run) -> None:
        certificate = certificate_of(run)
        assert certificate is not None  # noqa: S101 - the verdict says so
        pinned = changed_pin(run)
        told = compare_lines(certificate, self._demo) if pinned is None else changed_lines(pinned, certificate)
        self._outcome.tell(told)
        two_fingerprints = self._demo is not None or pinned is not None
        self.set_class(two_fingerprints or self.draft.show_ca_file, "-dense")
        matches = "It matches: pin it" if pinned is None else "Renewed, and it matches: pin it"
        # The harmless one is selected: Enter alone never trusts anybody.
        self._choices.offer((Choice("pin", matches), Choice("stop", "It does not: stop")), selected=1)
        self.set_focus(self._choices, scroll_visible=False)

    def _refuse(self, problem: Problem) -> None:
        self._outcome.tell(refusal_lines(problem, NOTHING_SAVED))
        self._choices.offer((Choice("again", "Check again"), Choice("cancel", "Cancel")))
        if problem.code is ErrorCode.INVALID_TOKEN:
            self._entries.renew_token()
        else:
            self._entries.go_to("address", scroll=False)

    # What comes of it

    def offer(self, request: JoinRequest) -> None:
        """All checks have passed: say what can be done now."""
        raise NotImplementedError

    def take(self, key: str, request: JoinRequest) -> None:
        """One of the choices of :meth:`offer` was taken."""
        raise NotImplementedError

    # What is chosen

    def on_choices_chosen(self, event: Choices.Chosen) -> None:
        event.stop()
        match event.key:
            case "again":
                self._check()
            case "cancel":
                self.dismiss(None)
            case "stop":
                self._outcome.tell(NOT_TRUSTED)
                self._choices.offer((Choice("again", "Check again"), Choice("cancel", "Cancel")))
                self._entries.go_to("address")
            case "pin":
                certificate = certificate_of(self._run) if self._run else None
                if certificate is not None:
                    self._pin = certificate.fingerprint
                    self._check()
            case key:
                if self._request is not None:
                    self.take(key, self._request)

    # Going back

    def action_back(self) -> None:
        """The first Esc stops what runs, the next one goes back. Nothing typed is lost."""
        if self._run is not None and not self._run.finished:
            self._interrupt()
        else:
            self.dismiss(None)

    def _interrupt(self) -> None:
        self._stop()
        if self._run is not None:
            self._run = replace(self._run, finished=True)
            self._show_run()
        self._outcome.tell([Paragraph(f"Stopped. {NOTHING_SAVED}", Role.WARN)])
        self._choices.offer((Choice("again", "Check again"), Choice("cancel", "Cancel")))
        self._entries.go_to("address")

    def _forget_run(self) -> None:
        if self.committed:
            return
        if self._run is None:
            self._outcome.tell([])
            return
        self._entries.show_again()
        self._stop()
        self._run = None
        self._request = None
        self._checks.show(())
        self._outcome.tell([])
        self._choices.offer(())

    def _stop(self) -> None:
        self._stop_ticking()
        if self._work is not None:
            self._work.cancel()
            self._work = None

    def _stop_ticking(self) -> None:
        if self._ticker is not None:
            self._ticker.stop()
            self._ticker = None

    # Drawing

    def _show_run(self) -> None:
        if self._run is not None:
            self._checks.show(rows(self._run, self.clock.monotonic()))

    @property
    def _checks(self) -> CheckList:
        return self.query_one(CheckList)

    @property
    def _outcome(self) -> Sentences:
        return self.query_one(Sentences)

    @property
    def _choices(self) -> Choices:
        return self.query_one(Choices)
