"""Real processes for the end-to-end tests."""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.leaks import leaks_in_files, leaks_in_processes
from tests.support.sandbox import Sandbox


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox with fast heartbeats; after the test nothing in its folder or any process holds a secret."""
    with Sandbox(tmp_path / "sandbox", "--heartbeat-interval", "0.1") as running:
        yield running
        secrets = secrets_of(running)
        assert leaks_in_processes(secrets) == []
    assert leaks_in_files(tmp_path, secrets) == []


@pytest.fixture
def full_disk_sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox in a file system of 256 KiB that has run full."""
    directory = tmp_path / "full"
    directory.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(directory)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting a file system needs root: " + mounted.stderr.decode().strip())
    try:
        with Sandbox(directory, "--heartbeat-interval", "0.1") as running:
            with contextlib.suppress(OSError), (directory / "ballast").open("wb", buffering=0) as ballast:
                while True:
                    ballast.write(bytes(4096))
            yield running
    finally:
        subprocess.run(["umount", "-l", str(directory)], check=True)


def secrets_of(sandbox: Sandbox) -> list[str]:
    """Every registration token, the node credential and the admin token of this sandbox."""
    tokens = sandbox.facts["tokens"]
    secrets = [*tokens["valid"], tokens["expired"], tokens["used"], tokens["revoked"]]
    secrets.append(Path(sandbox.facts["admin_token_file"]).read_text().strip())
    credential = sandbox.config.with_name("node-credential")
    if credential.exists():
        secrets.append(credential.read_text().strip())
    return secrets
