"""Small real HTTP servers that stand in for a node daemon: one of ours, the existing Rust one, and broken ones."""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from quantix_tui.node.gateway.endpoint import Endpoint
from quantix_tui.node.gateway.protocol import DaemonKind, NodeGateway

STANDALONE: dict[str, object] = {
    "joined": False,
    "control_plane_address": None,
    "node_id": None,
    "last_heartbeat": None,
    "status": "standalone",
    "restart_required": False,
    "instance_id": "one",
}
PENDING = {
    **STANDALONE,
    "joined": True,
    "control_plane_address": "https://vdc.example.com:8443",
    "status": "pending_restart",
    "restart_required": True,
}
RUST_STANDALONE: dict[str, object] = {
    "joined": False,
    "controlPlaneAddress": None,
    "nodeId": None,
    "lastHeartbeat": None,
    "status": "standalone",
    "mode": "standalone",
    "clusterName": None,
}


@dataclass(frozen=True)
class Asked:
    """One request that came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any


@dataclass
class Reply:
    """One answer. ``parts`` makes it chunked; each part waits for ``gate`` to be set, where there is one."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    parts: list[bytes] = field(default_factory=list)
    gate: threading.Event | None = None
    headers: dict[str, str] = field(default_factory=dict)


def as_json(body: object, status: int = 200) -> Reply:
    return Reply(status, json.dumps(body).encode())


Routes = Callable[[Asked], Reply | None]


class Daemon:
    """A running server. ``asked`` is what it was asked so far."""

    def __init__(
        self, routes: Routes, server_header: str, path: Path | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        self.asked: list[Asked] = []
        daemon = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def version_string(self) -> str:
                return server_header

            def log_message(self, *_: object) -> None: ...

            def handle_any(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                raw = self.rfile.read(length)
                asked = Asked(self.command, self.path, dict(self.headers), json.loads(raw) if raw.strip() else None)
                daemon.asked.append(asked)
                reply = routes(asked) or Reply(404, b'{"error": "not_found", "message": "no such path"}')
                self.send_response(reply.status)
                if reply.content_type:
                    self.send_header("Content-Type", reply.content_type)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Transfer-Encoding", "chunked") if reply.parts else self.send_header(
                    "Content-Length", str(len(reply.body))
                )
                self.end_headers()
                self.wfile.write(reply.body)
                for part in reply.parts:
                    self.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
                    self.wfile.flush()
                    if reply.gate is not None:
                        reply.gate.wait(10)
                if reply.parts:
                    self.wfile.write(b"0\r\n\r\n")

            do_GET = do_POST = handle_any

        class Server(ThreadingHTTPServer):
            address_family = socket.AF_UNIX if path else socket.AF_INET
            daemon_threads = True

            def server_bind(self) -> None:
                self.socket.bind(self.server_address)
                self.server_name, self.server_port = "localhost", 0

            def handle_error(self, *_: object) -> None:
                """The client hung up: some tests are about that."""

            def get_request(self) -> tuple[socket.socket, Any]:
                connection, address = super().get_request()
                return tls.wrap_socket(connection, server_side=True) if tls else connection, address or ("local", 0)

        self._server = Server(str(path) if path else ("127.0.0.1", 0), Handler)  # type: ignore[arg-type]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        if path:
            self.endpoint = Endpoint(path=str(path))
        else:
            self.endpoint = Endpoint(host="127.0.0.1", port=self._server.socket.getsockname()[1])

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def running(
    routes: Routes,
    *,
    server: str = "quantix-node/0.1.0",
    path: Path | None = None,
    tls: ssl.SSLContext | None = None,
) -> Iterator[Daemon]:
    daemon = Daemon(routes, server, path, tls)
    try:
        yield daemon
    finally:
        daemon.close()


def table(answers: Mapping[str, Reply]) -> Routes:
    """Answers by ``METHOD /path`` below /api/v1; the query is left out."""

    def find(asked: Asked) -> Reply | None:
        path = asked.path.removeprefix("/api/v1").partition("?")[0]
        return answers.get(f"{asked.method} {path}")

    return find


def kind_of(gateway: NodeGateway) -> DaemonKind:
    """Who answered last; read anew each time, which a type checker does not expect of a property."""
    return gateway.kind


def rust(asked: Asked) -> Reply:
    """The existing daemon at its head: camelCase, its web page for what it does not know, no join route."""
    known = {
        "GET /api/v1/cluster/status": as_json(RUST_STANDALONE),
        "GET /api/v1/host": as_json(
            {
                "nodeId": "n-1",
                "hostname": "qx-node-07",
                "managementIp": "10.20.0.17",
                "cpuModel": "EPYC",
                "cpuCores": 32,
                "memoryTotalBytes": 1 << 37,
                "memoryAvailableBytes": 1 << 36,
                "osName": "Quantix-OS",
                "osVersion": "2.4.1",
                "kernelVersion": "6.12",
                "uptimeSeconds": 3600,
                "hypervisorName": "QEMU",
            }
        ),
        "GET /api/v1/host/metrics": as_json({"cpu_usage_percent": 38.5, "vm_count": 17, "vm_running_count": 14}),
        "GET /api/v1/events": as_json(
            {
                "events": [
                    {"eventId": "1", "timestamp": "2026-01-07T09:00:00Z", "level": "info", "message": "old"},
                    {"eventId": "2", "timestamp": "2026-01-07T09:05:00Z", "level": "error", "message": "new\x1b[2J"},
                ],
                "totalCount": 2,
            }
        ),
        "POST /api/v1/cluster/test-connection": as_json(
            {"success": True, "message": "ok", "clusterName": "vdc", "clusterVersion": "1.9.2"}
        ),
    }
    reply = known.get(f"{asked.method} {asked.path.partition('?')[0]}")
    if reply is not None:
        return reply
    if asked.method == "GET":
        return Reply(200, b"<!doctype html><title>Quantix</title>", "text/html")
    return Reply(405, b"", "")
