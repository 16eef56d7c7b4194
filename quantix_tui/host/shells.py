"""A shell on the console's own terminal, until it ends."""

import asyncio
import contextlib
import os
import pwd
import signal
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from quantix_tui.host.foreground import take_foreground

LAST_RESORT = "/bin/sh"
NONE = "no"
"""The setting that allows no shell."""
_KEPT = ("TERM", "LANG", "LC_ALL", "LC_CTYPE", "COLORTERM", "TZ")
_LOOK_EVERY = 1.0
_KEYS = (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU)


@dataclass(frozen=True, slots=True)
class Shell:
    """What is started: ``program`` as the login shell of the user ``name``, in ``home``."""

    name: str
    program: str
    home: str
    uid: int
    gid: int
    groups: tuple[int, ...]
    idle: float | None = None
    """Seconds without a key after which it is to end by itself (TMOUT of bash(1) and ksh); None where it may stay."""

    def environment(self, own: Mapping[str, str]) -> dict[str, str]:
        """A login's environment: of the console's own only what is about the terminal."""
        kept = {name: own[name] for name in _KEPT if name in own}
        path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        who = {"HOME": self.home, "SHELL": self.program, "USER": self.name, "LOGNAME": self.name, "PATH": path}
        idle = {} if self.idle is None else {"TMOUT": f"{self.idle:.0f}"}
        return {**kept, **who, **idle}


def shell_of(user: str, setting: str, own_program: str) -> Shell | None:
    """The shell that ``user`` gets; None where ``setting`` allows none.

    ``setting`` is a program, or empty for the user's own shell; that is the last resort where it is the console itself
    (``own_program``) or cannot be run: a shell is asked for to get out of the console. Raises KeyError for a user whom
    nobody knows.
    """
    if setting == NONE:
        return None
    entry = pwd.getpwnam(user)
    wanted = setting or entry.pw_shell
    usable = os.access(wanted, os.X_OK) and os.path.basename(wanted) != os.path.basename(own_program)
    return Shell(
        user,
        wanted if usable else LAST_RESORT,
        entry.pw_dir if os.path.isdir(entry.pw_dir) else "/",
        entry.pw_uid,
        entry.pw_gid,
        tuple(os.getgrouplist(user, entry.pw_gid)),
    )


async def run_shell(shell: Shell, own: Mapping[str, str]) -> int:
    """Run it on this terminal, which must have been given back before; its exit code, negative for a signal.

    Raises OSError when it cannot be started.
    """
    another = shell.uid != os.geteuid()
    with _keys_are_the_shells():
        process = await asyncio.create_subprocess_exec(
            # By its name with a hyphen it knows that it is a login shell.
            f"-{os.path.basename(shell.program)}",
            executable=shell.program,
            cwd=shell.home,
            env=shell.environment(own),
            user=shell.uid if another else None,
            group=shell.gid if another else None,
            extra_groups=shell.groups if another else None,
        )
        while True:
            try:
                async with asyncio.timeout(_LOOK_EVERY):
                    return await process.wait()
            except TimeoutError:
                _carry_on_if_stopped(process.pid)


@contextlib.contextmanager
def _keys_are_the_shells() -> Iterator[None]:
    """What the keys send before the shell has the terminal's foreground must not end the console.

    Handlers that do nothing, for the shell would inherit it if they were ignored.
    """
    before = {number: signal.signal(number, lambda *_: None) for number in _KEYS}
    try:
        yield
    finally:
        # A shell that was killed has not given the foreground back.
        take_foreground()
        for number, handler in before.items():
            signal.signal(number, handler)


def _carry_on_if_stopped(pid: int) -> None:
    """A shell that was stopped has nobody behind it that would carry it on: the line would be dead."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            state = file.read().rpartition(b")")[2].split()[0]
    except (OSError, IndexError):
        return
    if state in (b"T", b"t"):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
