"""What went wrong between a client and the node's daemon, as a :class:`Problem`. Pure functions."""

import errno
import json
import socket
from collections.abc import Mapping
from dataclasses import replace

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError, problem_from_json
from quantix_tui.cluster.text import harmless
from quantix_tui.node.gateway.absence import NO_DAEMON, NOT_A_DAEMON, is_no_daemon
from quantix_tui.node.gateway.endpoint import Endpoint
from quantix_tui.node.gateway.exchange import BadAnswerError, Head

SOCKET_PERMISSION = "socket_permission"
"""Reason under unauthorized: the socket is there, and root's."""

_START = "Start it on the node with: systemctl start limiquantix-node (OpenRC: rc-service quantix-node start)."
_LOG = "Look at its log (journalctl -u limiquantix-node) and restart it: systemctl restart limiquantix-node."
_ELSEWHERE = "Check the name given with --node or in QUANTIX_NODE, and the network between."
_CODES = {
    400: ErrorCode.INVALID_REQUEST,
    401: ErrorCode.UNAUTHORIZED,
    403: ErrorCode.UNAUTHORIZED,
    404: ErrorCode.NOT_SUPPORTED,
    405: ErrorCode.NOT_SUPPORTED,
    409: ErrorCode.ALREADY_REGISTERED,
    415: ErrorCode.INVALID_REQUEST,
    422: ErrorCode.INVALID_TOKEN,
    501: ErrorCode.NOT_SUPPORTED,
    502: ErrorCode.NETWORK_UNREACHABLE,
    503: ErrorCode.MAINTENANCE,
    504: ErrorCode.NETWORK_UNREACHABLE,
}


def may_be_elsewhere(problem: Problem) -> bool:
    """Whether to ask the next place: nothing is here, or root alone may ask here while over TCP reading is free."""
    return is_no_daemon(problem) or problem.reason == SOCKET_PERMISSION


def problem_of_failure(endpoint: Endpoint, error: OSError | BadAnswerError) -> Problem:
    """Why the daemon at ``endpoint`` could not be asked."""
    if isinstance(error, PermissionError):
        return Problem(
            ErrorCode.UNAUTHORIZED,
            f"This user may not use the node daemon's socket {endpoint.path or endpoint}.",
            "Run it as root (sudo).",
            SOCKET_PERMISSION,
        )
    untrusted = harmless(str(getattr(error, "verify_message", "")))
    if endpoint.tls and untrusted:
        return Problem(
            ErrorCode.UNTRUSTED_CERTIFICATE,
            f"The certificate of {endpoint} is not trusted: {untrusted}.",
            "Make its CA known to this machine, or name it in SSL_CERT_FILE.",
            "node",
        )
    reason, message = _reason_of(endpoint, error)
    near = _START if reason == NO_DAEMON else _LOG
    return _unreachable(reason, message, near if endpoint.local else _ELSEWHERE)


def _reason_of(endpoint: Endpoint, error: OSError | BadAnswerError) -> tuple[str, str]:
    told: tuple[str, str]
    match error:
        case BadAnswerError():
            told = "bad_answer", f"What answers at {endpoint} breaks off or speaks no HTTP: {error}."
        case TimeoutError():
            told = "timed_out", f"The node daemon at {endpoint} does not answer in time."
        case FileNotFoundError() | ConnectionRefusedError() if endpoint.local:
            told = NO_DAEMON, f"The node daemon is not running: nothing answers at {endpoint}."
        case ConnectionRefusedError():
            told = "connection_refused", f"{endpoint} refuses connections."
        case socket.gaierror():
            told = "name_not_found", f"There is no machine named {endpoint.host}."
        case ConnectionError():
            told = "bad_answer", f"The node daemon at {endpoint} broke the connection off."
        case _:
            words = harmless(error.strerror or errno.errorcode.get(error.errno or 0, "unknown error"))
            told = "no_route", f"{endpoint} cannot be reached: {words}."
    return told


def problem_of_answer(endpoint: Endpoint, head: Head, body: bytes) -> Problem:
    """What an answer that is no success says: the daemon's own words where it has some."""
    code = _CODES.get(head.status, ErrorCode.INTERNAL)
    told = json_object(head, body)
    if told is not None and ("error" in told or "message" in told):
        return problem_from_json(told, code)
    text = harmless(body.decode("utf-8", "replace")) if head.content_type == "text/plain" else ""
    if code is ErrorCode.NOT_SUPPORTED:
        return not_supported(head.status)
    return Problem(
        code,
        f"The node daemon at {endpoint} answered with status {head.status}" + (f": {text}." if text else "."),
        "Run it as root (sudo), or with the admin token's file." if code is ErrorCode.UNAUTHORIZED else _LOG,
        f"http_{head.status}",
    )


def without_admin_token(refused: Problem, file: str, why: str) -> Problem:
    """The refusal of a change over TCP. ``why`` is what kept the admin token from being read from ``file``."""
    place = harmless(file)
    if why:
        message = f"{refused.message} The admin token could not be read from {place}: {harmless(why)}."
        cure = (
            "Run this as root (sudo), best over the node daemon's unix socket; a token file in another place is named"
            " with QUANTIX_ADMIN_TOKEN_FILE."
        )
    else:
        message = f"{refused.message} It was read from {place}."
        cure = (
            "Name the admin token file of this daemon with QUANTIX_ADMIN_TOKEN_FILE, or run this as root (sudo) over"
            " its unix socket."
        )
    return replace(refused, message=message, hint=cure)


def not_supported(status: int) -> Problem:
    return Problem(
        ErrorCode.NOT_SUPPORTED,
        "The node daemon that runs here does not know this request.",
        "Install the daemon that came with this console (quantix-node) to use it.",
        f"http_{status}",
    )


def reverse_flow_only(act: str) -> Problem:
    """Our program meets the existing daemon, which has no route to ``join`` or ``leave`` by (WIRE 1)."""
    cure = {
        "join": "Add this node in the vDC (Hosts > Add host) with the token that the node's web page shows",
        "leave": "Remove this node in the vDC (Hosts)",
    }
    return Problem(
        ErrorCode.NOT_SUPPORTED,
        f"The node daemon that runs here (limiquantix-node) cannot {act} by itself: it only lets the vDC do that.",
        f"{cure[act]}, or install quantix-node and {act} from here.",
        "reverse_flow_only",
    )


def not_a_daemon(endpoint: Endpoint, head: Head) -> Problem:
    kind = f" ({harmless(head.content_type, 40)})" if head.content_type else ""
    return _unreachable(NOT_A_DAEMON, f"Something answers at {endpoint}{kind}, but it is no node daemon.", _START)


def bad_answer(endpoint: Endpoint, what: str) -> QuantixError:
    return QuantixError(_unreachable("bad_answer", f"The answer of {endpoint} makes no sense: {harmless(what)}.", _LOG))


def json_object(head: Head, body: bytes) -> Mapping[str, object] | None:
    """The answer as a JSON object; None when its content type or its text says that it is none."""
    if head.content_type not in ("application/json", "application/problem+json"):
        return None
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _unreachable(reason: str, message: str, hint: str) -> Problem:
    return Problem(ErrorCode.NODE_UNREACHABLE, message, hint, reason)
