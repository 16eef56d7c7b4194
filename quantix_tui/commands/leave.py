"""``quantix-tui leave``: this node runs on its own again."""

import sys
from collections.abc import Sequence

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.status import ClusterStatus
from quantix_tui.commands import ends
from quantix_tui.commands.following import WAITS_FOR_A_RESTART, follow_to_the_end
from quantix_tui.commands.options import GlobalOptions, NodeParser, add_json_option, add_wait_options, settings_of
from quantix_tui.commands.running import put_failure, put_status, say_to, with_gateway
from quantix_tui.node.gateway.protocol import NodeGateway

NOT_MEANT = Problem(
    ErrorCode.CANCELLED,
    "The leave was not confirmed. Nothing was changed.",
    "Type yes, or give --yes.",
    "not_confirmed",
)


def run(words: Sequence[str], options: GlobalOptions) -> int:
    parser = NodeParser("leave", "Leave the cluster: this node runs on its own again, its VMs keep running.")
    parser.add_argument("--yes", action="store_true", help="do not ask whether it is meant")
    parser.add_argument("--restart", action="store_true", help="restart the node daemon afterwards")
    add_wait_options(parser, "follow until the daemon has let go of the cluster")
    add_json_option(parser)
    given = parser.read(words)
    if not given.yes and not _meant(parser):
        return put_failure(QuantixError(NOT_MEANT), json=given.json, beside={})
    say = say_to(json=given.json)

    async def work(gateway: NodeGateway) -> ClusterStatus:
        before = await gateway.status()
        status = await gateway.leave()
        say(_left(before, status))
        if given.wait and not given.restart and status.restart_required:
            say(WAITS_FOR_A_RESTART)
        if given.restart:
            say("Restarting the node daemon.")
            await gateway.restart()
        instance = status.instance_id if given.restart else None
        return await follow_to_the_end(gateway, instance, given.timeout, say) if given.wait else status

    try:
        status = with_gateway(settings_of(given, options), work)
    except QuantixError as error:
        return put_failure(error, json=given.json, beside={})
    put_status(status, json=given.json, beside={}, told=_told(status, given.restart))
    _tell_of_cleanup(status)
    return ends.DONE


def _meant(parser: NodeParser) -> bool:
    if not sys.stdin.isatty():
        parser.error("a leave is confirmed with --yes")
    try:
        return input("Leave the cluster? Type yes: ").strip().lower() == "yes"
    except EOFError:
        print()
        return False


def _left(before: ClusterStatus, status: ClusterStatus) -> str:
    if not before.joined:
        return "This node belongs to no cluster."
    return f"Left {before.control_plane_address}."


def _told(status: ClusterStatus, restarted: bool) -> str:
    if status.restart_required and not restarted:
        return "Restart the node daemon to finish: quantix-tui restart --wait"
    return "This node runs on its own."


def _tell_of_cleanup(status: ClusterStatus) -> None:
    """A control plane that could not be told is no error (document, "Leave Failures"): a note, and exit code 0."""
    cleanup = status.pending_cleanup
    if cleanup is not None:
        code = cleanup.problem.code if cleanup.problem else ErrorCode.CONTROL_PLANE_UNREACHABLE
        what, then = cleanup.told
        print(f"{code.value}: The clean-up is pending: {what}\n  {then}", file=sys.stderr)
    elif status.problem is not None:
        print(f"{status.problem.code.value}: {status.problem.message}\n  {status.problem.hint}", file=sys.stderr)
