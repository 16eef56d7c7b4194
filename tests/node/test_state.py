"""The four states, computed: every combination of what is on disk and what runs."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantix_tui.cluster.address import ControlPlaneAddress
from quantix_tui.cluster.errors import ErrorCode, Problem
from quantix_tui.cluster.status import MISSED_INTERVALS, ClusterState, status_from_json
from quantix_tui.cluster.trust import Trust
from quantix_tui.config.cleanup import CleanupRecord
from quantix_tui.config.section import ControlPlaneSection
from quantix_tui.node.state import AgentView, Phase, Running, Saved, compute_status

ALONE = ControlPlaneSection()
HERE = ControlPlaneAddress("https", "vdc.example.com", 8443)
JOINED = ControlPlaneSection(enabled=True, address=HERE)
MEMBER = replace(JOINED, node_id="n-1")
ELSEWHERE = replace(JOINED, address=ControlPlaneAddress("https", "other.example.com", 8443))
BEATING = AgentView(Phase.HEARTBEATING, heartbeat=99.0, heartbeat_at="2026-01-07T09:41:02Z", interval_secs=30)
PROBLEM = Problem(ErrorCode.CONTROL_PLANE_UNREACHABLE, "It refuses connections.", "Look at it.")

sections = st.sampled_from([ALONE, JOINED, MEMBER, ELSEWHERE])
moments = st.one_of(st.none(), st.floats(0, 1000))
agents = st.builds(
    AgentView,
    phase=st.sampled_from(Phase),
    since=st.floats(0, 1000),
    interval_secs=st.floats(0.05, 3600),
    heartbeat=moments,
    connected_since=moments,
    problem=st.sampled_from([None, PROBLEM]),
    problem_since=moments,
    attempts=st.integers(0, 9),
    next_attempt=moments,
)
runnings = st.one_of(
    st.none(),
    st.builds(
        Running,
        section=sections,
        agent=agents,
        started_at=st.just("2026-01-07T09:12:10Z"),
        instance_id=st.just("i-1"),
        becoming=st.one_of(st.none(), sections),
    ),
)
saveds = st.one_of(
    st.builds(Saved, section=sections, since=moments),
    st.just(Saved(None, Problem(ErrorCode.CONFIG_UNREADABLE, "Line 3 is wrong.", "Correct it."))),
)


def running(section: ControlPlaneSection, agent: AgentView = BEATING) -> Running:
    return Running(section, agent, "2026-01-07T09:12:10Z", "i-1")


@given(saveds, runnings, st.floats(0, 2000))
def test_what_always_holds(saved: Saved, run: Running | None, now: float) -> None:
    status = compute_status(saved, run, now)
    assert status.joined == (status.status is not ClusterState.STANDALONE)
    assert (status.control_plane_address is not None) == status.joined
    assert status.restart_required or status.status is not ClusterState.PENDING_RESTART
    if status.status is ClusterState.CONNECTED:
        assert run is not None
        assert run.agent.phase is Phase.HEARTBEATING
        assert status.heartbeat_age_secs is not None
        assert status.heartbeat_age_secs < MISSED_INTERVALS * run.agent.interval_secs
    ages = (status.heartbeat_age_secs, status.state_age_secs, status.problem_age_secs, status.next_attempt_secs)
    assert all(age is None or age >= 0 for age in ages)
    assert status_from_json(status.to_json()).status is status.status


@pytest.mark.parametrize(
    ("saved", "run", "state", "restart"),
    [
        (ALONE, running(ALONE, AgentView()), ClusterState.STANDALONE, False),
        (JOINED, running(ALONE, AgentView()), ClusterState.PENDING_RESTART, True),
        (MEMBER, running(MEMBER), ClusterState.CONNECTED, False),
        (MEMBER, running(MEMBER, AgentView(Phase.HEARTBEATING)), ClusterState.DISCONNECTED, False),
        (JOINED, running(JOINED, AgentView(Phase.REGISTERING)), ClusterState.DISCONNECTED, False),
        (MEMBER, running(MEMBER, AgentView(Phase.STOPPED)), ClusterState.DISCONNECTED, False),
        (ALONE, running(MEMBER, AgentView(Phase.ENDED)), ClusterState.STANDALONE, True),
        (ELSEWHERE, running(MEMBER), ClusterState.PENDING_RESTART, True),
        (JOINED, running(JOINED, AgentView(Phase.ENDED)), ClusterState.PENDING_RESTART, True),
        (ALONE, None, ClusterState.STANDALONE, False),
        (JOINED, None, ClusterState.PENDING_RESTART, True),
        (MEMBER, None, ClusterState.DISCONNECTED, False),
    ],
)
def test_the_states(saved: ControlPlaneSection, run: Running | None, state: ClusterState, restart: bool) -> None:
    status = compute_status(Saved(saved), run, 100.0)
    assert (status.status, status.restart_required) == (state, restart)


def test_the_third_missed_interval_is_the_end_of_connected() -> None:
    at_the_end = BEATING.heartbeat or 0
    assert compute_status(Saved(MEMBER), running(MEMBER), at_the_end + 89.9).status is ClusterState.CONNECTED
    lost = compute_status(Saved(MEMBER), running(MEMBER), at_the_end + 95)
    assert lost.status is ClusterState.DISCONNECTED
    assert lost.state_age_secs == 5
    assert lost.problem is not None
    assert lost.problem.code is ErrorCode.CONTROL_PLANE_UNREACHABLE


def test_a_failed_heartbeat_alone_does_not_disconnect() -> None:
    failed = replace(BEATING, problem=PROBLEM, problem_since=99.5, attempts=1, next_attempt=104.0)
    status = compute_status(Saved(MEMBER), running(MEMBER, failed), 100.0)
    assert (status.status, status.problem, status.attempts) == (ClusterState.CONNECTED, PROBLEM, 1)
    assert status.next_attempt_secs == 4


def test_a_node_id_that_is_being_written_is_no_change_of_the_configuration() -> None:
    registering = replace(running(JOINED, AgentView(Phase.REGISTERING)), becoming=MEMBER)
    for saved in (JOINED, MEMBER):
        assert compute_status(Saved(saved), registering, 100.0).status is ClusterState.DISCONNECTED


def test_heartbeats_of_another_membership_are_not_shown() -> None:
    status = compute_status(Saved(ELSEWHERE), running(MEMBER), 100.0)
    assert (status.last_heartbeat, status.heartbeat_age_secs) == (None, None)


def test_an_unreadable_configuration_tells_the_state_of_what_runs() -> None:
    unreadable = Saved(None, Problem(ErrorCode.CONFIG_UNREADABLE, "Line 3 is wrong.", "Correct it."))
    for run, state in ((running(MEMBER), ClusterState.CONNECTED), (running(ALONE), ClusterState.STANDALONE)):
        status = compute_status(unreadable, run, 100.0)
        assert (status.status, status.problem, status.restart_required) == (state, unreadable.problem, False)


def test_plain_http_is_called_by_its_name() -> None:
    plain = replace(MEMBER, address=ControlPlaneAddress("http", "10.0.0.5", 8080))
    assert compute_status(Saved(plain), running(plain), 100.0).trust == "not encrypted"


def test_a_pending_clean_up_stands_beside_every_state() -> None:
    record = CleanupRecord(HERE, Trust(), "n-1", None, "2026-01-07T09:00:00Z", PROBLEM)
    for section in (ALONE, JOINED):
        cleanup = compute_status(Saved(section, cleanup=record), running(ALONE), 100.0).pending_cleanup
        assert cleanup is not None
        assert (cleanup.node_id, cleanup.control_plane_address) == ("n-1", str(HERE))
        assert cleanup.problem == PROBLEM


def test_a_credential_beside_an_unreadable_configuration_is_no_standalone() -> None:
    """The daemon started with what nobody can read: the node is a member all the same, and is never called free."""
    unreadable = Problem(ErrorCode.CONFIG_UNREADABLE, "Line 3 is no YAML.", "Mend line 3.")
    status = compute_status(Saved(None, unreadable, credential=True), None, 0.0)
    assert (status.joined, status.status) == (True, ClusterState.DISCONNECTED)
    assert status.problem == unreadable
    assert compute_status(Saved(None, unreadable), None, 0.0).status is ClusterState.STANDALONE


def test_a_configured_interval_is_told_as_it_would_be_kept() -> None:
    member = replace(MEMBER, heartbeat_interval_secs=3600)
    assert compute_status(Saved(member), None, 0.0).heartbeat_interval_secs == 300
