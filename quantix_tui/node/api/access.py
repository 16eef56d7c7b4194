"""Who may do what (DESIGN 8): reading is free on this machine, changing is for administrators and the admin token.

Pure ASGI, before anything is parsed: a request that is not allowed costs nothing and reaches nothing.
"""

import hmac
import ipaddress
import os
import stat
from collections.abc import Callable
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.secret import AdminToken
from quantix_tui.node.api.errors import problem_response

MAX_BODY = 64 * 1024
"""Bytes. The largest real request is a token of 8 KiB with an address and 32 KiB of CA certificates."""
PEER = "unix_peer_uid"
"""Key in the connection's state: the user id at the other end of the unix socket; absent over TCP."""
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


class AccessControl:
    """Lets a request through, or answers why not."""

    def __init__(self, app: ASGIApp, admin_token: Callable[[], AdminToken], may_change: Callable[[int], bool]) -> None:
        self._app = app
        self._admin_token = admin_token
        self._may_change = may_change

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            status, problem = refusal
            headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
            await problem_response(problem, status, headers)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> tuple[int, Problem] | None:
        peer = (scope.get("state") or {}).get(PEER)
        changing = scope["method"] not in _READING
        if peer is not None:
            return None if not changing or self._may_change(peer) else (401, _NO_ADMINISTRATOR)
        if not is_loopback_host(_header(scope, b"host")):
            return 403, _FOREIGN_HOST
        return self._token_refusal(_header(scope, b"authorization")) if changing else None

    def _token_refusal(self, authorization: str) -> tuple[int, Problem] | None:
        scheme, _, given = authorization.partition(" ")
        if scheme.lower() != "bearer" or not given.strip():
            return 401, _NO_TOKEN
        try:
            expected = self._admin_token()
        except QuantixError as error:
            return 401, error.problem
        same = hmac.compare_digest(given.strip().encode(), expected.reveal().encode())
        return None if same else (401, _WRONG_TOKEN)


class BodyLimit:
    """Reads a request's body within its bound before anything else sees it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in _READING:
            await self._app(scope, receive, send)
            return
        body = bytearray()
        more = not _announces_too_much(_header(scope, b"content-length"))
        too_large = not more
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            too_large = len(body) > MAX_BODY
            more = bool(message.get("more_body")) and not too_large
        if too_large:
            await problem_response(_TOO_LARGE, 413, {"Connection": "close"})(scope, receive, send)
            return
        await self._app(scope, _replayed(bytes(body), receive), send)


def _announces_too_much(length: str) -> bool:
    return length.isascii() and length.isdigit() and (len(length) > 9 or int(length) > MAX_BODY)


def _replayed(body: bytes, receive: Receive) -> Receive:
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return pending.pop() if pending else await receive()

    return replay


def read_admin_token(file: Path) -> AdminToken:
    """The token that proves an administrator. Raises :class:`QuantixError` when it may not be relied on."""
    try:
        with open(file, encoding="ascii", opener=lambda path, flags: os.open(path, flags | os.O_NOFOLLOW)) as opened:
            if stat.S_IMODE(os.fstat(opened.fileno()).st_mode) & 0o077:
                raise QuantixError(_token_problem(file, "others than its owner may read it", "exposed"))
            text = opened.read(4096).strip()
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "it is not text"
        raise QuantixError(_token_problem(file, reason.lower(), "unreadable")) from None
    if len(text) < 16:
        raise QuantixError(_token_problem(file, "it holds no token", "empty"))
    return AdminToken(text)


def is_loopback_host(host: str) -> bool:
    """Whether a Host header names this machine itself: else a web page may have led a browser here (DNS rebinding)."""
    name = host.strip().lower()
    if name.startswith("["):
        name, bracket, rest = name[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            return False
    else:
        name = name.partition(":")[0]
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name.removesuffix(".") == "localhost"


def _header(scope: Scope, name: bytes) -> str:
    """The header's value, or nothing when it is missing or said twice."""
    values = [value for key, value in scope["headers"] if key == name]
    return values[0].decode("latin-1") if len(values) == 1 else ""


def _token_problem(file: Path, why: str, reason: str) -> Problem:
    return Problem(
        ErrorCode.UNAUTHORIZED,
        f"The admin token file {file} cannot be used: {why}.",
        "Delete it and restart the node daemon, which makes a new one; or use the unix socket as root.",
        reason,
    )


_NO_ADMINISTRATOR = Problem(
    ErrorCode.UNAUTHORIZED,
    "Only root and the members of an administrators' group may change this node.",
    "Use sudo, or ask an administrator of this node.",
    "no_administrator",
)
_NO_TOKEN = Problem(
    ErrorCode.UNAUTHORIZED,
    "Changing this node needs an administrator.",
    "Use the node daemon's unix socket as root, or send the admin token.",
    "no_token",
)
_WRONG_TOKEN = Problem(
    ErrorCode.UNAUTHORIZED,
    "This is not the admin token of this node.",
    "Read it anew from the admin token file; it changes when that file is replaced.",
    "wrong_token",
)
_FOREIGN_HOST = Problem(
    ErrorCode.UNAUTHORIZED,
    "The request was not addressed to this machine's own loopback address.",
    "Use http://127.0.0.1 or http://localhost with the node daemon's port.",
    "host",
)
_TOO_LARGE = Problem(
    ErrorCode.INVALID_REQUEST,
    f"The request is larger than {MAX_BODY // 1024} KiB, which no request to a node is.",
    "Send only what the call takes; see /openapi.json.",
    "too_large",
)
