import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from quantix_tui.cluster.address import parse_address
from quantix_tui.cluster.text import harmless
from quantix_tui.controlplane import identity
from quantix_tui.controlplane.identity import certificate_problem, read_certificate
from tests.controlplane.certificates import DAY, self_signed

ADDRESS = parse_address("vdc.example.com")
NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def failure(code: int, words: str = "words") -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "verify failed")
    error.verify_code, error.verify_message = code, words
    return error


def test_what_is_read_from_a_certificate() -> None:
    made = self_signed("Quantix-vDC", hosts=("vdc.example.com", "192.0.2.1"))
    read = read_certificate(made.certificate.public_bytes(Encoding.DER))
    assert read.facts.fingerprint == made.fingerprint
    assert (read.facts.subject, read.facts.issuer, read.facts.self_issued) == ("Quantix-vDC", "Quantix-vDC", True)
    assert read.names == ("vdc.example.com", "192.0.2.1")
    assert read.facts.not_after == made.certificate.not_valid_after_utc.strftime("%Y-%m-%dT%H:%M:%SZ")


@settings(deadline=None, max_examples=50)
@given(st.binary(max_size=300))
def test_bytes_that_are_no_certificate(der: bytes) -> None:
    read = read_certificate(der)
    assert read.facts.subject == "(cannot be read)"
    assert len(read.facts.fingerprint.digest) == 64


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 10_000), st.integers(0, 255))
def test_a_certificate_with_a_broken_byte_is_read_or_not(place: int, value: int) -> None:
    der = bytearray(_DER)
    der[place % len(der)] = value
    facts = read_certificate(bytes(der)).facts
    assert harmless(facts.subject) == facts.subject
    assert harmless(facts.issuer) == facts.issuer


_DER = self_signed("Quantix-vDC", hosts=("vdc.example.com",), is_ca=True).certificate.public_bytes(Encoding.DER)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (10, "expired"),
        (9, "not_yet_valid"),
        (18, "unknown_ca"),
        (19, "unknown_ca"),
        (20, "unknown_ca"),
        (62, "wrong_host"),
        (64, "wrong_host"),
        (66, "weak"),
        (26, "invalid"),
        (9999, "invalid"),
    ],
)
def test_reasons(code: int, reason: str) -> None:
    problem = certificate_problem(ADDRESS, failure(code, "odd \x1b words"))
    assert problem.reason == reason
    assert "vdc.example.com:8443" in problem.message
    assert harmless(problem.message, 1000) == problem.message


def test_the_certificate_that_is_out_of_date_is_found_in_the_chain() -> None:
    good, old = self_signed("leaf"), self_signed("ca", begins=-9 * DAY, ends=-2 * DAY)
    chain = tuple(made.certificate.public_bytes(Encoding.DER) for made in (good, old))
    problem = certificate_problem(ADDRESS, failure(10), chain)
    assert f"{old.certificate.not_valid_after_utc:%Y-%m-%d %H:%M} UTC" in problem.message


@pytest.mark.parametrize(
    ("now", "server", "verdict"),
    [
        (datetime(1970, 1, 1, 0, 5, tzinfo=UTC), None, "wrong"),
        (datetime(2019, 6, 1, tzinfo=UTC), datetime(2019, 6, 1, tzinfo=UTC), "wrong"),
        (NOW, None, "unknown"),
        (NOW, NOW + timedelta(seconds=299), "right"),
        (NOW, NOW + timedelta(seconds=301), "wrong"),
        (NOW, NOW - timedelta(days=400), "wrong"),
    ],
)
def test_whose_clock_is_wrong(
    monkeypatch: pytest.MonkeyPatch, now: datetime, server: datetime | None, verdict: str
) -> None:
    # This machine's clock cannot be set for a test: the module's view of it is.
    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return now

    monkeypatch.setattr(identity, "datetime", Clock)
    for code in (9, 10):
        problem = certificate_problem(ADDRESS, failure(code), (), server)
        assert problem.details["clock"] == verdict
        assert f"{now:%Y-%m-%d}" in problem.message
        assert (problem.hint == "Set this node's clock, then check again.") is (verdict == "wrong")


def test_a_name_with_escape_sequences(tmp_path: Path) -> None:
    made = self_signed("\x1b[31mBad\r\n\u202e [bold]x[/]" + "y" * 20)
    facts = read_certificate(made.certificate.public_bytes(Encoding.DER)).facts
    assert harmless(facts.subject) == facts.subject
