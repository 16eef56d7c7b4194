"""QEMU's monitor (QMP): keys, pictures, saved machines."""

import json
import socket
from pathlib import Path
from typing import Any

ANSWER_SECS = 120.0
"""Saving a machine takes longest."""


class MonitorError(Exception):
    """QEMU refused a command or went away."""


class Monitor:
    """A connection to the monitor; one command at a time."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(ANSWER_SECS)
        self._socket.connect(str(path))
        self._lines = self._socket.makefile("rb")
        self._answer("greeting", "QMP")
        self.ask("qmp_capabilities")

    def ask(self, command: str, **arguments: object) -> Any:
        """Send a command and return its answer. Raises MonitorError when it is refused or there is no answer."""
        self._socket.sendall(json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n")
        return self._answer(command, "return")

    def type_line(self, line: str) -> None:
        """A command of the human monitor, for what QMP hasn't got. Raises MonitorError with its complaint."""
        complaint = self.ask("human-monitor-command", **{"command-line": line}).strip()
        if complaint:
            raise MonitorError(f"{line}: {complaint}")

    def close(self) -> None:
        self._lines.close()
        self._socket.close()

    def _answer(self, command: str, key: str) -> Any:
        try:
            for line in self._lines:
                message = json.loads(line)
                if "error" in message:
                    raise MonitorError(f"{command}: {message['error']['desc']}")
                if key in message:
                    return message[key]
        except OSError as error:
            raise MonitorError(f"{command}: {error}") from error
        raise MonitorError(f"{command}: QEMU ended")
