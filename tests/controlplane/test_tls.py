import ssl
from pathlib import Path

import pytest

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.cluster.trust import Trust
from quantix_tui.controlplane import tls
from quantix_tui.controlplane.tls import Presented, ca_file_context, local_context, pinned_context, public_context
from tests.controlplane.certificates import self_signed


def der(pem: bytes) -> bytes:
    return ssl.PEM_cert_to_DER_cert(pem.decode())


def test_every_context_but_the_probe_verifies(tmp_path: Path) -> None:
    made = self_signed()
    file = tmp_path / "ca.pem"
    file.write_bytes(made.pem)
    presented = Presented("TLS 1.3", (der(self_signed().pem), der(made.pem)))
    for context in (public_context(), ca_file_context(str(file)), pinned_context(presented, made.fingerprint, "x")):
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert context.check_hostname
        assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    own = pinned_context(Presented("TLS 1.3", (der(made.pem),)), made.fingerprint, "x")
    assert own.verify_mode is ssl.CERT_REQUIRED


def test_verification_is_off_in_one_place_only() -> None:
    package = Path(tls.__file__).parent
    hits = [
        (file.name, line)
        for file in package.rglob("*.py")
        for line in file.read_text().splitlines()
        if "CERT_NONE" in line or "verify=False" in line or "_create_unverified" in line
    ]
    assert hits == [("tls.py", "    context.verify_mode = ssl.CERT_NONE")]


def test_a_pin_is_the_only_anchor() -> None:
    made = self_signed()
    presented = Presented("TLS 1.3", (der(self_signed().pem), der(made.pem)))
    context = pinned_context(presented, made.fingerprint, "x")
    assert context.get_ca_certs(binary_form=True) in ([], [der(made.pem)])
    assert context.cert_store_stats()["x509"] == 1


def test_a_pin_that_was_not_presented() -> None:
    with pytest.raises(QuantixError) as caught:
        pinned_context(Presented("TLS 1.3", ()), self_signed().fingerprint, "vdc:8443")
    assert caught.value.problem.reason == "pin_mismatch"
    assert "presented" not in caught.value.problem.details


def test_comments_around_a_pem_certificate_may_be_in_any_language(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_bytes("# Wurzelzertifikat für Prüfstände\n".encode() + self_signed(is_ca=True).pem)
    assert ca_file_context(str(file)).cert_store_stats()["x509"] == 1


async def test_a_ca_file_replaces_the_public_cas(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_bytes(self_signed(is_ca=True).pem)
    assert (await local_context(Trust(ca_file=str(file)))).cert_store_stats()["x509"] == 1
