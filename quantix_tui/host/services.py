"""Restarting the node daemon through whatever manages the services of this machine.

Commands run without a shell, with nothing on standard input, and are bounded in time.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.text import harmless

TIMEOUT_SECONDS = 60.0
_SHOWN_LINES = 3
_MAX_OUTPUT = 1 << 16
_BY_HAND = "quantix-node"


@dataclass(frozen=True, slots=True)
class ServiceManager:
    """What starts and restarts services on a machine. Both acts raise ``restart_failed``."""

    node_daemon: str
    """The node daemon's service under this manager (WIRE 3)."""
    command: Callable[[str, str], tuple[str, ...]]
    """What an administrator would type for an action (``start``, ``restart``) on a service."""
    at_start: Callable[[str], tuple[str, ...]]
    """What has a service started with the machine from now on; nothing changes where it is."""

    def start(self, service: str) -> None:
        run(self.command("start", service))

    def restart(self, service: str) -> None:
        """Restart it; starts it where it does not run."""
        run(self.command("restart", service))


SYSTEMD = ServiceManager(
    "limiquantix-node",
    lambda action, service: ("systemctl", action, service),
    lambda service: ("systemctl", "enable", service),
)
OPENRC = ServiceManager(
    "quantix-node",
    lambda action, service: ("rc-service", service, action),
    lambda service: ("rc-update", "add", service, "default"),
)


def find_service_manager(root: str = "/") -> ServiceManager | None:
    """The manager that runs this machine (not one that is merely installed); None when it is neither.

    sd_booted(3) for systemd. OpenRC notes its runlevel; the folder of that note alone comes with its package.
    """
    if os.path.isdir(os.path.join(root, "run/systemd/system")):
        return SYSTEMD
    if os.path.exists(os.path.join(root, "run/openrc/softlevel")):
        return OPENRC
    return None


def restart_node_daemon(root: str = "/") -> None:
    """Restart (or start) the node daemon's service. Raises ``restart_failed`` naming the command to type."""
    manager = find_service_manager(root)
    if manager is None:
        raise QuantixError(
            Problem(
                ErrorCode.RESTART_FAILED,
                "The node daemon cannot be started from here: neither systemd nor OpenRC runs this machine.",
                f"Start it by hand as root: {_BY_HAND}",
                "no_service_manager",
            )
        )
    manager.restart(manager.node_daemon)


def run(command: Sequence[str], timeout: float = TIMEOUT_SECONDS) -> None:
    """Run a service manager's command. Raises ``restart_failed`` with its last lines."""
    typed = " ".join(command)
    program = shutil.which(command[0])
    if program is None:
        raise _failed(typed, f"{command[0]} is not installed", "not_installed")
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and every word of it is ours
            [program, *command[1:]],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _failed(typed, f"it did not finish within {timeout:g} s", "timed_out") from None
    except OSError as error:
        raise _failed(typed, harmless(error.strerror or "unknown error"), "not_run") from None
    if done.returncode != 0:
        raise _failed(typed, last_lines(done.stdout) or f"exit status {done.returncode}", "refused")


def last_lines(output: bytes) -> str:
    """The end of what a command said, as one harmless line."""
    lines = [line.strip() for line in output[-_MAX_OUTPUT:].decode("utf-8", "replace").splitlines()]
    return harmless(" / ".join([line for line in lines if line][-_SHOWN_LINES:]), 400)


def _failed(typed: str, why: str, reason: str) -> QuantixError:
    return QuantixError(
        Problem(
            ErrorCode.RESTART_FAILED,
            f"The node daemon could not be restarted: {why.rstrip('.')}.",
            f"Run as root: {typed}",
            reason,
            {"command": typed},
        )
    )
