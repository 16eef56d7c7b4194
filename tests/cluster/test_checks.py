"""Check results travel whole, and what a foreign daemon sends as one is refused or harmless."""

import pytest

from quantix_tui.cluster.checks import CheckName, CheckResult, Outcome, check_from_json
from quantix_tui.cluster.errors import ErrorCode, Problem
from quantix_tui.cluster.trust import CertificateFacts, Fingerprint

UNKNOWN_CA = CheckResult(
    CheckName.IDENTITY,
    Outcome.FAIL,
    9.5,
    "TLS 1.3",
    Problem(ErrorCode.UNTRUSTED_CERTIFICATE, "Not publicly trusted.", "Compare the fingerprint.", "unknown_ca"),
    CertificateFacts(
        Fingerprint("ab" * 32), "Quantix-vDC", "Quantix-vDC", True, "2026-01-01T00:00:00Z", "2036-03-12T00:00:00Z"
    ),
)


def test_round_trip() -> None:
    assert check_from_json(UNKNOWN_CA.to_json()) == UNKNOWN_CA


@pytest.mark.parametrize("body", [{}, {"name": "name", "outcome": "fine"}, {"name": "luck", "outcome": "pass"}])
def test_refused(body: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not a valid"):
        check_from_json(body)


def test_text_is_harmless() -> None:
    result = check_from_json({"name": "control plane", "outcome": "pass", "learnt": "v\x1b[2J1"})
    assert result.learnt == "v?[2J1"
