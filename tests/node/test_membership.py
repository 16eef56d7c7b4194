"""Joining, registering, heartbeats, leaving: on real files, against a real control plane over TLS."""

import asyncio
import json
import os
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from quantix_tui.cluster.address import parse_address
from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.join import JoinRequest
from quantix_tui.cluster.secret import NodeCredential
from quantix_tui.cluster.status import ClusterState
from quantix_tui.cluster.text import harmless
from quantix_tui.cluster.token import parse_token
from quantix_tui.cluster.trust import Trust
from quantix_tui.config.store import ConfigPaths, ConfigStore
from quantix_tui.controlplane.client import ControlPlaneClient
from quantix_tui.controlplane.wire import HeartbeatAck, Registration
from quantix_tui.node.cleanup import Cleanup
from quantix_tui.node.events import Journal
from quantix_tui.node.machine import Machine
from quantix_tui.node.membership import Membership
from quantix_tui.sandbox.controlplane import SandboxControlPlane
from quantix_tui.sandbox.faults import Fault
from quantix_tui.sandbox.refusal import RefusedError
from quantix_tui.sandbox.tokens import TokenKind
from tests.controlplane.servers import answering, http, serving
from tests.node.support import OTHERS, Node, request_for, until


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


async def test_a_second_join_is_refused_and_changes_nothing(plane: SandboxControlPlane, node: Node) -> None:
    await node.join(plane)
    before = node.config.read_bytes(), node.file("registration-token").read_bytes()
    with pytest.raises(QuantixError) as refused:
        await node.join(plane)
    assert refused.value.problem.code is ErrorCode.ALREADY_JOINED
    assert refused.value.problem.message.endswith("Nothing was saved.")
    assert (node.config.read_bytes(), node.file("registration-token").read_bytes()) == before


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault.REFUSE, ErrorCode.NETWORK_UNREACHABLE),
        (Fault.OTHER_AUTHORITY, ErrorCode.UNTRUSTED_CERTIFICATE),
        (Fault.HTML, ErrorCode.NOT_A_CONTROL_PLANE),
        (Fault.MAINTENANCE, ErrorCode.MAINTENANCE),
        (Fault.PLAINTEXT, ErrorCode.TLS_FAILED),
    ],
)
async def test_a_join_that_the_checks_refuse_saves_nothing(
    plane: SandboxControlPlane, node: Node, fault: Fault, code: ErrorCode
) -> None:
    await plane.set_fault(fault)
    with pytest.raises(QuantixError) as refused:
        await node.join(plane)
    assert refused.value.problem.code is code
    assert node.config.read_text() == OTHERS
    assert not node.file("registration-token").exists()
    assert node.status().status is ClusterState.STANDALONE


async def test_a_name_that_is_registered_already_is_refused(plane: SandboxControlPlane, node: Node) -> None:
    plane.service.register(node.daemon.machine.facts().hostname, {}, plane.tokens.issue())
    with pytest.raises(QuantixError) as refused:
        await node.join(plane)
    assert refused.value.problem.code is ErrorCode.ALREADY_REGISTERED


async def test_unreachable_is_disconnected_and_comes_back_by_itself(plane: SandboxControlPlane, node: Node) -> None:
    connected = await node.connect(plane)
    await plane.set_fault(Fault.REFUSE)
    lost = await node.until(ClusterState.DISCONNECTED, ErrorCode.CONTROL_PLANE_UNREACHABLE)
    assert lost.joined
    assert lost.attempts > 0
    assert lost.last_heartbeat is not None
    assert lost.node_id == connected.node_id
    assert lost.state_age_secs is not None
    await plane.set_fault(Fault.NONE)
    back = await node.until(ClusterState.CONNECTED)
    assert (back.attempts, back.problem) == (0, None)


async def test_a_hanging_control_plane_is_disconnected_before_the_request_gives_up(
    plane: SandboxControlPlane, node: Node
) -> None:
    await node.connect(plane)
    await plane.set_fault(Fault.HANG)
    await node.until(ClusterState.DISCONNECTED, ErrorCode.CONTROL_PLANE_UNREACHABLE)


