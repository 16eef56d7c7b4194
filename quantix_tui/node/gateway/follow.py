"""Following a restart to its end: what one reading of the status means. Pure; screen and command line share it."""

from dataclasses import dataclass

from quantix_tui.cluster.errors import ErrorCode, Problem
from quantix_tui.cluster.status import ClusterState, ClusterStatus
from quantix_tui.node.gateway.protocol import DaemonKind


@dataclass(frozen=True, slots=True)
class Waiting:
    """Not there yet; ``text`` is what it waits for, one sentence."""

    text: str
    tried: str = ""
    """How often it was tried, and when next: it changes with every reading, so it is for screens, not for logs."""
    problem: Problem | None = None
    """Why it takes long, where something went wrong that is tried again."""
    hint: str = ""
    """What to do, where nothing goes on by itself."""


@dataclass(frozen=True, slots=True)
class Reached:
    """The end of the way: a first heartbeat, or standalone where the node belongs to no cluster."""

    status: ClusterStatus


@dataclass(frozen=True, slots=True)
class Failed:
    """It will not get there by itself."""

    problem: Problem


Step = Waiting | Reached | Failed

# Passing troubles: the daemon or the control plane is not there *now*.
_PASSING = (ErrorCode.NODE_UNREACHABLE, ErrorCode.TIMED_OUT, ErrorCode.CANCELLED, ErrorCode.CONTROL_PLANE_UNREACHABLE)


def follow(before: str | None, reading: ClusterStatus | Problem, kind: DaemonKind) -> Step:
    """What ``reading`` (a status, or why there was none) says of a restart.

    ``before`` is the daemon's instance id before it, None where it was not running or is not known;
    ``kind`` is who gave the reading.
    """
    if isinstance(reading, Problem):
        return Waiting(_STARTING) if reading.code in _PASSING else Failed(reading)
    if kind is DaemonKind.NONE:
        return Waiting(_STARTING)
    if before is not None and reading.instance_id == before:
        return Waiting("The node daemon is ending what it does before it restarts.")
    return _after_restart(reading)


def _after_restart(status: ClusterStatus) -> Step:
    problem, state = status.problem, status.status
    for_good = problem is not None and status.next_attempt_secs is None and problem.code not in _PASSING
    if problem is not None and for_good and state is not ClusterState.CONNECTED:
        return Failed(problem)
    if state in (ClusterState.CONNECTED, ClusterState.STANDALONE) and not status.restart_required:
        return Reached(status)
    tried = _next(status) if problem is not None and not status.restart_required else ""
    return Waiting(_awaited(status), tried, problem, _NOT_TAKEN_UP if status.restart_required else "")


def _awaited(status: ClusterStatus) -> str:
    where = status.control_plane_address or "the control plane"
    if status.restart_required:
        return "The daemon has not taken up the saved configuration yet."
    if status.problem is not None:
        return status.problem.message
    if status.node_id is None:
        return f"Registering with {where}."
    return f"Registered with {where}; waiting for the first heartbeat."


def _next(status: ClusterStatus) -> str:
    times = f"{status.attempts} times" if status.attempts > 1 else "once"
    seconds = status.next_attempt_secs
    return f"Tried {times}, next " + ("now." if not seconds else f"in {seconds:.0f} s.")


def gave_up(waiting: Waiting | None, seconds: float) -> Problem:
    """The problem to show when following has taken ``seconds`` without an end."""
    last = f" Last: {waiting.text} {waiting.tried}".rstrip() if waiting else ""
    hint = (waiting.hint or (waiting.problem.hint if waiting.problem else "")) if waiting else ""
    return Problem(
        ErrorCode.TIMED_OUT,
        f"The node did not get there within {seconds:.0f} seconds.{last}",
        hint or "The daemon goes on trying: look at the status again later, and at its log.",
        "follow",
    )


_NOT_TAKEN_UP = "Restart it: quantix-tui restart --wait."
_STARTING = "The node daemon is starting."
