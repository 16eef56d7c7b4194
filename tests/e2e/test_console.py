"""The administrator's stories, told to the real program in a real pty at 80x24, on real parts."""

import os
import signal

import pytest

from tests.support.console import console, fill_join_form, join, pin
from tests.support.node_api import NodeApi
from tests.support.sandbox import Sandbox
from tests.support.terminal import Terminal
from tests.support.waiting import wait_until


def flat(screen: str) -> str:
    """The screen's words without frames and line breaks, so that a wrapped sentence is one."""
    return " ".join(screen.replace("\u2502", " ").split())


def wait_for_words(terminal: Terminal, words: str) -> str:
    return flat(terminal.wait_for(lambda text: words in flat(text)))


def test_join_and_leave_by_keyboard(sandbox: Sandbox) -> None:
    with console(sandbox) as terminal:
        terminal.wait_for("STANDALONE")
        join(terminal, sandbox, sandbox.new_token())
        terminal.wait_for(lambda text: "s ago" in text and "CONNECTED" in text)
        terminal.press("l")
        terminal.wait_for("Leave the cluster")
        terminal.press("right", "enter")
        terminal.wait_for("This node has left")
        terminal.press("enter")
        wait_for_words(terminal, "stands on its own")
        terminal.press("esc")
        terminal.wait_for("STANDALONE")
        terminal.press("q")
        assert terminal.wait_for_exit() == 0


def test_enter_alone_never_pins(sandbox: Sandbox) -> None:
    with console(sandbox) as terminal:
        fill_join_form(terminal, sandbox.address, sandbox.new_token())
        terminal.wait_for("It matches: pin it")
        terminal.press("enter")
        wait_for_words(terminal, "Nothing was saved")
        assert "pin_sha256" not in sandbox.config.read_text()


@pytest.mark.parametrize(
    ("which", "words"),
    [
        ("expired", "has expired"),
        ("used", "has been used"),
        ("revoked", "was revoked"),
        ("unknown", "does not know"),
    ],
)
def test_each_wrong_token_says_exactly_what_is_wrong(sandbox: Sandbox, which: str, words: str) -> None:
    """Document, "Invalid Token"."""
    before = sandbox.config.read_bytes()
    with console(sandbox) as terminal:
        token = sandbox.facts["tokens"].get(which, "QUANTIX-AAAA-BBBB-CCCC")
        fill_join_form(terminal, sandbox.address, token)
        pin(terminal)
        assert words in wait_for_words(terminal, "Nothing was saved")
    assert sandbox.config.read_bytes() == before


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("https://vdc.example.com/api", "has a path"),  # Document, "Invalid Address".
        ("no-such-host.invalid", "no-such-host.invalid"),  # Document, "Network Unreachable".
        ("https://127.0.0.1:9", "127.0.0.1"),
    ],
)
def test_each_wrong_address_says_exactly_what_is_wrong(sandbox: Sandbox, address: str, words: str) -> None:
    with console(sandbox) as terminal:
        fill_join_form(terminal, address, sandbox.new_token())
        wait_for_words(terminal, words)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("html", "it is no Quantix control plane"),
        ("maintenance", "is being updated"),
        ("expired_certificate", "expired"),
        ("wrong_certificate", "is for vdc.elsewhere.example"),
        ("plaintext", "not encrypted"),
        ("redirect", "Redirects are not followed"),
        ("error500", "500"),
        ("hostile", "All checks passed"),
    ],
)
def test_each_control_plane_fault_says_exactly_what_is_wrong(sandbox: Sandbox, fault: str, words: str) -> None:
    sandbox.fault(fault)
    with console(sandbox) as terminal:
        fill_join_form(terminal, sandbox.address, sandbox.new_token())
        screen = terminal.wait_for(lambda text: "It matches: pin it" in text or "Nothing was saved" in flat(text))
        if "It matches: pin it" in screen:
            terminal.press("left", "enter")
        wait_for_words(terminal, words)


