"""The sandbox's own certificate authority and the server certificates that it signs."""

import ipaddress
import os
import ssl
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from quantix_tui.cluster.trust import Fingerprint

LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Validity:
    not_before: datetime
    not_after: datetime


def valid_now(now: datetime) -> Validity:
    return Validity(now - timedelta(hours=1), now + timedelta(days=30))


def expired(now: datetime) -> Validity:
    return Validity(now - timedelta(days=30), now - timedelta(days=1))


def not_yet_valid(now: datetime) -> Validity:
    return Validity(now + timedelta(days=1), now + timedelta(days=30))


class Authority:
    """A certificate authority (ECDSA P-256), made anew for each sandbox; its key never leaves the memory."""

    def __init__(self, name: str = "Quantix Sandbox CA", organization: str = "Quantix Sandbox") -> None:
        now = datetime.now(UTC)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name(name, organization)
        self._key_id = x509.SubjectKeyIdentifier.from_public_key(self._key.public_key())
        # Older than the expired server certificate, so that the authority itself never is the fault.
        validity = Validity(now - timedelta(days=60), now + timedelta(days=365))
        self.certificate = (
            _builder(self._name, self._name, self._key.public_key(), validity)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(signs_certificates=True), critical=True)
            .add_extension(self._key_id, critical=False)
            .sign(self._key, SHA256())
        )

    @property
    def fingerprint(self) -> Fingerprint:
        return Fingerprint(self.certificate.fingerprint(SHA256()).hex())

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def issue(self, hosts: Sequence[str], validity: Validity) -> bytes:
        """A server certificate for ``hosts``. Returns PEM: its key, itself, then the authority."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            _builder(_name(hosts[0], "Quantix Sandbox"), self._name, key.public_key(), validity)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.SubjectAlternativeName([_general_name(host) for host in hosts]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(self._key_id), critical=False)
            .sign(self._key, SHA256())
        )
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return private + certificate.public_bytes(Encoding.PEM) + self.pem


def server_context(pem: bytes, directory: Path) -> ssl.SSLContext:
    """TLS for a server with the key and chain in ``pem``.

    OpenSSL takes them from a file only: it stands in ``directory``, 0600, for that moment.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    descriptor, path = tempfile.mkstemp(dir=directory, suffix=".pem")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
        context.load_cert_chain(path)
    finally:
        os.unlink(path)
    return context


def _builder(
    subject: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey, validity: Validity
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(validity.not_before)
        .not_valid_after(validity.not_after)
    )


def _name(common_name: str, organization: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
