"""The one taxonomy of errors: API, command line, log and screen all speak it.

Every problem has a stable ``code`` (the document's own cases are codes), a ``reason`` that is finer,
a sentence of what happened and a sentence of what to do now.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from quantix_tui.cluster.text import harmless


class ErrorCode(StrEnum):
    """What kind of problem it is. Stable: scripts may rely on these words."""

    # The document's own cases ("Error Handling").
    INVALID_ADDRESS = "invalid_address"
    NETWORK_UNREACHABLE = "network_unreachable"
    INVALID_TOKEN = "invalid_token"
    ALREADY_REGISTERED = "already_registered"
    CONFIG_WRITE_ERROR = "config_write_error"
    CONTROL_PLANE_UNREACHABLE = "control_plane_unreachable"
    UNAUTHORIZED = "unauthorized"
    # What else can go wrong on the way.
    ALREADY_JOINED = "already_joined"
    CONFIG_UNREADABLE = "config_unreadable"
    UNTRUSTED_CERTIFICATE = "untrusted_certificate"
    TLS_FAILED = "tls_failed"
    PLAINTEXT_REFUSED = "plaintext_refused"
    NOT_A_CONTROL_PLANE = "not_a_control_plane"
    INCOMPATIBLE = "incompatible"
    MAINTENANCE = "maintenance"
    CONTROL_PLANE_ERROR = "control_plane_error"
    CLOCK_WRONG = "clock_wrong"
    REMOVED = "removed"
    INVALID_REQUEST = "invalid_request"
    NODE_UNREACHABLE = "node_unreachable"
    NOT_SUPPORTED = "not_supported"
    RESTART_FAILED = "restart_failed"
    MACHINE_REFUSED = "machine_refused"
    BUNDLE_NOT_WRITTEN = "bundle_not_written"
    TIMED_OUT = "timed_out"
    CANCELLED = "cancelled"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that went wrong, told completely.

    ``message`` is what happened and why, ``hint`` what to do now; both are whole sentences without
    a secret in them. ``reason`` refines ``code`` (``connection_refused`` under
    ``network_unreachable``). ``details`` are facts a screen may show beside it (a fingerprint, a
    line number).
    """

    code: ErrorCode
    message: str
    hint: str = ""
    reason: str = ""
    details: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """The API's error body (WIRE: ``error`` and ``message``; ``hint`` and ``details`` beside)."""
        details: dict[str, str] = dict(self.details)
        if self.reason:
            details["reason"] = self.reason
        return {"error": self.code.value, "message": self.message, "hint": self.hint, "details": details}


NOTHING_SAVED = "Nothing was saved."


def nothing_saved(problem: Problem) -> Problem:
    """The same problem, met before or while saving, with the word that nothing came of it; said once."""
    if problem.message.endswith(("Nothing was saved.", "Nothing was sent or saved.")):
        return problem
    return replace(problem, message=f"{problem.message} {NOTHING_SAVED}")


class QuantixError(Exception):
    """A :class:`Problem` on its way to whoever can show it."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def problem_from_json(body: Mapping[str, object], fallback: ErrorCode = ErrorCode.INTERNAL) -> Problem:
    """Read an error body of any daemon, ours or the existing one. Text in it is made harmless.

    An unknown code becomes ``fallback`` with the code kept in ``reason``.
    """
    word = body.get("error")
    word = word if isinstance(word, str) else ""
    raw = body.get("details")
    details = (
        {harmless(str(key), 40): harmless(str(value), 400) for key, value in raw.items()}
        if isinstance(raw, Mapping)
        else {}
    )
    reason = details.pop("reason", "")
    try:
        code = ErrorCode(word)
    except ValueError:
        code, reason = fallback, reason or harmless(word, 60)
    return Problem(
        code=code,
        message=harmless(str(body.get("message") or "The node gave no reason."), 400),
        hint=harmless(str(body.get("hint") or ""), 400),
        reason=reason,
        details=details,
    )
