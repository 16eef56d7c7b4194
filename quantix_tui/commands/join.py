"""``quantix-tui join``: check, save, and where wanted restart and follow to the first heartbeat."""

from collections.abc import Sequence

from quantix_tui.cluster.errors import QuantixError, nothing_saved
from quantix_tui.cluster.join import JoinRequest
from quantix_tui.cluster.status import ClusterStatus
from quantix_tui.commands import ends
from quantix_tui.commands.checking import Checks, Silent, refuse, run_checks, shown
from quantix_tui.commands.following import WAITS_FOR_A_RESTART, Say, follow_to_the_end
from quantix_tui.commands.options import (
    GlobalOptions,
    NodeParser,
    add_join_options,
    add_json_option,
    add_wait_options,
    settings_of,
)
from quantix_tui.commands.request import read_request
from quantix_tui.commands.running import put_failure, put_status, say_to, with_gateway
from quantix_tui.node.gateway.protocol import NodeGateway


def run(words: Sequence[str], options: GlobalOptions) -> int:
    parser = NodeParser("join", "Join this node to a cluster: check everything, then save address and token.")
    add_join_options(parser, token_needed=True)
    parser.add_argument("--restart", action="store_true", help="restart the node daemon once it is saved")
    add_wait_options(parser, "follow until the control plane acknowledges the first heartbeat")
    add_json_option(parser)
    given = parser.read(words)
    request = read_request(parser, given, token_needed=True)
    say, show, checks = say_to(json=given.json), shown(json=given.json), Checks()
    saved = False

    async def work(gateway: NodeGateway) -> ClusterStatus:
        nonlocal saved
        status = await _save(gateway, request, checks, show, say)
        saved = True
        if given.wait and not given.restart and status.restart_required:
            say(WAITS_FOR_A_RESTART)
        if given.restart:
            say("Restarting the node daemon.")
            await gateway.restart()
        before = status.instance_id if given.restart else None
        return await follow_to_the_end(gateway, before, given.timeout, say) if given.wait else status

    say(f"Checking {request.address}")
    try:
        status = with_gateway(settings_of(given, options), work)
    except QuantixError as error:
        # A restart that fails, or a heartbeat that does not come, undoes nothing: a script must know that.
        code = put_failure(error, json=given.json, beside={"checks": checks.to_json(), "saved": saved})
        checks.explain_certificate("this command")
        return code
    beside = {"checks": checks.to_json(), "saved": saved}
    put_status(status, json=given.json, beside=beside, told=_told(status, given.restart))
    return ends.DONE


async def _save(gateway: NodeGateway, request: JoinRequest, checks: Checks, show: Silent, say: Say) -> ClusterStatus:
    """Check, step by step, then save. The node checks once more by itself before it saves."""
    checks.results = (await run_checks(gateway, request, show)).results
    refuse(nothing_saved(checks.problem) if checks.problem else None)
    status = await gateway.join(request)
    say(f"Saved for {status.control_plane_address or request.address}.")
    return status


def _told(status: ClusterStatus, restarted: bool) -> str:
    if status.status.value == "connected":
        return f"Connected to {status.control_plane_address} as node {status.node_id}."
    if restarted:
        return "The node daemon restarts and registers by itself. Follow it with: quantix-tui status --wait connected"
    return "Restart the node daemon to take it up: quantix-tui restart --wait"
