"""Logins whose course a test writes down: what PAM asks and tells, and how it ends."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.cluster.secret import Secret
from quantix_tui.console.clock import Clock
from quantix_tui.console.login_desk import LoginDesk
from quantix_tui.host.login import words
from quantix_tui.host.login.messages import Accepted, Asked, Conversation, Message, Stage
from quantix_tui.host.ways_in import Administrators, PasswordState

PASSWORD = Asked("Password:", True, Stage.AUTHENTICATE)
WRONG = words.refusal(Stage.AUTHENTICATE, words.AUTH_ERR, "Authentication failure", [])
EXPIRED = words.refusal(Stage.ACCOUNT, words.ACCT_EXPIRED, "User account has expired", [])
NEW, AGAIN = Asked("New password: ", True, Stage.CHANGE), Asked("Retype new password: ", True, Stage.CHANGE)
RIGHT: tuple[Message, ...] = (PASSWORD, Accepted("root"))
GROUPS = ("quantix-admin", "sudo", "wheel")


class ScriptedLogin:
    """One course for each login, the last one again and again. ``answers`` are what the console gave."""

    def __init__(self, *courses: Sequence[Message]) -> None:
        self.courses = list(courses or (RIGHT,))
        self.users: list[str] = []
        self.answers: list[str] = []
        self.ended = 0
        self.checking = asyncio.Event()
        """Where it is clear, a login stands still after its first answer."""
        self.checking.set()

    @asynccontextmanager
    async def begin(self, user: str) -> AsyncIterator[Conversation]:
        self.users.append(user)
        course = self.courses.pop(0) if len(self.courses) > 1 else self.courses[0]
        try:
            yield _Course(self, course)
        finally:
            self.ended += 1


class _Course:
    def __init__(self, login: ScriptedLogin, course: Sequence[Message]) -> None:
        self._login = login
        self._course = course
        self._answered = asyncio.Event()

    async def __aiter__(self) -> AsyncIterator[Message]:
        for message in self._course:
            self._answered.clear()
            yield message
            if isinstance(message, Asked):
                await self._answered.wait()
                await self._login.checking.wait()

    async def answer(self, secret: Secret) -> None:
        self._login.answers.append(secret.reveal())
        self._answered.set()


class Machine:
    """Which administrators it has. ``first`` are the passwords that were set, ``refuses`` is raised instead."""

    def __init__(self, **states: PasswordState) -> None:
        self.administrators = Administrators(tuple((states or {"root": PasswordState.SET}).items()))
        self.first: list[str] = []
        self.refuses: QuantixError | None = None

    async def set_first(self, secret: Secret) -> None:
        if self.refuses is not None:
            raise self.refuses
        self.first.append(secret.reveal())

    def desk(self, login: ScriptedLogin, clock: Clock) -> LoginDesk:
        return LoginDesk(
            login, lambda: self.administrators, self.set_first, clock=clock, admin_groups=GROUPS, node="qx-node-07"
        )