async def test_removed_by_the_control_plane(plane: SandboxControlPlane, node: Node) -> None:
    await node.connect(plane)
    plane.nodes.remove(plane.nodes.all()[0].id)
    removed = await node.until(ClusterState.DISCONNECTED, ErrorCode.REMOVED)
    assert removed.next_attempt_secs is None
    asked = len(plane.requests)

    await node.restart()
    await node.until(ClusterState.DISCONNECTED, ErrorCode.REMOVED)
    assert len(plane.requests) == asked + 1, "it asks once after a restart, and never registers by itself"
    assert plane.nodes.all() == ()

    left = await node.daemon.membership.leave()
    assert (left.status, left.pending_cleanup) == (ClusterState.STANDALONE, None)


async def test_after_a_removal_the_node_may_join_again_without_leaving(plane: SandboxControlPlane, node: Node) -> None:
    first = await node.connect(plane)
    plane.nodes.remove(plane.nodes.all()[0].id)
    await node.until(ClusterState.DISCONNECTED, ErrorCode.REMOVED)
    again = await node.connect(plane)
    assert again.node_id != first.node_id


async def test_a_revoked_credential_stops_the_heartbeats(plane: SandboxControlPlane, node: Node) -> None:
    await node.connect(plane)
    plane.nodes.reissue(plane.nodes.all()[0])
    await node.until(ClusterState.DISCONNECTED, ErrorCode.UNAUTHORIZED)


async def test_the_interval_of_the_answers_is_honoured(plane: SandboxControlPlane, node: Node) -> None:
    await node.connect(plane)
    plane.service.heartbeat_interval_secs = 0.2
    await until(lambda: node.status().heartbeat_interval_secs == 0.2, "the new interval")
    plane.service.heartbeat_interval_secs = 0.000001
    await until(lambda: node.status().heartbeat_interval_secs == 0.05, "the floor")
    plane.service.heartbeat_interval_secs = 1e12
    await until(lambda: node.status().heartbeat_interval_secs == 300, "the highest interval")


async def test_the_interval_of_one_cluster_does_not_outlive_the_membership(
    plane: SandboxControlPlane, node: Node
) -> None:
    plane.service.heartbeat_interval_secs = 17
    connected = await node.connect(plane)
    assert connected.heartbeat_interval_secs == 17
    assert not connected.restart_required
    assert "heartbeat_interval_secs: 30" in node.config.read_text(), "the configuration is the administrator's"
    await node.daemon.membership.leave()
    assert (await node.join(plane)).heartbeat_interval_secs == 30


@pytest.mark.parametrize("reason", ["revoked", "expired", "used"])
async def test_a_token_that_became_worthless_meanwhile(plane: SandboxControlPlane, node: Node, reason: str) -> None:
    token = plane.tokens.issue(ttl_secs=2 if reason == "expired" else 60)
    await node.join(plane, token)
    match reason:
        case "revoked":
            plane.tokens.revoke(token)
        case "used":
            plane.service.register("another-node", {}, token)
        case "expired":
            await until(lambda: _is_expired(plane, token), "the token's end")
    await node.restart()
    refused = await node.until(ClusterState.DISCONNECTED, ErrorCode.INVALID_TOKEN)
    assert refused.problem is not None
    assert refused.problem.reason == reason
    assert refused.next_attempt_secs is None
    assert not node.file("registration-token").exists()

    again = await node.join(plane)
    assert again.status is ClusterState.PENDING_RESTART
    await node.restart()
    await node.until(ClusterState.CONNECTED)


@pytest.mark.parametrize(("hours_past", "asked"), [(25, False), (23, True)])
async def test_a_token_that_says_itself_that_it_is_long_over_is_deleted_unsent(
    plane: SandboxControlPlane, node: Node, hours_past: int, asked: bool
) -> None:
    token = plane.tokens.issue(ttl_secs=-3600 * hours_past, kind=TokenKind.JWT)
    wanted = request_for(plane, token)
    node.daemon.store.save_join(wanted.address, wanted.trust, parse_token(token))
    await node.restart()
    refused = await node.until(ClusterState.DISCONNECTED, ErrorCode.INVALID_TOKEN)
    assert refused.problem is not None
    assert refused.problem.reason == "expired"
    assert refused.problem.hint
    assert refused.next_attempt_secs is None
    assert not node.file("registration-token").exists()
    assert bool(plane.requests) is asked, "a clock that is wrong by hours must not cost a token"


