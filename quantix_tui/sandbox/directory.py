"""The sandbox's folder: a configuration to start from, and nothing left of the run before."""

import contextlib
import fcntl
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from quantix_tui.sandbox.leftovers import sweep

MARKER = ".quantix-sandbox"
# Linux's sun_path holds 108 bytes with the final nought (unix(7)).
_LONGEST_SOCKET = 107
# What a run may leave: ours, and what the daemon keeps beside its configuration.
_PREFIX = "quantix-sandbox-"
_LEFT_OVERS = (
    "config.yaml*",
    ".config.yaml.lock",
    "registration-token*",
    "node-credential*",
    "pending-cleanup.json*",
    "admin-token*",
    "ca.pem",
    "node.sock",
    "node.log",
    "events.jsonl*",
)

CONFIGURATION = """\
# Quantix-OS node configuration (a sandbox's: nothing here touches this machine).

node:
  # The host name is taken from the system when it is not set here.
  labels:
    zone: lab
    rack: "7"

server:
  listen_address: "0.0.0.0:9090"
  metrics_address: "0.0.0.0:9091"

hypervisor:
  backend: libvirt          # libvirt or mock
  libvirt_uri: "qemu:///system"
  storage_path: /var/lib/limiquantix

updates:
  channel: stable
  auto_install: false       # an administrator decides
"""


class SandboxError(Exception):
    """The sandbox cannot start; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class SandboxPaths:
    folder: Path
    socket: Path

    @property
    def config_file(self) -> Path:
        return self.folder / "config.yaml"

    @property
    def admin_token_file(self) -> Path:
        return self.folder / "admin-token"

    @property
    def node_log(self) -> Path:
        return self.folder / "node.log"


@contextlib.contextmanager
def sandbox_paths(asked: Path | None) -> Iterator[SandboxPaths]:
    """A folder made ready: ``asked``, which stays, or a temporary one, which is removed at the end.

    Raises :class:`SandboxError` when ``asked`` holds somebody's configuration or a running sandbox,
    OSError when it cannot be written.
    """
    sweep(Path(tempfile.gettempdir()), _PREFIX, MARKER)
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(_temporary_folder()) if asked is None else asked.resolve()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        stack.enter_context(_owned(folder))
        paths = SandboxPaths(folder, folder / "node.sock")
        if len(os.fsencode(paths.socket)) > _LONGEST_SOCKET:
            paths = SandboxPaths(folder, stack.enter_context(_temporary_folder()) / "node.sock")
        _clear(folder)
        paths.config_file.write_text(CONFIGURATION)
        _write_secret(paths.admin_token_file, secrets.token_urlsafe(32))
        yield paths


@contextlib.contextmanager
def _temporary_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextlib.contextmanager
def _owned(folder: Path) -> Iterator[None]:
    """Mark the folder as a sandbox's and lock it: what lies in it will be deleted."""
    marker = folder / MARKER
    if (folder / "config.yaml").exists() and not marker.exists():
        raise SandboxError(f"{folder} holds a configuration that is not a sandbox's. Name another folder.")
    descriptor = os.open(marker, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SandboxError(f"Another sandbox runs in {folder}. Stop it or name another folder.") from None
        yield
    finally:
        os.close(descriptor)


def _clear(folder: Path) -> None:
    for pattern in _LEFT_OVERS:
        for path in folder.glob(pattern):
            path.unlink()


def _write_secret(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{text}\n")
