"""What a line keeps between one login and the next: who was there, how many failed, where logins are asked for."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from quantix_tui.cluster.secret import Secret
from quantix_tui.console.clock import Clock
from quantix_tui.host.administrators import user_name
from quantix_tui.host.audit import record
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.login.messages import Accepted, End, LoginService
from quantix_tui.host.login.pace import Pace
from quantix_tui.host.login.process import PamLogin
from quantix_tui.host.password import set_first_password
from quantix_tui.host.password_policy import OURS, PasswordPolicy, policy_of
from quantix_tui.host.ways_in import Administrators, PasswordState, read_administrators
from quantix_tui.settings import Settings

LOOK_WITHIN_SECS = 1.0


class LoginDesk:
    """``look`` reads which administrators this machine has (it may block), ``set_first`` sets root's first password
    or raises :class:`~quantix_tui.cluster.errors.QuantixError`; ``admin_groups`` are for the sentences, ``node`` is
    its name, ``passwords`` what it asks of a new one."""

    def __init__(
        self,
        service: LoginService,
        look: Callable[[], Administrators],
        set_first: Callable[[Secret], Awaitable[None]],
        *,
        clock: Clock,
        admin_groups: Sequence[str] = (),
        node: str = "",
        passwords: PasswordPolicy = OURS,
    ) -> None:
        self.service = service
        self.set_first = set_first
        self.admin_groups = tuple(admin_groups)
        self.node = node
        self.passwords = passwords
        self.administrators = Administrators()
        self._look = look
        self._clock = clock
        self._pace = Pace()
        self._last: str | None = None

    async def look(self) -> None:
        """Read anew who can log in; what does not answer at once is not known."""
        try:
            async with asyncio.timeout(LOOK_WITHIN_SECS):
                self.administrators = await asyncio.to_thread(self._look)
        except TimeoutError:
            self.administrators = Administrators()

    @property
    def likely_user(self) -> str:
        return self.administrators.likely(self._last)

    def has_no_password(self, user: str) -> bool:
        """Whether anybody would be let in under this name: PAM may take an empty password for a right one."""
        return dict(self.administrators.passwords).get(user) is PasswordState.EMPTY

    @property
    def waits(self) -> float:
        """Seconds until the next login may begin."""
        return self._pace.waits(self._clock.monotonic())

    def ended(self, end: End | None, *, tried: bool) -> None:
        """How a login came out; None for one that was broken off. ``tried``: PAM had been given a password by then.

        Who breaks a try off before it has failed has tried all the same: PAM waits a while before it says so.
        """
        if isinstance(end, Accepted):
            self._pace = Pace()
            self._last = end.user
        elif tried if end is None else end.counts:
            self._pace = self._pace.failed(self._clock.monotonic())


def desk_here(settings: Settings) -> LoginDesk:
    """What a login on the console's own line needs."""
    groups, line = settings.admin_groups, settings.line or ""

    async def set_first(secret: Secret) -> None:
        await set_first_password(secret, groups)
        await record("the first password of root set", user="nobody who had logged in", line=line)

    return LoginDesk(
        PamLogin(line, groups, by=user_name(os.geteuid())),
        partial(read_administrators, groups),
        set_first,
        clock=Clock(),
        admin_groups=groups,
        node=os.uname().nodename,
        passwords=_policy(),
    )


def _policy() -> PasswordPolicy:
    try:
        return policy_of(Tree())
    except OSError:
        return OURS  # chpasswd knows the machine's own rule all the same.
