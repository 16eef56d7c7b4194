"""``quantix-tui sandbox`` as a process: its one line, its daemon, its end."""

import json
import os
import re
import signal
import ssl
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.leaks import leaks_in_files, leaks_in_processes, leaks_in_texts
from tests.support.sandbox import PROGRAM, Sandbox
from tests.support.waiting import wait_until


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One for all tests that leave it as they found it: it takes a second to start."""
    with Sandbox(tmp_path_factory.mktemp("process") / "sandbox", "--heartbeat-interval", "0.2") as sandbox:
        yield sandbox


def daemon_pid(sandbox: Sandbox) -> int:
    pid = sandbox.control("/daemon")["pid"]
    assert isinstance(pid, int)
    return pid


def gone(pid: int) -> Callable[[], bool]:
    """Whether the process has ended; one that only waits to be collected has."""

    def check() -> bool:
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
        except FileNotFoundError:
            return True

    return check


def node_answers(sandbox: Sandbox) -> bool:
    try:
        return httpx.get(f"{sandbox.facts['node_url']}/api/v1/host/health", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def test_the_line_names_all_that_is_there(sandbox: Sandbox) -> None:
    facts = sandbox.facts
    assert list(facts) == [
        "control_plane",
        "ca_file",
        "fingerprint",
        "tokens",
        "node_url",
        "node_socket",
        "admin_token_file",
        "config_file",
        "control_url",
    ]
    assert list(facts["tokens"]) == ["valid", "expired", "used", "revoked"]
    assert len(set(facts["tokens"]["valid"])) == 8
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", facts["fingerprint"])
    context = ssl.create_default_context(cafile=facts["ca_file"])
    assert httpx.get(f"{facts['control_plane']}/healthz", verify=context, trust_env=False).status_code == 200
    assert node_answers(sandbox)
    with httpx.Client(transport=httpx.HTTPTransport(uds=facts["node_socket"])) as client:
        assert client.get("http://localhost/api/v1/cluster/status").json()["status"] == "standalone"
    assert Path(facts["admin_token_file"]).stat().st_mode & 0o777 == 0o600
    assert Path(facts["config_file"]).exists()


def test_the_tokens_are_what_their_names_say(sandbox: Sandbox) -> None:
    facts, tokens = sandbox.facts, sandbox.facts["tokens"]
    url = f"{facts['control_plane']}/limiquantix.compute.v1.NodeService/CheckRegistration"
    context = ssl.create_default_context(cafile=facts["ca_file"])
    with httpx.Client(verify=context, trust_env=False) as client:

        def reason(token: str) -> str:
            answer = client.post(url, json={"hostname": "x"}, headers={"Authorization": f"Bearer {token}"})
            return "ok" if answer.status_code == 200 else str(answer.json()["details"][0]["reason"])

        assert {reason(token) for token in tokens["valid"]} == {"ok"}
        assert [reason(tokens[name]) for name in ("expired", "used", "revoked")] == [
            "token_expired",
            "token_used",
            "token_revoked",
        ]
    # The used one was really used: its node is there.
    assert [node["hostname"] for node in sandbox.control("/nodes")] == ["node-2"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_it_ends_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    sandbox = Sandbox(tmp_path / "sandbox")
    pid = daemon_pid(sandbox)
    sandbox.process.send_signal(number)
    assert sandbox.process.wait(15) == 0
    assert gone(pid)()
    assert sandbox.process.stdout is not None
    assert sandbox.process.stdout.read() == ""
    sandbox.process.stdout.close()
    assert sandbox.log.read_text() == ""


def test_without_a_folder_nothing_is_left() -> None:
    process = subprocess.Popen([*PROGRAM, "sandbox"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    folder = Path(json.loads(process.stdout.readline())["config_file"]).parent
    assert folder.exists()
    process.terminate()
    out, err = process.communicate(timeout=15)
    assert (process.returncode, out, err) == (0, "", "")
    assert not folder.exists()


def test_a_killed_one_takes_its_daemon_along(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path / "sandbox")
    pid = daemon_pid(sandbox)
    sandbox.process.kill()
    sandbox.close()
    wait_until(gone(pid), "the daemon to follow its sandbox")


def test_a_daemon_that_dies_is_said_and_stays_dead_until_started(sandbox: Sandbox) -> None:
    url, pid = sandbox.facts["node_url"], daemon_pid(sandbox)
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: "ended by itself (status -9)" in sandbox.log.read_text(), "word of the daemon's end")
    assert sandbox.control("/daemon") == {"running": False, "pid": None}
    assert not node_answers(sandbox)
    assert sandbox.control("/daemon", action="start")["running"] is True
    assert sandbox.facts["node_url"] == url
    assert node_answers(sandbox)
    assert daemon_pid(sandbox) != pid


def test_the_daemon_is_stopped_killed_and_started_on_request(sandbox: Sandbox) -> None:
    said = sandbox.log.read_text()
    for action in ("stop", "kill"):
        pid = daemon_pid(sandbox)
        assert sandbox.control("/daemon", action=action) == {"running": False, "pid": None}
        assert gone(pid)()
        assert not node_answers(sandbox)
        assert sandbox.control("/daemon", action="start")["running"] is True
        assert node_answers(sandbox)
    assert sandbox.log.read_text() == said


def test_it_says_why_it_cannot_start(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("node: {}\n")
    done = subprocess.run(
        [*PROGRAM, "sandbox", "--dir", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "holds a configuration that is not a sandbox's" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken(sandbox: Sandbox) -> None:
    port = sandbox.address.rpartition(":")[2]
    done = subprocess.run(
        [*PROGRAM, "sandbox", "--port", port], capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "Address already in use" in done.stderr
    assert "Traceback" not in done.stderr


def test_no_secret_is_in_arguments_environments_or_files(sandbox: Sandbox) -> None:
    tokens = sandbox.facts["tokens"]
    secrets = [*tokens["valid"], tokens["expired"], tokens["used"], tokens["revoked"]]
    secrets.append(Path(sandbox.facts["admin_token_file"]).read_text().strip())
    assert leaks_in_processes(secrets) == []
    assert leaks_in_files(sandbox.directory, secrets) == []
    assert leaks_in_texts({"log": sandbox.log.read_text()}, secrets) == []
