"""The nodes of the cluster as the control plane keeps them: register, heartbeat, decommission. No I/O."""

import hmac
import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from quantix_tui.sandbox.refusal import Code, refused
from quantix_tui.sandbox.tokens import digest_of

OFFLINE_AFTER_SECS = 90.0
"""As the real control plane does it (WIRE 2)."""


class Phase(StrEnum):
    PENDING = "PENDING"
    READY = "READY"
    OFFLINE = "OFFLINE"


@dataclass(frozen=True, slots=True)
class Usage:
    """What a heartbeat says of the node's load. Memory in MiB."""

    cpu_percent: float = 0.0
    memory_used_mib: int = 0
    memory_total_mib: int = 0


@dataclass(frozen=True, slots=True)
class Heartbeat:
    at: float
    """Seconds of the registry's monotonic clock."""
    usage: Usage


@dataclass(frozen=True, slots=True)
class Node:
    """A registered node. ``description`` is what it said of itself (the body of RegisterNode)."""

    id: str
    hostname: str
    description: Mapping[str, object]
    token_digest: str
    """Which registration token it came with."""
    credential_digest: str
    heartbeat: Heartbeat | None = None
    vm_ids: tuple[str, ...] = field(default=())


class NodeRegistry:
    """``now`` is a monotonic clock in seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._nodes: dict[str, Node] = {}

    def all(self) -> tuple[Node, ...]:
        """In the order of their registration."""
        return tuple(self._nodes.values())

    def get(self, node_id: str) -> Node:
        """Raises :class:`RefusedError` (not_found) for a node that never was or was removed."""
        node = self._nodes.get(node_id)
        if node is None:
            raise refused(Code.NOT_FOUND, "there is no node with this id", reason="node_unknown")
        return node

    def named(self, hostname: str) -> Node | None:
        return next((node for node in self._nodes.values() if node.hostname == hostname), None)

    def phase(self, node: Node) -> Phase:
        if node.heartbeat is None:
            return Phase.PENDING
        return Phase.READY if self._now() - node.heartbeat.at < OFFLINE_AFTER_SECS else Phase.OFFLINE

    def require_free(self, hostname: str) -> None:
        """Raises :class:`RefusedError` (already_exists) when a node of this name is registered."""
        if self.named(hostname) is not None:
            raise refused(
                Code.ALREADY_EXISTS,
                f"a node named {hostname} is registered already",
                reason="already_registered",
            )

    def register(self, hostname: str, description: Mapping[str, object], token_digest: str) -> tuple[Node, str]:
        """Take a node in. Returns it and its credential, the only time that this can be had."""
        self.require_free(hostname)
        credential = _new_credential()
        node = Node(str(uuid.uuid4()), hostname, description, token_digest, digest_of(credential))
        self._nodes[node.id] = node
        return node, credential

    def reissue(self, node: Node) -> tuple[Node, str]:
        """A fresh credential for a node whose registration was answered but never heard."""
        credential = _new_credential()
        return self._keep(replace(node, credential_digest=digest_of(credential))), credential

    def heartbeat(self, node_id: str, credential: str, usage: Usage) -> Node:
        node = self._authenticated(node_id, credential)
        return self._keep(replace(node, heartbeat=Heartbeat(self._now(), usage)))

    def decommission(self, node_id: str, credential: str) -> None:
        """The node leaves by itself. Raises :class:`RefusedError`, failed_precondition while VMs run on it."""
        node = self._authenticated(node_id, credential)
        if node.vm_ids:
            raise refused(
                Code.FAILED_PRECONDITION,
                f"{len(node.vm_ids)} virtual machines run on this node",
                reason="vms_running",
            )
        del self._nodes[node_id]

    def remove(self, node_id: str) -> None:
        """The control plane's administrator removes the node, whatever runs on it."""
        del self._nodes[self.get(node_id).id]

    def place_vms(self, node_id: str, vm_ids: tuple[str, ...]) -> Node:
        """Say which virtual machines run on a node."""
        return self._keep(replace(self.get(node_id), vm_ids=vm_ids))

    def _authenticated(self, node_id: str, credential: str) -> Node:
        node = self.get(node_id)
        if not hmac.compare_digest(node.credential_digest, digest_of(credential)):
            raise refused(
                Code.UNAUTHENTICATED, "this credential does not belong to the node", reason="credential_unknown"
            )
        return node

    def _keep(self, node: Node) -> Node:
        self._nodes[node.id] = node
        return node


def _new_credential() -> str:
    return f"qnc_{secrets.token_urlsafe(32)}"
