"""The client of a control plane: one method for each call, every failure a QuantixError.

Bounded in time and size, never redirected, never through a proxy that only the environment names,
and no secret leaves over a connection that others could read.
"""

import asyncio
import ssl
from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from quantix_tui.cluster.address import ControlPlaneAddress
from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.secret import NodeCredential, Secret
from quantix_tui.cluster.text import harmless
from quantix_tui.cluster.token import RegistrationToken
from quantix_tui.cluster.trust import CertificateFacts, Trust
from quantix_tui.controlplane import faults
from quantix_tui.controlplane.answers import Answer, Asked, Call, bad_answer, read_object, too_large
from quantix_tui.controlplane.identity import certificate_problem, nothing_vouches, verification_error
from quantix_tui.controlplane.limits import MAX_ANSWER, MAX_NODE_LIST, Timeouts
from quantix_tui.controlplane.peer import certificate_of
from quantix_tui.controlplane.proxy import Proxy, refused_by_proxy, through_proxy
from quantix_tui.controlplane.route import Route, route_to
from quantix_tui.controlplane.tls import local_context, pin_mismatch, pinned_context
from quantix_tui.controlplane.wire import (
    ClusterNode,
    ControlPlaneInfo,
    HeartbeatAck,
    NodeDescription,
    NodeList,
    Registration,
    Usage,
)

_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Health:
    """The answer to ``GET /healthz``: the control plane's word, and its clock where it told the time."""

    status: str
    server_time: datetime | None


class _Closable(Protocol):
    async def aclose(self) -> None: ...


class _Bearer(httpx.Auth):
    """Puts a secret into a request at the last moment: no variable of ours ever holds it bare."""

    def __init__(self, secret: Secret) -> None:
        self._secret = secret

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._secret.reveal()}"
        yield request


