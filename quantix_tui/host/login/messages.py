"""What a login says on its way and how it ends, as values."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from quantix_tui.cluster.errors import Problem
from quantix_tui.cluster.secret import Secret


class Stage(Enum):
    """What PAM is at (pam_authenticate(3), pam_acct_mgmt(3), pam_chauthtok(3))."""

    START = "start"
    AUTHENTICATE = "authenticate"
    ACCOUNT = "account"
    CHANGE = "change"
    """The password has expired: a new one is asked for."""


@dataclass(frozen=True, slots=True)
class Asked:
    """PAM wants an answer. ``hidden``: what is typed must not be shown."""

    text: str
    hidden: bool
    stage: Stage


@dataclass(frozen=True, slots=True)
class Told:
    """PAM has something to say."""

    text: str
    is_error: bool


@dataclass(frozen=True, slots=True)
class Accepted:
    """The password is right, the account good, the user an administrator. ``user`` as PAM names him in the end."""

    user: str
    password_changed: bool = False


class Reason(Enum):
    """Why a login did not come off; the ``reason`` of its :class:`Problem` too."""

    WRONG = "wrong_password"
    ACCOUNT = "account_refused"
    NOT_CHANGED = "password_not_changed"
    NOT_ADMINISTRATOR = "not_administrator"
    NO_ANSWER = "no_answer"
    UNUSABLE = "pam_unusable"


@dataclass(frozen=True, slots=True)
class Refused:
    reason: Reason
    problem: Problem

    @property
    def counts(self) -> bool:
        """Whether it slows the next try down: whoever tries passwords out must not win by it."""
        return self.reason is not Reason.UNUSABLE


End = Accepted | Refused
Message = Asked | Told | End


class Conversation(Protocol):
    """One login. The messages end with one :data:`End`; each :class:`Asked` waits for :meth:`answer`."""

    def __aiter__(self) -> AsyncIterator[Message]: ...

    async def answer(self, secret: Secret) -> None: ...


class LoginService(Protocol):
    """Where logins are asked for. Leaving the context ends the login, whatever it is at."""

    def begin(self, user: str) -> AbstractAsyncContextManager[Conversation]: ...