def _is_expired(plane: SandboxControlPlane, token: str) -> bool:
    try:
        plane.tokens.require_live(token)
    except RefusedError:
        return True
    return False


async def test_already_registered_at_the_registration_keeps_the_token(plane: SandboxControlPlane, node: Node) -> None:
    await node.join(plane)
    other, _ = plane.service.register(node.daemon.machine.facts().hostname, {}, plane.tokens.issue())
    await node.restart()
    await node.until(ClusterState.DISCONNECTED, ErrorCode.ALREADY_REGISTERED)
    assert node.file("registration-token").exists()
    plane.nodes.remove(other.id)
    await node.daemon.reload()
    await node.until(ClusterState.CONNECTED)


async def test_registration_waits_for_a_control_plane_that_is_away(plane: SandboxControlPlane, node: Node) -> None:
    await node.join(plane)
    await plane.set_fault(Fault.ERROR500)
    await node.restart()
    waiting = await node.until(ClusterState.DISCONNECTED, ErrorCode.CONTROL_PLANE_ERROR)
    assert waiting.node_id is None
    await plane.set_fault(Fault.NONE)
    await node.until(ClusterState.CONNECTED)


async def test_a_leave_that_cannot_be_told_is_pending_until_it_is(plane: SandboxControlPlane, node: Node) -> None:
    connected = await node.connect(plane)
    await plane.set_fault(Fault.REFUSE)
    left = await node.daemon.membership.leave()
    assert left.status is ClusterState.STANDALONE
    assert left.pending_cleanup is not None
    assert left.pending_cleanup.node_id == connected.node_id
    assert left.pending_cleanup.problem is not None
    assert left.pending_cleanup.problem.code is ErrorCode.CONTROL_PLANE_UNREACHABLE

    await node.restart()
    assert node.status().pending_cleanup is not None
    await plane.set_fault(Fault.NONE)
    await until(lambda: node.status().pending_cleanup is None, "the clean-up")
    assert plane.nodes.all() == ()
    assert not node.file("pending-cleanup.json").exists()


async def test_a_clean_up_waits_for_the_virtual_machines(plane: SandboxControlPlane, node: Node) -> None:
    await node.connect(plane)
    member = plane.nodes.place_vms(plane.nodes.all()[0].id, ("vm-1",))
    left = await node.daemon.membership.leave()
    assert left.pending_cleanup is not None
    assert left.pending_cleanup.problem is not None
    assert left.pending_cleanup.problem.reason == "failed_precondition"
    plane.nodes.place_vms(member.id, ())
    await until(lambda: node.status().pending_cleanup is None, "the clean-up")
    assert plane.nodes.all() == ()


async def test_a_lost_credential_is_told_as_such_and_the_leave_says_who_must_be_told(
    plane: SandboxControlPlane, node: Node
) -> None:
    await node.connect(plane)
    node.file("node-credential").unlink()
    await node.restart()
    lost = await node.until(ClusterState.DISCONNECTED, ErrorCode.UNAUTHORIZED)
    assert lost.problem is not None
    assert lost.problem.reason == "credential_missing"
    assert str(node.file("node-credential")) in lost.problem.message

    left = await node.daemon.membership.leave()
    assert left.status is ClusterState.STANDALONE
    assert left.pending_cleanup is None
    assert left.problem is not None
    assert left.problem.reason == "credential_missing"
    assert "remove it there" in left.problem.hint
    assert node.status().problem is None


async def test_a_credential_that_cannot_be_read_is_told_with_its_path(plane: SandboxControlPlane, node: Node) -> None:
    await node.connect(plane)
    credential = node.file("node-credential")
    kept = credential.read_bytes()
    credential.unlink()
    os.mkfifo(credential)
    await node.restart()
    lost = await node.until(ClusterState.DISCONNECTED, ErrorCode.CONFIG_UNREADABLE)
    assert lost.problem is not None
    assert str(credential) in lost.problem.message
    assert str(credential) in lost.problem.hint
    assert any(str(credential) in message for message in node.messages())
    credential.unlink()
    credential.write_bytes(kept)
    await node.restart()
    await node.until(ClusterState.CONNECTED)


