"""The identity check over the real wire: every way in which a certificate is not accepted has its own words."""

from pathlib import Path

import pytest

from quantix_tui.cluster.checks import CheckName
from quantix_tui.cluster.errors import ErrorCode
from quantix_tui.cluster.token import parse_token
from quantix_tui.cluster.trust import Trust
from quantix_tui.sandbox.controlplane import SandboxControlPlane
from quantix_tui.sandbox.faults import Fault
from tests.controlplane.certificates import DAY, self_signed
from tests.controlplane.checking import HEALTHY, INFO, failed, outcomes, pinned, run
from tests.controlplane.servers import (
    answering,
    closing,
    http,
    serving,
)

# --- Identity -----------------------------------------------------------------------------------------


async def test_unknown_ca_shows_what_to_compare_and_pinning_it_passes(control_plane: SandboxControlPlane) -> None:
    results = await run(control_plane.url)
    problem = failed(results, CheckName.IDENTITY, ErrorCode.UNTRUSTED_CERTIFICATE, "unknown_ca")
    assert results[CheckName.TLS].learnt == "TLS 1.3"
    certificate = results[CheckName.IDENTITY].certificate
    assert certificate is not None
    assert certificate.fingerprint == control_plane.fingerprint
    assert certificate.subject == "Quantix Sandbox CA"
    assert certificate.self_issued
    assert certificate.not_after.endswith("Z")
    assert problem.details["fingerprint"] == str(control_plane.fingerprint)
    assert "Quantix Sandbox CA" in problem.message
    assert "fingerprint" in problem.hint
    assert outcomes(await run(control_plane.url, Trust(pin=certificate.fingerprint))) == "+++++-+"


