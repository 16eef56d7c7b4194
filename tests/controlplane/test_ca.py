"""What of a CA file travels to the node: certificates, bounded, and never a key."""

import os
from pathlib import Path

import pytest

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.trust import Fingerprint, Trust
from quantix_tui.controlplane.ca import carried, certificates_in
from quantix_tui.controlplane.limits import MAX_CA_FILE, MAX_CA_PEM
from tests.controlplane.certificates import self_signed

ONE, TWO = (self_signed(name, is_ca=True).pem.decode() for name in ("first", "second"))
KEY = "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n"


def refusal(trust: Trust) -> Problem:
    with pytest.raises(QuantixError) as refused:
        carried(trust)
    problem = refused.value.problem
    assert problem.code is ErrorCode.INVALID_REQUEST
    assert problem.message.endswith("Nothing was sent or saved.")
    assert problem.hint.endswith(".")
    return problem


def test_certificates_travel_and_what_stands_between_them_does_not(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text(f"# our CAs, grüße\n{ONE}\n  note\r\n{TWO}", encoding="utf-8")
    trust = carried(Trust(ca_file=str(file)))
    assert trust.ca_pem == ONE + TWO
    assert trust.describe() == f"CA file {file}"
    assert "BEGIN" not in repr(trust)
    file.unlink()
    assert carried(trust) is trust, "what travels already is not read again"


def test_other_trust_is_as_it_was() -> None:
    for trust in (Trust(), Trust(pin=Fingerprint("ab" * 32))):
        assert carried(trust) is trust


def test_a_private_key_never_travels(tmp_path: Path) -> None:
    for number, text in enumerate((KEY + ONE, ONE + KEY, KEY, "-----BEGIN PRIVATE KEY-----\n" + ONE)):
        file = tmp_path / f"{number}.pem"
        file.write_text(text)
        problem = refusal(Trust(ca_file=str(file)))
        assert problem.reason == "ca_file_private_key"
        assert "AAAA" not in f"{problem}"


def test_what_cannot_be_read_names_the_path_and_why(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.pem")
    problem = refusal(Trust(ca_file=missing))
    assert (problem.reason, missing in problem.message) == ("ca_file_unreadable", True)
    assert "No such file" in problem.message
    assert refusal(Trust(ca_file="bad\0path")).reason == "ca_file_unreadable"


@pytest.mark.skipif(os.geteuid() == 0 and not hasattr(os, "seteuid"), reason="needs another user")
def test_a_file_that_this_user_may_not_read_is_told_as_that(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text(ONE)
    file.chmod(0o000)
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        assert "Permission denied" in refusal(Trust(ca_file=str(file))).message
    finally:
        os.seteuid(before)


def test_what_is_no_certificate(tmp_path: Path) -> None:
    large = tmp_path / "large.pem"
    large.write_text(ONE + "x" * MAX_CA_FILE)
    broken = tmp_path / "broken.pem"
    broken.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    for path in (large, broken, tmp_path, Path("/dev/zero")):
        assert refusal(Trust(ca_file=str(path))).reason == "ca_file_not_pem"
    for text in ("", "not a certificate", ONE.replace("BEGIN", "begin"), "-----BEGIN CERTIFICATE-----\n" * 1000):
        with pytest.raises(QuantixError, match="holds no certificate"):
            certificates_in(text)


def test_a_bundle_is_bounded() -> None:
    with pytest.raises(QuantixError, match="more certificates than"):
        certificates_in(ONE * (MAX_CA_PEM // len(ONE) + 1))
