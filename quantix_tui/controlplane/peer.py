"""Who is at the other end of a verified connection: what its own certificate says, for people to read."""

import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from quantix_tui.cluster.text import harmless
from quantix_tui.cluster.trust import CertificateFacts
from quantix_tui.controlplane.tls import fingerprint


def certificate_of(session: object) -> CertificateFacts | None:
    """The server's certificate as ``ssl`` has read it; None where the connection is not TLS or not verified.

    Unlike :func:`~quantix_tui.controlplane.identity.read_certificate` it needs no library that a daemon which only
    sends heartbeats would keep in memory for it.
    """
    if not isinstance(session, ssl.SSLObject | ssl.SSLSocket):
        return None
    der, read = session.getpeercert(binary_form=True), session.getpeercert()
    if not der or not read:
        return None
    subject, issuer = _name(read, "subject"), _name(read, "issuer")
    return CertificateFacts(
        fingerprint=fingerprint(der),
        subject=subject,
        issuer=issuer,
        self_issued=read.get("subject") == read.get("issuer"),
        not_before=_time(read, "notBefore"),
        not_after=_time(read, "notAfter"),
    )


def _name(read: Mapping[str, Any], which: str) -> str:
    """The common name, else the organisation, else the first that there is."""
    parts = {key: value for part in read.get(which, ()) for key, value in part}
    name = parts.get("commonName") or parts.get("organizationName") or next(iter(parts.values()), "")
    return harmless(name, 80)


def _time(read: Mapping[str, Any], which: str) -> str:
    try:
        seconds = ssl.cert_time_to_seconds(read.get(which, ""))
    except ValueError:
        return ""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
