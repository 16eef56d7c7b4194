"""What the join form decides: shapes of the fields, rows of the checks, what may be done next. No screen in here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from quantix_tui.cluster import spans
from quantix_tui.cluster.address import ControlPlaneAddress, parse_address
from quantix_tui.cluster.checks import CheckName, CheckResult
from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.status import ClusterStatus
from quantix_tui.cluster.token import RegistrationToken, parse_token
from quantix_tui.cluster.trust import CertificateFacts, Fingerprint, Trust
from quantix_tui.console import words
from quantix_tui.console.check_row import CheckRow, known_row
from quantix_tui.console.draft import Draft
from quantix_tui.console.lines import Role

ADDRESS_HELP = "name or address of the vDC (port 8443 if not given)"
TOKEN_HELP = "from the vDC: Hosts > Add host"
CA_HELP = "optional: whole path; trusted instead of the public CAs"


@dataclass(frozen=True, slots=True)
class Note:
    """The line under a field. ``problem`` is set when what was typed can't be right."""

    text: str
    role: Role = Role.DIM
    problem: Problem | None = None
    ends_matter: bool = False
    """An address stands at its end: where there is no room, the middle is what gives way."""


def address_note(typed: str, left: bool, paused: bool = False) -> Note:
    """The normal form once the keys have ``paused``, what is wrong once the field was ``left``; danger at once.

    Until then the help stays: a line that follows every key costs a slow line more than the key's own echo, and half
    an address is not a wrong one.
    """
    try:
        address = parse_address(typed)
    except QuantixError as error:
        if left or error.problem.reason == "token":  # That is told at once: it stands there for everybody to read.
            return Note(error.problem.message, Role.BAD, error.problem)
        return Note(ADDRESS_HELP)
    if address.encrypted:
        return Note(f"will use {address}", Role.TEXT, ends_matter=True) if left or paused else Note(ADDRESS_HELP)
    if address.loopback:
        return Note(f"will use {address}, not encrypted (this machine only)", Role.WARN)
    return Note(f"NOT ENCRYPTED: no token is sent to {address}", Role.BAD)


def token_note(typed: str, left: bool, now: datetime, paused: bool = False) -> Note:
    """Kind and expiry of the token, as :func:`address_note`; never a character of it."""
    try:
        token = parse_token(typed)
    except QuantixError as error:
        return Note(error.problem.message, Role.BAD, error.problem) if left else Note(TOKEN_HELP)
    if not (left or paused):
        return Note(TOKEN_HELP)
    expiry = token.expires_at
    expired = expiry is not None and expiry <= now
    return Note(token.describe(now), Role.WARN if expired else Role.TEXT)


def ca_note(typed: str, left: bool) -> Note:
    try:
        path = ca_path(typed)
    except QuantixError as error:
        return Note(error.problem.message, Role.BAD, error.problem) if left else Note(CA_HELP)
    return Note("the control plane's certificate must come from this CA", Role.TEXT) if path else Note(CA_HELP)


def ca_path(typed: str) -> str | None:
    """The path as typed, None when there is none. The file is read when the checks begin.

    Raises ``invalid_request`` for a relative path: nobody sees in which folder a console was started.
    """
    path = typed.strip()
    if not path:
        return None
    if not path.startswith("/"):
        raise QuantixError(
            Problem(
                ErrorCode.INVALID_REQUEST,
                "The path of the CA file does not begin with /.",
                "Give the whole path, as in /etc/limiquantix/ca.pem.",
                "ca_file",
            )
        )
    return path


