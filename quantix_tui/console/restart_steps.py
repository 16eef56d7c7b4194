"""A restart as the lines that a person follows: asked, daemon up, registered, first heartbeat. Pure."""

from dataclasses import dataclass

from quantix_tui.cluster import spans
from quantix_tui.cluster.errors import Problem
from quantix_tui.cluster.status import ClusterState, ClusterStatus
from quantix_tui.console import glyphs, words
from quantix_tui.console.check_row import CheckRow
from quantix_tui.console.lines import Role
from quantix_tui.console.tale import short_address
from quantix_tui.node.gateway.follow import Failed, Reached, Step
from quantix_tui.node.gateway.protocol import Applied, DaemonKind


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a restart has come. Times are monotonic seconds.

    ``before`` is the daemon's instance before it, None where none is known; ``joined`` what the configuration says
    as long as no reading does.
    """

    began: float
    joined: bool
    before: str | None = None
    applied: Applied | None = None
    reading: ClusterStatus | Problem | None = None
    kind: DaemonKind = DaemonKind.NONE
    step: Step | None = None

    @property
    def status(self) -> ClusterStatus | None:
        """The new daemon's status; None while the old one answers, or none."""
        reading = self.reading
        if not isinstance(reading, ClusterStatus) or self.kind is DaemonKind.NONE:
            return None
        if self.applied is None or (self.before is not None and reading.instance_id == self.before):
            return None
        return reading


def rows(progress: Progress, now: float) -> list[CheckRow]:
    """One line a step; the first that is not done yet runs, or tells that it failed."""
    status = progress.status
    joined = status.joined if status else progress.joined
    done: list[tuple[str, str | None]] = [
        ("restart", None if progress.applied is None else _applied(progress.applied)),
        ("node daemon", "answers" if status else None),
    ]
    if joined:
        done += [("registration", _registered(status)), ("heartbeat", _acknowledged(status))]
    else:
        done.append(("cluster", "standalone" if isinstance(progress.step, Reached) else None))
    lines: list[CheckRow] = []
    running = True
    for name, told in done:
        if told is not None:
            lines.append(CheckRow("OK", name, told, "", Role.GOOD))
        elif not running:
            lines.append(CheckRow("-", name, "", "", Role.DIM))
        else:
            running = False
            lines.append(_current(name, progress, now))
    return lines


def _current(name: str, progress: Progress, now: float) -> CheckRow:
    if isinstance(progress.step, Failed):
        return CheckRow("FAIL", name, progress.step.problem.message, "", Role.BAD)
    waited = now - progress.began
    return CheckRow(glyphs.BUSY, name, _DOING[name], spans.short(waited) if waited >= 1 else "", Role.STRONG)


_DOING = {
    "restart": "asking for it",
    "node daemon": "stopping the old one, starting the new one",
    "registration": "asking the control plane for a node id",
    "heartbeat": "waiting for the first one to be acknowledged",
    "cluster": "taking up the configuration",
}


def _applied(applied: Applied) -> str:
    return "asked for" if applied is Applied.RESTARTED else "not needed: the configuration was taken up as it runs"


def _registered(status: ClusterStatus | None) -> str | None:
    if status is None or status.node_id is None or status.restart_required:
        return None
    return f"{short_address(status.control_plane_address or '')} as {status.node_id}"


def _acknowledged(status: ClusterStatus | None) -> str | None:
    if status is None or status.status is not ClusterState.CONNECTED or status.restart_required:
        return None
    every = status.heartbeat_interval_secs
    return f"acknowledged; every {words.interval(every)} from now on" if every else "acknowledged"
