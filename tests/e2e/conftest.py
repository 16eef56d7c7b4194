"""Real processes for the end-to-end tests."""

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


def secrets_of(sandbox: Sandbox) -> list[str]:
    """Every registration token, the node credential and the admin token of this sandbox."""
    tokens = sandbox.facts["tokens"]
    secrets = [*tokens["valid"], tokens["expired"], tokens["used"], tokens["revoked"]]
    secrets.append(Path(sandbox.facts["admin_token_file"]).read_text().strip())
    credential = sandbox.config.with_name("node-credential")
    if credential.exists():
        secrets.append(credential.read_text().strip())
    return secrets
