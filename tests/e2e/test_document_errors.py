"""The document's error cases through the API of a real daemon: each its own code, words and cure.

The same cases through the command line are in ``tests/commands/test_refusals.py``, on the screen in
``test_console.py``.
"""

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.support.node_api import NodeApi
from tests.support.sandbox import Sandbox
from tests.support.waiting import wait_until


def wanted(sandbox: Sandbox, **changes: object) -> dict[str, object]:
    return {
        "control_plane_address": sandbox.address,
        "registration_token": sandbox.new_token(),
        "pin_sha256": sandbox.pin,
        **changes,
    }


def refused(answer: tuple[int, Any], status: int, code: str, words: str) -> None:
    """The status, the code, what happened, and that something can be done about it."""
    assert (answer[0], answer[1]["error"]) == (status, code), answer
    assert words in answer[1]["message"]
    assert answer[1]["hint"].endswith(".")


@pytest.fixture
def node(sandbox: Sandbox) -> NodeApi:
    return NodeApi(sandbox.facts["node_socket"])


def test_invalid_address(sandbox: Sandbox, node: NodeApi) -> None:
    answer = node.ask("POST", "/cluster/join", wanted(sandbox, control_plane_address="vdc.example.com:99999"))
    refused(answer, 400, "invalid_address", "There is no port 99999.")


def test_network_unreachable(sandbox: Sandbox, node: NodeApi) -> None:
    answer = node.ask("POST", "/cluster/join", wanted(sandbox, control_plane_address="no-such-host.invalid"))
    refused(answer, 502, "network_unreachable", "no-such-host.invalid")


@pytest.mark.parametrize(
    ("which", "words"), [("expired", "expired"), ("used", "used"), ("revoked", "revoked"), ("unknown", "does not know")]
)
def test_invalid_token(sandbox: Sandbox, node: NodeApi, which: str, words: str) -> None:
    token = sandbox.facts["tokens"].get(which, "QUANTIX-AAAA-BBBB-CCCC")
    answer = node.ask("POST", "/cluster/join", wanted(sandbox, registration_token=token))
    refused(answer, 422, "invalid_token", words)
    assert token not in json.dumps(answer[1])


def test_already_registered(sandbox: Sandbox, node: NodeApi) -> None:
    sandbox.register(node.ask("GET", "/host")[1]["hostname"], sandbox.new_token())
    answer = node.ask("POST", "/cluster/join", wanted(sandbox))
    refused(answer, 409, "already_registered", "already has a node of this name")


def test_only_administrators_change(sandbox: Sandbox) -> None:
    url = urlsplit(str(sandbox.facts["node_url"]))
    connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=10)
    body = json.dumps(wanted(sandbox))
    connection.request("POST", "/api/v1/cluster/join", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    refused((answer.status, json.loads(answer.read())), 401, "unauthorized", "")
    connection.close()
    assert "registration_enabled: true" not in sandbox.config.read_text()


def test_config_write_error(full_disk_sandbox: Sandbox) -> None:
    before = full_disk_sandbox.config.read_bytes()
    full = NodeApi(full_disk_sandbox.facts["node_socket"])
    refused(full.ask("POST", "/cluster/join", wanted(full_disk_sandbox)), 500, "config_write_error", "full")
    assert full.status()["status"] == "standalone"
    assert full_disk_sandbox.config.read_bytes() == before


def test_control_plane_unreachable_is_no_error_of_a_leave(sandbox: Sandbox, node: NodeApi) -> None:
    assert node.ask("POST", "/cluster/join", wanted(sandbox))[0] == 200
    assert node.ask("POST", "/cluster/reload")[0] == 200
    node.wait_for(status="connected")
    sandbox.fault("refuse")
    code, left = node.ask("POST", "/cluster/leave")
    assert (code, left["status"]) == (200, "standalone")
    wait_until(lambda: (node.status()["pending_cleanup"] or {}).get("problem"), "the first attempt of the clean-up")
    assert node.status()["pending_cleanup"]["problem"]["error"] == "control_plane_unreachable"
    sandbox.fault("none")
    node.wait_for(pending_cleanup=None)
    assert [known["hostname"] for known in sandbox.control("/nodes")] == ["node-2"]
