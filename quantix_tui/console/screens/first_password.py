"""The first password of a node that nobody has set one on: typed twice, told how strong it is, set."""

from textual.app import ComposeResult
from textual.widgets import Input

from quantix_tui.cluster.errors import Problem, QuantixError
from quantix_tui.cluster.secret import Secret
from quantix_tui.console.clock import Clock
from quantix_tui.console.crash import fault_problem
from quantix_tui.console.join_form import Note
from quantix_tui.console.lines import Role
from quantix_tui.console.login_desk import LoginDesk
from quantix_tui.console.screens.secretive import SecretiveDialogue
from quantix_tui.console.tale import Paragraph
from quantix_tui.console.widgets.box import Box
from quantix_tui.console.widgets.choices import Choice, Choices
from quantix_tui.console.widgets.secret_field import SecretField
from quantix_tui.console.widgets.sentences import Sentences
from quantix_tui.host.password import strength_of

HELP = "{}; a few words are best"
AGAIN_HELP = "the same once more; Enter sets it"
DIFFERS = "The two are not the same: type the second one again."


class FirstPasswordScreen(SecretiveDialogue[Secret]):
    """Dismissed with the password once it is root's, else with None."""

    def __init__(self, desk: LoginDesk, clock: Clock) -> None:
        super().__init__(clock)
        self._desk = desk
        self._setting = False

    @property
    def begun(self) -> bool:
        return self._setting

    @property
    def working(self) -> bool:
        return self._setting

    def compose(self) -> ComposeResult:
        yield Box(
            Sentences([Paragraph("The password of root, the administrator of this node:")], id="introduction"),
            SecretField("Password", id="new", help=HELP.format(self._desk.passwords.words)),
            SecretField("Once more", id="again", help=AGAIN_HELP),
            Sentences(),
            Choices(aside="Esc  back"),
            title="Set the first password",
        )

    def on_mount(self) -> None:
        self.query_one("#outcome").add_class("gap")
        self._offer()
        self.set_focus(self._new)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.used()
        if event.input is self._new and self._new.value:
            strength = strength_of(self._new.value, self._known, self._desk.passwords)
            role = Role.WARN if strength.problem or strength.is_weak else Role.GOOD
            self._new.tell(Note(strength.problem or f"strength: {strength.words}", role))
        elif event.value and isinstance(event.input, SecretField):
            event.input.help_again()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.input is self._new and self._is_good():
            self.set_focus(self._again)
        elif event.input is self._again:
            self._set()

    def on_choices_chosen(self, event: Choices.Chosen) -> None:
        event.stop()
        if event.key == "set":
            self._set()
        else:
            self.action_back()

    def action_back(self) -> None:
        """Not while it is being set: whether it was would not be known."""
        if not self._setting:
            self.dismiss(None)

    @property
    def _known(self) -> list[str]:
        return [*self._desk.administrators.names, self._desk.node, "quantix", "password"]

    def _is_good(self) -> bool:
        problem = strength_of(self._new.value, self._known, self._desk.passwords).problem
        if problem:
            self._new.tell(Note(problem, Role.BAD))
            self.set_focus(self._new)
        return not problem

    def _set(self) -> None:
        if self._setting or not self._is_good():
            return
        if self._new.value != self._again.value:
            self._again.wipe()
            self._again.tell(Note(DIFFERS, Role.BAD))
            self.set_focus(self._again)
            return
        self._setting = True
        self._again.wipe()
        password = Secret(self._new.take())
        self._choices.offer(())
        self._outcome.tell([Paragraph("Setting the password of root ...", Role.STRONG)])
        self.run_worker(self._run(password), group="first", exclusive=True)

    async def _run(self, password: Secret) -> None:
        try:
            await self._desk.set_first(password)
        except QuantixError as error:
            self._refused(error.problem)
        except Exception as error:  # noqa: BLE001 - the worker's border: told in the dialogue, with a report kept
            self._refused(fault_problem(error))
        else:
            self.close(password)

    def _refused(self, problem: Problem) -> None:
        self._setting = False
        self._outcome.tell([Paragraph(problem.message, Role.BAD), Paragraph(problem.hint)])
        self._offer()
        self.set_focus(self._new)

    def _offer(self) -> None:
        self._choices.offer((Choice("set", "Set it"), Choice("back", "Back")))

    @property
    def _new(self) -> SecretField:
        return self.query_one("#new", SecretField)

    @property
    def _again(self) -> SecretField:
        return self.query_one("#again", SecretField)

    @property
    def _outcome(self) -> Sentences:
        return self.query_one("#outcome", Sentences)

    @property
    def _choices(self) -> Choices:
        return self.query_one(Choices)
