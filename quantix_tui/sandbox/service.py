"""The control plane's calls (WIRE 2): a request in, an answer out. No sockets here."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from quantix_tui.sandbox.http import Answer, Request, json_answer, text_answer
from quantix_tui.sandbox.refusal import Code, RefusedError, refused
from quantix_tui.sandbox.registry import Node, NodeRegistry, Phase, Usage
from quantix_tui.sandbox.tokens import TokenBook

NODE_SERVICE = "/limiquantix.compute.v1.NodeService/"
VM_SERVICE = "/limiquantix.compute.v1.VMService/"
API_VERSION = "v1"

Body = Mapping[str, object]
Call = Callable[[Request, Body], object]


@dataclass(frozen=True, slots=True)
class Identity:
    """What the control plane says of itself."""

    name: str = "Quantix Sandbox"
    version: str = "0.1.0"
    cluster_id: str = "sandbox"


class ControlPlaneService:
    """``now`` gives seconds since the epoch."""

    def __init__(
        self,
        tokens: TokenBook,
        nodes: NodeRegistry,
        now: Callable[[], float],
        heartbeat_interval_secs: float,
        identity: Identity,
    ) -> None:
        self._tokens = tokens
        self._nodes = nodes
        self._now = now
        self.heartbeat_interval_secs = heartbeat_interval_secs
        """What nodes are told from their next heartbeat on. May be a fraction here."""
        self._identity = identity
        self._calls: dict[str, Call] = {
            f"{NODE_SERVICE}RegisterNode": self._register,
            f"{NODE_SERVICE}CheckRegistration": self._check_registration,
            f"{NODE_SERVICE}UpdateHeartbeat": self._heartbeat,
            f"{NODE_SERVICE}ListNodes": self._list_nodes,
            f"{NODE_SERVICE}GetNode": self._get_node,
            f"{NODE_SERVICE}GetNodeMetrics": self._get_node_metrics,
            f"{NODE_SERVICE}DecommissionNode": self._decommission,
            f"{VM_SERVICE}ListVMs": self._list_vms,
        }
        cluster = f"/api/clusters/{identity.cluster_id}"
        self._pages: dict[str, Callable[[], object]] = {
            "/healthz": _health,
            "/health": _health,
            "/ready": lambda: {"ready": True, "components": {}},
            "/live": lambda: {"alive": True},
            "/api/v1/info": self._info,
            "/api/clusters": self._clusters,
            cluster: self._cluster_json,
            f"{cluster}/hosts": self._hosts,
        }

    async def answer(self, request: Request) -> Answer:
        if request.path.startswith("//"):
            # As the real server does it; a client never makes such a path and never follows the answer.
            target = "/" + request.path.lstrip("/")
            return Answer(HTTPStatus.MOVED_PERMANENTLY, "text/html", headers={"Location": target})
        call = self._calls.get(request.path)
        if call is not None:
            return self._connect(call, request)
        page = self._pages.get(request.path)
        if page is None:
            return text_answer("404 page not found\n", HTTPStatus.NOT_FOUND)
        if request.method != "GET":
            return _wrong_method("GET")
        return json_answer(page())

    def _connect(self, call: Call, request: Request) -> Answer:
        """One unary call of the Connect protocol."""
        if request.method != "POST":
            return _wrong_method("POST")
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            return Answer(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, headers={"Accept-Post": "application/json"})
        try:
            return json_answer(without_zeros(call(request, _body(request))))
        except RefusedError as error:
            return json_answer(error.refusal.to_json(), error.refusal.code.http_status)

    # Calls of a node.

    def _register(self, request: Request, body: Body) -> object:
        node, credential = self.register(_required_text(body, "hostname"), body, _token(request))
        return {
            **self._node_json(node),
            "nodeCredential": credential,
            "heartbeatIntervalSecs": self.heartbeat_interval_secs,
        }

    def _check_registration(self, request: Request, body: Body) -> object:
        self._require_admission(_required_text(body, "hostname"), _token(request))
        return {"ok": True}

    def register(self, hostname: str, description: Body, token: str) -> tuple[Node, str]:
        """Take a node in and use its token up. Returns the node and its credential.

        A node that repeats its registration because the answer was lost gets the same id and a fresh
        credential. Raises :class:`RefusedError` with what is wrong with the token or the name.
        """
        self._require_admission(hostname, token)
        repeated = self._repeated(hostname, token)
        if repeated is not None:
            return self._nodes.reissue(repeated)
        return self._nodes.register(hostname, description, self._tokens.use(token, hostname).digest)

    def _require_admission(self, hostname: str, token: str) -> None:
        if self._repeated(hostname, token) is None:
            self._tokens.require_unused(token)
            self._nodes.require_free(hostname)

    def _repeated(self, hostname: str, token: str) -> Node | None:
        """The node that registers again: same name, same token, and it has never sent a heartbeat."""
        record = self._tokens.require_live(token)
        node = self._nodes.named(hostname)
        if node is None or node.heartbeat is not None or node.token_digest != record.digest:
            return None
        return node

    def _heartbeat(self, request: Request, body: Body) -> object:
        usage = Usage(
            cpu_percent=_number(body, "cpuUsagePercent"),
            memory_used_mib=int(_number(body, "memoryUsedMib")),
            memory_total_mib=int(_number(body, "memoryTotalMib")),
        )
        self._nodes.heartbeat(_required_text(body, "nodeId"), request.bearer or "", usage)
        return {
            "acknowledged": True,
            "serverTimeUnix": str(int(self._now())),
            "heartbeatIntervalSecs": self.heartbeat_interval_secs,
            "assignedPoolIds": [],
            "requestFullSync": False,
        }

    def _decommission(self, request: Request, body: Body) -> object:
        self._nodes.decommission(_required_text(body, "id"), request.bearer or "")
        return {}

    # Reading.

    def _list_nodes(self, request: Request, body: Body) -> object:
        nodes = self._nodes.all()
        return {"nodes": [self._node_json(node) for node in nodes], "totalCount": len(nodes)}

    def _get_node(self, request: Request, body: Body) -> object:
        return self._node_json(self._nodes.get(_required_text(body, "id")))

    def _get_node_metrics(self, request: Request, body: Body) -> object:
        node = self._nodes.get(_required_text(body, "nodeId"))
        return {"nodeId": node.id, **_resources(node)}

    def _list_vms(self, request: Request, body: Body) -> object:
        wanted = _field(body, "nodeId")
        vms = [
            {"id": vm_id, "name": vm_id, "status": {"state": "RUNNING", "nodeId": node.id}}
            for node in self._nodes.all()
            for vm_id in node.vm_ids
            if wanted in (None, "", node.id)
        ]
        return {"vms": vms, "totalCount": len(vms)}

    def _node_json(self, node: Node) -> dict[str, object]:
        return {
            "id": node.id,
            "hostname": node.hostname,
            "managementIp": _field(node.description, "managementIp"),
            "labels": _field(node.description, "labels"),
            "spec": {
                "cpu": _field(node.description, "cpuInfo"),
                "memory": _field(node.description, "memoryInfo"),
                "role": _field(node.description, "role"),
            },
            "status": {
                "phase": self._nodes.phase(node).value,
                "vmIds": list(node.vm_ids),
                "resources": _resources(node),
            },
        }

    def _info(self) -> object:
        return {
            "name": self._identity.name,
            "version": self._identity.version,
            "api_version": API_VERSION,
            "services": ["VMService", "NodeService"],
            "infrastructure": {"postgres": False, "redis": False, "etcd": False},
        }

    def _clusters(self) -> object:
        return {"clusters": [self._cluster_json()], "total": 1}

    def _hosts(self) -> object:
        hosts = [self._host_json(node) for node in self._nodes.all()]
        return {"hosts": hosts, "total": len(hosts)}

    def _cluster_json(self) -> dict[str, object]:
        nodes = self._nodes.all()
        return {
            "id": self._identity.cluster_id,
            "name": self._identity.name,
            "stats": {
                "total_hosts": len(nodes),
                "online_hosts": sum(self._nodes.phase(node) is Phase.READY for node in nodes),
                "total_vms": sum(len(node.vm_ids) for node in nodes),
                "memory_used_bytes": sum(n.heartbeat.usage.memory_used_mib << 20 for n in nodes if n.heartbeat),
            },
        }

    def _host_json(self, node: Node) -> dict[str, object]:
        heartbeat = node.heartbeat
        return {
            "id": node.id,
            "hostname": node.hostname,
            "management_ip": _field(node.description, "managementIp"),
            "status": self._nodes.phase(node).value,
            "vm_count": len(node.vm_ids),
            "cpu_usage_percent": heartbeat.usage.cpu_percent if heartbeat else None,
            "memory_used_bytes": heartbeat.usage.memory_used_mib << 20 if heartbeat else None,
        }


def without_zeros(value: object) -> object:
    """``value`` as protobuf's JSON writes it: fields that are empty, nought or false are left out."""
    if isinstance(value, Mapping):
        kept = {key: without_zeros(inner) for key, inner in value.items()}
        return {key: inner for key, inner in kept.items() if inner or isinstance(inner, dict)}
    if isinstance(value, list):
        return [without_zeros(inner) for inner in value]
    return value


