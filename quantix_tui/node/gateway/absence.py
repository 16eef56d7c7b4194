"""Telling a daemon that is not there from one that is there and fails. Light: the first dashboard imports it."""

from quantix_tui.cluster.errors import ErrorCode, Problem

NO_DAEMON = "no_daemon"
"""Reason under node_unreachable: nothing listens. What is not named here means that something is there but fails."""
NOT_A_DAEMON = "not_a_daemon"
"""Reason under node_unreachable: something listens that is no node daemon."""
NO_CONFIGURATION = "no_configuration"
"""Reason under node_unreachable: nothing listens, and no file says anything either."""


def is_no_daemon(problem: Problem) -> bool:
    """Whether nothing is there that holds the truth about this node, so that another place may be asked."""
    return problem.code is ErrorCode.NODE_UNREACHABLE and problem.reason in (NO_DAEMON, NOT_A_DAEMON, NO_CONFIGURATION)
