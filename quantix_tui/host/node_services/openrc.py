"""The services under OpenRC: their states are files below ``/run/openrc``, which rc-status(8) reads as well."""

import os
import time
from collections.abc import Iterator

from quantix_tui.host.addresses import read_text
from quantix_tui.host.node_services.known import KNOWN, Known
from quantix_tui.host.node_services.state import Run, Service, State

_FOLDERS = {
    "failed": Run.FAILED,
    "starting": Run.STARTING,
    "stopping": Run.STOPPING,
    "started": Run.RUNNING,
    "inactive": Run.STARTING,
}
"""Looked at in this order: a service that is being started is in several of them."""


def read_services(root: str = "/") -> list[Service]:
    """Of those whose script is installed the first, or the one that is in use."""
    return [service for known in KNOWN for service in _the_one(known, root)]


def _the_one(known: Known, root: str) -> Iterator[Service]:
    scripts = [name for name in known.scripts if os.path.exists(os.path.join(root, "etc/init.d", name))]
    found = [Service(known, name, _state(name, root)) for name in scripts]
    alive = [service for service in found if service.state.run is not Run.STOPPED]
    if chosen := [*alive, *found][:1]:
        yield from chosen
    elif known.always and known.scripts:
        yield Service(known, known.scripts[0], State(Run.MISSING))


def _state(name: str, root: str) -> State:
    run = next((run for folder, run in _FOLDERS.items() if _is_in(folder, name, root)), Run.STOPPED)
    at_boot = _is_in_a_runlevel(name, root)
    if run is not Run.RUNNING:
        return State(run, at_boot=at_boot)
    pid, kept = _pid(name, root)
    if pid is None:
        # Started, and nothing to keep running; or what was kept is gone: rc-status says "crashed".
        why = "its process is gone" if kept else ""
        return State(Run.FAILED if kept else Run.DONE, why=why, at_boot=at_boot)
    return State(run, _age(pid, root), pid, _memory(pid, root), at_boot=at_boot)


def _is_in(folder: str, name: str, root: str) -> bool:
    return os.path.lexists(os.path.join(root, "run/openrc", folder, name))


def _is_in_a_runlevel(name: str, root: str) -> bool:
    levels = os.path.join(root, "etc/runlevels")
    try:
        return any(os.path.lexists(os.path.join(levels, level, name)) for level in os.listdir(levels))
    except OSError:
        return False


def _pid(name: str, root: str) -> tuple[int | None, bool]:
    """The main process, if it lives, and whether there is one to look for."""
    for line in read_text(os.path.join(root, "run/openrc/daemons", name, "001")).splitlines():
        key, _, value = line.partition("=")
        if key == "pidfile" and value:
            # The pidfile of what is supervised is the supervisor's.
            supervised = read_text(os.path.join(root, "run/openrc/options", name, "child_pid"))
            text = (supervised or read_text(os.path.join(root, value.lstrip("/")))).strip()
            pid = int(text) if text.isdecimal() else 0
            lives = pid > 0 and os.path.exists(os.path.join(root, "proc", str(pid)))
            return (pid if lives else None), True
    return None, False


def _age(pid: int, root: str) -> float | None:
    """Seconds since its start (proc(5): field 22, in clock ticks since boot)."""
    fields = read_text(os.path.join(root, "proc", str(pid), "stat")).rpartition(")")[2].split()
    if len(fields) < 20 or not fields[19].isdecimal():
        return None
    return max(0.0, time.clock_gettime(time.CLOCK_BOOTTIME) - int(fields[19]) / os.sysconf("SC_CLK_TCK"))


def _memory(pid: int, root: str) -> int | None:
    for line in read_text(os.path.join(root, "proc", str(pid), "status")).splitlines():
        if line.startswith("VmRSS:"):
            words = line.split()
            return int(words[1]) * 1024 if len(words) > 1 and words[1].isdecimal() else None
    return None