def _health() -> object:
    return {"status": "healthy", "service": "limiquantix-controlplane"}


def _token(request: Request) -> str:
    if request.bearer is None:
        raise refused(Code.UNAUTHENTICATED, "no registration token was sent", reason="token_missing")
    return request.bearer


def _resources(node: Node) -> dict[str, object]:
    usage = node.heartbeat.usage if node.heartbeat else Usage()
    return {
        "cpuUsagePercent": usage.cpu_percent,
        "memoryUsedMib": str(usage.memory_used_mib),
        "memoryTotalMib": str(usage.memory_total_mib),
    }


def _wrong_method(allowed: str) -> Answer:
    return Answer(HTTPStatus.METHOD_NOT_ALLOWED, "text/plain; charset=utf-8", headers={"Allow": allowed})


def _body(request: Request) -> Body:
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        raise refused(Code.INVALID_ARGUMENT, "the body is not JSON") from None
    if not isinstance(body, dict):
        raise refused(Code.INVALID_ARGUMENT, "the body is not an object")
    return body


def _field(body: Body, name: str) -> object:
    """A field in either spelling: ``managementIp`` or ``management_ip``."""
    if name in body:
        return body[name]
    return body.get("".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name))


def _required_text(body: Body, name: str) -> str:
    value = _field(body, name)
    if not isinstance(value, str) or not value:
        raise refused(Code.INVALID_ARGUMENT, f"{name} is missing")
    return value


def _number(body: Body, name: str) -> float:
    """A number, or a 64-bit integer as the text that protobuf's JSON makes of it; nought when left out."""
    value = _field(body, name)
    try:
        return float(value) if isinstance(value, int | float | str) else 0.0
    except ValueError:
        raise refused(Code.INVALID_ARGUMENT, f"{name} is not a number") from None