class ControlPlaneClient:
    """Calls one control plane. An async context manager; connections are kept between calls.

    ``connect_to`` is the IP address to use instead of a look-up, ``context`` a TLS context that was
    made for ``trust`` before: the checks use what they found. ``allow_plaintext`` lets secrets leave
    over ``http://`` to other machines, ``proxy`` is the URL of a proxy on the way: the administrator
    has said so in the configuration.
    """

    def __init__(
        self,
        address: ControlPlaneAddress,
        trust: Trust,
        *,
        timeouts: Timeouts | None = None,
        proxy: str | Proxy | None = None,
        allow_plaintext: bool = False,
        connect_to: str | None = None,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._address = address
        self._trust = trust
        self._timeouts = timeouts or Timeouts()
        self._proxy = proxy
        self._allow_plaintext = allow_plaintext
        self._context = context
        self._connect_to = connect_to
        self._connect_secs = max(self._timeouts.connect, self._timeouts.tls)  # httpx has one bound for both
        self._base = ""
        self._http: httpx.AsyncClient | None = None
        self._opening = asyncio.Lock()
        self.certificate: CertificateFacts | None = None
        """The control plane's own, of the connection that was answered last; None before, and over ``http://``."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections; the client may be used again."""
        http, self._http = self._http, None
        if http is not None:
            await http.aclose()

    async def health(self) -> Health:
        """Whether it is there at all. Needs no secret."""
        answer = await self._ask(Call.HEALTH, None, None)
        status = self._object(answer, Call.HEALTH, None).get("status")
        if not isinstance(status, str):
            raise QuantixError(bad_answer(self._address))
        return Health(harmless(status, 40), answer.date)

    async def info(self) -> ControlPlaneInfo:
        """Who it is. Needs no secret."""
        return self._read(ControlPlaneInfo, await self._call(Call.INFO, None, None))

    async def check_registration(self, hostname: str, token: RegistrationToken) -> None:
        """Ask whether ``token`` would admit a node of this name; uses nothing up.

        Raises :class:`QuantixError`: ``invalid_token``, ``already_registered``, and ``not_supported``
        when the control plane has no such question.
        """
        await self._call(Call.CHECK_REGISTRATION, {"hostname": hostname}, token)

    async def register(self, description: NodeDescription, token: RegistrationToken) -> Registration:
        """Register the node; the token is used up."""
        return self._read(Registration, await self._call(Call.REGISTER, description.to_wire(), token))

    async def heartbeat(self, node_id: str, usage: Usage, credential: NodeCredential | None) -> HeartbeatAck:
        """Report that the node lives. Raises ``removed`` when the control plane no longer knows it."""
        body = {"nodeId": node_id, **usage.to_wire()}
        return self._read(HeartbeatAck, await self._member_call(Call.HEARTBEAT, body, credential))

    async def list_nodes(self, credential: NodeCredential | None = None) -> tuple[ClusterNode, ...]:
        """The nodes of the cluster."""
        return self._read(NodeList, await self._member_call(Call.LIST_NODES, {}, credential)).nodes

    async def decommission(self, node_id: str, credential: NodeCredential | None) -> None:
        """Take the node out of the cluster. Raises ``removed`` when that has happened before."""
        await self._member_call(Call.DECOMMISSION, {"id": node_id}, credential)

    async def _member_call(self, call: Call, body: Mapping[str, object], secret: Secret | None) -> Mapping[str, object]:
        problem: Problem
        try:
            return await self._call(call, body, secret)
        except QuantixError as error:
            problem = faults.while_joined(error.problem)
        raise QuantixError(problem)

    async def _call(self, call: Call, body: Mapping[str, object] | None, secret: Secret | None) -> Mapping[str, object]:
        """One request and its JSON object; GET when there is no body."""
        return self._object(await self._ask(call, body, secret), call, secret)

    def _object(self, answer: Answer, call: Call, secret: Secret | None) -> Mapping[str, object]:
        return read_object(answer, Asked(call, self._address, datetime.now(UTC), secret))

    async def _ask(self, call: Call, body: Mapping[str, object] | None, secret: Secret | None) -> Answer:
        if secret is not None:
            refuse_plaintext(self._address, self._allow_plaintext)
        answer = await self._attempt(call, body, secret)
        if isinstance(answer, Problem):
            # Raised here and not where it was caught: httpx's exceptions hold the request with its
            # Authorization header, and nothing of them may hang on ours as a context.
            raise QuantixError(answer)
        return answer

    async def _attempt(self, call: Call, body: Mapping[str, object] | None, secret: Secret | None) -> Answer | Problem:
        try:
            async with asyncio.timeout(self._timeouts.request):
                return await self._exchange(call, body, secret)
        except QuantixError as error:
            return error.problem
        except TimeoutError:
            return faults.no_answer(self._address, self._timeouts.request)
        except (httpx.HTTPError, OSError) as error:
            return self._connection_problem(error)

    def _connection_problem(self, error: httpx.HTTPError | OSError) -> Problem:
        if found := verification_error(error):
            if self._trust.pin is not None and nothing_vouches(found):
                return pin_mismatch(self._address.authority, self._trust.pin)
            return certificate_problem(self._address, found)
        route = route_to(self._address, self._timeouts, self._proxy)
        if route.proxy is not None and isinstance(error, httpx.ProxyError):
            return refused_by_proxy(route.proxy, self._address, str(error))
        timeouts = replace(self._timeouts, connect=self._connect_secs)
        problem = faults.request_problem(self._address, route.first_hop, error, timeouts)
        if route.proxy is not None and isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
            return through_proxy(problem)
        return problem

    async def _exchange(self, call: Call, body: Mapping[str, object] | None, secret: Secret | None) -> Answer | Problem:
        async with self._opening:  # two calls at once must not open two clients
            http = self._http = self._http or await self._open()
        limit = MAX_NODE_LIST if call is Call.LIST_NODES else MAX_ANSWER
        opened: list[_Closable] = []

        async def note(event: str, info: Mapping[str, Any]) -> None:
            if event == "connection.connect_tcp.complete":
                opened.append(info["return_value"])

        try:
            async with http.stream(
                "GET" if body is None else "POST",
                self._base + call.value,
                json=body,
                auth=_Bearer(secret) if secret is not None else None,
                extensions={"sni_hostname": self._address.host, "trace": note},
            ) as response:
                self.certificate = certificate_of(response.extensions["network_stream"].get_extra_info("ssl_object"))
                received = bytearray()
                # Raw, and no compression was asked for: a few bytes must not unfold into gigabytes.
                async for piece in response.aiter_raw():
                    received += piece
                    if len(received) > limit:
                        return too_large(self._address, limit)
                headers = {name.lower(): value for name, value in response.headers.items()}
                return Answer(response.status_code, headers, bytes(received))
        except BaseException as error:
            # httpcore 1.0 leaves the socket open when it is cancelled in the middle of a TLS handshake.
            for stream in opened:
                await stream.aclose()
            if opened and isinstance(error, httpx.ConnectTimeout):
                return faults.tls_problem(self._address, TimeoutError(), self._connect_secs)
            raise

    async def _open(self) -> httpx.AsyncClient:
        route = route_to(self._address, self._timeouts, self._proxy)
        if self._context is None and self._address.encrypted:
            self._context = await self._context_for_trust(route)
        host = self._connect_to if self._connect_to and route.proxy is None else self._address.host
        self._base = f"{self._address.scheme}://{f'[{host}]' if ':' in host else host}:{self._address.port}"
        return httpx.AsyncClient(
            # Over http:// no certificate is ever looked at: a context that trusts nobody will do.
            verify=self._context or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
            proxy=_for_httpx(route.proxy),
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(self._timeouts.request, connect=self._connect_secs),
            headers={
                "Host": self._address.authority,
                "User-Agent": "quantix-node",
                "Accept": "application/json",
                "Accept-Encoding": "identity",
            },
        )

    async def _context_for_trust(self, route: Route) -> ssl.SSLContext:
        pin = self._trust.pin
        if pin is None:
            return await local_context(self._trust)
        endpoint = await route.first_answering(await route.look_up())
        return pinned_context(await route.look_at(endpoint), pin, self._address.authority)

    def _read(self, model: type[_Model], body: Mapping[str, object]) -> _Model:
        try:
            return model.model_validate(body)
        except (ValidationError, RecursionError):
            pass
        del body  # it may hold a credential, and the frame of an error outlives the error
        raise QuantixError(bad_answer(self._address))


def _for_httpx(proxy: Proxy | None) -> httpx.Proxy | None:
    if proxy is None:
        return None
    user, _, password = proxy.login.reveal().partition(":") if proxy.login else ("", "", "")
    return httpx.Proxy(str(proxy.address), auth=(user, password) if proxy.login else None)


def refuse_plaintext(address: ControlPlaneAddress, allowed: bool) -> None:
    """Raise :class:`QuantixError` (``plaintext_refused``) when a secret would travel where others can read it."""
    if address.encrypted or address.loopback or allowed:
        return
    raise QuantixError(
        Problem(
            ErrorCode.PLAINTEXT_REFUSED,
            f"{address} is not encrypted: everybody on the way could read the token.",
            f"Use https://{address.authority}. Only where nothing else will do, set allow_plaintext: true in the"
            " control_plane section of the node's configuration.",
            "not_encrypted",
        )
    )
