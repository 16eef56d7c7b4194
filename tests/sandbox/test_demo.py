"""The demo's sandbox: a child that ends with its parent, whatever happens."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from quantix_tui.sandbox.demo import DemoSandbox, demo_sandbox, running_sandbox
from quantix_tui.sandbox.directory import SandboxError
from tests.sandbox.test_process import gone
from tests.support.leaks import leaks_in_processes
from tests.support.sandbox import PROGRAM
from tests.support.terminal import Terminal
from tests.support.waiting import wait_until

HOLD = """
import os, sys
from quantix_tui.sandbox.demo import running_sandbox
with running_sandbox() as sandbox:
    print(sandbox.settings.config_file, flush=True)
    sys.stdin.read()
"""


def only_child(pid: int) -> int:
    (child,) = psutil.Process(pid).children()
    return child.pid


def test_settings_and_hints() -> None:
    line = {
        "control_plane": "https://localhost:8443",
        "fingerprint": "sha256:ab",
        "tokens": {"valid": ["one", "two"], "expired": "three", "used": "four", "revoked": "five"},
        "node_socket": "/tmp/x/node.sock",
        "admin_token_file": "/tmp/x/admin-token",
        "config_file": "/tmp/x/config.yaml",
    }
    sandbox = demo_sandbox(json.dumps(line).encode())
    assert sandbox.settings.node == "unix:/tmp/x/node.sock"
    assert str(sandbox.settings.config_file) == "/tmp/x/config.yaml"
    assert sandbox.hints.address == "https://localhost:8443"
    assert list(sandbox.hints.tokens.values()) == ["one", "three", "four", "five", "two"]
    assert "three" not in repr(sandbox)


def test_it_ends_when_the_console_crashes() -> None:
    seen: list[DemoSandbox] = []

    def crashing_console(sandbox: DemoSandbox) -> None:
        seen.append(sandbox)
        assert os.path.exists(sandbox.settings.config_file)
        assert leaks_in_processes(sandbox.hints.tokens.values()) == []
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), running_sandbox() as sandbox:
        crashing_console(sandbox)
    assert not os.path.exists(seen[0].settings.config_file)


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM, signal.SIGKILL])
def test_it_ends_when_the_demo_is_killed(number: signal.Signals) -> None:
    demo = subprocess.Popen([sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert demo.stdout is not None
    config = Path(demo.stdout.readline().strip())
    sandbox = only_child(demo.pid)
    daemon = only_child(sandbox)
    os.kill(demo.pid, number)
    demo.communicate(timeout=10)
    wait_until(gone(sandbox), "the sandbox to follow the demo")
    wait_until(gone(daemon), "the daemon to follow the sandbox")
    wait_until(lambda: not config.parent.exists(), "the folder to be removed")


def test_it_says_why_it_did_not_start() -> None:
    with (
        pytest.raises(SandboxError, match="There is no room"),
        running_sandbox(["sh", "-c", "echo There is no room. >&2; exit 1"]),
    ):
        pytest.fail("it did not start")


def test_it_needs_a_terminal() -> None:
    done = subprocess.run([*PROGRAM, "demo"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "quantix-tui sandbox" in done.stderr


@pytest.fixture
def demo() -> Iterator[Terminal]:
    with Terminal([*PROGRAM, "demo"], columns=120, rows=40) as terminal:
        terminal.wait_for(lambda text: "https://localhost:" in text and "QUANTIX-" in text)
        yield terminal


def test_the_console_opens_with_what_to_try_and_leaves_nothing_behind(demo: Terminal) -> None:
    sandbox = only_child(demo.pid)
    daemon = only_child(sandbox)
    demo.wait_for(lambda text: len(set(re.findall(r"QUANTIX(?:-\w{4}){3}", text))) == 5)
    tokens = re.findall(r"QUANTIX(?:-\w{4}){3}", demo.text)
    assert leaks_in_processes(tokens) == []
    demo.press("q")
    assert demo.wait_for_exit() == 0
    assert gone(sandbox)()
    assert gone(daemon)()


def test_a_terminal_that_hangs_up_ends_it_all(demo: Terminal) -> None:
    sandbox = only_child(demo.pid)
    daemon = only_child(sandbox)
    demo.close()
    for process in (sandbox, daemon):
        wait_until(gone(process), "the demo to follow its terminal")
