"""The sandbox as a script sees it: one line of JSON, a control port, and the command line beside it."""

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
        return str(self.control("/tokens", **(wanted or {"kind": "code"}))["token"])

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


def with_node(sandbox: Sandbox, *arguments: str) -> Sequence[str]:
    """The command line of a console on this sandbox's node."""
    return [*PROGRAM, "--node", sandbox.node, "--config", str(sandbox.config), *arguments]
