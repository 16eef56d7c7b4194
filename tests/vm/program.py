"""The program in the guest: the working tree's code, the sandbox it talks to, and consoles on lines."""

import io
import json
import shlex
import tarfile
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from tests.vm.consoles import Console
from tests.vm.image import APPLICATION, GUEST, PROJECT
from tests.vm.recording import STRACE
from tests.vm.serial import GuestShell

PACKAGE = "quantix_tui"
COMMAND = f"/{APPLICATION}/bin/python3 -m {PACKAGE}"
SANDBOX_SECS = 180.0
"""On a busy host the sandbox gives its daemon up now and then and is started again."""

_UNITS = "/etc/systemd/system"
_ENVIRONMENT = "/run/quantix-console.env"
_FACTS = "/run/quantix-sandbox.json"
_POST = """\
import sys
from urllib.request import Request, urlopen
urlopen(Request(sys.argv[1], sys.argv[2].encode(), {"Content-Type": "application/json"}))
"""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The control plane and the node daemon in the guest."""

    shell: GuestShell
    address: str
    control_url: str
    tokens: dict[str, Any]
    environment: dict[str, str]

    def fault(self, name: str) -> None:
        """Let the control plane misbehave; ``none`` ends it."""
        body = json.dumps({"fault": name})
        self.shell.run(shlex.join(["python3", "-c", _POST, f"{self.control_url}/fault", body]))


def archive(files: dict[str, bytes]) -> bytes:
    """A compressed tar archive of files, named by their paths in the guest."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as tar:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            entry.mode = 0o644
            tar.addfile(entry, io.BytesIO(data))
    return content.getvalue()


def source_files(project: Path) -> dict[str, bytes]:
    """The package as it stands in the working tree, without what Python compiled of it."""
    return {
        path.relative_to(project).as_posix(): path.read_bytes()
        for path in sorted((project / PACKAGE).rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def put_project(shell: GuestShell) -> None:
    """Replace the code in the guest by the working tree's, compiled as an installation has it."""
    packages = shell.run(f"echo /{APPLICATION}/lib/python3.*/site-packages").strip()
    shell.run(f"rm -r {packages}/{PACKAGE}")
    shell.put(archive(source_files(PROJECT)), packages)
    shell.run(f"/{APPLICATION}/bin/python3 -m compileall -q -j 2 {packages}/{PACKAGE}")


def start_sandbox(shell: GuestShell) -> Sandbox:
    """Start it and wait until both of its parts answer."""
    unit = "quantix-sandbox.service"
    shell.put(archive({unit: (GUEST / unit).read_bytes()}), _UNITS)
    shell.run(f"systemctl daemon-reload; systemctl start {unit}")
    found = f"timeout {SANDBOX_SECS:.0f} sh -c 'until [ -s {_FACTS} ]; do sleep 0.2; done' && cat {_FACTS}"
    line = shell.run(f"{found} || {{ journalctl --no-pager --unit {unit}; exit 1; }}", SANDBOX_SECS + 20)
    facts = json.loads(line)
    environment = {
        "QUANTIX_NODE": f"unix:{facts['node_socket']}",
        "QUANTIX_CONFIG": facts["config_file"],
        "QUANTIX_ADMIN_TOKEN_FILE": facts["admin_token_file"],
    }
    return Sandbox(shell, facts["control_plane"], facts["control_url"], facts["tokens"], environment)


def start_console(shell: GuestShell, console: Console, environment: dict[str, str], command: str = COMMAND) -> None:
    """Run ``command`` on the console's line instead of the login prompt, as a unit of its own."""
    unit = f"quantix-{console.line}.service"
    text = Template((GUEST / "console.service").read_text()).substitute(
        line=console.line, term=console.term, getty=console.getty, command=command
    )
    settings = "".join(f"{name}={value}\n" for name, value in environment.items())
    shell.put(archive({_UNITS + "/" + unit: text.encode(), _ENVIRONMENT: settings.encode()}), "/")
    shell.run(f"systemctl daemon-reload; systemctl start {unit}")


def recorded(line: str) -> tuple[str, str]:
    """The command that runs the program and records what it sends to ``line``, and the record's path in the guest."""
    record = f"/run/sent-{line}"
    return f"/usr/bin/{STRACE} --trace-path=/dev/{line} --output={record} {COMMAND}", record
