"""TLS to a control plane: what it presents, and the contexts that verify it (public CAs, a CA file, a pin).

How a pin works: a probe looks at the chain of certificates that the server presents and sends
nothing over it. The certificate whose SHA-256 is the pin becomes the only trust anchor of a second,
fully verified handshake. A pinned CA vouches for names as any CA does; a pinned server certificate
is the identity itself, so that no name is needed in it. Dates are verified in both cases.
"""

import asyncio
import hashlib
import socket
import ssl
import sys
from dataclasses import dataclass
from typing import Any

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.text import harmless
from quantix_tui.cluster.trust import Fingerprint, Trust
from quantix_tui.controlplane.ca import NoCaFileError, read_text

_NO_CHECK_TIME = ssl.VerifyFlags(0x200000)
"""OpenSSL's X509_V_FLAG_NO_CHECK_TIME, for which Python has no name."""


@dataclass(frozen=True, slots=True)
class Presented:
    """What a server showed in a handshake: the TLS version and its certificates in DER, its own first."""

    version: str
    chain: tuple[bytes, ...]

    def index_of(self, pin: Fingerprint) -> int | None:
        """Where in the chain the pinned certificate stands; 0 is the server's own."""
        return next((place for place, der in enumerate(self.chain) if fingerprint(der) == pin), None)


def fingerprint(der: bytes) -> Fingerprint:
    """SHA-256 of a certificate in DER."""
    return Fingerprint(hashlib.sha256(der).hexdigest())


async def handshake(opened: socket.socket, server_name: str, context: ssl.SSLContext, seconds: float) -> Presented:
    """Shake hands over ``opened``, send nothing, close it. Raises OSError (ssl.SSLError) or TimeoutError."""
    async with asyncio.timeout(seconds):
        # The transport owns the socket and closes it, also when it is cancelled.
        transport, _ = await asyncio.get_running_loop().create_connection(
            asyncio.Protocol, sock=opened, ssl=context, server_hostname=server_name
        )
    try:
        session = transport.get_extra_info("ssl_object")
        return Presented((session.version() or "TLS").replace("TLSv", "TLS "), _presented_chain(session))
    finally:
        transport.abort()


def _presented_chain(session: Any) -> tuple[bytes, ...]:
    if sys.version_info >= (3, 13):
        return tuple(session.get_unverified_chain())
    # Public since 3.13 only; the object beneath has had it since 3.10 and gives certificate objects.
    return tuple(ssl.PEM_cert_to_DER_cert(certificate.public_bytes()) for certificate in _below(session))


def _below(session: Any) -> list[Any]:
    return session._sslobj.get_unverified_chain() or []


def probe_context() -> ssl.SSLContext:
    """For the probe alone: takes whatever is presented."""
    # The only place where verification is off. It must be: the certificate has to be seen before it
    # can be compared with a pin or shown to the administrator. Nothing is ever sent over this handshake.
    context = _bare_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _bare_context() -> ssl.SSLContext:
    """Verification of chain and name on, no CA in it yet."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # An administrator's own CA may be an intermediate, and seldom has every extension that RFC 5280
    # asks for (Python 3.13 insists): signatures, names and dates are what decides.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def public_context() -> ssl.SSLContext:
    """Trusts the public CAs of this machine."""
    context = _bare_context()
    context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    return context


def ca_file_context(path: str) -> ssl.SSLContext:
    """Trusts the certificates in a PEM file and no other.

    Raises :class:`QuantixError` (``untrusted_certificate``) when the file cannot be read or holds none.
    """
    shown = harmless(path)
    try:
        text = read_text(path)
    except NoCaFileError:
        raise _ca_file_refusal(f"{shown} is not a file of certificates.", "ca_file_not_pem") from None
    except (OSError, ValueError) as error:  # ValueError: a null byte in the path
        words = getattr(error, "strerror", None) or "the path is not valid"
        raise QuantixError(_ca_file_unreadable(shown, words)) from None
    try:
        return ca_context(text)
    except (ssl.SSLError, ValueError):
        raise _ca_file_refusal(f"The CA file {shown} holds no certificate in PEM form.", "ca_file_not_pem") from None


def ca_context(pem: str) -> ssl.SSLContext:
    """Trusts these certificates and no other. Raises ssl.SSLError or ValueError when they are none."""
    context = _bare_context()
    context.load_verify_locations(cadata=pem)
    return context


def _ca_file_refusal(message: str, reason: str) -> QuantixError:
    hint = "Give the path of the control plane's CA certificate, a text file with BEGIN CERTIFICATE in it."
    return QuantixError(Problem(ErrorCode.UNTRUSTED_CERTIFICATE, message, hint, reason))


def _ca_file_unreadable(shown: str, words: str) -> Problem:
    return Problem(
        ErrorCode.UNTRUSTED_CERTIFICATE,
        f"The CA file {shown} cannot be read: {words}.",
        "The node daemon reads it whenever it connects, and as a service it sees neither /home, /root nor /tmp: put"
        " the file where ca_file in the configuration says, or leave and join again with the file (--ca).",
        "ca_file_unreadable",
    )


def anchor_context(presented: Presented, place: int) -> ssl.SSLContext:
    """Trusts nothing but one certificate of the presented chain: a pinned CA, or the server's own (place 0)."""
    context = _bare_context()
    if place == 0:
        context.check_hostname = False
    context.load_verify_locations(cadata=presented.chain[place])
    return context


def pinned_context(presented: Presented, pin: Fingerprint, where: str) -> ssl.SSLContext:
    """Trusts the pinned certificate, if it is among the presented ones; ``where`` names the server.

    Raises :class:`QuantixError` (``untrusted_certificate``, ``pin_mismatch``).
    """
    place = presented.index_of(pin)
    if place is None:
        raise QuantixError(pin_mismatch(where, pin, fingerprint(presented.chain[-1]) if presented.chain else None))
    return anchor_context(presented, place)


def pin_mismatch(where: str, pin: Fingerprint, presented: Fingerprint | None = None) -> Problem:
    """The pinned certificate is not there any more; ``presented`` is what is there instead, where it is known."""
    details, shown = {"expected": str(pin)}, ""
    if presented is not None:
        details["presented"] = str(presented)
        shown = f" It shows {presented}."
    return Problem(
        ErrorCode.UNTRUSTED_CERTIFICATE,
        f"{where} does not show the certificate that was pinned for it ({pin}).{shown}",
        "Ask the control plane's administrator for the SHA-256 fingerprint of its certificate. If it was renewed and"
        " they are the same, pin the new one; if not, stop: somebody may be in between.",
        "pin_mismatch",
        details,
    )


async def local_context(trust: Trust) -> ssl.SSLContext:
    """The context of a trust that needs no look at the server first: the CA file, else the public CAs.

    Raises :class:`QuantixError` as :func:`ca_file_context` does.
    """
    # In a thread: reading a hundred CAs takes 50 ms, in which no key would be answered.
    if trust.ca_pem is not None:
        return await asyncio.to_thread(ca_context, trust.ca_pem)
    if trust.ca_file is not None:
        return await asyncio.to_thread(ca_file_context, trust.ca_file)
    return await asyncio.to_thread(public_context)


def dates_ignored(context: ssl.SSLContext) -> ssl.SSLContext:
    """Let ``context`` overlook dates, and dates only: to ask a server for the time when one clock must be wrong.

    Nothing secret is ever sent over it.
    """
    context.verify_flags |= _NO_CHECK_TIME
    return context
