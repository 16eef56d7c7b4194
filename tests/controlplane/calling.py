"""Calling a control plane in a test."""

from collections.abc import Awaitable

import pytest

from quantix_tui.cluster.address import parse_address
from quantix_tui.cluster.errors import Problem, QuantixError
from quantix_tui.cluster.secret import NodeCredential
from quantix_tui.cluster.token import RegistrationToken
from quantix_tui.cluster.trust import Trust
from quantix_tui.controlplane.client import ControlPlaneClient
from quantix_tui.controlplane.limits import Timeouts
from quantix_tui.controlplane.wire import NodeDescription, NodeRole

SECRET = "QUANTIX-SECR-ETSE-CRET"
TOKEN = RegistrationToken(SECRET)
JSON_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CREDENTIAL = NodeCredential("qnc_nobody-may-see-this")
NODE = NodeDescription(hostname="qx-node-07", management_ip="10.20.0.17:9090", role=NodeRole(compute=True))


def plain(port: int, timeouts: Timeouts | None = None) -> ControlPlaneClient:
    """A client of an unencrypted server on this machine."""
    return ControlPlaneClient(parse_address(f"http://127.0.0.1:{port}"), Trust(), timeouts=timeouts)


async def problem(call: Awaitable[object]) -> Problem:
    """What ``call`` fails with."""
    with pytest.raises(QuantixError) as caught:
        await call
    return caught.value.problem
