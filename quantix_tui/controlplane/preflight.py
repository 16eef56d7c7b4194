"""The checks before a join: name, connection, encryption, identity, control plane, token, this node.

Each is one step with its own result; the first that fails stops those behind it. Nothing is used up
and nothing is changed, here or there.
"""

import ssl
import time
from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from quantix_tui.cluster import spans
from quantix_tui.cluster.address import ControlPlaneAddress
from quantix_tui.cluster.checks import CheckName, CheckResult, Finding, Outcome
from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.join import JoinRequest
from quantix_tui.cluster.trust import CertificateFacts
from quantix_tui.controlplane.client import ControlPlaneClient, refuse_plaintext
from quantix_tui.controlplane.limits import CLOCK_TOLERANCE_SECS, Timeouts
from quantix_tui.controlplane.network import Endpoint
from quantix_tui.controlplane.route import Route, route_to
from quantix_tui.controlplane.tls import Presented
from quantix_tui.controlplane.verification import Unverified, Verification

_MAY_BE_TLS = frozenset({"not_http", "closed", "http_400"})
"""What comes of speaking plain HTTP to a TLS port: an alert, an end, or a server that is kind enough to say so."""


@dataclass(frozen=True, slots=True)
class ThisNode:
    """What the last check needs to know of this node."""

    hostname: str
    joined_to: ControlPlaneAddress | None = None


async def preflight(
    request: JoinRequest,
    node: ThisNode,
    *,
    allow_plaintext: bool = False,
    timeouts: Timeouts | None = None,
    proxy: str | None = None,
) -> AsyncGenerator[CheckResult, None]:
    """Yield one result for each of :class:`CheckName`, in its order, as soon as it is known.

    Never raises for what it meets. Cancelling it closes its connections. ``proxy`` and
    ``allow_plaintext`` are what the node's configuration says.
    """
    course = _Course(request, node, allow_plaintext, timeouts or Timeouts(), proxy)
    stopped = False
    for name in CheckName:
        if stopped:
            yield CheckResult(name, Outcome.SKIPPED, 0.0, "not checked")
            continue
        began = time.perf_counter()
        finding = await course.step(name)
        milliseconds = (time.perf_counter() - began) * 1000
        stopped = finding.problem is not None
        yield finding.after(name, milliseconds)


def problem_of(results: Iterable[CheckResult]) -> Problem | None:
    """What stands against a join, or None when nothing does."""
    return next((result.problem for result in results if result.problem is not None), None)


