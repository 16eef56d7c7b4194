"""What an exception on the way to a control plane means, in words. Pure: exceptions in, Problems out."""

import errno
import socket
import ssl
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace

from quantix_tui.cluster.address import ControlPlaneAddress
from quantix_tui.cluster.errors import ErrorCode, Problem
from quantix_tui.cluster.text import harmless
from quantix_tui.controlplane.limits import Timeouts
from quantix_tui.controlplane.network import Endpoint

# errno values of this node itself: they say nothing about the control plane.
_LOCAL = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS, errno.EADDRNOTAVAIL})
_NO_ROUTE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN, errno.ENONET})
_FORBIDDEN = frozenset({errno.EACCES, errno.EPERM})
_CLOSED = frozenset({errno.ECONNRESET, errno.ECONNABORTED, errno.EPIPE})

_FINAL = frozenset(
    {
        ErrorCode.INVALID_TOKEN,
        ErrorCode.ALREADY_REGISTERED,
        ErrorCode.REMOVED,
        ErrorCode.UNAUTHORIZED,
        ErrorCode.PLAINTEXT_REFUSED,
        ErrorCode.INVALID_REQUEST,
        ErrorCode.NOT_SUPPORTED,
    }
)


def worth_retrying(problem: Problem) -> bool:
    """Whether the same request may succeed later by itself; else somebody has to do something first."""
    return problem.code not in _FINAL


def while_joined(problem: Problem) -> Problem:
    """The same problem as a member of the cluster sees it: the document's "Control Plane Unreachable".

    A member's pin stands in its configuration, so a renewed certificate is pinned there.
    """
    if problem.reason == "pin_mismatch":
        return replace(problem, hint=_RENEWED)
    silent = problem.code is ErrorCode.TLS_FAILED and problem.reason in ("timed_out", "closed")
    if not silent and problem.code not in (ErrorCode.NETWORK_UNREACHABLE, ErrorCode.TIMED_OUT):
        return problem
    return replace(problem, code=ErrorCode.CONTROL_PLANE_UNREACHABLE)


_RENEWED = (
    "Ask the control plane's administrator for the SHA-256 fingerprint of its certificate. If it was renewed and they"
    " are the same, write it as pin_sha256 into the control_plane section of this node's configuration and restart"
    " the node daemon; if not, leave it as it is: somebody may be in between."
)


def could_not_run(error: OSError) -> Problem | None:
    """The problem of an error that is this node's own (no more files, no memory), else None."""
    if error.errno not in _LOCAL:
        return None
    return Problem(
        ErrorCode.INTERNAL,
        f"This node could not open a connection: {_os_words(error)}.",
        "Free resources on this node (see its log), then try again.",
        "local_resources",
    )


# --- Looking a name up -----------------------------------------------------------------------------


def name_problem(host: str, error: BaseException, seconds: float) -> Problem:
    """Why ``host`` has no address: unknown, no name server, too slow."""
    name = harmless(host, 80)
    if isinstance(error, TimeoutError):
        return _unreachable(
            "name_timed_out",
            f"Looking up the name {name} took longer than {seconds:g} s.",
            "Check this node's DNS servers, or use the control plane's IP address instead of its name.",
        )
    if isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
        return _unreachable(
            "name_server_silent",
            f"The name {name} could not be looked up: no name server gave an answer.",
            "Check this node's network and its DNS servers, or use the control plane's IP address.",
        )
    if isinstance(error, socket.gaierror):
        return _unreachable(
            "name_not_found",
            f"There is no address for the name {name}.",
            "Check the spelling and this node's DNS servers, or use the control plane's IP address.",
        )
    return _unreachable(
        "name_failed",
        f"The name {name} could not be looked up: {_os_words(error)}.",
        "Check this node's DNS servers, or use the control plane's IP address.",
    )


# --- Opening a connection --------------------------------------------------------------------------


def connect_problem(
    address: ControlPlaneAddress, failures: Sequence[tuple[Endpoint, OSError]], seconds: float
) -> Problem:
    """Why none of the tried addresses took a connection; the one that came furthest is told."""
    endpoint, error = min(failures, key=lambda failure: _distance(failure[1]))
    name = endpoint.ip if address.ip else f"{harmless(address.host, 80)} ({endpoint.ip})"
    problem = could_not_run(error) or _connect_problem(name, endpoint.port, error, seconds)
    if len(failures) == 1:
        return problem
    others = ", ".join(other.ip for other, _ in failures if other != endpoint)
    return Problem(
        problem.code,
        f"{problem.message} Its other addresses do not answer either: {others}.",
        problem.hint,
        problem.reason,
        problem.details,
    )


def _distance(error: OSError) -> int:
    """How far from success: refused (the machine answers) is nearer than silence, silence nearer than no route."""
    if error.errno == errno.ECONNREFUSED:
        return 0
    if isinstance(error, TimeoutError):
        return 2
    return 3 if error.errno in _NO_ROUTE else 1


def _connect_problem(where: str, port: int, error: OSError, seconds: float) -> Problem:
    if isinstance(error, TimeoutError):
        return _unreachable(
            "timed_out",
            f"{where} does not answer on port {port}: no connection within {seconds:g} s.",
            "Check that the machine is on, that the address is right, and that no firewall in between drops the port.",
        )
    if error.errno == errno.ECONNREFUSED:
        return _unreachable(
            "connection_refused",
            f"{where} refuses connections on port {port}: nothing listens there.",
            "Check the port, and that the control plane is running.",
        )
    if error.errno in _NO_ROUTE:
        return _unreachable(
            "no_route",
            f"There is no way from this node to {where}.",
            "Check this node's address, gateway and cable.",
        )
    if error.errno in _FORBIDDEN:
        return _unreachable(
            "forbidden",
            f"This node itself forbids connections to {where} port {port}.",
            "Check the firewall rules of this node.",
        )
    if error.errno in _CLOSED:
        return _unreachable(
            "closed",
            f"{where} closed the connection on port {port} at once.",
            "Check that the control plane is running and that no firewall in between ends the connection.",
        )
    return _unreachable(
        "connect_failed",
        f"No connection to {where} port {port}: {_os_words(error)}.",
        "Check this node's network, and that the control plane is running.",
    )


