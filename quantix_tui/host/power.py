"""Restart or switch off the machine."""

import shutil
from enum import Enum

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.host.privilege import as_root, typed_as_root, why_not_run
from quantix_tui.host.programs import run
from quantix_tui.host.services import SYSTEMD, find_service_manager, last_lines

WITHIN = 30.0
"""Seconds until the machine has to have taken up the order; it goes down in its own time."""


_OPENRC_INIT = "openrc-shutdown"


class PowerAct(Enum):
    """What can be asked of the machine."""

    REBOOT = "reboot"
    SHUT_DOWN = "poweroff"


def power_command(act: PowerAct, root: str = "/") -> tuple[str, ...]:
    """What orders it: systemd's way where systemd runs the machine, else the init's own (busybox, sysvinit, OpenRC)."""
    if find_service_manager(root) is SYSTEMD:
        return ("systemctl", act.value)
    if shutil.which(act.value) is None and shutil.which(_OPENRC_INIT):
        return (_OPENRC_INIT, f"--{act.value}", "now")
    return (act.value,)


async def order(act: PowerAct, root: str = "/") -> None:
    """Order it. The machine goes down soon after. Raises :class:`QuantixError` when the order was refused."""
    command = power_command(act, root)
    try:
        ran = await run(as_root(command), WITHIN)
    except OSError as error:
        raise _refused(act, command, why_not_run(as_root(command), error)) from None
    if ran.code is None:
        raise _refused(act, command, f"it did not answer within {WITHIN:g} s")
    if ran.code != 0:
        raise _refused(act, command, last_lines(ran.output) or f"exit status {ran.code}")


def _refused(act: PowerAct, command: tuple[str, ...], why: str) -> QuantixError:
    what = "restart" if act is PowerAct.REBOOT else "shut down"
    return QuantixError(
        Problem(
            ErrorCode.MACHINE_REFUSED,
            f"The node does not {what}: {why.rstrip('.')}.",
            f"It runs on as before. From a shell: {typed_as_root(command)}",
            "power_refused",
        )
    )
