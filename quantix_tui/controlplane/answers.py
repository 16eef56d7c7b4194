"""What an answer of a control plane means. Pure: an answer in, its JSON object or a Problem out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

from quantix_tui.cluster.address import ControlPlaneAddress
from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.secret import Secret
from quantix_tui.cluster.text import dated_times, harmless, spoken_times

NEW_TOKEN = "Ask your vDC administrator for a new token (vDC: Hosts > Add host > Generate token)."
_CHECK_ADDRESS = "Check the address and the port: the control plane answers on 8443 unless that was changed."


class Call(StrEnum):
    """The calls; the value is the path."""

    HEALTH = "/healthz"
    INFO = "/api/v1/info"
    CHECK_REGISTRATION = "/limiquantix.compute.v1.NodeService/CheckRegistration"
    REGISTER = "/limiquantix.compute.v1.NodeService/RegisterNode"
    HEARTBEAT = "/limiquantix.compute.v1.NodeService/UpdateHeartbeat"
    LIST_NODES = "/limiquantix.compute.v1.NodeService/ListNodes"
    DECOMMISSION = "/limiquantix.compute.v1.NodeService/DecommissionNode"


_REGISTERING = frozenset({Call.CHECK_REGISTRATION, Call.REGISTER})
_ABOUT_THIS_NODE = frozenset({Call.HEARTBEAT, Call.DECOMMISSION})


@dataclass(frozen=True, slots=True)
class Asked:
    """What the answer answers: the call, to whom, this node's clock, and the secret that went with it."""

    call: Call
    address: ControlPlaneAddress
    now: datetime
    secret: Secret | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer, its body read within bounds."""

    status: int
    headers: Mapping[str, str]
    """Lower-case names."""
    body: bytes = field(repr=False)

    @property
    def is_json(self) -> bool:
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        return kind == "application/json" or kind.endswith("+json")

    @property
    def date(self) -> datetime | None:
        """The server's clock (header ``Date``, RFC 9110 6.6.1)."""
        try:
            date = parsedate_to_datetime(self.headers.get("date", "")[:64])
        except (ValueError, OverflowError):
            return None
        return date if date.tzinfo else date.replace(tzinfo=UTC)

    @property
    def object(self) -> Mapping[str, object] | None:
        """The body as a JSON object, or None when it is none."""
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):  # nesting that only a bomb has
            return None
        return value if isinstance(value, dict) else None


def read_object(answer: Answer, asked: Asked) -> Mapping[str, object]:
    """The JSON object of a successful answer. Raises :class:`QuantixError` for every other answer."""
    if answer.status != 200:
        raise QuantixError(refusal(answer, asked))
    if not answer.is_json:
        raise QuantixError(_stranger(answer, asked.address))
    if (body := answer.object) is None:
        raise QuantixError(bad_answer(asked.address))
    return body


def bad_answer(address: ControlPlaneAddress) -> Problem:
    """JSON, but not what the call answers."""
    return Problem(
        ErrorCode.NOT_A_CONTROL_PLANE,
        f"{address.authority} answers, but not as a Quantix control plane does.",
        _CHECK_ADDRESS,
        "bad_answer",
    )


def too_large(address: ControlPlaneAddress, limit: int) -> Problem:
    return Problem(
        ErrorCode.NOT_A_CONTROL_PLANE,
        f"{address.authority} answers with more than {limit >> 20} MB where a control plane sends a few lines.",
        _CHECK_ADDRESS,
        "too_large",
    )


def refusal(answer: Answer, asked: Asked) -> Problem:
    """What an answer other than 200 means."""
    if 300 <= answer.status < 400:
        return Problem(
            ErrorCode.NOT_A_CONTROL_PLANE,
            f"{asked.address.authority} sends this node elsewhere ({_location(answer)}). Redirects are not followed,"
            " so that a token only goes where it was meant to.",
            "If that other address is the control plane, type that one.",
            "redirect",
        )
    body = (answer.object if answer.is_json else None) or {}
    if answer.status == 503 and body.get("maintenance") is True:
        return Problem(
            ErrorCode.MAINTENANCE,
            f"The control plane at {asked.address.authority} is being updated.",
            f"Try again {_later(answer, asked.now)}.",
            "maintenance",
            _retry_details(answer, asked.now),
        )
    if isinstance(code := body.get("code"), str):
        return _connect_refusal(code, _Words(body, asked), answer, asked)
    return _http_refusal(answer, asked)


def _http_refusal(answer: Answer, asked: Asked) -> Problem:
    """A refusal that is not in the words of a control plane."""
    where = asked.address.authority
    if answer.status == 501 or (answer.status == 404 and asked.call is Call.CHECK_REGISTRATION):
        return _unknown_call(asked)
    if answer.status == 404:
        return Problem(
            ErrorCode.NOT_A_CONTROL_PLANE,
            f"There is a web server at {where}, but no Quantix control plane:"
            f" it does not know {asked.call.value} (404).",
            _CHECK_ADDRESS,
            "not_found",
        )
    if answer.status >= 500:
        return _server_error(answer, asked)
    return Problem(
        ErrorCode.NOT_A_CONTROL_PLANE,
        f"{where} answers with HTTP {answer.status}, which no Quantix control plane does.",
        _CHECK_ADDRESS,
        f"http_{answer.status}",
    )


