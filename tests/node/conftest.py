"""A control plane in this process and a node that may join it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from quantix_tui.sandbox.controlplane import SandboxControlPlane
from tests.node.support import OTHERS, Node


@pytest.fixture
async def plane(tmp_path: Path) -> AsyncIterator[SandboxControlPlane]:
    folder = tmp_path / "plane"
    folder.mkdir()
    async with SandboxControlPlane(folder, heartbeat_interval_secs=0.1) as plane:
        yield plane


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    node = Node(tmp_path / "node")
    node.config.write_text(OTHERS)
    node.start()
    yield node
    await node.stop()
