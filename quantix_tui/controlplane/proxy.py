"""An HTTP proxy on the way to the control plane: how it is named, and what its refusals mean.

Only the node's configuration names one, never the environment. It carries TLS without seeing into
it (CONNECT, RFC 9110 9.3.6).
"""

import base64
import re
from dataclasses import dataclass

from quantix_tui.cluster.address import ControlPlaneAddress, parse_address
from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.secret import Secret
from quantix_tui.cluster.text import harmless

_PARTS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://)?(?:(.*)@)?([^@]*)", re.DOTALL)
"""Scheme, login, the rest. A password may hold anything, / and @ and :// too."""
_HINT = "Write it like http://proxy.example.com:3128 (control_plane: proxy in the node's configuration)."
_CHECK = "Check the proxy in the node's configuration (control_plane: proxy), and that the proxy is running."


class ProxyLogin(Secret):
    """``user:password`` for a proxy."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy that is spoken to over plain HTTP; what it carries is encrypted."""

    address: ControlPlaneAddress
    login: ProxyLogin | None = None

    def connect_request(self, target: ControlPlaneAddress) -> bytes:
        """The request that opens a tunnel to ``target``."""
        lines = [f"CONNECT {target.authority} HTTP/1.1", f"Host: {target.authority}"]
        if self.login is not None:
            lines.append(f"Proxy-Authorization: Basic {base64.b64encode(self.login.reveal().encode()).decode()}")
        return "\r\n".join([*lines, "", ""]).encode("ascii")


def parse_proxy(text: str) -> Proxy:
    """Read a proxy's URL. Raises :class:`QuantixError` (``invalid_request``); the message holds no password."""
    scheme, login, rest = _parts(text)
    problem: Problem | None = None
    try:
        address = parse_address(scheme + rest)
    except QuantixError as error:
        problem = error.problem
    if problem is not None:
        raise _refusal(f"The proxy's address cannot be used: {problem.message}")
    if scheme and address.scheme != "http":
        raise _refusal("A proxy is reached over http:// only; what it carries is encrypted all the same.")
    if not re.search(r":[0-9]+/?$", rest):
        raise _refusal("The proxy's port is missing.")
    plain = ControlPlaneAddress("http", address.host, address.port)
    return Proxy(plain, ProxyLogin(login) if login is not None else None)


def without_login(text: str) -> str:
    """A proxy's URL as it may be shown; it need not be one that can be used."""
    scheme, login, rest = _parts(text)
    return f"{scheme}{'' if login is None else '***@'}{rest}"


def _parts(text: str) -> tuple[str, str | None, str]:
    found = _PARTS.fullmatch(text.strip())
    assert found is not None  # noqa: S101 - it matches every text
    return found.group(1) or "", found.group(2), found.group(3)


def _refusal(message: str) -> QuantixError:
    return QuantixError(Problem(ErrorCode.INVALID_REQUEST, message, _HINT, "proxy"))


def refused_by_proxy(proxy: Proxy, target: ControlPlaneAddress, answer: str) -> Problem:
    """What the proxy's answer to CONNECT means; ``answer`` begins with the HTTP status, if it is one."""
    where, status = proxy.address.authority, answer[:3]
    if status == "407":
        reason, message = "proxy_login", f"The proxy {where} wants a user name and password."
    elif status in ("502", "503", "504"):
        reason, message = "proxy_no_way", f"The proxy {where} cannot reach {target.authority} (HTTP {status})."
    elif status.isascii() and status.isdigit():
        reason, message = "proxy_refused", f"The proxy {where} does not let this node through to {target.authority}"
        message += f" (HTTP {harmless(answer, 60)})."
    else:
        reason, message = "proxy_not_http", f"What answers at {where} is no HTTP proxy."
    return Problem(ErrorCode.NETWORK_UNREACHABLE, message, _CHECK, reason)


def through_proxy(problem: Problem) -> Problem:
    """A failure on the first leg, to the proxy: told as that."""
    if problem.code is not ErrorCode.NETWORK_UNREACHABLE or problem.reason.startswith("proxy"):
        return problem
    message = f"The proxy on the way to the control plane is not reached. {problem.message}"
    return Problem(problem.code, message, _CHECK, problem.reason, problem.details)
