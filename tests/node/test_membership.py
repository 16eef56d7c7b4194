"""Joining, registering, heartbeats, leaving: on real files, against a real control plane over TLS."""

import stat

import pytest

from quantix_tui.cluster.errors import ErrorCode, QuantixError
from quantix_tui.cluster.status import ClusterState
from quantix_tui.sandbox.controlplane import SandboxControlPlane
from quantix_tui.sandbox.faults import Fault
from tests.node.support import OTHERS, Node, until


async def test_from_standalone_to_the_first_heartbeat_and_back(plane: SandboxControlPlane, node: Node) -> None:
    assert node.status().status is ClusterState.STANDALONE

    joined = await node.join(plane)
    assert (joined.joined, joined.status, joined.node_id) == (True, ClusterState.PENDING_RESTART, None)
    assert joined.control_plane_address == plane.url
    assert joined.restart_required
    assert stat.S_IMODE(node.file("registration-token").stat().st_mode) == 0o600
    assert plane.nodes.all() == ()

    await node.restart()
    connected = await node.until(ClusterState.CONNECTED)
    (member,) = plane.nodes.all()
    assert connected.node_id == member.id
    assert connected.heartbeat_age_secs is not None
    assert connected.last_heartbeat is not None
    assert not connected.restart_required
    assert connected.problem is None
    assert not node.file("registration-token").exists()
    assert stat.S_IMODE(node.file("node-credential").stat().st_mode) == 0o600

    left = await node.daemon.membership.leave()
    assert (left.joined, left.status, left.control_plane_address) == (False, ClusterState.STANDALONE, None)
    assert left.restart_required
    assert left.pending_cleanup is None
    assert plane.nodes.all() == ()
    assert not node.file("node-credential").exists()

    await node.restart()
    assert not node.status().restart_required
    assert node.config.read_text().startswith(OTHERS)
