"""Restarting a node daemon that does not restart itself: by this machine's service manager, else told in words."""

import shlex
from dataclasses import dataclass

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.node.gateway.absence import NO_DAEMON, is_no_daemon
from quantix_tui.node.gateway.background import in_background
from quantix_tui.node.gateway.endpoint import Endpoint, endpoints
from quantix_tui.settings import Settings

HANGS = "hangs"
"""Reason under restart_failed: the daemon's process is there and may still do what it was asked for."""


@dataclass(frozen=True, slots=True)
class NodeService:
    """The daemon of ``endpoint`` as something that is started. ``files``: what it works on, where known."""

    endpoint: Endpoint
    files: Settings | None = None

    @property
    def command(self) -> str:
        """What a person types to start this daemon by hand, quoted for a shell."""
        words = ["quantix-node"]
        if self.files is not None:
            words += ["--config", str(self.files.config_file)]
        words += ["--socket", self.endpoint.path] if self.endpoint.path else ["--listen", self.endpoint.authority]
        if self.files is not None and self.files.names_admin_token:
            words += ["--admin-token-file", self.files.admin_token]
        return shlex.join(words)

    async def restart(self, refused: Problem | None = None) -> None:
        """Restart it by this machine's service manager. ``refused`` is why it did not do so itself.

        Raises ``restart_failed`` with the way to do it by hand.
        """
        if not self.endpoint.local:
            raise QuantixError(_there(self.endpoint))
        if self.endpoint not in endpoints(Settings()):
            # The service manager knows the daemon of the standard places; it must not restart that one instead.
            raise QuantixError(self._by_hand(refused))
        # Imported here: subprocess is needed for this alone.
        from quantix_tui.host.services import restart_node_daemon

        await in_background(restart_node_daemon, lambda: None)

    def _by_hand(self, refused: Problem | None) -> Problem:
        if refused is not None and refused.code is ErrorCode.NODE_UNREACHABLE and not is_no_daemon(refused):
            return Problem(
                ErrorCode.RESTART_FAILED,
                f"The node daemon at {self.endpoint} does not answer: it hangs or is very slow. It was asked to "
                "restart, and may still do so.",
                f"Wait, or end its process (quantix-node) and start it again: {self.command}",
                HANGS,
            )
        if refused is None or refused.reason == NO_DAEMON:
            what = f"The node daemon at {self.endpoint} is not running. It is not this machine's service"
        else:
            what = f"The node daemon at {self.endpoint} cannot restart itself. It is not this machine's service"
        return Problem(
            ErrorCode.RESTART_FAILED,
            f"{what}, so this console cannot start it.",
            f"Start it where it was started before, for example with: {self.command}",
            "no_service",
        )


def _there(endpoint: Endpoint) -> Problem:
    return Problem(
        ErrorCode.RESTART_FAILED,
        f"The node daemon at {endpoint} cannot be restarted from here.",
        "Run on the node itself: systemctl restart limiquantix-node (OpenRC: rc-service quantix-node restart).",
        "remote",
    )
