"""The sandbox's certificates, looked at as any verifier looks at them."""

import hashlib
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from quantix_tui.sandbox.authority import LOCAL_HOSTS, Authority, expired, not_yet_valid, server_context, valid_now


def test_the_fingerprint_is_of_the_certificate_itself() -> None:
    authority = Authority()
    der = ssl.PEM_cert_to_DER_cert(authority.pem.decode())
    assert authority.fingerprint.digest == hashlib.sha256(der).hexdigest()
    assert Authority().fingerprint != authority.fingerprint


def test_a_chain_is_key_leaf_authority_and_verifies() -> None:
    authority = Authority()
    pem = authority.issue(LOCAL_HOSTS, valid_now(datetime.now(UTC)))
    leaf, parent = x509.load_pem_x509_certificates(pem)
    assert parent.public_bytes(Encoding.DER) == authority.certificate.public_bytes(Encoding.DER)
    leaf.verify_directly_issued_by(parent)
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert [str(ip) for ip in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1", "::1"]
    assert not leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_strict_verification_has_nothing_against_it(tmp_path: Path) -> None:
    authority = Authority()
    server = server_context(authority.issue(LOCAL_HOSTS, valid_now(datetime.now(UTC))), tmp_path)
    client = ssl.create_default_context(cadata=authority.pem.decode())
    client.verify_flags |= ssl.VerifyFlags.VERIFY_X509_STRICT
    assert _handshake(client, server) == "TLSv1.3"
    assert list(tmp_path.iterdir()) == []


def test_validities() -> None:
    now = datetime(2026, 1, 7, tzinfo=UTC)
    assert valid_now(now).not_before < now < valid_now(now).not_after
    assert expired(now).not_after < now - timedelta(hours=1)
    assert not_yet_valid(now).not_before > now + timedelta(hours=1)


def _handshake(client: ssl.SSLContext, server: ssl.SSLContext) -> str | None:
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = client.wrap_bio(to_client, to_server, server_hostname="localhost")
    theirs = server.wrap_bio(to_server, to_client, server_side=True)
    unfinished = [ours, theirs]
    for _ in range(10):
        for side in list(unfinished):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
            unfinished.remove(side)
        if not unfinished:
            break
    return ours.version()
