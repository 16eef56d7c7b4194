"""The way to a control plane, directly or through a proxy, told in words: every failure is a QuantixError."""

import asyncio
import contextlib
import re
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

from quantix_tui.cluster.address import ControlPlaneAddress
from quantix_tui.cluster.errors import Problem, QuantixError
from quantix_tui.controlplane import faults
from quantix_tui.controlplane.limits import MAX_PROXY_ANSWER, Timeouts
from quantix_tui.controlplane.network import Endpoint, open_socket, resolve
from quantix_tui.controlplane.proxy import Proxy, parse_proxy, refused_by_proxy, through_proxy
from quantix_tui.controlplane.tls import Presented, handshake, probe_context


@dataclass(frozen=True, slots=True)
class Route:
    """The way to ``address``. Each method is one stretch of it."""

    address: ControlPlaneAddress
    timeouts: Timeouts
    proxy: Proxy | None = None

    @property
    def first_hop(self) -> ControlPlaneAddress:
        """What this node itself connects to."""
        return self.proxy.address if self.proxy is not None else self.address

    async def look_up(self) -> tuple[Endpoint, ...]:
        """The network addresses of the first hop, at least one."""
        with self._told():
            try:
                found = await resolve(self.first_hop, self.timeouts.resolve)
                if not found:
                    raise OSError("it has no address")
            except OSError as error:
                problem = faults.name_problem(self.first_hop.host, error, self.timeouts.resolve)
                raise QuantixError(problem) from None
            return found

    async def first_answering(self, endpoints: tuple[Endpoint, ...]) -> Endpoint:
        """The first network address that takes a connection; they are tried one after the other."""
        failures: list[tuple[Endpoint, OSError]] = []
        for endpoint in endpoints:
            try:
                (await open_socket(endpoint, self.timeouts.connect)).close()
            except OSError as error:
                failures.append((endpoint, error))
                continue
            if self.proxy is not None and self.address.encrypted:
                (await self.open(endpoint)).close()  # it takes more: the proxy must let us through
            return endpoint
        with self._told():
            raise QuantixError(faults.connect_problem(self.first_hop, failures, self.timeouts.connect))

    async def shake_hands(self, endpoint: Endpoint, context: ssl.SSLContext) -> Presented:
        """A TLS handshake with the control plane on a connection of its own.

        Raises ``ssl.SSLCertVerificationError`` when ``context`` does not accept the certificate: what
        that means depends on whom it trusts.
        """
        opened = await self.open(endpoint)
        try:
            return await handshake(opened, self.address.host, context, self.timeouts.tls)
        except ssl.SSLCertVerificationError:
            raise
        except OSError as error:
            raise QuantixError(faults.tls_problem(self.address, error, self.timeouts.tls)) from None

    async def look_at(self, endpoint: Endpoint) -> Presented:
        """What the control plane presents, verified by nobody yet."""
        return await self.shake_hands(endpoint, probe_context())

    async def open(self, endpoint: Endpoint) -> socket.socket:
        """A connection for TLS with the control plane; the caller closes it."""
        with self._told():
            try:
                opened = await open_socket(endpoint, self.timeouts.connect)
            except OSError as error:
                problem = faults.connect_problem(self.first_hop, [(endpoint, error)], self.timeouts.connect)
                raise QuantixError(problem) from None
            if self.proxy is None:
                return opened
            try:
                refusal = await self._tunnel(opened, self.proxy)
            except BaseException:
                opened.close()
                raise
            if refusal is not None:
                opened.close()
                raise QuantixError(refusal)
            return opened

    async def _tunnel(self, opened: socket.socket, proxy: Proxy) -> Problem | None:
        """Ask the proxy for a way through. What stands against it is returned, not raised:

        the exceptions of the sockets hold the request with its password.
        """
        loop = asyncio.get_running_loop()
        answer = b""
        try:
            async with asyncio.timeout(self.timeouts.request):
                await loop.sock_sendall(opened, proxy.connect_request(self.address))
                # The proxy's answer ends before the first byte of TLS: that one is ours to send.
                while b"\r\n\r\n" not in answer and len(answer) < MAX_PROXY_ANSWER:
                    piece = await loop.sock_recv(opened, 4096)
                    if not piece:
                        break
                    answer += piece
        except TimeoutError:
            return faults.no_answer(proxy.address, self.timeouts.request)
        except OSError:
            pass  # cut off: told as the answer that did not come
        status = re.match(rb"HTTP/1\.[01] ([0-9]{3}[^\r\n]*)\r\n", answer)
        words = status.group(1).decode("latin-1") if status else ""
        if words.startswith("2") and answer.endswith(b"\r\n\r\n"):
            return None
        return refused_by_proxy(proxy, self.address, words)

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """With a proxy, a failure on the way to it says so."""
        try:
            yield
        except QuantixError as error:
            if self.proxy is None:
                raise
            raise QuantixError(through_proxy(error.problem)) from None


def route_to(address: ControlPlaneAddress, timeouts: Timeouts, proxy: str | Proxy | None) -> Route:
    """The way to ``address``; what does not leave this machine goes through no proxy.

    Raises :class:`QuantixError` (``invalid_request``) when ``proxy`` is none that can be used.
    """
    if not proxy or address.loopback:
        return Route(address, timeouts)
    return Route(address, timeouts, parse_proxy(proxy) if isinstance(proxy, str) else proxy)