async def test_unknown_ca_with_a_ca_file_names_the_file(control_plane: SandboxControlPlane, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    other.write_bytes(self_signed(is_ca=True).pem)
    results = await run(control_plane.url, Trust(ca_file=str(other)))
    problem = failed(results, CheckName.IDENTITY, ErrorCode.UNTRUSTED_CERTIFICATE, "unknown_ca")
    assert str(other) in problem.message


@pytest.mark.parametrize("is_ca", [None, False, True])
async def test_a_certificate_that_signs_itself_is_its_own_identity(tmp_path: Path, is_ca: bool | None) -> None:
    made = self_signed("appliance", is_ca=is_ca)  # no host name in it at all
    async with serving(answering(HEALTHY, INFO), made.server_context(tmp_path)) as server:
        address = f"127.0.0.1:{server.port}"
        first = await run(address)
        certificate = first[CheckName.IDENTITY].certificate
        assert certificate is not None
        assert certificate.fingerprint == made.fingerprint
        results = await run(address, Trust(pin=certificate.fingerprint))
    assert outcomes(results) == "+++++-+"
    assert results[CheckName.IDENTITY].learnt == "pinned certificate appliance"


async def test_pin_mismatch_shows_both_fingerprints_and_the_new_certificate(
    control_plane: SandboxControlPlane,
) -> None:
    await control_plane.set_fault(Fault.OTHER_AUTHORITY)
    results = await run(control_plane.url, pinned(control_plane))
    problem = failed(results, CheckName.IDENTITY, ErrorCode.UNTRUSTED_CERTIFICATE, "pin_mismatch")
    assert problem.details["expected"] == str(control_plane.fingerprint)
    assert problem.details["presented"].startswith("sha256:")
    assert problem.details["expected"] in problem.message
    assert problem.details["presented"] in problem.message
    assert "If it was renewed" in problem.hint
    certificate = results[CheckName.IDENTITY].certificate
    assert certificate is not None
    assert str(certificate.fingerprint) == problem.details["presented"]
    assert certificate.subject
    assert certificate.issuer
    assert certificate.not_before < certificate.not_after
    # Compared and pinned, it is what is verified against.
    assert outcomes(await run(control_plane.url, Trust(pin=certificate.fingerprint))) == "+++++-+"


async def test_a_changed_certificate_that_no_pin_would_make_right_is_not_offered(
    control_plane: SandboxControlPlane,
) -> None:
    await control_plane.set_fault(Fault.WRONG_CERTIFICATE)
    results = await run(control_plane.url, Trust(pin=self_signed("another").fingerprint))
    problem = failed(results, CheckName.IDENTITY, ErrorCode.UNTRUSTED_CERTIFICATE, "pin_mismatch")
    assert "presented" in problem.details
    assert results[CheckName.IDENTITY].certificate is None


async def test_a_pinned_certificate_that_only_decorates_the_chain_vouches_for_nothing(tmp_path: Path) -> None:
    # The certificate of a CA is public: anybody can present it beside his own.
    pinned_ca, attacker = self_signed("Quantix-vDC", is_ca=True), self_signed("attacker", hosts=("127.0.0.1",))
    context = attacker.server_context(tmp_path, pinned_ca.pem)
    async with serving(answering(HEALTHY, INFO), context) as server:
        results = await run(f"127.0.0.1:{server.port}", Trust(pin=pinned_ca.fingerprint))
        failed(results, CheckName.IDENTITY, ErrorCode.UNTRUSTED_CERTIFICATE, "pin_mismatch")
        # And it is not what is offered for pinning either.
        for met in (results, await run(f"127.0.0.1:{server.port}")):
            certificate = met[CheckName.IDENTITY].certificate
            assert certificate is not None
            assert certificate.fingerprint == attacker.fingerprint


async def test_wrong_host_names_the_names(control_plane: SandboxControlPlane) -> None:
    await control_plane.set_fault(Fault.WRONG_CERTIFICATE)
    for trust in (pinned(control_plane), Trust(ca_file=str(control_plane.ca_file)), Trust()):
        results = await run(control_plane.url, trust)
        problem = failed(results, CheckName.IDENTITY, ErrorCode.UNTRUSTED_CERTIFICATE, "wrong_host")
        assert "is for vdc.elsewhere.example, not for localhost" in problem.message


async def test_ca_file_that_cannot_be_read(control_plane: SandboxControlPlane, tmp_path: Path) -> None:
    for path in (str(tmp_path / "missing.pem"), "bad\0path"):
        results = await run(control_plane.url, Trust(ca_file=path))
        failed(results, CheckName.IDENTITY, ErrorCode.UNTRUSTED_CERTIFICATE, "ca_file_unreadable")


async def test_ca_file_without_a_certificate(control_plane: SandboxControlPlane, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    text = tmp_path / "text.pem"
    text.write_text("not a certificate, grüße")
    for path in (text, broken, tmp_path, Path("/dev/zero")):
        results = await run(control_plane.url, Trust(ca_file=str(path)))
        problem = failed(results, CheckName.IDENTITY, ErrorCode.UNTRUSTED_CERTIFICATE, "ca_file_not_pem")
        assert "BEGIN CERTIFICATE" in problem.hint


async def test_expired_with_the_clocks_in_agreement(control_plane: SandboxControlPlane) -> None:
    await control_plane.set_fault(Fault.EXPIRED_CERTIFICATE)
    for trust in (pinned(control_plane), Trust()):
        results = await run(control_plane.url, trust)
        problem = failed(results, CheckName.IDENTITY, ErrorCode.UNTRUSTED_CERTIFICATE, "expired")
        assert "expired on 20" in problem.message
        assert "clock agrees with the control plane's" in problem.message
        assert "renew" in problem.hint
        assert problem.details["clock"] == "right"


async def test_not_yet_valid_with_the_clocks_in_agreement(control_plane: SandboxControlPlane) -> None:
    await control_plane.set_fault(Fault.NOT_YET_VALID_CERTIFICATE)
    results = await run(control_plane.url, pinned(control_plane))
    problem = failed(results, CheckName.IDENTITY, ErrorCode.UNTRUSTED_CERTIFICATE, "not_yet_valid")
    assert "not valid before 20" in problem.message
    assert problem.details["clock"] == "right"


async def test_not_yet_valid_because_this_clock_is_slow(tmp_path: Path) -> None:
    made = self_signed(begins=2 * DAY, ends=9 * DAY)
    there = http(b'{"status":"healthy"}', Date="Fri, 01 Jan 2100 00:00:00 GMT")
    async with serving(answering(there), made.server_context(tmp_path)) as server:
        results = await run(f"127.0.0.1:{server.port}", Trust(pin=made.fingerprint))
    problem = failed(results, CheckName.IDENTITY, ErrorCode.UNTRUSTED_CERTIFICATE, "not_yet_valid")
    assert "This node's clock looks wrong" in problem.message
    assert "2100-01-01 00:00 UTC" in problem.message
    assert problem.hint == "Set this node's clock, then check again."
    assert problem.details["clock"] == "wrong"


async def test_expired_and_nobody_tells_the_time(tmp_path: Path) -> None:
    made = self_signed(begins=-9 * DAY, ends=-DAY)
    async with serving(closing, made.server_context(tmp_path)) as server:
        results = await run(f"127.0.0.1:{server.port}", Trust(pin=made.fingerprint))
    problem = failed(results, CheckName.IDENTITY, ErrorCode.UNTRUSTED_CERTIFICATE, "expired")
    assert "This node's clock shows" in problem.message
    assert "If that is the right time" in problem.hint
    assert problem.details["clock"] == "unknown"


async def test_no_secret_and_no_request_goes_to_an_unproven_server(control_plane: SandboxControlPlane) -> None:
    token = parse_token(control_plane.tokens.issue())
    await run(control_plane.url, Trust(), token)
    await control_plane.set_fault(Fault.OTHER_AUTHORITY)
    await run(control_plane.url, pinned(control_plane), token)
    await control_plane.set_fault(Fault.WRONG_CERTIFICATE)
    await run(control_plane.url, pinned(control_plane), token)
    assert not control_plane.requests
    await control_plane.set_fault(Fault.EXPIRED_CERTIFICATE)
    await run(control_plane.url, pinned(control_plane), token)
    assert [(seen.path, seen.had_secret) for seen in control_plane.requests] == [("/healthz", False)]