class _Course:
    """One run of the checks: each step leaves what it found for the next ones."""

    def __init__(
        self, request: JoinRequest, node: ThisNode, allow_plaintext: bool, timeouts: Timeouts, proxy: str | None
    ) -> None:
        self._address = request.address
        self._token = request.token
        self._trust = request.trust
        self._node = node
        self._allow_plaintext = allow_plaintext
        self._timeouts = timeouts
        self._proxy = proxy
        self._route = Route(request.address, timeouts)
        self._endpoints: tuple[Endpoint, ...] = ()
        self._endpoint: Endpoint | None = None
        self._presented: Presented | None = None
        self._context: ssl.SSLContext | None = None
        self._clock_difference: float | None = None
        self._registered: Problem | None = None

    async def step(self, name: CheckName) -> Finding:
        run = {
            CheckName.RESOLVE: self._resolve,
            CheckName.CONNECT: self._connect,
            CheckName.TLS: self._encryption,
            CheckName.IDENTITY: self._identity,
            CheckName.CONTROL_PLANE: self._control_plane,
            CheckName.TOKEN: self._check_token,
            CheckName.NODE: self._this_node,
        }[name]
        try:
            return await run()
        except QuantixError as error:
            return _failed(error.problem)

    async def _resolve(self) -> Finding:
        self._route = route_to(self._address, self._timeouts, self._proxy)
        self._endpoints = await self._route.look_up()
        found = ", ".join(endpoint.ip for endpoint in self._endpoints)
        return _passed(f"proxy {self._route.first_hop.host}: {found}" if self._route.proxy else found)

    async def _connect(self) -> Finding:
        self._endpoint = await self._route.first_answering(self._endpoints)
        reached = f"{self._endpoint.ip} port {self._endpoint.port}"
        return _passed(f"through the proxy {reached}" if self._route.proxy else reached)

    async def _encryption(self) -> Finding:
        if not self._address.encrypted:
            refuse_plaintext(self._address, self._allow_plaintext)
            why = "it does not leave this machine" if self._address.loopback else "the configuration allows it"
            return Finding(Outcome.SKIPPED, f"not encrypted: {why}")
        self._presented = await self._route.look_at(self._reached)
        return _passed(self._presented.version)

    async def _identity(self) -> Finding:
        if self._presented is None:
            return Finding(Outcome.SKIPPED, "not encrypted: nothing proves who answers")
        verification = Verification(self._route, self._reached, self._presented)
        verdict = await verification.run(self._trust)
        if isinstance(verdict, Unverified):
            return _failed(verdict.problem, verdict.certificate)
        self._context = verdict.context
        return _passed(verdict.vouched_by)

    async def _control_plane(self) -> Finding:
        try:
            async with self._client() as client:
                health = await client.health()
                self._clock_difference = _difference(health.server_time)
                info = await client.info()
        except QuantixError as error:
            problem = error.problem
        else:
            who = f"{info.name} {info.version}".strip()
            if not info.compatible:
                return _failed(incompatible(who, info.api_version))
            return _passed(who)
        if not self._address.encrypted and problem.reason in _MAY_BE_TLS and await self._speaks_tls():
            return _failed(tls_port(self._address))
        return _failed(problem)

    async def _speaks_tls(self) -> bool:
        """Whether the port speaks TLS: the only way to be sure is to try."""
        quick = replace(self._timeouts, tls=min(self._timeouts.tls, 2.0))
        try:
            await replace(self._route, timeouts=quick).look_at(self._reached)
        except QuantixError:
            return False  # the problem that led here stands
        return True

    async def _check_token(self) -> Finding:
        if self._token is None:
            return Finding(Outcome.SKIPPED, "no token given")
        if self._member:
            return Finding(Outcome.SKIPPED, "not asked: this node has joined already")
        try:
            async with self._client() as client:
                await client.check_registration(self._node.hostname, self._token)
        except QuantixError as error:
            problem = error.problem
        else:
            return _passed("accepted")
        if problem.code is ErrorCode.NOT_SUPPORTED:
            return Finding(Outcome.SKIPPED, "this control plane cannot check a token beforehand")
        if problem.code is ErrorCode.ALREADY_REGISTERED:
            # About the node, not about the token: the next line tells it.
            self._registered = problem
            return _passed("accepted")
        return _failed(problem)

    async def _this_node(self) -> Finding:
        if self._node.joined_to is not None and not self._member:
            return _failed(already_joined(self._node.joined_to))
        if self._registered is not None:
            return _failed(self._registered)
        may = "has joined this cluster already" if self._member else "may join"
        if self._clock_difference is None:
            return _passed(f"{may}; clock not compared: the control plane did not tell the time")
        if abs(self._clock_difference) > CLOCK_TOLERANCE_SECS:
            return _failed(clock_wrong(self._clock_difference))
        return _passed(f"{may}; clocks {abs(self._clock_difference):.0f} s apart")

    @property
    def _member(self) -> bool:
        """Whether it is the control plane of this node's own cluster that is checked."""
        return self._node.joined_to == self._address

    def _client(self) -> ControlPlaneClient:
        return ControlPlaneClient(
            self._address,
            self._trust,
            timeouts=self._timeouts,
            proxy=self._route.proxy,
            allow_plaintext=self._allow_plaintext,
            connect_to=self._reached.ip,
            context=self._context,
        )

    @property
    def _reached(self) -> Endpoint:
        if self._endpoint is None:
            raise RuntimeError("the steps run in order")
        return self._endpoint


def _passed(learnt: str) -> Finding:
    return Finding(Outcome.PASS, learnt)


def _failed(problem: Problem, certificate: CertificateFacts | None = None) -> Finding:
    """Failed; or could not run, when the fault is this node's own."""
    outcome = Outcome.COULD_NOT_RUN if problem.code is ErrorCode.INTERNAL else Outcome.FAIL
    return Finding(outcome, problem=problem, certificate=certificate)


def _difference(server_time: datetime | None) -> float | None:
    """Seconds that the control plane's clock is ahead of this node's."""
    # The time of a header is cut to the second: half of one is the best guess at the rest.
    return None if server_time is None else (server_time - datetime.now(UTC)).total_seconds() + 0.5


def incompatible(who: str, api_version: str) -> Problem:
    """It is a control plane, but of an API that this node does not speak."""
    spoken = f"API {api_version}" if api_version else "no API version that it tells"
    return Problem(
        ErrorCode.INCOMPATIBLE,
        f"{who} speaks {spoken}; this node speaks API v1.",
        "Update this node or the control plane, so that both speak the same.",
        "api_version",
    )


def tls_port(address: ControlPlaneAddress) -> Problem:
    """``http://`` was given where TLS is spoken."""
    return Problem(
        ErrorCode.NOT_A_CONTROL_PLANE,
        f"Port {address.port} of {address.host} speaks TLS, but the address says http://.",
        f"Use https://{address.authority}.",
        "tls_port",
    )


def already_joined(joined_to: ControlPlaneAddress) -> Problem:
    """This node is in another cluster."""
    return Problem(
        ErrorCode.ALREADY_JOINED,
        f"This node belongs to a cluster already: its control plane is {joined_to}.",
        "Leave that cluster first, then join.",
        "already_joined",
    )


def clock_wrong(difference: float) -> Problem:
    """The clocks are too far apart. ``difference``: seconds that the control plane is ahead."""
    behind = "behind" if difference > 0 else "ahead of"
    apart = abs(difference)
    # Measured over a network: where it is minutes, seconds say nothing.
    apart = apart if apart < 120 else 60 * round(apart / 60)
    return Problem(
        ErrorCode.CLOCK_WRONG,
        f"This node's clock is {spans.spelled(apart)} {behind} the control plane's.",
        "Set this node's clock, best by NTP; tokens and certificates fail when clocks disagree.",
        "clock_wrong",
    )