# --- TLS -------------------------------------------------------------------------------------------

_PLAIN = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE"})
_OLD = frozenset({"UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION", "VERSION_TOO_LOW"})


def tls_problem(address: ControlPlaneAddress, error: BaseException, seconds: float) -> Problem:
    """Why no encryption came about. Certificate failures are :mod:`.identity`'s, not this one's."""
    where = address.authority
    if isinstance(error, OSError) and (local := could_not_run(error)):
        return local
    if isinstance(error, TimeoutError):
        return Problem(
            ErrorCode.TLS_FAILED,
            f"{where} took the connection, but did not answer the TLS handshake within {seconds:g} s.",
            "Check that this port is the control plane's HTTPS port, and that the control plane is not hanging.",
            "timed_out",
        )
    reason = getattr(error, "reason", None) or ""
    if reason in _PLAIN:
        return Problem(
            ErrorCode.TLS_FAILED,
            f"{where} does not speak TLS: what answers on this port is not encrypted.",
            "Use the control plane's HTTPS port (8443 unless it was changed).",
            "plain_port",
        )
    if reason in _OLD:
        return Problem(
            ErrorCode.TLS_FAILED,
            f"{where} only speaks a TLS version older than 1.2, which is not safe.",
            "Let the control plane's administrator turn on TLS 1.2 or 1.3.",
            "old_version",
        )
    if isinstance(error, ssl.SSLEOFError | ConnectionError) or "EOF" in reason:
        return Problem(
            ErrorCode.TLS_FAILED,
            f"{where} closed the connection in the middle of the TLS handshake.",
            "Check that this port is the control plane's HTTPS port, and that nothing in between blocks TLS.",
            "closed",
        )
    return Problem(
        ErrorCode.TLS_FAILED,
        f"No encrypted connection to {where} came about: {_tls_words(error)}.",
        "Give this text to the control plane's administrator.",
        "handshake_failed",
    )


def _tls_words(error: BaseException) -> str:
    reason = getattr(error, "reason", None) or ""
    return harmless(reason.lower().replace("_", " ") or str(error) or type(error).__name__, 100)


# --- Anything that a request can raise --------------------------------------------------------------


def request_problem(
    address: ControlPlaneAddress, first_hop: ControlPlaneAddress, error: BaseException, timeouts: Timeouts
) -> Problem:
    """What an exception of one HTTP request means; the cause is looked for beneath httpx's own words.

    ``first_hop`` is what the node itself connects to: the control plane, or a proxy on the way to it.
    """
    chain = tuple(_chain(error))
    for cause in chain:
        if isinstance(cause, socket.gaierror):
            return name_problem(first_hop.host, cause, timeouts.resolve)
        if isinstance(cause, ssl.SSLError):
            return tls_problem(address, cause, timeouts.tls)
    failures = [cause for cause in chain if isinstance(cause, OSError) and cause.errno not in (None, *_CLOSED)]
    if failures:
        nearest = min(failures, key=_distance)
        return could_not_run(nearest) or _connect_problem(first_hop.host, first_hop.port, nearest, timeouts.connect)
    names = {type(cause).__name__ for cause in chain}
    if "ConnectTimeout" in names:
        return _connect_problem(first_hop.host, first_hop.port, TimeoutError(), timeouts.connect)
    return _by_name(address, names, str(error), timeouts)


def _by_name(address: ControlPlaneAddress, names: Set[str], text: str, timeouts: Timeouts) -> Problem:
    """The problem by the name that httpx gave it."""
    if "ConnectError" in names and address.encrypted:
        return tls_problem(address, ConnectionResetError(), timeouts.tls)
    if "RemoteProtocolError" in names and "disconnected" not in text:
        return Problem(
            ErrorCode.NOT_A_CONTROL_PLANE,
            f"What answers at {address.authority} does not speak HTTP.",
            "Check the address and the port.",
            "not_http",
        )
    if any("Timeout" in name for name in names):
        return no_answer(address, timeouts.request)
    return _unreachable(
        "closed",
        f"{address.authority} closed the connection instead of answering.",
        "Check that the control plane is running; its log may say more. Then try again.",
    )


def no_answer(address: ControlPlaneAddress, seconds: float) -> Problem:
    """A request was taken and not answered in full within its time."""
    return Problem(
        ErrorCode.TIMED_OUT,
        f"{address.authority} took the request, but did not answer it within {seconds:g} s.",
        "The control plane may be overloaded or hanging: look at it, then try again.",
        "no_answer",
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    pending = [error]
    seen: set[int] = set()
    while pending:
        one = pending.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        if isinstance(one, BaseExceptionGroup):
            pending.extend(one.exceptions)
        pending.extend(cause for cause in (one.__cause__, one.__context__) if cause is not None)


def _unreachable(reason: str, message: str, hint: str) -> Problem:
    return Problem(ErrorCode.NETWORK_UNREACHABLE, message, hint, reason)


def _os_words(error: BaseException) -> str:
    return harmless(getattr(error, "strerror", None) or str(error) or type(error).__name__, 100)
