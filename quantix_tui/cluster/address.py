"""The control plane's address: read what a person types or pastes, say what is wrong, echo the normal form.

Rules: document "Control Plane Address Format"; host names RFC 1123 (underscores are let through, DNS
carries them); IDN per UTS 46; IPv6 in brackets per RFC 3986.
"""

import ipaddress
import re
from dataclasses import dataclass

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.text import harmless

DEFAULT_SCHEME = "https"
DEFAULT_PORT = 8443
MAX_INPUT = 512

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*)://", re.ASCII)
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_\-]{0,61}[a-z0-9_])?", re.ASCII)
_TOKEN = re.compile(r"QUANTIX(-[A-Z0-9]{4}){2,8}(?![A-Z0-9.-])|\beyJ[A-Za-z0-9_-]{8,}\.", re.ASCII | re.IGNORECASE)
_EXAMPLE = "Type it like https://vdc.example.com:8443 or vdc.example.com."


@dataclass(frozen=True, slots=True)
class ControlPlaneAddress:
    """A control plane's base address in its normal form: ``str()`` gives ``scheme://host:port``.

    ``host`` is lower case, ASCII (IDN as ``xn--``), IPv6 compressed and without brackets.
    """

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}"

    @property
    def authority(self) -> str:
        """``host:port`` as it stands in a URL, IPv6 in brackets."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def encrypted(self) -> bool:
        return self.scheme == "https"

    @property
    def ip(self) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
        """The address itself when the host is one, else None: names need DNS."""
        try:
            return ipaddress.ip_address(self.host)
        except ValueError:
            return None

    @property
    def loopback(self) -> bool:
        """Whether traffic to it cannot leave this machine (RFC 6761 for ``localhost``)."""
        ip = self.ip
        return ip.is_loopback if ip else self.host == "localhost" or self.host.endswith(".localhost")


def parse_address(text: str) -> ControlPlaneAddress:
    """Read an address in any of the document's forms.

    Raises :class:`QuantixError` with ``invalid_address`` and the reason in words.
    """
    text = text.strip()
    if not text:
        raise _refusal("empty", "No address was given.", _EXAMPLE)
    if len(text) > MAX_INPUT:
        raise _refusal("too_long", f"This address is longer than {MAX_INPUT} characters.", _EXAMPLE)
    _refuse_token(text)
    _refuse_bad_characters(text)
    scheme, rest = _split_scheme(text)
    authority = _refuse_extras(rest)
    host, port = _split_port(authority)
    return ControlPlaneAddress(scheme=scheme, host=_normal_host(host), port=port)


def _refusal(reason: str, message: str, hint: str = _EXAMPLE) -> QuantixError:
    return QuantixError(Problem(ErrorCode.INVALID_ADDRESS, message, hint, reason))


def _refuse_token(text: str) -> None:
    """A token pasted into the wrong field must not be shown, echoed, or asked of a name server."""
    if _TOKEN.search(text):
        raise _refusal(
            "token",
            "This looks like a registration token, not like an address.",
            "Take it out; the token has a field of its own.",
        )


def _refuse_bad_characters(text: str) -> None:
    if any(character.isspace() for character in text):
        raise _refusal("space", "There is a space inside the address.", "Take the space out.")
    if harmless(text, MAX_INPUT) != text:
        raise _refusal(
            "character",
            "The address holds a character that cannot be seen or belongs in no address.",
            "Type it by hand instead of pasting it.",
        )
    if "\\" in text:
        raise _refusal("character", "There is a backslash in the address.", "Use / as in https://.")


def _split_scheme(text: str) -> tuple[str, str]:
    match = _SCHEME.match(text)
    if match is None:
        if re.match(r"https?(:/?|/+)(?!\d+$)", text, re.IGNORECASE | re.ASCII):
            raise _refusal("scheme", "The beginning of the address is not complete.", "Write https:// before the name.")
        return DEFAULT_SCHEME, text
    scheme = match.group(1).lower()
    if scheme not in ("https", "http"):
        raise _refusal(
            "scheme", f"A control plane is not reached over {scheme}://.", "Use https:// (or nothing) before the name."
        )
    return scheme, text[match.end() :]


def _refuse_extras(rest: str) -> str:
    """Return the authority; a single ``/`` after it is what browsers paste and is let go."""
    for mark, word in (("#", "fragment"), ("?", "query")):
        if mark in rest:
            raise _refusal(
                word,
                f"The address has a {word} ({mark}...), which a control plane does not take.",
                f"End it before {mark}.",
            )
    authority, slash, path = rest.partition("/")
    if slash and path.strip("/"):
        raise _refusal("path", f"The address has a path (/{harmless(path, 30)}).", "Leave out what follows the port.")
    if "@" in authority:
        raise _refusal(
            "user_info",
            "The address has a user name or password in it (before @).",
            "Leave that out: the token is what proves that this node may join.",
        )
    if not authority:
        raise _refusal("host", "The address has no name in it.")
    return authority


def _split_port(authority: str) -> tuple[str, int]:
    if authority.startswith("["):
        host, bracket, rest = authority[1:].partition("]")
        if not bracket:
            raise _refusal(
                "ipv6", "The bracket after the IPv6 address is missing.", "Write it like [2001:db8::5]:8443."
            )
        if rest and not rest.startswith(":"):
            raise _refusal(
                "ipv6", "Something other than a port follows the bracket.", "Write it like [2001:db8::5]:8443."
            )
        if not _is_ipv6(host):
            raise _refusal(
                "ipv6", "What stands in brackets is not an IPv6 address.", "Write it like [2001:db8::5]:8443."
            )
        return host, _port(rest[1:]) if rest else DEFAULT_PORT
    if authority.count(":") > 1:
        if _is_ipv6(authority):
            raise _refusal(
                "ipv6", "An IPv6 address stands in brackets.", f"Write it like [{authority}]:{DEFAULT_PORT}."
            )
        raise _refusal("port", "There is more than one colon in the address.")
    host, colon, port = authority.partition(":")
    if not host:
        raise _refusal("host", "The address has no name in it, only a port.")
    return host, _port(port) if colon else DEFAULT_PORT


def _port(text: str) -> int:
    if not text:
        raise _refusal("port", "The port after the colon is missing.", f"Leave out the colon for port {DEFAULT_PORT}.")
    if not (text.isascii() and text.isdigit()):
        raise _refusal("port", f"The port is not a number: {harmless(text, 20)}.", "Use a number from 1 to 65535.")
    number = int(text) if len(text) <= 10 else 65536
    if not 1 <= number <= 65535:
        raise _refusal("port", f"There is no port {harmless(text, 20)}.", "Use a number from 1 to 65535.")
    return number


def _is_ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True


def _normal_host(host: str) -> str:
    if ":" in host:
        if "%" in host:
            raise _refusal(
                "ipv6",
                "A link-local address bound to an interface (%) cannot name a control plane.",
                "Use its name or a routed address.",
            )
        return str(ipaddress.IPv6Address(host))
    host = (host if host.isascii() else _to_ascii(host)).lower().removesuffix(".")
    if re.fullmatch(r"[0-9.]+", host) or re.fullmatch(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+))*", host):
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError:
            raise _refusal(
                "ipv4",
                f"{harmless(host, 60)} is not an IPv4 address.",
                "Four numbers from 0 to 255, like 192.168.1.100.",
            ) from None
    if len(host) > 253:
        raise _refusal("host", "The name is longer than 253 characters.")
    for label in host.split("."):
        if not _LABEL.fullmatch(label):
            raise _refusal("host", _label_fault(label), "Letters, digits and hyphens, in parts divided by dots.")
    return host


def _label_fault(label: str) -> str:
    if not label:
        return "Two dots stand side by side in the name, or one before it."
    if len(label) > 63:
        return "A part of the name is longer than 63 characters."
    if label.startswith("-") or label.endswith("-"):
        return f"A part of the name begins or ends with a hyphen: {harmless(label, 40)}."
    return f"A part of the name holds a character that no host name has: {harmless(label, 40)}."


def _to_ascii(host: str) -> str:
    # Imported here: the tables cost 20 ms and hardly any address needs them.
    import idna

    try:
        return idna.encode(host, uts46=True, std3_rules=True).decode("ascii")
    except idna.IDNAError:
        raise _refusal(
            "host", "The name is not a valid international name.", "Ask for its ASCII form (xn--...) and type that."
        ) from None
