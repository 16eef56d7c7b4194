"""The console in a real pty, and the steps a person takes in it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tests.support.leaks import leaks_in_texts
from tests.support.sandbox import Sandbox, with_node
from tests.support.terminal import Terminal


@contextmanager
def console(
    sandbox: Sandbox,
    *,
    node: str | None = None,
    environment: Mapping[str, str] | None = None,
    columns: int = 80,
    rows: int = 24,
) -> Iterator[Terminal]:
    """Open the console on the sandbox's node; wait for the cluster's state; look for leaked secrets at the end."""
    command = list(with_node(sandbox))
    if node is not None:
        command[command.index("--node") + 1] = node
    with Terminal(command, environment=environment, columns=columns, rows=rows) as terminal:
        terminal.wait_for("CLUSTER")
        yield terminal
        assert leaks_in_texts({"the bytes sent to the terminal": bytes(terminal.received)}, sandbox.tokens()) == []


def fill_join_form(terminal: Terminal, address: str, token: str) -> None:
    """Open the form, type both, and start the checks."""
    terminal.wait_for("Join a cluster")
    terminal.press("j")
    terminal.wait_for("Esc  back")
    terminal.press("ctrl+u", address, "tab", "ctrl+u", token, "enter")


def pin(terminal: Terminal) -> None:
    """Confirm the fingerprint: a deliberate step, the focus stands on stop."""
    terminal.wait_for("It matches: pin it")
    terminal.press("left", "enter")


def join(terminal: Terminal, sandbox: Sandbox, token: str) -> None:
    """From standalone to connected, as the README tells it."""
    fill_join_form(terminal, sandbox.address, token)
    pin(terminal)
    terminal.wait_for("Save and restart")
    terminal.press("enter")
    terminal.wait_for("acknowledges the heartbeats")
    terminal.press("esc")
    terminal.wait_for("CONNECTED")