async def test_coming_back_finishes_the_leave_first(plane: SandboxControlPlane, node: Node) -> None:
    await node.connect(plane)
    await plane.set_fault(Fault.REFUSE)
    await node.daemon.membership.leave()
    await node.daemon.stop()
    await plane.set_fault(Fault.NONE)
    joined = await node.join(plane)
    assert joined.pending_cleanup is None
    assert plane.nodes.all() == ()


async def test_a_check_that_failed_stands_among_the_events(plane: SandboxControlPlane, node: Node) -> None:
    await plane.set_fault(Fault.REFUSE)
    results = [result async for result in node.daemon.membership.check(request_for(plane))]
    assert any(result.problem for result in results)
    newest = node.daemon.journal.latest(1)[0]
    assert newest.level == "warning"
    assert newest.message.startswith("Check failed: ")
    assert plane.url in newest.message


async def test_a_certificate_to_compare_is_no_event_and_a_changed_one_is(
    plane: SandboxControlPlane, node: Node
) -> None:
    wanted = request_for(plane)
    before = node.messages()
    [result async for result in node.daemon.membership.check(replace(wanted, trust=Trust()))]
    assert node.messages() == before
    await plane.set_fault(Fault.OTHER_AUTHORITY)
    [result async for result in node.daemon.membership.check(wanted)]
    newest = node.messages()[0]
    assert str(plane.fingerprint) in newest
    assert wanted.token is not None
    assert wanted.token.reveal() not in newest


async def test_a_member_whose_pin_no_longer_fits_is_told_where_the_new_one_is_written(
    plane: SandboxControlPlane, node: Node
) -> None:
    await node.connect(plane)
    await plane.set_fault(Fault.OTHER_AUTHORITY)
    lost = await node.until(ClusterState.DISCONNECTED, ErrorCode.UNTRUSTED_CERTIFICATE)
    assert lost.problem is not None
    assert lost.problem.reason == "pin_mismatch"
    assert "pin_sha256" in lost.problem.hint
    renewed = lost.problem.details["presented"]
    node.config.write_text(node.config.read_text().replace(str(plane.fingerprint), renewed))
    await node.daemon.reload()
    await node.until(ClusterState.CONNECTED)


async def test_leaving_twice_is_no_error(plane: SandboxControlPlane, node: Node) -> None:
    await node.connect(plane)
    await node.daemon.membership.leave()
    again = await node.daemon.membership.leave()
    assert again.status is ClusterState.STANDALONE


async def test_a_leave_during_the_registration_leaves_no_node_behind(tmp_path: Path, node: Node) -> None:
    async with SandboxControlPlane(tmp_path, slow_pace_secs=0) as plane:
        await node.join(plane)
        await plane.set_fault(Fault.SLOW)
        await node.restart()
        await until(plane.nodes.all, "the registration to arrive")
        left = await node.daemon.membership.leave()
        assert left.status is ClusterState.STANDALONE
        await until(lambda: node.status().pending_cleanup is None, "the clean-up")
        assert plane.nodes.all() == ()
        assert not node.file("registration-token").exists()