def test_already_registered(sandbox: Sandbox) -> None:
    """Document, "Already Registered": the host name is taken at the control plane."""
    host = NodeApi(sandbox.facts["node_socket"]).ask("GET", "/host")[1]["hostname"]
    sandbox.register(host, sandbox.new_token())
    with console(sandbox) as terminal:
        fill_join_form(terminal, sandbox.address, sandbox.new_token())
        pin(terminal)
        wait_for_words(terminal, "already has a node of this name")


def test_only_administrators_change(sandbox: Sandbox) -> None:
    """Document, "Permissions": over TCP without the admin token everything can be read and nothing changed."""
    nothing = {"QUANTIX_ADMIN_TOKEN_FILE": str(sandbox.directory / "no-such-file")}
    with console(sandbox, node=sandbox.facts["node_url"], environment=nothing) as terminal:
        terminal.wait_for("STANDALONE")
        fill_join_form(terminal, sandbox.address, sandbox.new_token())
        wait_for_words(terminal, "administrator")
    assert "registration_enabled: true" not in sandbox.config.read_text()


def test_a_stopped_control_plane_is_told_and_comes_back(sandbox: Sandbox) -> None:
    with console(sandbox) as terminal:
        join(terminal, sandbox, sandbox.new_token())
        sandbox.fault("refuse")
        terminal.press("f5")
        wait_until(lambda: NodeApi(sandbox.facts["node_socket"]).status()["status"] == "disconnected", "disconnected")
        terminal.press("f5")
        terminal.wait_for("DISCONNECTED")
        wait_for_words(terminal, "refuses")
        # Document, "Control Plane Unreachable": leaving changes the node, the clean-up stays pending.
        terminal.press("l")
        terminal.wait_for("Leave the cluster")
        terminal.press("right", "enter")
        wait_for_words(terminal, "has not been told yet")
        terminal.press("esc")
        sandbox.fault("none")
        node = NodeApi(sandbox.facts["node_socket"])
        wait_until(lambda: node.status()["pending_cleanup"] is None, "the clean-up", timeout=30)
        assert [node["hostname"] for node in sandbox.control("/nodes")] == ["node-2"]


def test_the_daemon_dies_under_the_console(sandbox: Sandbox) -> None:
    with console(sandbox) as terminal:
        terminal.wait_for("STANDALONE")
        sandbox.control("/daemon", action="kill")
        terminal.press("f5")
        wait_for_words(terminal, "The node daemon does not answer")
        sandbox.control("/daemon", action="start")
        terminal.press("f5")
        terminal.wait_for(lambda text: "STANDALONE" in text and "does not answer" not in text)


def test_every_key_answers_while_the_control_plane_hangs(sandbox: Sandbox) -> None:
    sandbox.fault("hang")
    with console(sandbox) as terminal:
        fill_join_form(terminal, sandbox.address, sandbox.new_token())
        # The handshake is answered: what hangs is the question behind it.
        pin(terminal)
        terminal.wait_for("pinned CA")
        terminal.press("esc")
        terminal.wait_for("Check again")
        terminal.press("esc")
        terminal.wait_for("THIS NODE")
        terminal.press("q")
        assert terminal.wait_for_exit() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_signals_end_it_and_the_terminal_is_given_back(sandbox: Sandbox, number: signal.Signals) -> None:
    with console(sandbox) as terminal:
        terminal.wait_for("STANDALONE")
        terminal.send_signal(number)
        terminal.wait_for_exit()
        assert b"\x1b[?1049l" in terminal.received
        assert b"Traceback" not in terminal.received


def test_a_full_disk_saves_nothing_and_says_so(full_disk_sandbox: Sandbox) -> None:
    """Document, "Config Write Error", on a disk that is really full."""
    before = full_disk_sandbox.config.read_bytes()
    with console(full_disk_sandbox) as terminal:
        fill_join_form(terminal, full_disk_sandbox.address, full_disk_sandbox.new_token())
        pin(terminal)
        terminal.wait_for("Save and restart")
        terminal.press("enter")
        assert "Nothing was saved" in wait_for_words(terminal, "full")
    assert full_disk_sandbox.config.read_bytes() == before
    assert not [name for name in os.listdir(full_disk_sandbox.directory) if name.endswith((".tmp", ".new"))]
