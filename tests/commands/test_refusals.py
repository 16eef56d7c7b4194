"""The document's error cases through the command line: each with its own words, its code and its exit code."""

import json
import os
import re
import ssl
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.node_api import NodeApi
from tests.support.sandbox import Finished, Sandbox
from tests.support.terminal import Terminal


def join(sandbox: Sandbox, address: str | None = None, token: str | None = None, *more: str) -> Finished:
    arguments = ("join", address or sandbox.address, "--pin", sandbox.pin, "--token-file", "-", *more)
    return sandbox.run(*arguments, token=token or sandbox.new_token())


def refused(finished: Finished, code: str, *words: str) -> None:
    """It failed with ``code`` on standard error, said ``words``, and then what to do."""
    assert finished.code == 1, finished
    first, hint, *_ = finished.err.splitlines()
    assert first.startswith(f"{code}: "), finished.err
    for word in words:
        assert word in first
    assert re.fullmatch(r"  \S.*\.", hint), finished.err


@pytest.fixture
def unchanged(sandbox: Sandbox, config_before: bytes) -> Iterator[None]:
    """Whatever is refused, nothing was saved."""
    yield
    assert sandbox.config.read_bytes() == config_before
    assert not sandbox.config.with_name("registration-token").exists()


@pytest.mark.usefixtures("unchanged")
class TestNothingSaved:
    @pytest.mark.parametrize(
        ("address", "words"),
        [
            ("https://vdc example.com", "space"),
            ("ftp://vdc.example.com", "ftp"),
            ("vdc.example.com:0", "port"),
            ("vdc.example.com:70000", "70000"),
            ("https://me@vdc.example.com", "user name"),
            ("https://vdc.example.com/path", "path"),
        ],
    )
    def test_invalid_address(self, sandbox: Sandbox, address: str, words: str) -> None:
        refused(join(sandbox, address), "invalid_address", words)

    def test_network_unreachable_refused(self, sandbox: Sandbox) -> None:
        sandbox.fault("refuse")
        finished = join(sandbox)
        refused(finished, "network_unreachable", "refuses connections")
        assert "FAIL  connection" in finished.out
        assert "-     token" in finished.out

    def test_network_unreachable_name(self, sandbox: Sandbox) -> None:
        refused(join(sandbox, "no-such-name.invalid"), "network_unreachable", "no-such-name.invalid")

    @pytest.mark.parametrize(
        ("kind", "words"),
        [("expired", "expired"), ("used", "used already"), ("revoked", "revoked"), (None, "not know")],
    )
    def test_invalid_token(self, sandbox: Sandbox, kind: str | None, words: str) -> None:
        token = sandbox.facts["tokens"][kind] if kind else "QUANTIX-ZZZZ-ZZZZ-ZZZZ"
        finished = join(sandbox, token=token)
        refused(finished, "invalid_token", words)
        assert "FAIL  token" in finished.out
        assert token not in finished.out + finished.err

    @pytest.mark.parametrize(("token", "words"), [("", "No token"), ("two words", "space")])
    def test_a_token_that_cannot_be_one(self, sandbox: Sandbox, token: str, words: str) -> None:
        finished = sandbox.run("join", sandbox.address, "--token-file", "-", token=token)
        refused(finished, "invalid_token", words)

    def test_a_tokens_file_that_is_not_there(self, sandbox: Sandbox) -> None:
        refused(
            sandbox.run("join", sandbox.address, "--token-file", "/none"), "invalid_request", "/none", "No such file"
        )

    def test_already_registered(self, sandbox: Sandbox) -> None:
        node_id = register(sandbox, os.uname().nodename)
        try:
            finished = join(sandbox)
        finally:
            sandbox.control("/remove_node", node_id=node_id)
        refused(finished, "already_registered", os.uname().nodename)
        assert "FAIL  this node" in finished.out

    def test_config_write_error(self, sandbox: Sandbox) -> None:
        lock = sandbox.config.with_name(f".{sandbox.config.name}.lock")
        lock.unlink(missing_ok=True)
        lock.mkdir()
        try:
            finished = join(sandbox)
        finally:
            lock.rmdir()
        refused(finished, "config_write_error")

    def test_unauthorized(self, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("QUANTIX_ADMIN_TOKEN_FILE", str(tmp_path / "none"))
        for words in (["join", sandbox.address, "--token-file", "-"], ["leave", "--yes"], ["restart"]):
            finished = sandbox.run(*words, "--node", sandbox.facts["node_url"], token=sandbox.new_token())
            refused(finished, "unauthorized")
            assert str(tmp_path / "none") in finished.err

    def test_untrusted_certificate_shows_what_to_compare_and_trusts_nothing(self, sandbox: Sandbox) -> None:
        finished = sandbox.run("join", sandbox.address, "--token-file", "-", token=sandbox.new_token())
        refused(finished, "untrusted_certificate")
        digest = sandbox.pin.removeprefix("sha256:").upper()
        rows = re.findall(r"(?m)^ +(?:SHA-256)? +((?:[0-9A-F]{4} {1,2}){7}[0-9A-F]{4})$", finished.err)
        assert "".join(rows).replace(" ", "") == digest
        assert f"--pin {sandbox.pin}" in finished.err
        assert "?     identity" in finished.out

    def test_an_error_as_json(self, sandbox: Sandbox) -> None:
        finished = join(sandbox, None, sandbox.facts["tokens"]["expired"], "--json")
        body = finished.json()
        assert (finished.code, body["error"], body["details"]["reason"]) == (1, "invalid_token", "expired")
        assert [check["name"] for check in body["checks"]][-2:] == ["token", "this node"]
        assert body["saved"] is False
        assert finished.err.startswith("invalid_token: ")


def register(sandbox: Sandbox, hostname: str) -> str:
    """Another machine takes this node's name at the control plane; its node id."""
    request = urllib.request.Request(
        f"{sandbox.address}/limiquantix.compute.v1.NodeService/RegisterNode",
        data=json.dumps({"hostname": hostname, "managementIp": "192.0.2.9:9090"}).encode(),
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {sandbox.new_token()}"},
    )
    context = ssl.create_default_context(cafile=sandbox.facts["ca_file"])
    with urllib.request.urlopen(request, context=context, timeout=10) as answer:
        return str(json.load(answer)["id"])


def test_a_second_join_is_refused(sandbox: Sandbox) -> None:
    assert join(sandbox).code == 0
    refused(join(sandbox), "already_joined", sandbox.address)


def test_a_leave_that_cannot_be_told_is_done_and_pending(sandbox: Sandbox, node: NodeApi) -> None:
    """Document, "Control Plane Unreachable": local config updated, control plane cleanup pending."""
    assert join(sandbox, None, None, "--restart", "--wait").code == 0
    sandbox.fault("refuse")
    finished = sandbox.run("leave", "--yes")
    assert finished.code == 0, finished
    assert finished.err.startswith("control_plane_unreachable: ")
    assert "pending" in finished.err
    assert node.status()["pending_cleanup"]["control_plane_address"] == sandbox.address
    assert b"address" not in sandbox.config.read_bytes().partition(b"control_plane:")[2].partition(b"\n\n")[0]
    assert "Clean-up" in sandbox.run("status").out
    sandbox.fault("none")
    node.wait_for(pending_cleanup=None)


def test_a_leave_that_cannot_be_written_changes_nothing(sandbox: Sandbox) -> None:
    assert join(sandbox).code == 0
    joined = sandbox.config.read_bytes()
    lock = sandbox.config.with_name(f".{sandbox.config.name}.lock")
    lock.unlink()
    lock.mkdir()
    try:
        refused(sandbox.run("leave", "--yes"), "config_write_error")
    finally:
        lock.rmdir()
    assert sandbox.config.read_bytes() == joined


def test_a_leave_that_is_not_meant_is_one_json_object_too(tmp_path: Path) -> None:
    here = ("--node", f"unix:{tmp_path}/node.sock", "--config", str(tmp_path / "config.yaml"))
    with Terminal([sys.executable, "-m", "quantix_tui", *here, "leave", "--json"]) as terminal:
        terminal.wait_for("Type yes:")
        terminal.press("no\n")
        assert terminal.wait_for_exit() == 1
        assert '"error": "cancelled"' in terminal.text
