"""Checks, before a join (DESIGN 4.2) and of the network: their names, outcomes and what each one learnt."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from quantix_tui.cluster.errors import Problem, problem_from_json
from quantix_tui.cluster.text import harmless
from quantix_tui.cluster.trust import CertificateFacts, certificate_from_json


class CheckName(StrEnum):
    """Those before a join, in the order in which they run; a failed one stops those behind it."""

    RESOLVE = "name"
    CONNECT = "connection"
    TLS = "encryption"
    IDENTITY = "identity"
    CONTROL_PLANE = "control plane"
    TOKEN = "token"
    NODE = "this node"


class Outcome(StrEnum):
    PASS = "pass"
    WARN = "warn"
    """Works, but not for long or not well: there is a problem, and it stops nothing. No check of a join warns."""
    FAIL = "fail"
    SKIPPED = "skipped"
    COULD_NOT_RUN = "could_not_run"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check has come to, but for its name and its time: see :class:`CheckResult`."""

    outcome: Outcome
    learnt: str = ""
    problem: Problem | None = None
    certificate: CertificateFacts | None = None

    def after(self, name: str, duration_ms: float) -> "CheckResult":
        """The whole line."""
        return CheckResult(name, self.outcome, duration_ms, self.learnt, self.problem, self.certificate)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One line of the checks. ``name`` is a :class:`CheckName` before a join.

    ``learnt`` is what was found out (addresses, version), never an adjective. ``problem`` is set when
    the outcome is fail, warn or could_not_run. ``certificate`` is what to compare when the identity check
    met a certificate that nothing vouches for: pinning it lets the check pass.
    """

    name: str
    outcome: Outcome
    duration_ms: float
    learnt: str = ""
    problem: Problem | None = None
    certificate: CertificateFacts | None = None

    def to_json(self) -> dict[str, object]:
        return {
            "name": str(self.name),
            "outcome": self.outcome.value,
            "duration_ms": round(self.duration_ms, 1),
            "learnt": self.learnt,
            "problem": self.problem.to_json() if self.problem else None,
            "certificate": self.certificate.to_json() if self.certificate else None,
        }


def check_from_json(body: Mapping[str, object]) -> CheckResult:
    """Read one check as the daemon sends it. Raises ValueError when it is not one."""
    duration = body.get("duration_ms")
    problem = body.get("problem")
    certificate = body.get("certificate")
    return CheckResult(
        name=CheckName(str(body.get("name"))),
        outcome=Outcome(str(body.get("outcome"))),
        duration_ms=float(duration) if isinstance(duration, int | float) else 0.0,
        learnt=harmless(str(body.get("learnt") or "")),
        problem=problem_from_json(problem) if isinstance(problem, Mapping) else None,
        certificate=certificate_from_json(certificate) if isinstance(certificate, Mapping) else None,
    )
