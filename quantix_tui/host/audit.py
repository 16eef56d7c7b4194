"""Who did what to this machine from the console, for the machine's own log (syslog(3), LOG_AUTHPRIV)."""

import asyncio
import syslog

from quantix_tui.cluster.text import harmless

IDENT = "quantix-console"


async def record(what: str, *, user: str, line: str | None) -> None:
    """Write one entry; nothing of it may be a secret. Without a log service it goes nowhere, as syslog(3) has it."""
    # Apart from the event loop: a log service that hangs holds up whoever writes to it.
    await asyncio.to_thread(_write, entry(what, user, line))


def entry(what: str, user: str, line: str | None) -> str:
    return harmless(f"{what}, by {user} on {line or 'a session of their own'}", 1000)


def _write(text: str) -> None:
    syslog.openlog(IDENT, syslog.LOG_PID, syslog.LOG_AUTHPRIV)
    syslog.syslog(syslog.LOG_NOTICE, text)
    syslog.closelog()
