"""Certificates as bad or as odd as they come."""

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from quantix_tui.cluster.trust import Fingerprint
from quantix_tui.controlplane.tls import fingerprint

DAY = timedelta(days=1)


@dataclass(frozen=True)
class SelfSigned:
    """A server certificate that signs itself, as appliances make them."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def fingerprint(self) -> Fingerprint:
        return fingerprint(self.certificate.public_bytes(Encoding.DER))

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def server_context(self, folder: Path, more: bytes = b"") -> ssl.SSLContext:
        """Presents this certificate, then those in ``more`` (PEM)."""
        file = folder / f"{self.fingerprint.digest[:8]}.pem"
        file.write_bytes(self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + self.pem + more)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


def self_signed(
    common_name: str = "appliance",
    hosts: tuple[str, ...] = (),
    begins: timedelta = -DAY,
    ends: timedelta = DAY,
    is_ca: bool | None = None,
) -> SelfSigned:
    """A certificate; times are relative to now. ``is_ca`` None leaves the basic constraints out."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + begins)
        .not_valid_after(now + ends)
    )
    if hosts:
        builder = builder.add_extension(x509.SubjectAlternativeName([_san(host) for host in hosts]), critical=False)
    if is_ca is not None:
        builder = builder.add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
    return SelfSigned(builder.sign(key, SHA256()), key)


def _san(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
