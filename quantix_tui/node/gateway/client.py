"""The node daemon's API as blocking calls: what the command line uses, and :mod:`.http` in threads.

One client makes one call at a time; :meth:`NodeClient.abort` ends it from another thread. All calls raise
:class:`QuantixError`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError, nothing_saved
from quantix_tui.cluster.status import ClusterStatus, status_from_json
from quantix_tui.node.gateway import faults
from quantix_tui.node.gateway.endpoint import Endpoint
from quantix_tui.node.gateway.exchange import AbortedError, BadAnswerError, Exchange, Head
from quantix_tui.node.gateway.meeting import Meeting

# Only for the types: `quantix-tui status` does without the modules behind them, and without ``typing``.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from quantix_tui.cluster.checks import CheckResult
    from quantix_tui.cluster.join import JoinRequest
    from quantix_tui.host.facts import HostFacts, HostMetrics
    from quantix_tui.node.gateway.protocol import NodeEvent

READ_SECONDS = 5.0
CHECK_SECONDS = 60.0
CHANGE_SECONDS = 60.0
"""A join runs the checks again before it saves."""

_API = "/api/v1"
_NDJSON = "application/x-ndjson"
_MAX_CHECKS = 64
_NOT_ALLOWED = (ErrorCode.UNAUTHORIZED, ErrorCode.PLAINTEXT_REFUSED)
"""A join that was refused so has not come to where something is saved, and nobody has said that yet."""


class NodeClient:
    """A daemon at one endpoint. ``admin_token_file`` is read only for a change over TCP.

    ``met`` is what is known of the daemon from earlier calls; the latest is in :attr:`met`.
    """

    def __init__(self, endpoint: Endpoint, admin_token_file: str, met: Meeting | None = None) -> None:
        self.endpoint = endpoint
        self.met = met
        self._admin_token_file = admin_token_file
        self._admin_token_fault = ""
        """Why there was no admin token to send."""
        self._exchange: Exchange | None = None
        self._aborted = False

    def abort(self) -> None:
        """End the call that is under way, and every later one: it raises ``cancelled``."""
        self._aborted = True
        if self._exchange is not None:
            self._exchange.abort()

    @property
    def kind(self) -> str:
        """Who answered last, as a word of :class:`.protocol.DaemonKind`."""
        return self.met.kind if self.met else "none"

    def status(self) -> ClusterStatus:
        return self._status(self._greet()[0])

    def facts(self) -> "HostFacts":
        from quantix_tui.node.gateway.answers import facts_from_json

        return facts_from_json(self._get("/host"))

    def metrics(self) -> "HostMetrics":
        from quantix_tui.node.gateway.answers import metrics_from_json

        return metrics_from_json(self._get("/host/metrics"))

    def events(self, limit: int = 100) -> "Sequence[NodeEvent]":
        from quantix_tui.node.gateway.answers import events_from_json

        return events_from_json(self._get(f"/events?limit={limit}"), limit)

    def check(self, request: "JoinRequest") -> "Iterator[CheckResult]":
        """Each check's result as the daemon knows it."""
        from quantix_tui.node.gateway.answers import check_from_line, checks_from_json

        self._refuse_unsafe()
        body = self._spelled({"control_plane_url": str(request.address), **_trust_and_token(request)})
        headers = {**self._changing_headers(), "Accept": f"{_NDJSON}, application/json"}
        with self._open(CHECK_SECONDS) as exchange:
            try:
                head = exchange.send("POST", f"{_API}/cluster/test-connection", headers, body)
                if head.status == 200 and head.content_type == _NDJSON:
                    for number, line in enumerate(exchange.lines()):
                        if number >= _MAX_CHECKS:
                            raise faults.bad_answer(self.endpoint, "it lists too many checks")
                        yield check_from_line(self._line(line))
                    return
                answer = exchange.read()
                yield from checks_from_json(self._object(head, answer))
            except (OSError, BadAnswerError, AbortedError) as error:
                raise self._failure(error) from None
            except ValueError:
                raise faults.bad_answer(self.endpoint, "a check is not readable") from None

    def join(self, request: "JoinRequest") -> ClusterStatus:
        try:
            self._refuse_unsafe()
            body = {"control_plane_address": str(request.address), **_trust_and_token(request)}
            return self._change("join", self._spelled(body))
        except QuantixError as refused:
            if refused.problem.code not in _NOT_ALLOWED:
                raise
            raise QuantixError(nothing_saved(refused.problem)) from None

    def leave(self) -> ClusterStatus:
        return self._change("leave", b"")

    def restart(self) -> None:
        """Ask the daemon to restart itself. Raises ``not_supported`` where it has no such route."""
        self._send("/cluster/restart", b"{}", READ_SECONDS)

    def _change(self, act: str, body: bytes) -> ClusterStatus:
        try:
            return self._status(self._object(*self._send(f"/cluster/{act}", body, CHANGE_SECONDS)))
        except QuantixError as refused:
            if refused.problem.code is ErrorCode.NOT_SUPPORTED and not self._meet().ours:
                raise QuantixError(faults.reverse_flow_only(act)) from None
            raise

    def _send(self, path: str, body: bytes, seconds: float) -> tuple[Head, bytes]:
        self._meet()
        head, answer = self._ask("POST", path, self._changing_headers(), seconds, body)
        if not 200 <= head.status < 300:
            raise QuantixError(self._refusal(head, answer))
        return head, answer

    def _get(self, path: str) -> Mapping[str, object]:
        self._meet()
        return self._object(*self._ask("GET", path, {}, READ_SECONDS))

    def _ask(
        self, method: str, path: str, headers: Mapping[str, str], seconds: float, body: bytes = b""
    ) -> tuple[Head, bytes]:
        with self._open(seconds) as exchange:
            try:
                return exchange.send(method, _API + path, headers, body), exchange.read()
            except (OSError, BadAnswerError, AbortedError) as error:
                raise self._failure(error) from None

    def _open(self, seconds: float) -> Exchange:
        self._exchange = Exchange(self.endpoint, seconds)
        if self._aborted:
            self._exchange.abort()
        return self._exchange

    def _greet(self) -> tuple[Mapping[str, object], Meeting]:
        """Ask for the status: what it says, and what it shows of the daemon."""
        head, answer = self._ask("GET", "/cluster/status", {}, READ_SECONDS)
        body = faults.json_object(head, answer)
        if body is None or not ("joined" in body or "error" in body):
            raise QuantixError(faults.not_a_daemon(self.endpoint, head))
        if head.status != 200:
            raise QuantixError(faults.problem_of_answer(self.endpoint, head, answer))
        self.met = Meeting.of(head, body)
        return body, self.met

    def _meet(self) -> Meeting:
        """Who answers here; asked for with a status when no call has shown it yet.

        Nothing is asked of, let alone a secret sent to, what has not shown itself to be a daemon.
        """
        return self.met or self._greet()[1]

    def _spelled(self, body: Mapping[str, str]) -> bytes:
        return json.dumps(self._meet().spelled(body)).encode()

    def _changing_headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json"}
        if not self.endpoint.path and self.endpoint.private:
            token = self._read_admin_token()
            if token:
                self._refuse_stranger()
                headers["Authorization"] = f"Bearer {token}"
        return headers

    def _read_admin_token(self) -> str:
        """The admin token, or nothing: the daemon then says whether it needs one."""
        try:
            with open(self._admin_token_file, encoding="ascii") as file:
                token = file.read(4096).strip()
        except (OSError, ValueError) as error:
            self._admin_token_fault = getattr(error, "strerror", None) or "it is not text"
            return ""
        self._admin_token_fault = "" if token else "it is empty"
        return token

    def _refuse_unsafe(self) -> None:
        """Raise when a registration token may not be sent to this endpoint."""
        if not self.endpoint.private:
            raise QuantixError(
                Problem(
                    ErrorCode.PLAINTEXT_REFUSED,
                    f"The token would cross the network to {self.endpoint} unencrypted.",
                    "Run this on the node itself, or reach the node over https.",
                    "node",
                )
            )
        self._refuse_stranger()

    def _refuse_stranger(self) -> None:
        # Imported here: only secrets over TCP need it.
        from quantix_tui.node.gateway.listener import distrusted

        problem = distrusted(self.endpoint)
        if problem is not None:
            raise QuantixError(problem)

    def _refusal(self, head: Head, answer: bytes) -> Problem:
        problem = faults.problem_of_answer(self.endpoint, head, answer)
        if problem.code is not ErrorCode.UNAUTHORIZED or self.endpoint.path:
            return problem
        return faults.without_admin_token(problem, self._admin_token_file, self._admin_token_fault)

    def _object(self, head: Head, answer: bytes) -> Mapping[str, object]:
        if not 200 <= head.status < 300:
            raise QuantixError(self._refusal(head, answer))
        body = faults.json_object(head, answer)
        if body is None:
            # An unknown path of the existing daemon is answered with its web page.
            raise QuantixError(faults.not_supported(head.status))
        return body

    def _line(self, line: bytes) -> Mapping[str, object]:
        try:
            value = json.loads(line)
        except RecursionError:
            value = None
        if not isinstance(value, dict):
            raise ValueError("not an object")
        return value

    def _status(self, body: Mapping[str, object]) -> ClusterStatus:
        try:
            return status_from_json(body)
        except (ValueError, OverflowError) as error:
            raise faults.bad_answer(self.endpoint, str(error)) from None

    def _failure(self, error: OSError | BadAnswerError | AbortedError) -> QuantixError:
        if isinstance(error, AbortedError):
            return QuantixError(Problem(ErrorCode.CANCELLED, "The request was cancelled.", "Ask again when you want."))
        return QuantixError(faults.problem_of_failure(self.endpoint, error))


def _trust_and_token(request: "JoinRequest") -> dict[str, str]:
    body = {}
    if request.token is not None:
        body["registration_token"] = request.token.reveal()
    if request.trust.names_ca:
        # Imported here: hardly anybody names a CA, and nobody who asks for the status.
        from quantix_tui.controlplane.ca import carried

        trust = carried(request.trust)
        body |= {"ca_file": trust.ca_file or "", "ca_pem": trust.ca_pem or ""}
    if request.trust.pin is not None:
        body["pin_sha256"] = str(request.trust.pin)
    return body
