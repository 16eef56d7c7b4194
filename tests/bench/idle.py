"""What the console and the daemon cost while nothing happens: connected, heartbeat age ticking."""

import os
import time
from pathlib import Path

from tests.bench.measure import Figure, PtyProgram, cpu_percent, resident_mb
from tests.support.sandbox import Sandbox, with_node


def daemon_pid(sandbox: Sandbox) -> int:
    """The sandbox's child that is the node daemon."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((process / "stat").read_text().rsplit(")", 1)[1].split()[1])
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue  # It ended meanwhile.
        if parent == sandbox.process.pid and b"quantix_tui.node" in command:
            return int(process.name)
    raise LookupError(f"no daemon below {sandbox.process.pid}, seen from {os.getpid()}")


def idle_figures(sandbox: Sandbox, seconds: float) -> list[Figure]:
    """Needs a sandbox whose node is connected."""
    daemon = daemon_pid(sandbox)
    console = PtyProgram(with_node(sandbox))
    console.read_until(lambda text: "CONNECTED" in text)
    console.read(3.0)
    console_share = cpu_percent(console.pid, seconds, console.read)
    console.close()
    daemon_share = cpu_percent(daemon, seconds, time.sleep)
    return [
        Figure("console, connected and idle", "% core", (console_share,), "<= 0.3 %", 0.3),
        Figure("daemon, connected and idle", "% core", (daemon_share,), "<= 0.3 %", 0.3),
        Figure("daemon resident", "MB", (resident_mb(daemon),), "<= 80 MB", 80.0),
    ]
