"""``quantix-tui status``: one reading of the node's membership, or waiting for a state.

The quickest command, and the one that scripts call over and over: it asks the daemon directly and
leaves asyncio and all that goes with it to the case that no daemon answers.
"""

import time
from collections.abc import Sequence

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.status import ClusterState, ClusterStatus
from quantix_tui.commands import ends
from quantix_tui.commands.lines import status_lines
from quantix_tui.commands.options import GlobalOptions, NodeParser, add_json_option, add_timeout_option, settings_of
from quantix_tui.node.gateway.client import NodeClient
from quantix_tui.node.gateway.endpoint import endpoints
from quantix_tui.node.gateway.faults import may_be_elsewhere
from quantix_tui.settings import Settings

POLL_SECS = 0.25


def run(words: Sequence[str], options: GlobalOptions) -> int:
    parser = NodeParser("status", "Show whether this node belongs to a cluster, and whether that is true right now.")
    parser.add_argument("--wait", metavar="STATE", choices=[state.value for state in ClusterState], help=_WAIT)
    add_timeout_option(parser)
    add_json_option(parser)
    given = parser.read(words)
    settings = settings_of(given, options)
    if given.wait:
        status, daemon = wait_for(settings, ClusterState(given.wait), given.timeout)
    else:
        status, daemon = read_status(settings)
    if given.json:
        ends.put_json({**status.to_json(), "daemon": daemon})
    else:
        print("\n".join(status_lines(status, daemon)))
    return ends.DONE


_WAIT = "wait for this state: standalone, pending_restart, connected or disconnected"


def read_status(settings: Settings) -> tuple[ClusterStatus, str]:
    """The status and who gave it. Raises :class:`QuantixError`."""
    for place in endpoints(settings):
        client = NodeClient(place, settings.admin_token)
        try:
            status = client.status()
        except QuantixError as error:
            if not may_be_elsewhere(error.problem):
                raise
            continue
        return status, client.kind
    return _read_without_daemon(settings)


def _read_without_daemon(settings: Settings) -> tuple[ClusterStatus, str]:
    import asyncio

    from quantix_tui.node.gateway.choose import choose_gateway

    gateway = choose_gateway(settings)
    status = asyncio.run(gateway.status())
    return status, gateway.kind.value


def wait_for(settings: Settings, state: ClusterState, seconds: float) -> tuple[ClusterStatus, str]:
    """Read until the state is ``state``. Raises ``timed_out`` with what was read last.

    A daemon that does not answer meanwhile is waited for too: it may be restarting.
    """
    end = time.monotonic() + seconds
    while True:
        try:
            status, daemon = read_status(settings)
        except QuantixError as error:
            if error.problem.code is not ErrorCode.NODE_UNREACHABLE:
                raise
            last = error.problem.message
        else:
            if status.status is state:
                return status, daemon
            last = status.problem.message if status.problem else f"It is {status.status.value}."
        if time.monotonic() >= end:
            raise QuantixError(_in_vain(state, seconds, last))
        time.sleep(min(POLL_SECS, max(0.0, end - time.monotonic())))


def _in_vain(state: ClusterState, seconds: float, last: str) -> Problem:
    return Problem(
        ErrorCode.TIMED_OUT,
        f"The node did not become {state.value} within {seconds:g} seconds. {last}",
        "Look at quantix-tui status and at quantix-tui events.",
        "wait",
    )
