"""A walk through the logs: the list, narrowed down, a search in vain, a line whole, not permitted."""

import tempfile
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

from quantix_tui.console.look import Look
from quantix_tui.console.screens.logs import LogsScreen
from quantix_tui.host.logs.files import FileSource
from quantix_tui.host.logs.problems import journal_problem
from quantix_tui.host.logs.sources import Log
from tests.console.screen import TODAY, Hands, opened
from tests.console.scripted import ScriptedGateway

_SAID = (
    ("info", "libvirtd", "Domain vm-0417 started"),
    ("info", "quantix-node", "heartbeat acknowledged by vdc.example.com:8443"),
    ("debug", "ovs-vswitchd", "bridge br-int: 14 ports"),
    ("info", "sshd", "Accepted publickey for admin from 10.20.0.2 port 51022 ssh2"),
    ("warning", "chronyd", "Can't synchronise: no selectable sources"),
    ("err", "kernel", "nvme nvme0: I/O 204 QID 3 timeout, aborting \x1b[31m(red)\x1b[0m and a long rest that goes on"),
    ("crit", "smartd", "Device: /dev/sdb, 8 Currently unreadable (pending) sectors"),
)


def write_log(path: Path, count: int = 400) -> None:
    """Of the last days, as busybox' syslogd writes with whole time stamps."""
    with path.open("w") as file:
        for number in range(count):
            level, program, message = _SAID[number % len(_SAID)]
            time = TODAY - timedelta(seconds=(count - number) * 613)
            file.write(f"{time.isoformat()} qx-node-07 daemon.{level} {program}: {message}\n")


async def logs_tour(look: Look, size: tuple[int, int]) -> AsyncIterator[tuple[str, Hands]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "messages")
        write_log(path)
        log = Log(FileSource("/var/log/messages", str(path)))
        async with opened(ScriptedGateway(), size=size, look=look) as hands:
            await hands.until("STANDALONE")
            await hands.app.push_screen(LogsScreen([log], hands.app.clock))
            await hands.until("following")
            yield "logs", hands
            await hands.press("pageup", "up", "up")
            await hands.until("paused")
            yield "logs-paused", hands
            await hands.press("slash")
            await hands.type("no such words")
            yield "logs-search", hands
            await hands.press("enter")
            await hands.until("N looks below it.")
            yield "logs-no-match", hands
            await hands.press("l", "l", "l")
            await hands.until("errors only")
            await hands.until("smartd")
            await hands.until("following")
            await hands.press("up")
            yield "logs-errors", hands
            await hands.press("enter")
            await hands.until("Log line")
            yield "logs-line", hands
            await hands.press("escape", "s")
            await hands.until("Which lines")
            yield "logs-source", hands
            await hands.press("escape", "escape")
            await hands.app.push_screen(LogsScreen([Log(FileSource("Journal"), journal_problem())], hands.app.clock))
            await hands.until("You may not read")
            yield "logs-refused", hands
