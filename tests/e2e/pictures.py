"""``python -m tests.e2e.pictures``: draw the pictures of the README from the real program in a real pty.

Everything on them is real: sandbox, daemon, addresses and figures of the machine that draws them. Run by hand,
looked at, committed.
"""

import os
import tempfile
from pathlib import Path

from tests.support.console import console, fill_join_form, pin
from tests.support.node_api import NodeApi
from tests.support.picture import seen_by, svg_of
from tests.support.sandbox import Sandbox
from tests.support.terminal import Terminal

FOLDER = Path(__file__).parents[2] / "assets" / "screens"


class Album:
    """Takes pictures of one terminal; its size stands in the file's name when it is not 80x24."""

    def __init__(self, terminal: Terminal, suffix: str = "") -> None:
        self._terminal = terminal
        self._suffix = suffix

    def take(self, name: str, shown: str) -> None:
        self._terminal.wait_for(shown)
        (FOLDER / f"{name}{self._suffix}.svg").write_text(svg_of(seen_by(self._terminal.screen)), encoding="utf-8")


def wrong_turns(sandbox: Sandbox) -> None:
    """The form half-way, a certificate to compare, a token refused, a control plane that is none."""
    tokens = sandbox.facts["tokens"]
    with console(sandbox) as terminal:
        album = Album(terminal)
        album.take("dashboard-standalone", "Node daemon started")
        terminal.press("j")
        terminal.wait_for("Esc  back")
        terminal.press("vdc.quantix.local", "tab", tokens["expired"], "backtab")
        album.take("join-typed", "3 groups of 4")
        sandbox.fault("hang")
        terminal.press("ctrl+u", sandbox.address, "enter")
        pin(terminal)
        album.take("join-half-way", "pinned CA")
        terminal.press("esc")
        terminal.wait_for("Check again")
        sandbox.fault("none")
        terminal.press("enter")
        album.take("join-token-refused", "Ask your vDC")
    sandbox.fault("none")
    with console(sandbox) as terminal:
        fill_join_form(terminal, sandbox.address, tokens["valid"][0])
        Album(terminal).take("join-compare-fingerprint", "It matches: pin it")
    sandbox.fault("html")
    with console(sandbox) as terminal:
        fill_join_form(terminal, sandbox.address, tokens["valid"][0])
        pin(terminal)
        Album(terminal).take("join-no-control-plane", "no Quantix control plane")
    sandbox.fault("none")


def a_membership(sandbox: Sandbox) -> None:
    """Joined, connected, lost, left, the daemon gone."""
    node = NodeApi(sandbox.facts["node_socket"])
    with console(sandbox) as terminal:
        album = Album(terminal)
        fill_join_form(terminal, sandbox.address, sandbox.facts["tokens"]["valid"][0])
        pin(terminal)
        album.take("join-ready", "Save and restart")
        terminal.press("right", "enter")
        album.take("dashboard-restart-needed", "RESTART NEEDED")
        terminal.press("r")
        terminal.wait_for("Restart now")
        terminal.press("right", "enter")
        album.take("restart-followed", "acknowledges the heartbeats")
        terminal.press("esc")
        terminal.wait_for("s ago")
        terminal.press("f5")
        album.take("dashboard-connected", "Registered with")
        terminal.press("?")
        album.take("help", "Ctrl-L")
        terminal.press("esc")
        terminal.wait_for("CLUSTER")
        with console(sandbox, columns=120, rows=40) as wide:
            Album(wide, "-120x40").take("dashboard-connected", "Registered with")
        sandbox.fault("refuse")
        node.wait_for(status="disconnected", timeout=60)
        terminal.press("f5")
        album.take("dashboard-disconnected", "DISCONNECTED")
        sandbox.fault("none")
        node.wait_for(status="connected", timeout=90)
        terminal.press("f5", "l")
        album.take("leave", "Leave the cluster")
        terminal.press("esc")
        sandbox.control("/daemon", action="kill")
        terminal.press("f5")
        album.take("dashboard-daemon-died", "does not answer")


def plain(sandbox: Sandbox) -> None:
    """The same dashboard and form in ASCII without colour, as a simple serial line shows them."""
    simple = {"QUANTIX_GLYPHS": "ascii", "QUANTIX_COLORS": "none"}
    with console(sandbox, environment=simple) as terminal:
        album = Album(terminal, "-plain")
        album.take("dashboard-standalone", "Node daemon started")
        fill_join_form(terminal, sandbox.address, sandbox.facts["tokens"]["valid"][0])
        album.take("join-compare-fingerprint", "It matches: pin it")


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    os.environ["COLORTERM"] = "truecolor"
    with tempfile.TemporaryDirectory() as directory, Sandbox(Path(directory), "--heartbeat-interval", "5") as sandbox:
        plain(sandbox)
        wrong_turns(sandbox)
        a_membership(sandbox)
    print(f"pictures in {FOLDER}")


if __name__ == "__main__":
    main()
