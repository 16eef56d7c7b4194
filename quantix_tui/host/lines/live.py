"""Telling the init that runs now, so that nobody has to boot. Commands are bounded in time."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.host import messages
from quantix_tui.host.files.changes import Remove
from quantix_tui.host.lines.init import Init
from quantix_tui.host.lines.line import Line
from quantix_tui.host.lines.occupants import keepers_of
from quantix_tui.host.lines.pieces import RESPAWNER
from quantix_tui.host.lines.plan import Plan
from quantix_tui.host.lines.systemd import MESSAGES, UNITS, console_unit, getty_unit, page_unit
from quantix_tui.host.services import last_lines

TIMEOUT_SECS = 30.0
REREAD_SECS = 3.0
_POLL_SECS = 0.1


def take_over(plan: Plan, lines: list[Line], own: str | None) -> Iterator[str]:
    """The console comes onto the lines now; yields what was done. Raises :class:`QuantixError`.

    ``own``: the line that this very process runs on. It is the last to be taken, and not waited for.
    """
    if plan.init is Init.INITTAB:
        yield from _reread_inittab(plan)
        return
    if plan.changes:
        _systemctl("daemon-reload")
    action = "restart" if plan.changes else "start"
    for line in sorted(lines, key=lambda line: line.name == own):
        unit = console_unit(line.name)
        _systemctl("reset-failed", unit, may_fail=True)
        if line.name == own:
            yield f"{line}: the console takes this line over now; what runs here ends"
            _systemctl("--no-block", action, unit)
        else:
            _systemctl(action, unit)
            yield f"{line}: the console runs"


def give_back(plan: Plan, lines: list[Line], own: str | None) -> Iterator[str]:
    """The console leaves the lines now and the getty returns, where it was wanted; yields what was done."""
    if plan.init is Init.INITTAB:
        yield from _reread_inittab(plan)
        if Remove(RESPAWNER) in plan.changes:
            messages.put_back()
        return
    if plan.changes:
        # From here on systemd knows our units by name only, so that what is stopped stays stopped.
        _systemctl("daemon-reload")
    for line in sorted(lines, key=lambda line: line.name == own):
        wait = ["--no-block"] if line.name == own else []
        _systemctl(*wait, "stop", console_unit(line.name), page_unit(line.name), may_fail=True)
        _systemctl("reset-failed", console_unit(line.name), page_unit(line.name), may_fail=True)
        getty = getty_unit(line)
        if "getty.target" in _systemctl("show", "--property=WantedBy", "--value", getty):
            yield f"{line}: the login prompt returns ({getty})"
            _systemctl(*wait, "start", getty)
        else:
            yield f"{line}: free; there was no login prompt of its own before ({getty})"
    if Remove(f"{UNITS}/{MESSAGES}") in plan.changes:
        _systemctl("stop", MESSAGES, may_fail=True)
        messages.put_back()


def _reread_inittab(plan: Plan) -> Iterator[str]:
    if not plan.changes:
        return
    before = {pid for line in plan.lines for pid in keepers_of(line)}
    os.kill(1, signal.SIGHUP)
    yield "init was told to read /etc/inittab again"
    # Not every init ends what its table no longer names; but before it has read the table it would start them again.
    end = time.monotonic() + REREAD_SECS
    while (left := before & {pid for line in plan.lines for pid in keepers_of(line)}) and time.monotonic() < end:
        time.sleep(_POLL_SECS)
    for pid in left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _systemctl(*words: str, may_fail: bool = False) -> str:
    typed = " ".join(("systemctl", *words))
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and every word of it is ours
            ["systemctl", *words],  # noqa: S607 - wherever this machine has it
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=TIMEOUT_SECS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _failed(typed, f"it did not finish within {TIMEOUT_SECS:g} s") from None
    except OSError as error:
        raise _failed(typed, error.strerror or "unknown error") from None
    if done.returncode != 0 and not may_fail:
        raise _failed(typed, last_lines(done.stdout) or f"exit status {done.returncode}")
    return done.stdout.decode("utf-8", "replace")


def _failed(typed: str, why: str) -> QuantixError:
    return QuantixError(
        Problem(
            ErrorCode.RESTART_FAILED,
            f"The files are in their places, but systemd did not do its part: {why.rstrip('.')}.",
            f"It comes into force with the next boot, or now with: {typed}",
            "init",
            {"command": typed},
        )
    )
