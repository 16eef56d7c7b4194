"""Is it really this control plane? What a certificate says, and why one is not accepted, in words."""

import ipaddress
import ssl
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from quantix_tui.cluster.address import ControlPlaneAddress
from quantix_tui.cluster.errors import ErrorCode, Problem
from quantix_tui.cluster.text import harmless
from quantix_tui.cluster.trust import CertificateFacts
from quantix_tui.controlplane.limits import CLOCK_TOLERANCE_SECS
from quantix_tui.controlplane.tls import fingerprint

MADE = datetime(2026, 1, 1, tzinfo=UTC)
"""This program did not exist before: a clock that shows an earlier time is wrong."""

# OpenSSL's X509_V_ERR_ numbers.
_NO_ANCHOR = frozenset({2, 18, 19, 20, 21, 27, 33})
_NOT_YET_VALID, _EXPIRED = 9, 10
_WRONG_NAME = frozenset({62, 64})
_WEAK = frozenset({66, 67, 68})


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is read from a certificate; text harmless, nothing of it trusted."""

    facts: CertificateFacts
    names: tuple[str, ...]
    """Host names and IP addresses that it is for."""
    not_before: datetime | None
    not_after: datetime | None


def read_certificate(der: bytes) -> Certificate:
    """Read a certificate from outside. What cannot be read is left empty: it is shown, never relied on."""
    # Imported here: cryptography takes 30 ms and megabytes that a heartbeat never needs.
    from cryptography import x509

    subject = issuer = ""
    self_issued = False
    names: tuple[str, ...] = ()
    not_before = not_after = None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what a careless CA wrote must not print on the screen
        try:
            certificate = x509.load_der_x509_certificate(der)
            subject, issuer = _name(certificate.subject), _name(certificate.issuer)
            self_issued = certificate.subject == certificate.issuer
            not_before, not_after = certificate.not_valid_before_utc, certificate.not_valid_after_utc
            names = _names(certificate)
        except (ValueError, TypeError, x509.InvalidVersion, x509.DuplicateExtension):
            subject = subject or "(cannot be read)"
    facts = CertificateFacts(
        fingerprint=fingerprint(der),
        subject=subject,
        issuer=issuer,
        self_issued=self_issued,
        not_before=_rfc3339(not_before),
        not_after=_rfc3339(not_after),
    )
    return Certificate(facts, names, not_before, not_after)


def _name(name: object) -> str:
    """The common name, else the organisation, else the whole."""
    from cryptography import x509

    if not isinstance(name, x509.Name):
        return ""
    for kind in (x509.NameOID.COMMON_NAME, x509.NameOID.ORGANIZATION_NAME):
        for attribute in name.get_attributes_for_oid(kind):
            text = attribute.value if isinstance(attribute.value, str) else attribute.value.decode("ascii", "replace")
            if text.strip():
                return harmless(text, 80)
    return harmless(name.rfc4514_string(), 80)


def _names(certificate: object) -> tuple[str, ...]:
    from cryptography import x509

    if not isinstance(certificate, x509.Certificate):
        return ()
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return ()
    return tuple(
        harmless(str(name.value), 80)
        for name in extension.value
        if isinstance(name, x509.DNSName | x509.IPAddress)
        and isinstance(name.value, str | ipaddress.IPv4Address | ipaddress.IPv6Address)
    )


def _rfc3339(time: datetime | None) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ") if time else ""


def shown_time(time: datetime) -> str:
    """A time in UTC as messages show it."""
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


# --- Why a certificate is not accepted ----------------------------------------------------------------


def verification_error(error: BaseException) -> ssl.SSLCertVerificationError | None:
    """The certificate error at the root of ``error``, if it is one."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return cause
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    for _ in range(16):  # httpx, httpcore, ssl: a handful deep
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__


def nothing_vouches(error: ssl.SSLCertVerificationError) -> bool:
    """Whether the chain ends at nobody trusted (rather than at a wrong name or date)."""
    return error.verify_code in _NO_ANCHOR


def about_dates(error: ssl.SSLCertVerificationError) -> bool:
    return error.verify_code in (_NOT_YET_VALID, _EXPIRED)


