"""The status on the wire: the document's five fields, ours beside them, both spellings read."""

import json

import pytest

from quantix_tui.cluster.errors import ErrorCode, Problem
from quantix_tui.cluster.status import ClusterState, ClusterStatus, PendingCleanup, status_from_json
from quantix_tui.cluster.trust import CertificateFacts, Fingerprint

FULL = ClusterStatus(
    joined=True,
    control_plane_address="https://vdc.example.com:8443",
    node_id="28113561",
    last_heartbeat="2026-01-07T09:41:02Z",
    status=ClusterState.DISCONNECTED,
    restart_required=True,
    heartbeat_age_secs=4.2,
    heartbeat_interval_secs=30.0,
    state_age_secs=180.0,
    problem=Problem(ErrorCode.CONTROL_PLANE_UNREACHABLE, "It refuses.", "Wait.", "connection_refused"),
    problem_age_secs=2.0,
    attempts=6,
    next_attempt_secs=24.0,
    trust="pinned certificate",
    pin_sha256="sha256:7f",
    certificate=CertificateFacts(
        Fingerprint("7f" * 32), "vdc", "Quantix CA", False, "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"
    ),
    cluster_name="Quantix-vDC",
    pending_cleanup=PendingCleanup("https://old:8443", "17", "2026-01-07T09:00:00Z"),
    daemon_started_at="2026-01-07T09:12:10Z",
    instance_id="a1",
)


def test_round_trip() -> None:
    assert status_from_json(json.loads(json.dumps(FULL.to_json()))) == FULL


def test_the_documents_five_fields_come_first() -> None:
    assert list(FULL.to_json())[:5] == ["joined", "control_plane_address", "node_id", "last_heartbeat", "status"]


def test_the_documents_example() -> None:
    status = status_from_json(
        {
            "joined": False,
            "control_plane_address": None,
            "node_id": None,
            "last_heartbeat": None,
            "status": "standalone",
        }
    )
    assert status.status is ClusterState.STANDALONE
    assert not status.restart_required


def test_the_rust_daemons_spelling() -> None:
    status = status_from_json(
        {
            "joined": True,
            "controlPlaneAddress": "https://vdc:8443",
            "nodeId": "n1",
            "lastHeartbeat": "2026-01-07T09:41:02Z",
            "status": "pending_restart",
            "mode": "cluster",
            "clusterName": "c\x1b[1m",
        }
    )
    assert (status.control_plane_address, status.node_id) == ("https://vdc:8443", "n1")
    assert status.restart_required
    assert status.cluster_name == "c?[1m"


@pytest.mark.parametrize(
    "body", [{}, {"joined": "yes", "status": "connected"}, {"joined": True, "status": "fine"}, {"joined": True}]
)
def test_a_status_is_never_guessed(body: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"status|joined|not a valid"):
        status_from_json(body)


def test_a_clean_up_that_is_refused_is_not_told_as_one_that_could_not_be_told() -> None:
    pending = PendingCleanup("https://vdc.example.com:8443", "17", "2026-01-07T09:00:00Z")
    assert "has not been told yet" in pending.told[0]
    refuses = Problem(ErrorCode.CONTROL_PLANE_ERROR, "It does not let this node go yet.", "Move the virtual machines.")
    refused = PendingCleanup(pending.control_plane_address, pending.node_id, pending.since, refuses)
    assert refused.told == (
        "vdc.example.com:8443 has been told, and keeps this node listed. It does not let this node go yet.",
        "Move the virtual machines.",
    )
