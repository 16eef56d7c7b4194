"""How a command ends: its exit code, and what it says of a problem."""

import json
import sys

from quantix_tui.cluster.errors import ErrorCode, Problem

DONE = 0
FAILED = 1
USAGE = 2
TIMED_OUT = 3
NODE_UNREACHABLE = 4
INTERRUPTED = 130

EXIT_CODES = """\
exit codes:
  0    done
  1    refused or failed; the error's code stands on standard error
  2    the command line is not right
  3    what was waited for did not come in time
  4    the node daemon cannot be reached
  130  interrupted"""

# Reasons under invalid_request that come from what was typed on the command line.
_TYPED = ("node", "fingerprint", "terminal")
# Reasons under timed_out where a state was waited for; a check that timed out is a check that failed.
_AWAITED = ("follow", "wait")


def exit_code(problem: Problem) -> int:
    """The exit code that tells ``problem`` to a script."""
    if problem.code is ErrorCode.NODE_UNREACHABLE:
        return NODE_UNREACHABLE
    if problem.code is ErrorCode.TIMED_OUT and problem.reason in _AWAITED:
        return TIMED_OUT
    if problem.code is ErrorCode.INVALID_REQUEST and problem.reason in _TYPED:
        return USAGE
    return FAILED


def complain(problem: Problem) -> int:
    """Say it on standard error, the code first, what to do below; returns the exit code."""
    print(f"{problem.code.value}: {problem.message}", file=sys.stderr)
    if problem.hint:
        print(f"  {problem.hint}", file=sys.stderr)
    return exit_code(problem)


def put_json(body: dict[str, object]) -> None:
    """The result for a script: one object on standard output."""
    print(json.dumps(body, indent=2, ensure_ascii=True))
