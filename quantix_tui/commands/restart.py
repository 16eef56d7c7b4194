"""``quantix-tui restart``: restart (or start) the node daemon."""

from collections.abc import Sequence

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.cluster.status import ClusterStatus
from quantix_tui.commands import ends
from quantix_tui.commands.following import follow_to_the_end, instance_of
from quantix_tui.commands.options import GlobalOptions, NodeParser, add_json_option, add_wait_options, settings_of
from quantix_tui.commands.running import put_failure, put_status, say_to, with_gateway
from quantix_tui.node.gateway.protocol import NodeGateway


def run(words: Sequence[str], options: GlobalOptions) -> int:
    parser = NodeParser("restart", "Restart the node daemon, or start it. VMs keep running.")
    add_wait_options(parser, "follow until the first heartbeat, or until it runs where the node is in no cluster")
    add_json_option(parser)
    given = parser.read(words)
    say = say_to(json=given.json)

    async def work(gateway: NodeGateway) -> ClusterStatus | None:
        before = await instance_of(gateway)
        applied = await gateway.restart()
        say(f"The node daemon is being {applied.value}.")
        return await follow_to_the_end(gateway, before, given.timeout, say) if given.wait else None

    try:
        status = with_gateway(settings_of(given, options), work)
    except QuantixError as error:
        return put_failure(error, json=given.json, beside={})
    if status is not None:
        put_status(status, json=given.json, beside={}, told=_told(status))
    elif given.json:
        ends.put_json({"restarting": True})
    return ends.DONE


def _told(status: ClusterStatus) -> str:
    if status.joined:
        return f"Connected to {status.control_plane_address} as node {status.node_id}."
    return "The node daemon runs; this node is standalone."
