"""How a control plane proves that it is itself: public CAs, a CA file, or a pinned SHA-256 fingerprint."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.text import harmless


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """SHA-256 of a certificate's DER form. ``str()`` gives ``sha256:`` and 64 lower-case digits."""

    digest: str

    def __str__(self) -> str:
        return f"sha256:{self.digest}"

    def rows(self) -> tuple[str, str]:
        """Two rows of eight groups of four, paired, for reading aloud and comparing by eye (SCREENS)."""
        groups = [self.digest[place : place + 4].upper() for place in range(0, 64, 4)]
        pairs = [f"{groups[place]} {groups[place + 1]}" for place in range(0, 16, 2)]
        return "  ".join(pairs[:4]), "  ".join(pairs[4:])


def parse_fingerprint(text: str) -> Fingerprint:
    """Read a fingerprint in any spelling tools print: prefix, colons, spaces, either case.

    Raises :class:`QuantixError` with ``invalid_request``.
    """
    digits = re.sub(r"^\s*sha-?256( fingerprint)?\s*[:=]", "", text, flags=re.IGNORECASE)
    digits = re.sub(r"[\s:\-]", "", digits).lower()
    if not re.fullmatch(r"[0-9a-f]{64}", digits, re.ASCII):
        raise QuantixError(
            Problem(
                ErrorCode.INVALID_REQUEST,
                "This is not a SHA-256 fingerprint.",
                "Give 64 hexadecimal digits, as in sha256:7f3a91c4...",
                "fingerprint",
            )
        )
    return Fingerprint(digits)


@dataclass(frozen=True, slots=True)
class Trust:
    """What a control plane's certificate is verified against. All empty: the public CAs of this machine.

    ``ca_pem`` holds the certificates of ``ca_file`` where they travel with it: the file is not opened then, it only
    names them. ``pin`` names the server's own certificate or a CA in the chain it presents; with ``pin`` set
    nothing else is trusted.
    """

    ca_file: str | None = None
    pin: Fingerprint | None = None
    ca_pem: str | None = field(default=None, repr=False)

    @property
    def names_ca(self) -> bool:
        """Whether a CA was named, that is trusted instead of the public ones."""
        return self.ca_file is not None or self.ca_pem is not None

    def describe(self) -> str:
        if self.pin is not None:
            return "pinned certificate"
        if self.ca_file is not None:
            return f"CA file {self.ca_file}"
        return "given CA" if self.ca_pem is not None else "public CA"


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What an administrator compares before pinning. The names are data from outside, made harmless."""

    fingerprint: Fingerprint
    subject: str
    issuer: str
    self_issued: bool
    not_before: str
    """RFC 3339."""
    not_after: str
    """RFC 3339."""

    def to_json(self) -> dict[str, object]:
        return {
            "fingerprint": str(self.fingerprint),
            "subject": self.subject,
            "issuer": self.issuer,
            "self_issued": self.self_issued,
            "not_before": self.not_before,
            "not_after": self.not_after,
        }


def certificate_from_json(body: Mapping[str, object]) -> CertificateFacts:
    """Read what :meth:`CertificateFacts.to_json` gave. Raises :class:`QuantixError` without a fingerprint."""

    def text(key: str) -> str:
        return harmless(str(body.get(key) or ""))

    return CertificateFacts(
        fingerprint=parse_fingerprint(str(body.get("fingerprint"))),
        subject=text("subject"),
        issuer=text("issuer"),
        self_issued=body.get("self_issued") is True,
        not_before=text("not_before"),
        not_after=text("not_after"),
    )
