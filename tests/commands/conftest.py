"""The command line as a script meets it: real processes against a real sandbox, one for each module of tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.node_api import NodeApi
from tests.support.sandbox import Sandbox


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox(tmp_path_factory.mktemp("sandbox"), "--heartbeat-interval", "1") as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Iterator[Sandbox]:
    """Its node belongs to no cluster when the test begins, and the control plane knows it no more."""
    yield running
    running.begin_anew()


@pytest.fixture
def node(sandbox: Sandbox) -> NodeApi:
    return NodeApi(sandbox.facts["node_socket"])


@pytest.fixture
def config_before(sandbox: Sandbox) -> bytes:
    return Path(sandbox.config).read_bytes()
