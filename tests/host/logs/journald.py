"""A real journal: a journald of its own where the machine has one, or a program that speaks journalctl's JSON.

journald runs in a mount namespace in which a folder of the test stands in the place of ``/run``; that needs root and
systemd's programs.
"""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.waiting import wait_until

JOURNALD = Path("/lib/systemd/systemd-journald")
_START = """
set -e
mount --bind "$1/run" /run
mount --bind "$1/machine-id" /etc/machine-id
mount --bind "$1/journald.conf" /etc/systemd/journald.conf
exec "$2"
"""
_CONFIG = (
    "[Journal]\nStorage=volatile\nRateLimitBurst=0\nReadKMsg=no\nAudit=no\nRuntimeMaxUse=200M\nForwardToSyslog=no\n"
)


def available() -> bool:
    """Whether a journald can be started here: it can where a mount namespace of its own can be had."""
    if os.geteuid() != 0 or not JOURNALD.exists() or not shutil.which("journalctl") or not shutil.which("unshare"):
        return False
    if not Path("/etc/machine-id").exists() or not Path("/etc/systemd/journald.conf").exists():
        return False
    return subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode == 0


class Journal:
    """``root`` is the tree in which the journal is; :meth:`write` is what a program does that logs."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)

    def connect(self) -> None:
        self._socket.connect(str(self.root / "run/systemd/journal/socket"))

    def write(self, message: str | bytes, **fields: object) -> None:
        """systemd's Native Journal Protocol."""
        raw = message.encode() if isinstance(message, str) else message
        datagram = b"MESSAGE\n" + len(raw).to_bytes(8, "little") + raw + b"\n"
        datagram += b"".join(f"{name}={value}\n".encode() for name, value in fields.items())
        self._socket.send(datagram)

    def close(self) -> None:
        self._socket.close()


@contextmanager
def running(root: Path) -> Iterator[Journal]:
    for folder in ("run/systemd/journal", "run/log/journal"):
        (root / folder).mkdir(parents=True)
    (root / "machine-id").write_text("0123456789abcdef0123456789abcdef\n")
    (root / "journald.conf").write_text(_CONFIG)
    process = subprocess.Popen(
        ["unshare", "--mount", "sh", "-c", _START, "sh", str(root), str(JOURNALD)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    journal = Journal(root)
    try:
        wait_until((root / "run/systemd/journal/socket").exists, "journald")
        journal.connect()
        yield journal
    finally:
        journal.close()
        process.kill()
        process.wait()
