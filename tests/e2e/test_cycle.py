"""standalone -> pending_restart -> connected -> disconnected -> connected -> standalone, again and again."""

import re

from tests.support.node_api import NodeApi
from tests.support.sandbox import Sandbox

CYCLES = 20


def test_many_cycles_leave_the_rest_of_the_configuration_as_it_was(quick_sandbox: Sandbox) -> None:
    """In the real processes. Every fifth cycle restarts the daemon, the others reload it, since that is faster."""
    sandbox, node = quick_sandbox, NodeApi(quick_sandbox.facts["node_socket"])
    before = outside_the_section(sandbox.config.read_bytes())
    for cycle in range(CYCLES):
        one_cycle(sandbox, node, "/cluster/restart" if cycle % 5 == 0 else "/cluster/reload")
    assert outside_the_section(sandbox.config.read_bytes()) == before
    beside = {path.name for path in sandbox.config.parent.iterdir()}
    assert not {"registration-token", "node-credential", "pending-cleanup.json"} & beside
    assert not [name for name in beside if name.endswith((".tmp", ".new"))]


def one_cycle(sandbox: Sandbox, node: NodeApi, take_up: str) -> None:
    node.wait_for(status="standalone", restart_required=False)
    code, joined = node.ask(
        "POST",
        "/cluster/join",
        {
            "control_plane_address": sandbox.address,
            "registration_token": sandbox.new_token(),
            "pin_sha256": sandbox.pin,
        },
    )
    assert (code, joined["status"], joined["node_id"]) == (200, "pending_restart", None), joined
    assert node.status()["status"] == "pending_restart"
    assert node.ask("POST", take_up)[0] in (200, 202)
    node.wait_for(status="connected", restart_required=False)
    sandbox.fault("refuse")
    lost = node.wait_for(status="disconnected")
    assert lost["problem"]["error"] == "control_plane_unreachable"
    sandbox.fault("none")
    node.wait_for(status="connected")
    code, left = node.ask("POST", "/cluster/leave")
    assert (code, left["status"], left["restart_required"]) == (200, "standalone", True), left
    assert left["pending_cleanup"] is None
    assert node.ask("POST", take_up)[0] in (200, 202)


def outside_the_section(config: bytes) -> bytes:
    """The file without its ``control_plane`` section, found without the code under test."""
    return re.sub(rb"(?ms)^(\n# Cluster Configuration\n)?control_plane:\n([ #].*?\n|\n)*", b"", config)
