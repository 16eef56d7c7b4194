"""A console that owns a line, in a real pty, with this machine's real PAM on accounts of the test."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.own_etc import OwnEtc, own_etc
from tests.support.terminal import Terminal

RIGHT, NEW = "right horse battery", "staple of another horse"


@pytest.fixture
def machine(tmp_path: Path) -> OwnEtc:
    return own_etc(tmp_path)


@contextmanager
def line(machine: OwnEtc) -> Iterator[Terminal]:
    here = ("--node", f"unix:{machine.root}/node.sock", "--config", str(machine.root / "config.yaml"))
    command = machine.command(sys.executable, "-m", "quantix_tui", *here)
    environment = {"QUANTIX_LINE": "tty1", "QUANTIX_STATE": str(machine.root), "TMPDIR": str(machine.root)}
    with Terminal(command, environment=environment) as terminal:
        terminal.wait_for("CLUSTER")
        terminal.wait_for("locked")
        yield terminal
        # What was typed has never been sent to the terminal, and stands in no file.
        for password in (RIGHT, NEW):
            assert password.encode() not in bytes(terminal.received)
            files = [path for path in machine.root.rglob("*") if path.is_file()]
            assert not [path for path in files if password.encode() in path.read_bytes()]


def test_the_first_password_then_the_change_that_was_asked_for(machine: OwnEtc) -> None:
    with line(machine) as terminal:
        terminal.press("j")
        terminal.wait_for("No administrator of this node has a password yet.")
        terminal.press("enter")
        terminal.wait_for("Once more")
        terminal.press(RIGHT, "enter", RIGHT, "enter")
        terminal.wait_for("Join a cluster")
        terminal.press("esc")
        terminal.wait_for("root, locks in")
        assert machine.field("root").startswith("$")
        terminal.press("k")
        terminal.wait_for("Locked.")
        terminal.press("j")
        terminal.wait_for("For an administrator")
        terminal.press("wrong", "enter")
        terminal.wait_for("The user name or the password is wrong.")
        terminal.press("esc")
        terminal.wait_for("locked")


def test_an_expired_password_is_changed_on_the_screen(machine: OwnEtc) -> None:
    machine.password("root", RIGHT)
    machine.shadow("root", 2, "0")
    with line(machine) as terminal:
        terminal.press("u")
        terminal.wait_for("For an administrator")
        terminal.press(RIGHT, "enter")
        terminal.wait_for("has expired")
        terminal.wait_for("Current password")
        terminal.press(RIGHT, "enter")
        terminal.wait_for("New password")
        terminal.press(NEW, "enter")
        terminal.wait_for("Retype")
        terminal.press(NEW, "enter")
        terminal.wait_for("root, locks in")