async def test_a_registration_saved_by_another_hand_in_the_moment_of_a_leave_is_cleaned_up(
    plane: SandboxControlPlane, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = plane.tokens.issue()
    await node.join(plane, token)
    save_leave = ConfigStore.save_leave

    def overtaken(store: ConfigStore, *arguments: Any) -> None:
        member, credential = plane.service.register(node.daemon.machine.facts().hostname, {}, token)
        ConfigStore(ConfigPaths(node.config)).save_registration(member.id, NodeCredential(credential))
        save_leave(store, *arguments)

    monkeypatch.setattr(ConfigStore, "save_leave", overtaken)
    left = await node.daemon.membership.leave()
    assert (left.status, left.pending_cleanup) == (ClusterState.STANDALONE, None)
    assert any("has removed node" in message for message in node.messages())
    assert plane.nodes.all() == ()


async def test_a_registration_that_hangs_does_not_hold_up_a_leave(plane: SandboxControlPlane, node: Node) -> None:
    await node.join(plane)
    await plane.set_fault(Fault.HANG)
    await node.restart()
    await until(lambda: plane.requests[-1].path.endswith("/RegisterNode"), "the registration to arrive")
    async with asyncio.timeout(6):
        left = await node.daemon.membership.leave()
    assert left.status is ClusterState.STANDALONE
    assert any("cut short" in message for message in node.messages())


async def test_leave_join_leave_with_no_restart_between(plane: SandboxControlPlane, node: Node) -> None:
    await node.connect(plane)
    await node.daemon.membership.leave()
    joined = await node.join(plane)
    assert joined.status is ClusterState.PENDING_RESTART
    assert joined.last_heartbeat is None
    left = await node.daemon.membership.leave()
    assert left.status is ClusterState.STANDALONE
    await node.daemon.reload()
    assert not node.status().restart_required


async def test_a_reload_is_as_good_as_a_restart(plane: SandboxControlPlane, node: Node) -> None:
    await node.join(plane)
    await node.daemon.reload()
    await node.until(ClusterState.CONNECTED)
    await node.daemon.membership.leave()
    await node.daemon.reload()
    status = node.status()
    assert (status.status, status.restart_required) == (ClusterState.STANDALONE, False)


async def test_a_reload_of_the_same_configuration_leaves_the_connection_alone(
    plane: SandboxControlPlane, node: Node
) -> None:
    before = await node.connect(plane)
    await node.daemon.reload()
    after = await node.until(ClusterState.CONNECTED)
    assert before.instance_id == after.instance_id
    assert sum(request.path.endswith("/RegisterNode") for request in plane.requests) == 1
    assert not any("reloaded" in message for message in node.messages())


async def test_an_edit_by_hand_shows_as_pending_restart_until_it_is_taken_up_or_back(
    plane: SandboxControlPlane, node: Node
) -> None:
    await node.connect(plane)
    original = node.config.read_text()
    node.config.write_text(original.replace("heartbeat_interval_secs: 30", "heartbeat_interval_secs: 20"))
    assert node.status().status is ClusterState.PENDING_RESTART
    node.config.write_text(original)
    await node.until(ClusterState.CONNECTED)
    node.config.write_text(original.replace("heartbeat_interval_secs: 30", "heartbeat_interval_secs: 20"))
    await node.daemon.reload()
    await node.until(ClusterState.CONNECTED)


async def test_an_unreadable_configuration_is_told_and_stops_nothing_that_runs(
    plane: SandboxControlPlane, node: Node
) -> None:
    await node.connect(plane)
    good = node.config.read_text()
    node.config.write_text(good + "\n  broken: [")
    await node.until(ClusterState.CONNECTED, ErrorCode.CONFIG_UNREADABLE)
    for change in (node.daemon.membership.leave, node.daemon.reload):
        with pytest.raises(QuantixError) as refused:
            await change()
        assert refused.value.problem.code is ErrorCode.CONFIG_UNREADABLE
        assert refused.value.problem.details.get("line")
    await node.until(ClusterState.CONNECTED, ErrorCode.CONFIG_UNREADABLE)
    node.config.write_text(good)
    assert node.status().problem is None


async def test_a_daemon_starts_with_an_unreadable_configuration(plane: SandboxControlPlane, node: Node) -> None:
    node.config.write_text("control_plane: [")
    await node.restart()
    status = node.status()
    assert status.status is ClusterState.STANDALONE
    assert status.problem is not None
    assert status.problem.code is ErrorCode.CONFIG_UNREADABLE
    with pytest.raises(QuantixError) as refused:
        await node.join(plane)
    assert refused.value.problem.code is ErrorCode.CONFIG_UNREADABLE


async def test_a_leave_that_cannot_be_saved_changes_nothing(
    plane: SandboxControlPlane, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    await node.connect(plane)
    problem = Problem(ErrorCode.CONFIG_WRITE_ERROR, "There is no space left.", "Make room.", "no_space")
    monkeypatch.setattr(node.daemon.store, "save_leave", _raising(problem))
    with pytest.raises(QuantixError) as refused:
        await node.daemon.membership.leave()
    assert refused.value.problem is problem
    beats = plane.nodes.all()[0].heartbeat
    await until(lambda: plane.nodes.all()[0].heartbeat != beats, "further heartbeats")
    await node.until(ClusterState.CONNECTED)


async def test_a_registration_that_cannot_be_saved_at_first_is_not_repeated(
    plane: SandboxControlPlane, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    await node.join(plane)
    await node.stop()
    problem = Problem(ErrorCode.CONFIG_WRITE_ERROR, "There is no space left.", "Make room.", "no_space")
    with monkeypatch.context() as patch:
        patch.setattr(ConfigStore, "save_registration", _raising(problem))
        await node.restart()
        waiting = await node.until(ClusterState.DISCONNECTED, ErrorCode.CONFIG_WRITE_ERROR)
        assert waiting.node_id is None
    connected = await node.until(ClusterState.CONNECTED)
    registrations = [request for request in plane.requests if request.path.endswith("/RegisterNode")]
    assert len(registrations) == 1
    assert connected.node_id == plane.nodes.all()[0].id


def _raising(problem: Problem) -> Callable[..., None]:
    def refuse(*_: object, **__: object) -> None:
        raise QuantixError(problem)

    return refuse


async def test_a_registration_whose_answer_was_lost_is_repeated_after_the_restart(
    plane: SandboxControlPlane, node: Node
) -> None:
    token = plane.tokens.issue()
    await node.join(plane, token)
    lost, _ = plane.service.register(node.daemon.machine.facts().hostname, {}, token)
    await node.restart()
    connected = await node.until(ClusterState.CONNECTED)
    assert connected.node_id == lost.id


async def test_what_a_control_plane_says_arrives_as_harmless_text(plane: SandboxControlPlane, node: Node) -> None:
    await node.join(plane)
    await plane.set_fault(Fault.HOSTILE)
    await node.restart()
    await until(lambda: node.status().cluster_name, "the cluster's name")
    for text in (str(node.status().cluster_name), *node.messages()):
        assert harmless(text, 400) == text


async def test_without_a_daemon_the_same_code_joins_and_leaves(plane: SandboxControlPlane, node: Node) -> None:
    await node.stop()
    store = ConfigStore(ConfigPaths(node.config))
    journal = Journal()
    alone = Membership(store, "qx-node-07", journal, Cleanup(store, journal))
    assert alone.status().status is ClusterState.STANDALONE
    joined = await alone.join(request_for(plane))
    assert (joined.status, joined.restart_required) == (ClusterState.PENDING_RESTART, True)
    assert (await alone.leave()).status is ClusterState.STANDALONE

    await alone.join(request_for(plane))
    await node.restart()
    await node.until(ClusterState.CONNECTED)
    await node.stop()
    stopped = alone.status()
    assert stopped.status is ClusterState.DISCONNECTED
    assert stopped.problem is not None
    assert stopped.problem.code is ErrorCode.NODE_UNREACHABLE
    assert (await alone.leave()).pending_cleanup is None
    assert plane.nodes.all() == ()


async def test_no_secret_is_in_the_journal_or_in_the_status(plane: SandboxControlPlane, node: Node) -> None:
    token = plane.tokens.issue()
    await node.join(plane, token)
    await node.restart()
    await node.until(ClusterState.CONNECTED)
    credential = node.file("node-credential").read_text().strip()
    told = "\n".join(node.messages()) + json.dumps(node.status().to_json()) + repr(node.daemon.running())
    assert token not in told
    assert credential not in told


async def test_a_control_plane_under_maintenance_is_left_alone_for_as_long_as_it_asks(
    plane: SandboxControlPlane, node: Node
) -> None:
    await node.connect(plane)
    await plane.set_fault(Fault.MAINTENANCE)
    waiting = await node.until(ClusterState.DISCONNECTED, ErrorCode.MAINTENANCE)
    assert waiting.next_attempt_secs is not None
    assert waiting.next_attempt_secs > 20, "it asks for 30 s; the node's own pace in this test is far below"


async def test_a_registration_that_a_leave_by_another_hand_overtakes_is_taken_back(
    plane: SandboxControlPlane, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    await node.join(plane)
    register = ControlPlaneClient.register

    async def slow_register(*arguments: Any) -> Registration:
        issued = await register(*arguments)
        ConfigStore(ConfigPaths(node.config)).save_leave(lambda _: None)
        return issued

    monkeypatch.setattr(ControlPlaneClient, "register", slow_register)
    await node.restart()
    await until(
        lambda: any("taken back" in message for message in node.messages()), "the registration to be taken back"
    )
    assert plane.nodes.all() == ()
    status = node.status()
    assert (status.status, status.restart_required) == (ClusterState.STANDALONE, True)


async def test_a_heartbeat_that_is_not_acknowledged_does_not_count(
    plane: SandboxControlPlane, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    await node.connect(plane)

    async def unacknowledged(*_: object) -> HeartbeatAck:
        return HeartbeatAck()

    monkeypatch.setattr(ControlPlaneClient, "heartbeat", unacknowledged)
    await node.until(ClusterState.DISCONNECTED, ErrorCode.CONTROL_PLANE_ERROR)


async def test_a_fault_of_the_agents_own_is_told_and_tried_again(
    plane: SandboxControlPlane, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    await node.connect(plane)
    with monkeypatch.context() as patch:

        def broken(_: object) -> None:
            raise ZeroDivisionError

        patch.setattr(Machine, "usage", broken)
        await node.until(ClusterState.DISCONNECTED, ErrorCode.INTERNAL)
    await node.until(ClusterState.CONNECTED)


async def test_a_reload_in_the_middle_of_a_change_waits_for_it(plane: SandboxControlPlane, node: Node) -> None:
    await asyncio.gather(node.join(plane), *(node.daemon.reload() for _ in range(5)))
    await node.daemon.reload()
    await node.until(ClusterState.CONNECTED)
    await asyncio.gather(node.daemon.membership.leave(), *(node.daemon.reload() for _ in range(5)))
    await node.daemon.reload()
    status = node.status()
    assert (status.status, status.restart_required) == (ClusterState.STANDALONE, False)
    assert plane.nodes.all() == ()


async def test_a_credential_that_is_no_longer_taken_ends_the_clean_up(plane: SandboxControlPlane, node: Node) -> None:
    await node.connect(plane)
    plane.nodes.reissue(plane.nodes.all()[0])
    left = await node.daemon.membership.leave()
    assert left.pending_cleanup is None
    assert any("remove it there" in message for message in node.messages())


def _all_answers_in_one() -> bytes:
    body = {"status": "healthy", "name": "vDC", "version": "1", "api_version": "v1", "id": "node-1"}
    return http(json.dumps({**body, "nodeCredential": "a-credential", "acknowledged": True}).encode())


async def test_a_node_behind_a_proxy_joins_leaves_and_cleans_up_through_it(node: Node) -> None:
    received: list[bytes] = []
    wanted = JoinRequest(parse_address("http://vdc.invalid:8080"), parse_token("QUANTIX-AAAA-BBBB-CCCC"), Trust())
    async with serving(answering(_all_answers_in_one(), received=received)) as proxy:
        _name_the_way(node, proxy.port)
        await node.daemon.membership.join(wanted)
        await node.restart()
        await node.until(ClusterState.CONNECTED)
        assert (await node.daemon.membership.leave()).pending_cleanup is None
    assert any(
        request.startswith(b"POST http://vdc.invalid:8080/") and b"Decommission" in request for request in received
    )


async def test_a_clean_up_needs_no_readable_configuration(plane: SandboxControlPlane, node: Node) -> None:
    await node.connect(plane)
    await plane.set_fault(Fault.REFUSE)
    assert (await node.daemon.membership.leave()).pending_cleanup is not None
    node.config.write_text("control_plane: [")
    await plane.set_fault(Fault.NONE)
    await until(lambda: not node.file("pending-cleanup.json").exists(), "the clean-up")
    assert plane.nodes.all() == ()


def _name_the_way(node: Node, proxy_port: int) -> None:
    way = f"control_plane:\n  proxy: http://127.0.0.1:{proxy_port}\n  allow_plaintext: true\n"
    node.config.write_text(OTHERS + way)


async def test_the_checks_of_a_join_take_the_way_that_the_configuration_names(node: Node) -> None:
    """Only the proxy knows where ``vdc.invalid`` is."""
    received: list[bytes] = []
    wanted = JoinRequest(parse_address("http://vdc.invalid:8080"), parse_token("QUANTIX-AAAA-BBBB-CCCC"), Trust())
    async with serving(answering(_all_answers_in_one(), received=received)) as proxy:
        _name_the_way(node, proxy.port)
        assert await node.daemon.membership.identify(wanted) == ("vDC", "1")
        joined = await node.daemon.membership.join(wanted)
    assert joined.status is ClusterState.PENDING_RESTART
    assert received
    assert all(request.split(b" ")[1].startswith(b"http://vdc.invalid:8080/") for request in received)
