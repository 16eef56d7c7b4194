from dataclasses import replace

import pytest

from quantix_tui.cluster.errors import ErrorCode, Problem
from quantix_tui.cluster.status import ClusterState, ClusterStatus
from quantix_tui.node.gateway.follow import Failed, Reached, Waiting, follow, gave_up
from quantix_tui.node.gateway.protocol import DaemonKind

OURS = DaemonKind.QUANTIX_NODE
ADDRESS = "https://vdc.example.com:8443"
JOINED = ClusterStatus(
    joined=True,
    control_plane_address=ADDRESS,
    node_id=None,
    last_heartbeat=None,
    status=ClusterState.DISCONNECTED,
    instance_id="two",
)
ALONE = ClusterStatus(False, None, None, None, ClusterState.STANDALONE, instance_id="two")
REFUSED = Problem(ErrorCode.INVALID_TOKEN, "This token has expired.", "Get a new one.")
UNREACHABLE = Problem(ErrorCode.NETWORK_UNREACHABLE, "vdc refuses connections.", "Check the port.")


def waits_for(step: object) -> str:
    assert isinstance(step, Waiting)
    return step.text


@pytest.mark.parametrize("code", [ErrorCode.NODE_UNREACHABLE, ErrorCode.TIMED_OUT])
def test_a_daemon_that_does_not_answer_yet_is_starting(code: ErrorCode) -> None:
    assert waits_for(follow("one", Problem(code, "m"), OURS)) == "The node daemon is starting."


def test_a_reading_of_the_files_is_not_the_daemons_word() -> None:
    assert "starting" in waits_for(follow(None, ALONE, DaemonKind.NONE))
    assert "starting" in waits_for(follow(None, replace(JOINED, status=ClusterState.CONNECTED), DaemonKind.NONE))


def test_what_the_old_daemon_says_is_not_yet_the_end() -> None:
    old = replace(JOINED, status=ClusterState.CONNECTED, instance_id="one")
    assert "before it restarts" in waits_for(follow("one", old, OURS))


def test_the_first_heartbeat_is_the_end() -> None:
    connected = replace(JOINED, status=ClusterState.CONNECTED, node_id="n")
    assert follow("one", connected, OURS) == Reached(connected)
    assert follow(None, connected, OURS) == Reached(connected)


def test_a_node_in_no_cluster_has_arrived_once_it_runs() -> None:
    assert follow("one", ALONE, OURS) == Reached(ALONE)
    assert "taken up" in waits_for(follow("one", replace(ALONE, restart_required=True), OURS))


def test_the_existing_daemon_names_no_instance() -> None:
    alone = replace(ALONE, instance_id=None)
    assert follow(None, alone, DaemonKind.LIMIQUANTIX) == Reached(alone)


def test_the_steps_on_the_way_are_told() -> None:
    assert waits_for(follow("one", JOINED, OURS)) == f"Registering with {ADDRESS}."
    assert "first heartbeat" in waits_for(follow("one", replace(JOINED, node_id="n"), OURS))


def test_an_attempt_that_is_repeated_is_waited_for_with_its_reason() -> None:
    step = follow("one", replace(JOINED, problem=UNREACHABLE, attempts=3, next_attempt_secs=4.2), OURS)
    assert step == Waiting("vdc refuses connections.", "Tried 3 times, next in 4 s.", UNREACHABLE)
    running = follow("one", replace(JOINED, problem=UNREACHABLE, attempts=1, next_attempt_secs=0.0), OURS)
    assert waits_for(running) == "vdc refuses connections."
    assert isinstance(running, Waiting)
    assert running.tried == "Tried once, next now."


def test_what_no_repetition_cures_is_the_end_with_its_reason() -> None:
    assert follow("one", replace(JOINED, problem=REFUSED), OURS) == Failed(REFUSED)
    unreadable = Problem(ErrorCode.CONFIG_UNREADABLE, "line 3", "mend it")
    assert follow("one", replace(ALONE, problem=unreadable), OURS) == Failed(unreadable)
    assert follow("one", unreadable, OURS) == Failed(unreadable)


def test_a_heartbeat_that_is_overdue_is_still_waited_for() -> None:
    overdue = Problem(ErrorCode.CONTROL_PLANE_UNREACHABLE, "No heartbeat for three intervals.", "h")
    assert isinstance(follow("one", replace(JOINED, node_id="n", problem=overdue), OURS), Waiting)


def test_giving_up_tells_what_it_last_waited_for_and_what_to_do() -> None:
    problem = gave_up(Waiting("It refuses.", "Tried 3 times.", UNREACHABLE), 30)
    assert problem.code is ErrorCode.TIMED_OUT
    assert problem.message == "The node did not get there within 30 seconds. Last: It refuses. Tried 3 times."
    assert problem.hint == "Check the port."
    assert "later" in gave_up(None, 30).hint