class _Words:
    """The text and the machine-readable reason of a Connect error."""

    def __init__(self, body: Mapping[str, object], asked: Asked) -> None:
        message, details = body.get("message"), body.get("details")
        text = message[:10_000] if isinstance(message, str) else ""
        if asked.secret is not None:
            # Some servers say which token they do not know: it must not come back on the screen.
            text = text.replace(asked.secret.reveal(), "****")
        text = harmless(text, 160).rstrip(".")
        # The answer to a check is read at once; that to the agent stands on the screen for as long as nobody acts.
        at_once = asked.call is Call.CHECK_REGISTRATION
        self.text = spoken_times(text, asked.now) if at_once else dated_times(text)
        first = details[0] if isinstance(details, list) and details else None
        reason = first.get("reason") if isinstance(first, dict) else None
        self.reason = reason if isinstance(reason, str) else ""

    def quoted(self) -> str:
        return f' The control plane says: "{self.text}".' if self.text else ""


def _connect_refusal(code: str, words: _Words, answer: Answer, asked: Asked) -> Problem:
    match code:
        case "unauthenticated" | "permission_denied" if asked.call in _REGISTERING:
            problem = _token_refusal(words)
        case "unauthenticated" | "permission_denied":
            problem = Problem(
                ErrorCode.UNAUTHORIZED,
                f"The control plane no longer accepts this node's credential.{words.quoted()}",
                "Leave the cluster here, then join it again with a new token.",
                "credential_refused",
            )
        case "already_exists":
            problem = Problem(
                ErrorCode.ALREADY_REGISTERED,
                f"The control plane already has a node of this name.{words.quoted()}",
                "If this is that node, remove it in the vDC (Hosts) first, then join again; else give this node"
                " another name.",
                "hostname",
            )
        case "not_found" if asked.call in _ABOUT_THIS_NODE:
            problem = Problem(
                ErrorCode.REMOVED,
                "This node was removed by the control plane: it no longer knows the node's id.",
                "Leave the cluster here. To come back, join again with a new token.",
                "removed",
            )
        case "failed_precondition" if asked.call is Call.DECOMMISSION:
            problem = Problem(
                ErrorCode.CONTROL_PLANE_ERROR,
                f"The control plane does not let this node go yet.{words.quoted()}",
                "Move or stop the virtual machines that run on this node; the clean-up is then done by itself.",
                "failed_precondition",
            )
        case "unimplemented" | "not_found":
            problem = _unknown_call(asked)
        case "invalid_argument" | "failed_precondition" | "out_of_range":
            problem = Problem(
                ErrorCode.INVALID_REQUEST,
                f"The control plane did not accept what this node sent.{words.quoted()}",
                "See whether this node's version fits the control plane's.",
                code,
            )
        case "resource_exhausted":
            problem = Problem(
                ErrorCode.CONTROL_PLANE_ERROR,
                f"The control plane at {asked.address.authority} has too much to do.{words.quoted()}",
                f"Try again {_later(answer, asked.now)}.",
                "busy",
                _retry_details(answer, asked.now),
            )
        case _:
            problem = _server_error(answer, asked, words.quoted())
    return problem


def _unknown_call(asked: Asked) -> Problem:
    return Problem(
        ErrorCode.NOT_SUPPORTED,
        f"The control plane at {asked.address.authority} does not know this request ({asked.call.name.lower()}).",
        "Update the control plane, or see whether its version fits this node's.",
        "unimplemented",
    )


_TOKEN_WORDS = {
    "token_unknown": ("unknown", "The control plane does not know this token."),
    "token_expired": ("expired", "This token has expired."),
    "token_used": ("used", "This token has been used already; each one admits one node."),
    "token_revoked": ("revoked", "This token was revoked by an administrator of the control plane."),
}


def _token_refusal(words: _Words) -> Problem:
    reason, sentence = _TOKEN_WORDS.get(words.reason, ("refused", "The control plane does not accept this token."))
    return Problem(ErrorCode.INVALID_TOKEN, sentence + words.quoted(), NEW_TOKEN, reason)


def _stranger(answer: Answer, address: ControlPlaneAddress) -> Problem:
    if "html" in answer.headers.get("content-type", "").lower():
        return Problem(
            ErrorCode.NOT_A_CONTROL_PLANE,
            f"{address.authority} answers with a web page: it is no Quantix control plane.",
            _CHECK_ADDRESS,
            "html",
        )
    return Problem(
        ErrorCode.NOT_A_CONTROL_PLANE,
        f"{address.authority} answers with something other than JSON: it is no Quantix control plane.",
        _CHECK_ADDRESS,
        "not_json",
    )


def _server_error(answer: Answer, asked: Asked, quoted: str = "") -> Problem:
    return Problem(
        ErrorCode.CONTROL_PLANE_ERROR,
        f"The control plane at {asked.address.authority} could not answer:"
        f" it reports an error of its own (HTTP {answer.status}).{quoted}",
        f"Look at the control plane's log, or try again {_later(answer, asked.now)}.",
        f"http_{answer.status}",
        _retry_details(answer, asked.now),
    )


def _location(answer: Answer) -> str:
    return harmless(answer.headers.get("location", ""), 100) or "it does not say where"


def _retry_after(answer: Answer, now: datetime) -> int | None:
    """``Retry-After`` in seconds, given as such or as a date (RFC 9110 10.2.3); a day at most."""
    text = answer.headers.get("retry-after", "")[:64].strip()
    if text.isascii() and text.isdigit():
        return min(int(text), 86400)
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    date = date if date.tzinfo else date.replace(tzinfo=UTC)
    return int(min(max((date - now).total_seconds(), 0), 86400))


def _retry_details(answer: Answer, now: datetime) -> dict[str, str]:
    """For whoever plans the next attempt."""
    seconds = _retry_after(answer, now)
    return {} if seconds is None else {"retry_after_secs": str(seconds)}


def _later(answer: Answer, now: datetime) -> str:
    seconds = _retry_after(answer, now)
    if seconds is None:
        return "in a few minutes"
    return f"in {seconds} s" if seconds < 90 else f"in {(seconds + 59) // 60} min"
