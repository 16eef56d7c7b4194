"""The login of an administrator: user and password on one page, then whatever else PAM asks for, one by one."""

import asyncio

from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Input

from quantix_tui.cluster.secret import Secret
from quantix_tui.console import login_words as words
from quantix_tui.console.clock import Clock
from quantix_tui.console.crash import fault_problem
from quantix_tui.console.join_form import Note
from quantix_tui.console.lines import Role
from quantix_tui.console.login_desk import LoginDesk
from quantix_tui.console.screens.secretive import SecretiveDialogue
from quantix_tui.console.widgets.box import Box
from quantix_tui.console.widgets.choices import Choice, Choices
from quantix_tui.console.widgets.field import Field
from quantix_tui.console.widgets.secret_field import SecretField
from quantix_tui.console.widgets.sentences import Sentences
from quantix_tui.console.widgets.sentences import Told as Shown
from quantix_tui.host.login.messages import Accepted, Asked, End, Reason, Refused, Stage, Told
from quantix_tui.host.password import answer_problem
from quantix_tui.host.ways_in import ROOT, Way

USER_HELP = "Enter goes on to the password"
PASSWORD_HELP = "not shown while you type; Enter logs in"


class LoginScreen(SecretiveDialogue[str]):
    """Dismissed with the administrator's name, or None when nobody has logged in.

    One state at a time: typing, waiting for the next try, checking, answering what PAM asks.
    """

    def __init__(self, desk: LoginDesk, clock: Clock) -> None:
        super().__init__(clock)
        self._desk = desk
        self._way = desk.administrators.way()
        self._user = desk.likely_user
        # Kept by themselves: a login that is broken off wipes its fields also when the screen has gone already.
        self._user_field = Field("User", self._user, id="user")
        self._password_field = SecretField("Password", id="password", help=PASSWORD_HELP)
        self._answer_field = SecretField("Answer", id="answer")
        self._choices = Choices(aside="Esc  back")
        self._told: list[Told] = []
        self._outcome: list[Shown] = []
        self._checking_since: float | None = None
        self._answer: asyncio.Future[Secret] | None = None
        self._changing = False
        """Whether PAM may be setting a new password just now."""

    def compose(self) -> ComposeResult:
        yield Box(
            Sentences(words.introduction(self._way, self._desk.admin_groups), id="introduction"),
            self._user_field,
            self._password_field,
            Sentences(),
            self._answer_field,
            self._choices,
            title="Log in",
        )

    def on_mount(self) -> None:
        self._user_field.tell(Note(USER_HELP))
        self._answer_field.display = False
        self.query_one("#outcome").add_class("gap")
        if self._way is Way.LOG_IN:
            self._offer_login()
            self.set_focus(self._password_field if self._user else self._user_field)
        else:
            for field in (self._user_field, self._password_field):
                field.display = False
            first = (Choice("first", "Set the first password"),) if self._way is Way.SET_FIRST else ()
            self._choices.offer((*first, Choice("back", "Back")))
            self.set_focus(self._choices, scroll_visible=False)

    # What is typed

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.used()
        if event.value and isinstance(event.input, SecretField):
            event.input.help_again()
        elif event.input.id == "user":
            self._user_field.tell(Note(USER_HELP))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        match event.input.id:
            case "user":
                if self._user_is_good():
                    self.set_focus(self._password_field)
            case "password":
                self._log_in()
            case "answer":
                self._give_answer()

    def on_choices_chosen(self, event: Choices.Chosen) -> None:
        event.stop()
        match event.key:
            case "login":
                self._log_in()
            case "first":
                self._open_first_password()
            case _:
                self.action_back()

    def _user_is_good(self) -> bool:
        problem = words.user_problem(self._user_field.value.strip())
        if problem:
            self._user_field.tell(Note(problem, Role.BAD))
            self.set_focus(self._user_field)
        return not problem

    def _log_in(self) -> None:
        if self.working or not self._user_is_good():
            return
        field = self._password_field
        problem = answer_problem(field.value) if field.value else words.NO_PASSWORD_TYPED
        if problem:
            field.tell(Note(problem, Role.BAD))
            self.set_focus(field)
        elif self._desk.waits > 0:
            self.tick()
            self._reveal(self.query_one("#outcome"))
        elif self._desk.has_no_password(user := self._user_field.value.strip()):
            field.wipe()
            self._tell(words.no_password_of(user))
            self.set_focus(self._user_field)
        else:
            self._begin(user, Secret(field.take()))

    # The login

    def _begin(self, user: str, password: Secret) -> None:
        self._user = user
        self._told = []
        self._changing = False
        self._checking_since = self.clock.monotonic()
        self._choices.offer(())
        for field in (self._user_field, self._password_field):
            field.can_focus = False
        self.set_focus(None)
        self.tick()
        self._reveal(self.query_one("#outcome"))
        self.run_worker(self._run(user, password), group="login", exclusive=True)

    async def _run(self, user: str, password: Secret) -> None:
        try:
            end = await self._converse(user, password)
        except Exception as error:  # noqa: BLE001 - the worker's border: told in the dialogue, with a report kept
            end = Refused(Reason.UNUSABLE, fault_problem(error))
        self._conclude(end)

    async def _converse(self, user: str, password: Secret) -> End:
        left: Secret | None = password
        end: End | None = None
        async with self._desk.service.begin(user) as conversation:
            try:
                async for message in conversation:
                    match message:
                        case Told():
                            self._told.append(message)
                        case Asked(hidden=True) if left is not None:
                            answer, left = left, None
                            await conversation.answer(answer)
                        case Asked():
                            await conversation.answer(await self._ask(message))
                        case Accepted() | Refused():
                            end = message
            finally:
                self._desk.ended(end, tried=left is None)
        assert end is not None  # noqa: S101 - the last message of a conversation
        return end

    async def _ask(self, message: Asked) -> Secret:
        """The answer to what PAM asks besides the password."""
        label, help_ = words.label_of(message)
        self._answer_field.ask(label, help_, hidden=message.hidden)
        self._answer_field.display = True
        self._checking_since = None
        self._tell(words.asked(message, self._user, self._told))
        self.set_focus(self._answer_field)
        self._reveal(self._answer_field)
        self._answer = asyncio.get_running_loop().create_future()
        try:
            answer = await self._answer
        finally:
            self._answer = None
            self._told = []
            self._answer_field.wipe()
            self._answer_field.display = False
        self._changing = message.stage is Stage.CHANGE
        self._checking_since = self.clock.monotonic()
        self.tick()
        return answer

    def _give_answer(self) -> None:
        if self._answer is None or self._answer.done():
            return
        problem = answer_problem(self._answer_field.value)
        if problem:
            self._answer_field.tell(Note(problem, Role.BAD))
        else:
            self._answer.set_result(Secret(self._answer_field.take()))

    def _conclude(self, end: End) -> None:
        self._checking_since = None
        if isinstance(end, Accepted):
            self.close(end.user)
            return
        self._type_again(words.refused(end), of_user=end.reason in (Reason.ACCOUNT, Reason.NOT_ADMINISTRATOR))

    def _type_again(self, outcome: list[Shown], *, of_user: bool) -> None:
        for field in (self._user_field, self._password_field):
            field.can_focus = True
        self._offer_login()
        self._tell(outcome)
        self.set_focus(self._user_field if of_user else self._password_field, scroll_visible=False)
        self._reveal(self.query_one("#outcome"))

    # The first password

    def _open_first_password(self) -> None:
        from quantix_tui.console.screens.first_password import FirstPasswordScreen

        async def closed(password: Secret | None) -> None:
            if password is None:
                return
            await self._desk.look()
            for field in (self._user_field, self._password_field):
                field.display = True
            self._user_field.value = ROOT
            self.query_one("#introduction", Sentences).tell(words.introduction(Way.LOG_IN, self._desk.admin_groups))
            self._begin(ROOT, password)

        self.app.push_screen(FirstPasswordScreen(self._desk, self.clock), closed)

    # Going back

    def action_back(self) -> None:
        """The first Esc stops what runs, the next one goes back."""
        if not self.working and self._answer is None:
            self.dismiss(None)
            return
        stopped = words.STOPPED_CHANGING if self._changing and self.working else words.STOPPED
        self.workers.cancel_node(self)
        self._checking_since = None
        self._type_again([*stopped], of_user=False)

    # Drawing

    @property
    def working(self) -> bool:
        return self._checking_since is not None

    def tick(self) -> None:
        """Show what changes with the time."""
        super().tick()
        if self._checking_since is not None:
            past = self.clock.monotonic() - self._checking_since
            self._show([*words.said(self._told), *words.checking(past, changing=self._changing)])
        elif self._answer is None:
            waits = self._desk.waits
            self._show([*self._outcome, *([words.wait_told(waits)] if waits > 0 else [])])

    def _tell(self, outcome: list[Shown]) -> None:
        self._outcome = outcome
        self._show(outcome)
        self.tick()

    def _show(self, told: list[Shown]) -> None:
        self.query_one("#outcome", Sentences).tell(told)

    def _reveal(self, child: Widget) -> None:
        """Where there is little room: what has to be seen now, once the layout has its lines."""
        self.call_after_refresh(self.query_one(Box).reveal, child)

    def _offer_login(self) -> None:
        self._choices.offer((Choice("login", "Log in"), Choice("back", "Back")))
