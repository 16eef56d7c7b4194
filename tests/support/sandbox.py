"""The sandbox as a script sees it: one line of JSON, a control port, and the command line beside it."""

import http.client
import json
import os
import signal
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.support.node_api import NodeApi
from tests.support.waiting import wait_until

PROGRAM = [sys.executable, "-m", "quantix_tui"]


@dataclass(frozen=True)
class Finished:
    """What a command of the command line gave."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


class Sandbox:
    """A real control plane and a real node daemon, started by ``quantix-tui sandbox``."""

    def __init__(self, directory: Path, *options: str) -> None:
        self.directory = directory
        self.log = directory / "sandbox.log"
        directory.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*PROGRAM, "sandbox", "--dir", str(directory), *options], stdout=subprocess.PIPE, stderr=log, text=True
            )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"the sandbox ended at once:\n{self.log.read_text()}"
        self.facts: dict[str, Any] = json.loads(line)
        self._issued: list[str] = []
        self._config_before = self.config.read_bytes()
        self._nodes_before = self.control("/nodes")

    @property
    def node(self) -> str:
        return f"unix:{self.facts['node_socket']}"

    @property
    def address(self) -> str:
        return str(self.facts["control_plane"])

    @property
    def pin(self) -> str:
        return str(self.facts["fingerprint"])

    @property
    def config(self) -> Path:
        return Path(self.facts["config_file"])

    def control(self, path: str, **body: object) -> Any:
        """Ask the control port for something (a fault, a token, a stop of the daemon)."""
        request = urllib.request.Request(
            f"{self.facts['control_url']}{path}",
            data=json.dumps(body).encode() if body else None,
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read() or b"null")

    def fault(self, name: str) -> None:
        self.control("/fault", fault=name)

    def new_token(self, **wanted: object) -> str:
        token = str(self.control("/tokens", **(wanted or {"kind": "code"}))["token"])
        self._issued.append(token)
        return token

    def tokens(self) -> list[str]:
        """Every registration token that its control plane has issued."""
        first = self.facts["tokens"]
        return [*first["valid"], first["expired"], first["used"], first["revoked"], *self._issued]

    def secrets(self) -> list[str]:
        """The registration tokens, the admin token, and the node credential as long as there is one."""
        files = [Path(self.facts["admin_token_file"]), self.config.with_name("node-credential")]
        return [*self.tokens(), *(file.read_text().strip() for file in files if file.exists())]

    def begin_anew(self) -> None:
        """As it was at its start, whatever a test has made of it: another one takes a second of the processor."""
        self.fault("none")
        self.control("/daemon", action="start")
        node = NodeApi(self.facts["node_socket"])
        wait_until(lambda: _stands_alone(node), "the node to stand alone")
        self.config.write_bytes(self._config_before)
        assert node.ask("POST", "/cluster/reload")[0] == 200
        known = [node["id"] for node in self._nodes_before]
        for other in self.control("/nodes"):
            if other["id"] not in known:
                self.control("/remove_node", node_id=other["id"])

    def register(self, hostname: str, token: str) -> None:
        """Register another node at the control plane, as its own daemon would."""
        request = urllib.request.Request(
            f"{self.address}/limiquantix.compute.v1.NodeService/RegisterNode",
            data=json.dumps({"hostname": hostname, "managementIp": "192.0.2.9:9090"}).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
        )
        trusted = ssl.create_default_context(cafile=self.facts["ca_file"])
        with urllib.request.urlopen(request, timeout=10, context=trusted):
            pass

    def run(self, *arguments: str, token: str | None = None, timeout: float = 60) -> Finished:
        """Run ``quantix-tui`` on this node; ``token`` goes in by standard input."""
        done = subprocess.run(
            [*PROGRAM, "--node", self.node, *arguments],
            input=token or "",
            capture_output=True,
            text=True,
            timeout=timeout,
            env={**os.environ, "QUANTIX_CONFIG": str(self.config)},
            check=False,
        )
        return Finished(done.returncode, done.stdout, done.stderr)

    def status(self) -> dict[str, Any]:
        finished = self.run("status", "--json")
        assert finished.code == 0, finished.err
        status: dict[str, Any] = finished.json()
        return status

    def close(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        finally:
            if self.process.stdout is not None:
                self.process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _stands_alone(node: NodeApi) -> bool:
    """Whether it does and has nothing left to do; leaves where there is something to leave."""
    try:
        status = node.status()
        if status["joined"]:
            node.ask("POST", "/cluster/leave")
        elif status["restart_required"]:
            node.ask("POST", "/cluster/reload")
    except (OSError, http.client.HTTPException):
        return False  # It restarts at this moment.
    return not status["joined"] and not status["restart_required"] and status["pending_cleanup"] is None


def with_node(sandbox: Sandbox, *arguments: str) -> Sequence[str]:
    """The command line of a console on this sandbox's node."""
    return [*PROGRAM, "--node", sandbox.node, "--config", str(sandbox.config), *arguments]
