"""The node's API over its unix socket by hand: independent of the client under test, and fast."""

import http.client
import json
import socket
from typing import Any

from tests.support.waiting import wait_until

API = "/api/v1"


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=20)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class NodeApi:
    """Requests to the node daemon behind ``path``, one connection each: the daemon may restart in between."""

    def __init__(self, path: str) -> None:
        self._path = path

    def ask(self, method: str, route: str, body: object = None) -> tuple[int, Any]:
        """HTTP status and parsed answer. Raises OSError when nobody answers."""
        connection = _UnixConnection(self._path)
        try:
            text = json.dumps(body) if body is not None else None
            connection.request(method, f"{API}{route}", text, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            content = answer.read()
            return answer.status, json.loads(content) if content else None
        finally:
            connection.close()

    def status(self) -> dict[str, Any]:
        code, status = self.ask("GET", "/cluster/status")
        assert code == 200, status
        assert isinstance(status, dict)
        return status

    def wait_for(self, timeout: float = 20.0, **wanted: object) -> dict[str, Any]:
        """Ask until the status holds all of ``wanted``; while the daemon restarts, nobody answering is no fault."""
        seen: dict[str, Any] = {}

        def holds() -> bool:
            nonlocal seen
            try:
                seen = self.status()
            except (OSError, http.client.HTTPException):
                return False
            return all(seen.get(key) == value for key, value in wanted.items())

        try:
            wait_until(holds, str(wanted), timeout)
        except AssertionError as late:
            raise AssertionError(f"{late}; last status: {seen}") from None
        return seen
