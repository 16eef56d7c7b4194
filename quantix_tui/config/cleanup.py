"""Leaves that a control plane has not heard of yet, oldest first, as they are kept in ``pending-cleanup.json``."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from quantix_tui.cluster.address import ControlPlaneAddress, parse_address
from quantix_tui.cluster.errors import Problem, problem_from_json
from quantix_tui.cluster.secret import NodeCredential
from quantix_tui.cluster.trust import Trust, parse_fingerprint


@dataclass(frozen=True, slots=True)
class CleanupRecord:
    """What it takes to tell a control plane that this node has left."""

    address: ControlPlaneAddress
    trust: Trust
    node_id: str
    credential: NodeCredential | None
    since: str
    """When the node left, RFC 3339."""
    problem: Problem | None = None
    """Why the last attempt failed."""

    def same_leave(self, other: "CleanupRecord") -> bool:
        return (self.address, self.node_id, self.since) == (other.address, other.node_id, other.since)


def cleanups_to_text(records: Sequence[CleanupRecord]) -> str | None:
    """The file's content, None when nothing is left to do."""
    return json.dumps([_to_json(record) for record in records], indent=1) if records else None


def cleanups_from_text(text: str | None) -> tuple[CleanupRecord, ...]:
    """Read the file's content. Raises ValueError or QuantixError when it is none of ours."""
    if text is None:
        return ()
    body = json.loads(text)
    if not isinstance(body, list):
        raise ValueError("not a list of clean-ups")
    return tuple(_from_json(record) for record in body)


def _to_json(record: CleanupRecord) -> dict[str, object]:
    return {
        "address": str(record.address),
        "node_id": record.node_id,
        "since": record.since,
        "ca_file": record.trust.ca_file,
        "ca_pem": record.trust.ca_pem,
        "pin_sha256": str(record.trust.pin) if record.trust.pin else None,
        "credential": record.credential.reveal() if record.credential else None,
        "problem": record.problem.to_json() if record.problem else None,
    }


def _from_json(body: object) -> CleanupRecord:
    if not isinstance(body, Mapping):
        raise ValueError("not a clean-up")

    def text(key: str) -> str | None:
        value = body.get(key)
        return value if isinstance(value, str) else None

    pin, credential, problem = text("pin_sha256"), text("credential"), body.get("problem")
    return CleanupRecord(
        address=parse_address(text("address") or ""),
        trust=Trust(text("ca_file"), parse_fingerprint(pin) if pin else None, text("ca_pem")),
        node_id=text("node_id") or "",
        credential=NodeCredential(credential) if credential else None,
        since=text("since") or "",
        problem=problem_from_json(problem) if isinstance(problem, Mapping) else None,
    )
