"""Administrator: the password of the node's administrator, typed twice."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Input

from quantix_tui.cluster.secret import Secret
from quantix_tui.cluster.text import harmless
from quantix_tui.console.join_form import Note
from quantix_tui.console.lines import BLANK, Role
from quantix_tui.console.screens.wizard.bench import Bench, PageName
from quantix_tui.console.screens.wizard.page import Page
from quantix_tui.console.tale import Paragraph
from quantix_tui.console.widgets.secret_field import SecretField
from quantix_tui.console.widgets.sentences import Sentences
from quantix_tui.host.password import strength_of
from quantix_tui.setup.answers import AdministratorAnswers, Answers
from quantix_tui.setup.steps import StepName

_AGAIN = "the same once more"
_DIFFERS = "The two are not the same; type it again."
_WANTED = "No password has been typed."
_FOUND = "It is given by the answers from {}, and not shown. Leave the fields empty to take it, or type another one."
_ONCE_MORE = "The password has to be typed a second time."


class Administrator(Page):
    NAME: ClassVar[PageName] = PageName.ADMINISTRATOR
    WORDS: ClassVar[str] = "who may log in and change this node"
    ABOUT: ClassVar[Sequence[str]] = (
        "A few words that nobody would guess make a better password than signs in a short one. It is never shown, "
        "never kept by the wizard, and set when the changes are made.",
        "After a power cut it has to be typed again.",
    )

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        section = bench.answers.administrator
        # A secret is there before anything is typed only where answers were found.
        self._found = section if section is not None and section.has_secret else None

    def compose(self) -> ComposeResult:
        yield Sentences(
            [Paragraph(f"The password of {self._user}, the administrator of this node:"), BLANK], id="whose"
        )
        yield SecretField("Password", id="new", help=f"{self.bench.passwords.words}; a few words are best")
        yield SecretField("Once more", id="again", help=_AGAIN)
        yield Sentences(self._kept(), id="kept")

    def begins_at(self) -> Widget:
        return self._new

    @property
    def _user(self) -> str:
        given = self.bench.answers.administrator
        return harmless(given.user, 40) if given else "root"

    @property
    def _is_done(self) -> bool:
        """Whether it was set already: then it need not be typed again."""
        return StepName.ADMINISTRATOR in self.bench.applied

    def _kept(self) -> Sequence[Paragraph]:
        if self._found is not None:
            source = self.bench.kit.search.source if self.bench.kit.search is not None else "a file"
            return [Paragraph(_FOUND.format(source), Role.GOOD)]
        return [Paragraph("It is set already; leave the fields empty to keep it.", Role.GOOD)] if self._is_done else []

    @property
    def answers(self) -> Answers:
        if not self._new.value:
            if self._found is not None:
                return self.bench.answers.model_copy(update={"administrator": self._found})
            if self._is_done:
                return self.bench.answers
            return self.bench.answers.model_copy(update={"administrator": AdministratorAnswers(user=self._user)})
        given = AdministratorAnswers(user=self._user, password=Secret(self._new.value))
        return self.bench.answers.model_copy(update={"administrator": given})

    @property
    def reason(self) -> str:
        new, again = self._new.value, self._again.value
        if not new and not again:
            return "" if self._is_done or self._found is not None else _WANTED
        if problem := self._problem:
            return problem
        if not again:
            return _ONCE_MORE
        return _DIFFERS if new != again else ""

    @property
    def _problem(self) -> str:
        if problem := strength_of(self._new.value, self._known, self.bench.passwords).problem:
            return problem
        faults = self.bench.faults_with(self.answers, StepName.ADMINISTRATOR)
        return str(faults[0]) if faults else ""

    @property
    def _known(self) -> list[str]:
        name = self.bench.answers.name
        named = [name.hostname] if name else []
        return [self._user, *named, self.bench.around.name, "quantix", "password"]

    def point_out(self) -> None:
        wrong = self._again if self._new.value and not self._problem else self._new
        self.screen.set_focus(wrong)
        self._judge_again(now=True)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if event.input is self._new:
            self._judge_new()
        self._judge_again(now=False)
        self.post_message(self.Changed())

    def on_input_blurred(self, event: Input.Blurred) -> None:
        if event.input is self._again:
            self._judge_again(now=True)

    def _judge_new(self) -> None:
        if not self._new.value:
            self._new.help_again()
            return
        strength = strength_of(self._new.value, self._known, self.bench.passwords)
        role = Role.WARN if strength.problem or strength.is_weak else Role.GOOD
        self._new.tell(Note(strength.problem or f"strength: {strength.words}", role))

    def _judge_again(self, *, now: bool) -> None:
        """``now``: also while what stands there may yet become the same."""
        new, again = self._new.value, self._again.value
        if again and again == new:
            self._again.tell(Note("the same", Role.GOOD))
        elif again and (now or not new.startswith(again)):
            self._again.tell(Note(_DIFFERS, Role.BAD))
        else:
            self._again.help_again()

    @property
    def _new(self) -> SecretField:
        return self.query_one("#new", SecretField)

    @property
    def _again(self) -> SecretField:
        return self.query_one("#again", SecretField)


PAGE = Administrator