def certificate_problem(
    address: ControlPlaneAddress,
    error: ssl.SSLCertVerificationError,
    chain: tuple[bytes, ...] = (),
    server_time: datetime | None = None,
) -> Problem:
    """Why the certificate is not accepted.

    ``chain`` is what was presented, where it is known; ``server_time`` the control plane's own clock.
    """
    where, code = address.authority, error.verify_code
    if code in _NO_ANCHOR:
        return unknown_ca(address, "no CA that this node trusts vouches for it")
    if code in (_NOT_YET_VALID, _EXPIRED):
        return _date_problem(where, code, chain, datetime.now(UTC), server_time)
    if code in _WRONG_NAME:
        return _wrong_host(address, chain)
    if code in _WEAK:
        return _untrusted(
            "weak",
            f"The certificate of {where} is made with a key or signature too weak to be relied on.",
            "Let the control plane's administrator make a new one.",
        )
    return _untrusted(
        "invalid",
        f"The certificate of {where} is not valid: {harmless(error.verify_message or 'no reason given', 100)}.",
        "Give this text to the control plane's administrator.",
    )


def unknown_ca(address: ControlPlaneAddress, why: str, facts: CertificateFacts | None = None) -> Problem:
    """Nobody trusted vouches for the certificate. ``facts``: of the one that could be pinned."""
    if facts is None:
        hint = "Give the CA certificate of the control plane (its administrator has it), or pin its fingerprint."
        return _untrusted("unknown_ca", f"The certificate of {address.authority} is not trusted: {why}.", hint)
    return _untrusted(
        "unknown_ca",
        f"The certificate of {address.authority} is not trusted: {why}. It names {facts.subject}.",
        "Compare its SHA-256 fingerprint with the one that your vDC administrator sees. If they are the same, pin it;"
        " if not, stop: it is another machine.",
        {"fingerprint": str(facts.fingerprint), "subject": facts.subject, "issuer": facts.issuer},
    )


def _wrong_host(address: ControlPlaneAddress, chain: tuple[bytes, ...]) -> Problem:
    names = read_certificate(chain[0]).names if chain else ()
    shown = ", ".join(names[:4]) + (", ..." if len(names) > 4 else "")
    issued = f"is for {shown}, not for {address.host}" if shown else f"is not for {address.host}"
    return _untrusted(
        "wrong_host",
        f"The certificate of {address.authority} {issued}.",
        "Use a name from the certificate as the address, or let the control plane's administrator add this one to it.",
        {"names": shown} if shown else {},
    )


def _date_problem(
    where: str, code: int, chain: tuple[bytes, ...], now: datetime, server_time: datetime | None
) -> Problem:
    reason = "expired" if code == _EXPIRED else "not_yet_valid"
    date = _offending_date(chain, code, now)
    if code == _EXPIRED:
        what = f"The certificate of {where} expired{f' on {shown_time(date)}' if date else ''}."
    else:
        what = f"The certificate of {where} is not valid {f'before {shown_time(date)}' if date else 'yet'}."
    clock, words, hint = _clock_verdict(code, now, server_time)
    return _untrusted(reason, f"{what} {words}", hint, {"clock": clock})


def _offending_date(chain: tuple[bytes, ...], code: int, now: datetime) -> datetime | None:
    """The date that is the reason: of the server's certificate or of a CA above it."""
    for der in chain:
        certificate = read_certificate(der)
        if code == _EXPIRED and certificate.not_after and certificate.not_after < now:
            return certificate.not_after
        if code == _NOT_YET_VALID and certificate.not_before and certificate.not_before > now:
            return certificate.not_before
    return None


def _clock_verdict(code: int, now: datetime, server_time: datetime | None) -> tuple[str, str, str]:
    """(wrong | right | unknown, sentence, hint): does the fault lie with this node's clock?"""
    mine = shown_time(now)
    if now < MADE:
        return (
            "wrong",
            f"This node's clock shows {mine}, which cannot be: the clock is wrong.",
            "Set this node's clock, then check again.",
        )
    renew = (
        "Let the control plane's administrator renew it."
        if code == _EXPIRED
        else "Wait until then, or let the control plane's administrator make a new one."
    )
    if server_time is None:
        return (
            "unknown",
            f"This node's clock shows {mine}.",
            f"If that is the right time: {renew[0].lower()}{renew[1:]} Otherwise set this node's clock.",
        )
    if abs(server_time - now) > timedelta(seconds=CLOCK_TOLERANCE_SECS):
        return (
            "wrong",
            f"This node's clock looks wrong: it shows {mine}, the control plane's shows {shown_time(server_time)}.",
            "Set this node's clock, then check again.",
        )
    return "right", f"This node's clock agrees with the control plane's ({mine}).", renew


def _untrusted(reason: str, message: str, hint: str, details: dict[str, str] | None = None) -> Problem:
    return Problem(ErrorCode.UNTRUSTED_CERTIFICATE, message, hint, reason, details or {})
