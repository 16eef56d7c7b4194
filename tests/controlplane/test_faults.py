import errno
import socket
import ssl

import httpx
import pytest

from quantix_tui.cluster.address import parse_address
from quantix_tui.cluster.errors import ErrorCode, Problem
from quantix_tui.controlplane import faults
from quantix_tui.controlplane.limits import Timeouts
from quantix_tui.controlplane.network import Endpoint

ADDRESS = parse_address("vdc.example.com")
ENDPOINT = Endpoint(socket.AF_INET, "192.0.2.1", 8443)


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ECONNREFUSED, "connection_refused"),
        (errno.EHOSTUNREACH, "no_route"),
        (errno.ENETUNREACH, "no_route"),
        (errno.EACCES, "forbidden"),
        (errno.ECONNRESET, "closed"),
        (errno.EIO, "connect_failed"),
    ],
)
def test_connections(number: int, reason: str) -> None:
    problem = faults.connect_problem(ADDRESS, [(ENDPOINT, OSError(number, "words"))], 3)
    assert (problem.code, problem.reason) == (ErrorCode.NETWORK_UNREACHABLE, reason)


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.ENOMEM])
def test_this_node_s_own_lack_is_not_the_control_plane_s_fault(number: int) -> None:
    error = OSError(number, "Too many open files")
    assert faults.connect_problem(ADDRESS, [(ENDPOINT, error)], 3).code is ErrorCode.INTERNAL
    assert faults.tls_problem(ADDRESS, error, 3).code is ErrorCode.INTERNAL
    assert faults.request_problem(ADDRESS, ADDRESS, error, Timeouts()).code is ErrorCode.INTERNAL


def test_openssl_s_words_are_harmless() -> None:
    error = ssl.SSLError(1, "[SSL] \x1b[31m \u202e trouble")
    problem = faults.tls_problem(ADDRESS, error, 3)
    assert problem.reason == "handshake_failed"
    assert "\x1b" not in problem.message
    assert "\u202e" not in problem.message


def test_the_cause_beneath_httpx_is_found_in_groups_too() -> None:
    refused, unrouted = OSError(errno.ECONNREFUSED, "no"), OSError(errno.EHOSTUNREACH, "no")
    error = httpx.ConnectError("All connection attempts failed")
    error.__cause__ = OSError("All connection attempts failed")
    error.__cause__.__cause__ = ExceptionGroup("several", [unrouted, refused])
    assert faults.request_problem(ADDRESS, ADDRESS, error, Timeouts()).reason == "connection_refused"


def test_a_circle_of_causes_ends() -> None:
    one, two = ValueError(), ValueError()
    one.__cause__, two.__cause__ = two, one
    assert faults.request_problem(ADDRESS, ADDRESS, one, Timeouts()).reason == "closed"


@pytest.mark.parametrize(
    ("code", "again"),
    [
        (ErrorCode.NETWORK_UNREACHABLE, True),
        (ErrorCode.MAINTENANCE, True),
        (ErrorCode.CONTROL_PLANE_ERROR, True),
        (ErrorCode.UNTRUSTED_CERTIFICATE, True),
        (ErrorCode.TIMED_OUT, True),
        (ErrorCode.INVALID_TOKEN, False),
        (ErrorCode.ALREADY_REGISTERED, False),
        (ErrorCode.REMOVED, False),
        (ErrorCode.PLAINTEXT_REFUSED, False),
    ],
)
def test_what_is_worth_retrying(code: ErrorCode, again: bool) -> None:
    assert faults.worth_retrying(Problem(code, "m")) is again


def test_a_member_meets_its_control_plane_unreachable() -> None:
    problem = Problem(ErrorCode.NETWORK_UNREACHABLE, "m", "h", "r", {"d": "1"})
    assert faults.while_joined(problem) == Problem(ErrorCode.CONTROL_PLANE_UNREACHABLE, "m", "h", "r", {"d": "1"})
    other = Problem(ErrorCode.REMOVED, "m")
    assert faults.while_joined(other) is other
