"""Real processes for the end-to-end tests."""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from quantix_tui.sandbox.daemon import HEARTBEAT_FLOOR_SECS
from tests.support.leaks import leaks_in_files, leaks_in_processes
from tests.support.sandbox import Sandbox


@contextlib.contextmanager
def searched(directory: Path, heartbeat_interval: float) -> Iterator[Sandbox]:
    """A sandbox in whose folder nothing holds a secret when it has ended."""
    with Sandbox(directory, "--heartbeat-interval", str(heartbeat_interval)) as sandbox:
        yield sandbox
        secrets = sandbox.secrets()
        assert leaks_in_processes(secrets) == []
    assert leaks_in_files(directory, secrets) == []


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with searched(tmp_path_factory.mktemp("sandbox"), 0.1) as sandbox:
        yield sandbox


@pytest.fixture
def quick_sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    """Its node is disconnected as soon as one can be: three of the shortest intervals without a heartbeat."""
    with searched(tmp_path / "sandbox", HEARTBEAT_FLOOR_SECS) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Iterator[Sandbox]:
    """A sandbox with fast heartbeats; after the test nothing in its folder or any process holds a secret."""
    yield running
    secrets = running.secrets()
    assert leaks_in_processes(secrets) == []
    assert leaks_in_files(running.directory, secrets) == []
    running.begin_anew()


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
