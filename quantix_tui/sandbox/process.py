"""``quantix-tui sandbox``: a control plane and a node daemon in one folder, one line of JSON, until SIGTERM."""

import asyncio
import json
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from quantix_tui.sandbox.control import ControlPort
from quantix_tui.sandbox.controlplane import SandboxControlPlane
from quantix_tui.sandbox.daemon import NodeDaemon
from quantix_tui.sandbox.directory import SandboxError, SandboxPaths, sandbox_paths
from quantix_tui.sandbox.tokens import TokenKind

DEFAULT_INTERVAL_SECS = 5.0
NEIGHBOUR = "node-2"
"""The node that has used the used token."""

_VALID_SECS = 24 * 3600.0
_EXPIRED_SECS = -41 * 60.0
_CODES = 6
_JWTS = 2


@dataclass(frozen=True, slots=True)
class SampleTokens:
    """Tokens to try. Each really is what its name says."""

    valid: tuple[str, ...]
    expired: str
    used: str
    revoked: str


def sample_tokens(plane: SandboxControlPlane) -> SampleTokens:
    """Issue them; the used one is used by :data:`NEIGHBOUR`, which is registered with it."""
    tokens = plane.tokens
    used = tokens.issue(_VALID_SECS)
    plane.service.register(NEIGHBOUR, {"hostname": NEIGHBOUR, "managementIp": "192.0.2.2:9090"}, used)
    revoked = tokens.issue(_VALID_SECS)
    tokens.revoke(revoked)
    return SampleTokens(
        valid=(
            *(tokens.issue(_VALID_SECS) for _ in range(_CODES)),
            *(tokens.issue(_VALID_SECS, TokenKind.JWT) for _ in range(_JWTS)),
        ),
        expired=tokens.issue(_EXPIRED_SECS),
        used=used,
        revoked=revoked,
    )


def main(directory: Path | None = None, heartbeat_interval_secs: float = DEFAULT_INTERVAL_SECS, port: int = 0) -> int:
    """Run until SIGTERM, SIGINT or SIGHUP. Returns the exit code: 0, or 1 with the reason on standard error.

    ``directory`` is kept; without one a temporary folder is used and removed. ``port`` is the control
    plane's, any free one when 0. The port and the socket of the daemon are in the line of JSON.
    """
    try:
        asyncio.run(_until_signalled(directory, heartbeat_interval_secs, port))
    except SandboxError as error:
        _say(str(error))
        return 1
    except OSError as error:
        _say(f"The sandbox cannot run: {error}.")
        return 1
    return 0


async def _until_signalled(directory: Path | None, heartbeat_interval_secs: float, port: int) -> None:
    running = asyncio.create_task(_run(directory, heartbeat_interval_secs, port))

    def end() -> None:
        # A second signal does not disturb the tidying up that the first one began.
        if not running.cancelling():
            running.cancel()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, end)
    try:
        await running
    except asyncio.CancelledError:
        if not running.cancelled():
            raise


async def _run(directory: Path | None, heartbeat_interval_secs: float, port: int) -> None:
    with sandbox_paths(directory) as paths:
        plane = SandboxControlPlane(paths.folder, port=port, heartbeat_interval_secs=heartbeat_interval_secs)
        daemon = NodeDaemon(paths, _say)
        async with plane, ControlPort(plane, daemon) as control:
            try:
                await daemon.start()
                line = json.dumps(_facts(paths, plane, daemon, control))
                print(line, flush=True)  # noqa: T201 (this line is what the command is for)
                await asyncio.Event().wait()
            finally:
                await daemon.stop()


def _facts(
    paths: SandboxPaths, plane: SandboxControlPlane, daemon: NodeDaemon, control: ControlPort
) -> dict[str, object]:
    tokens = sample_tokens(plane)
    return {
        "control_plane": plane.url,
        "ca_file": str(plane.ca_file),
        "fingerprint": str(plane.fingerprint),
        "tokens": {
            "valid": list(tokens.valid),
            "expired": tokens.expired,
            "used": tokens.used,
            "revoked": tokens.revoked,
        },
        "node_url": daemon.url,
        "node_socket": str(paths.socket),
        "admin_token_file": str(paths.admin_token_file),
        "config_file": str(paths.config_file),
        "control_url": control.url,
    }


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 (a command line program's words)
