"""The cluster's nodes; the clock is the test's."""

import pytest

from quantix_tui.sandbox.refusal import Code, RefusedError
from quantix_tui.sandbox.registry import OFFLINE_AFTER_SECS, NodeRegistry, Phase, Usage


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def nodes(clock: Clock) -> NodeRegistry:
    return NodeRegistry(clock)


def test_phases(nodes: NodeRegistry, clock: Clock) -> None:
    node, credential = nodes.register("node-1", {}, "token")
    assert nodes.phase(node) is Phase.PENDING
    clock.now += 1000
    assert nodes.phase(nodes.get(node.id)) is Phase.PENDING
    nodes.heartbeat(node.id, credential, Usage())
    clock.now += OFFLINE_AFTER_SECS - 0.1
    assert nodes.phase(nodes.get(node.id)) is Phase.READY
    clock.now += 0.1
    assert nodes.phase(nodes.get(node.id)) is Phase.OFFLINE
    assert nodes.phase(nodes.heartbeat(node.id, credential, Usage())) is Phase.READY


def test_a_name_is_free_again_after_the_node_has_gone(nodes: NodeRegistry) -> None:
    first, credential = nodes.register("node-1", {}, "token")
    with pytest.raises(RefusedError) as caught:
        nodes.register("node-1", {}, "another")
    assert caught.value.refusal.code is Code.ALREADY_EXISTS
    nodes.decommission(first.id, credential)
    second, _ = nodes.register("node-1", {}, "another")
    assert second.id != first.id
    nodes.remove(second.id)
    assert nodes.all() == ()


def test_removed_is_not_found(nodes: NodeRegistry) -> None:
    node, credential = nodes.register("node-1", {}, "token")
    nodes.remove(node.id)
    for act in (lambda: nodes.heartbeat(node.id, credential, Usage()), lambda: nodes.decommission(node.id, credential)):
        with pytest.raises(RefusedError) as caught:
            act()
        assert caught.value.refusal.code is Code.NOT_FOUND


def test_the_credential_of_another_node_is_none(nodes: NodeRegistry) -> None:
    first, _ = nodes.register("node-1", {}, "token")
    _, other = nodes.register("node-2", {}, "token")
    for credential in (other, ""):
        with pytest.raises(RefusedError) as caught:
            nodes.heartbeat(first.id, credential, Usage())
        assert caught.value.refusal.code is Code.UNAUTHENTICATED


def test_the_administrator_removes_what_the_node_itself_may_not(nodes: NodeRegistry) -> None:
    node, credential = nodes.register("node-1", {}, "token")
    nodes.place_vms(node.id, ("vm-1", "vm-2"))
    with pytest.raises(RefusedError, match="2 virtual machines"):
        nodes.decommission(node.id, credential)
    nodes.place_vms(node.id, ())
    nodes.decommission(node.id, credential)


def test_the_credential_is_not_kept(nodes: NodeRegistry) -> None:
    node, credential = nodes.register("node-1", {}, "token")
    assert credential not in repr(nodes.get(node.id))