def read_draft(draft: Draft) -> tuple[ControlPlaneAddress, RegistrationToken, str | None]:
    """What is in the fields, or the first problem with it as :class:`QuantixError`."""
    return parse_address(draft.address), parse_token(draft.token), ca_path(draft.ca_file)


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the checks as far as it has come. ``step_began`` is monotonic seconds."""

    trust: Trust
    step_began: float
    results: tuple[CheckResult, ...] = ()
    finished: bool = False
    problem: Problem | None = None
    """The run itself broke: the node could not be asked."""


class Verdict(StrEnum):
    RUNNING = "running"
    COMPARE = "compare"
    REFUSED = "refused"
    READY = "ready"


def certificate_of(run: Run) -> CertificateFacts | None:
    """What is to be compared: the certificate that nothing vouches for, or that is not the pinned one."""
    return next((result.certificate for result in run.results if _to_compare(result)), None)


def changed_pin(run: Run) -> Fingerprint | None:
    """What was pinned before, when the control plane shows another certificate now."""
    changed = any(_to_compare(result) == "pin_mismatch" for result in run.results)
    return run.trust.pin if changed else None


def _to_compare(result: CheckResult) -> str | None:
    """Why a person has to compare the certificate of this result; None where there is nothing to compare."""
    reason = result.problem.reason if result.problem is not None else None
    return reason if result.certificate is not None and reason in ("unknown_ca", "pin_mismatch") else None


def problem_of(run: Run) -> Problem | None:
    return next((result.problem for result in run.results if result.problem), run.problem)


def verdict(run: Run) -> Verdict:
    """What the run came to. Ready only when every check was answered and none has a problem."""
    if not run.finished:
        return Verdict.RUNNING
    if certificate_of(run) is not None:
        return Verdict.COMPARE
    if problem_of(run) is not None or len(run.results) < len(CheckName):
        return Verdict.REFUSED
    return Verdict.READY


_ASKS: dict[CheckName, str] = {
    CheckName.RESOLVE: "looking the name up",
    CheckName.CONNECT: "connecting",
    CheckName.TLS: "agreeing on encryption",
    CheckName.IDENTITY: "verifying the certificate",
    CheckName.CONTROL_PLANE: "asking who it is",
    CheckName.TOKEN: "asking whether the token is good",
    CheckName.NODE: "asking whether this node may join",
}


_COMPARES: dict[str, tuple[str, str, Role]] = {
    "unknown_ca": ("?", "not publicly trusted: compare below", Role.WARN),
    "pin_mismatch": ("FAIL", "not the certificate that was pinned", Role.BAD),
}


def rows(run: Run, now: float) -> list[CheckRow]:
    """All seven lines, whether their turn has come or not."""
    known = {result.name: result for result in run.results}
    lines: list[CheckRow] = []
    current = not run.finished
    for name in CheckName:
        result = known.get(name)
        if result is not None:
            lines.append(_known(result))
        elif current:
            lines.append(_running(name, now - run.step_began))
            current = False
        else:
            lines.append(_skipped(name) if run.finished else CheckRow("...", name, "", "", Role.DIM))
    return lines


def _running(name: CheckName, waited: float) -> CheckRow:
    told = _ASKS[name] if waited >= 0.9 else ""
    return CheckRow("...", name, told, spans.short(waited) if waited >= 0.9 else "", Role.STRONG)


def _skipped(name: CheckName) -> CheckRow:
    return CheckRow("-", name, "not checked", "", Role.DIM)


def _known(result: CheckResult) -> CheckRow:
    if (reason := _to_compare(result)) is not None:
        mark, told, role = _COMPARES[reason]
        return CheckRow(mark, result.name, told, "", role)
    return known_row(result)


def was_saved(request_address: ControlPlaneAddress, status: ClusterStatus) -> bool:
    """Whether a save whose answer was lost has happened after all."""
    return status.joined and status.control_plane_address == str(request_address)


def certificate_lines(facts: CertificateFacts) -> Sequence[str]:
    """Two sentences about the certificate: whose it is, how long it is valid."""
    issuer = "self-issued" if facts.self_issued else f"issued by {facts.issuer}"
    return (f"Issued to {facts.subject} ({issuer}), valid to {words.date(facts.not_after)}",)
