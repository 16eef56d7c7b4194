"""A way out of the console and back: a shell of whoever is logged in, on the console's own terminal."""

import os
import sys
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from quantix_tui.console.lines import Role
from quantix_tui.host.audit import record
from quantix_tui.host.shells import Shell, run_shell, shell_of

if TYPE_CHECKING:
    from quantix_tui.console.application import ConsoleApp

FORBIDDEN = "A shell is not allowed from this console (QUANTIX_SHELL in /etc/limiquantix/console.env)."


async def open_shell(app: "ConsoleApp", setting: str) -> None:
    """Ask who it is, then run the shell; afterwards the console stands there again and says how it ended."""
    if app.guard.access.line is not None:
        await app.as_administrator(partial(_open, app, setting))
    else:
        # A session of one's own has a shell of one's own, whoever one is.
        await _open(app, setting)


async def _open(app: "ConsoleApp", setting: str) -> None:
    access = app.guard.access
    user = access.user or "root"
    try:
        shell = shell_of(user, setting, sys.argv[0])
    except KeyError:
        app.notice(f"There is no user {user} on this node any more: no shell.", Role.WARN)
        return
    if shell is None:
        app.notice(FORBIDDEN, Role.WARN)
        return
    if access.line is not None:
        # The console cannot lock while somebody else has its terminal.
        shell = replace(shell, idle=app.settings.lock_after)
    await record(f"shell {shell.program} opened", user=user, line=access.line)
    app.notice(*await _run(app, shell))
    await record("shell ended", user=user, line=access.line)


async def _run(app: "ConsoleApp", shell: Shell) -> tuple[str, Role]:
    with app.away():
        os.write(1, f"A shell of {shell.name} on {os.uname().nodename}. The console returns after: exit\r\n".encode())
        try:
            code = await run_shell(shell, os.environ)
        except OSError as error:
            return f"The shell {shell.program} cannot be started: {(error.strerror or '').lower()}.", Role.BAD
    if code in (126, 127):
        return f"The shell {shell.program} ended at once with {code}: it may be damaged.", Role.WARN
    return "Back from the shell.", Role.TEXT
