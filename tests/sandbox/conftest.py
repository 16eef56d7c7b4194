"""A sandbox control plane in this process, and a client that trusts it."""

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from quantix_tui.sandbox.controlplane import SandboxControlPlane


@pytest.fixture
async def plane(tmp_path: Path) -> AsyncIterator[SandboxControlPlane]:
    async with SandboxControlPlane(tmp_path, slow_pace_secs=0.001) as plane:
        yield plane


@pytest.fixture
async def client(plane: SandboxControlPlane) -> AsyncIterator[httpx.AsyncClient]:
    context = ssl.create_default_context(cafile=plane.ca_file)
    async with httpx.AsyncClient(base_url=plane.url, verify=context, trust_env=False, timeout=5.0) as client:
        yield client
