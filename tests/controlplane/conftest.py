from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from quantix_tui.controlplane.limits import Timeouts
from quantix_tui.sandbox.controlplane import SandboxControlPlane

IMPATIENT = Timeouts(resolve=0.3, connect=0.3, tls=0.4, request=0.9)
"""For the tests that wait for one of them to pass."""


@pytest.fixture
async def control_plane(tmp_path: Path) -> AsyncIterator[SandboxControlPlane]:
    async with SandboxControlPlane(tmp_path, slow_pace_secs=0.2) as running:
        yield running
