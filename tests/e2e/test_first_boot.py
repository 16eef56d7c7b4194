"""The first boot told to the real program in a real pty, and the power cut at each of its pages and steps."""

import json
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from quantix_tui.sandbox.machine import STATE, make_machine
from tests.e2e.test_console import wait_for_words
from tests.support.leaks import leaks_in_texts
from tests.support.sandbox import Sandbox, with_node
from tests.support.terminal import KEYS, Terminal

PASSWORD = "correct horse battery"
NEXT = "\x0e"  # Ctrl-N
PAGES = ("ADMINISTRATOR", "NAME", "NETWORK", "TIME", "CLUSTER", "REVIEW")
AT_STEP = """
import os, signal, sys
from quantix_tui.cli import main
from quantix_tui.setup.apply import Applier
make = Applier._make
async def cut(self, name, tell):
    await make(self, name, tell)
    if name == {step!r}:
        os.kill(os.getpid(), signal.SIGKILL)
Applier._make = cut
sys.exit(main(sys.argv[1:]))
"""

AT_MOMENT = {
    "being applied": """
import os, signal, sys
from quantix_tui.cli import main
from quantix_tui.host.wayback import trying
do = trying.do
async def cut(*given):
    await do(*given)
    os.kill(os.getpid(), signal.SIGKILL)
trying.do = cut
sys.exit(main(sys.argv[1:]))
""",
    "kept": """
import os, signal, sys
from quantix_tui.cli import main
from quantix_tui.setup.apply import Applier
async def cut(*given):
    os.kill(os.getpid(), signal.SIGKILL)
Applier.took = cut
sys.exit(main(sys.argv[1:]))
""",
}


def test_the_demos_first_boot_by_keyboard_to_the_first_heartbeat() -> None:
    with Terminal([sys.executable, "-m", "quantix_tui", "demo", "--first-boot"]) as terminal:
        on(terminal, "WELCOME")
        answer_to(terminal, "CLUSTER")
        terminal.press(NEXT)
        form = terminal.wait_for("Choose a cluster")
        address, token = (re.search(rf"{name} +(\S+)", form) for name in ("Address", "valid"))
        assert address is not None
        assert token is not None
        check(terminal, address[1], token[1])
        on(terminal, "REVIEW")
        terminal.wait_for("Apply now")
        terminal.press("enter")
        on(terminal, "DONE")
        terminal.press("enter")
        terminal.wait_for(lambda text: "CONNECTED" in text and "DISCONNECTED" not in text)
        assert PASSWORD.encode() not in terminal.received
        terminal.press("q")
        assert terminal.wait_for_exit() == 0


def test_killed_at_each_page_it_goes_on_there(sandbox: Sandbox, tmp_path: Path) -> None:
    machine, token = tmp_path / "machine", sandbox.new_token()
    make_machine(machine)
    for page in PAGES:
        with wizard(sandbox, machine, token) as terminal:
            before = PAGES[PAGES.index(page) - 1] if page != PAGES[0] else "WELCOME"
            on(terminal, before)
            leave(terminal, before, sandbox, token)
            on(terminal, page)
            terminal.send_signal(signal.SIGKILL)
            terminal.wait_for_exit()
        assert json.loads((machine / STATE / "wizard.json").read_text())["page"] == page.lower()
    with wizard(sandbox, machine, token) as terminal:
        on(terminal, "REVIEW")
        wait_for_words(terminal, "not kept: Administrator, Cluster")
        type_secrets(terminal, token)
        terminal.press("enter")
        on(terminal, "DONE")
        terminal.press("enter")
        assert terminal.wait_for_exit() == 0
    assert is_set_up(machine)


@pytest.mark.parametrize("step", ["administrator", "name", "time", "cluster"])
def test_killed_at_each_step_it_goes_on_behind_it(sandbox: Sandbox, tmp_path: Path, step: str) -> None:
    machine, token = tmp_path / "machine", sandbox.new_token()
    make_machine(machine)
    with wizard(sandbox, machine, token, code=AT_STEP.format(step=step)) as terminal:
        on(terminal, "WELCOME")
        answer_to(terminal, "CLUSTER")
        leave(terminal, "CLUSTER", sandbox, token)
        terminal.wait_for("Apply now")
        terminal.press("enter")
        assert terminal.wait_for_exit() == -signal.SIGKILL
    shadow = (machine / "etc/shadow").read_text()
    with wizard(sandbox, machine, token) as terminal:
        on(terminal, "APPLY")
        wait_for_words(terminal, "What was done stays done")
        if step == "administrator":
            # Whether it was set is not known for certain.
            terminal.press("enter")
            on(terminal, "ADMINISTRATOR")
            terminal.press(PASSWORD, "tab", PASSWORD, NEXT)
            on(terminal, "REVIEW")
        if step != "cluster":
            terminal.wait_for("Mend: Cluster")
            terminal.press("enter")
            on(terminal, "CLUSTER")
            terminal.press(NEXT)
            terminal.wait_for("Choose a cluster")
            type_token(terminal, token)
            terminal.wait_for("Apply now")
            terminal.press("enter")
        else:
            # It has joined: the token has served.
            terminal.wait_for("Go on")
            terminal.press("enter")
        on(terminal, "DONE")
        terminal.press("enter")
        assert terminal.wait_for_exit() == 0
    assert is_set_up(machine)
    if step != "administrator":
        assert (machine / "etc/shadow").read_text() == shadow


@pytest.mark.parametrize("moment", ["being applied", "on trial", "kept"])
def test_killed_while_the_network_is_tried(sandbox: Sandbox, tmp_path: Path, moment: str) -> None:
    machine, token = tmp_path / "machine", sandbox.new_token()
    make_machine(machine)
    new = machine / "etc/network/interfaces.d/quantix-tui"
    with wizard(sandbox, machine, token, code=AT_MOMENT.get(moment, "")) as terminal:
        on(terminal, "WELCOME")
        answer_to(terminal, "NETWORK")
        terminal.press(NEXT)
        if moment == "on trial":
            terminal.wait_for("Going back to the old settings in")
            terminal.send_signal(signal.SIGKILL)
        elif moment == "kept":
            terminal.wait_for("Keep the new ones")
            terminal.press("enter")
        assert terminal.wait_for_exit() == -signal.SIGKILL
    assert new.exists()
    with wizard(sandbox, machine, token) as terminal:
        on(terminal, "NETWORK") if moment != "on trial" else terminal.wait_for("Trying the new settings")
        if moment == "being applied":
            # Nobody knows how far it came.
            wait_for_words(terminal, "The old settings are in force again.")
            assert not new.exists()
        if moment != "on trial":
            terminal.press(NEXT)
        terminal.wait_for("Keep the new ones")
        terminal.press("enter")
        on(terminal, "TIME")
    assert new.exists()


@contextmanager
def wizard(sandbox: Sandbox, machine: Path, token: str, code: str = "") -> Iterator[Terminal]:
    """On a folder, with the sandbox's node; what was kept and sent is searched for secrets at the end."""
    command = with_node(sandbox, "wizard", "--root", str(machine))
    if code:
        place = command.index("quantix_tui")
        command = [command[0], "-c", code, *command[place + 1 :]]
    with Terminal(command) as terminal:
        yield terminal
        texts = {str(path): path.read_bytes() for path in (machine / STATE).rglob("*") if path.is_file()}
        texts["the bytes sent to the terminal"] = bytes(terminal.received)
        assert leaks_in_texts(texts, [*sandbox.tokens(), token, PASSWORD]) == []


def on(terminal: Terminal, title: str) -> None:
    terminal.wait_for(f" {title}  ")


def answer_to(terminal: Terminal, page: str) -> None:
    """From the first page, as a person would."""
    for title in ("WELCOME", *PAGES[: PAGES.index(page)]):
        on(terminal, title)
        leave(terminal, title)
    on(terminal, page)


def leave(terminal: Terminal, page: str, sandbox: Sandbox | None = None, token: str = "") -> None:
    """Answer a page, and go on."""
    match page:
        case "ADMINISTRATOR":
            terminal.press(PASSWORD, "tab", PASSWORD, NEXT)
        case "NAME":
            terminal.press(KEYS["ctrl+u"], "node1.example.com", NEXT)
        case "NETWORK":
            terminal.press(NEXT)
            terminal.wait_for("Keep the new ones")
            terminal.press("enter")
        case "TIME":
            terminal.press("berlin", NEXT)
        case "CLUSTER":
            assert sandbox is not None
            terminal.press(NEXT)
            terminal.wait_for("Choose a cluster")
            check(terminal, sandbox.address, token)
        case _:
            terminal.press(NEXT)


def check(terminal: Terminal, address: str, token: str) -> None:
    terminal.press(KEYS["ctrl+u"], address, "tab", KEYS["ctrl+u"], token, "enter")
    terminal.wait_for("It matches: pin it")
    terminal.press("left", "enter")
    terminal.wait_for("Take this cluster")
    terminal.press("enter")


def type_secrets(terminal: Terminal, token: str) -> None:
    """At the review: what has to be typed again, and back there."""
    terminal.wait_for("Mend: Administrator")
    terminal.press("enter")
    on(terminal, "ADMINISTRATOR")
    terminal.press(PASSWORD, "tab", PASSWORD, NEXT)
    terminal.wait_for("Mend: Cluster")
    terminal.press("enter")
    on(terminal, "CLUSTER")
    terminal.press(NEXT)
    terminal.wait_for("Choose a cluster")
    type_token(terminal, token)
    terminal.wait_for("Apply now")


def type_token(terminal: Terminal, token: str) -> None:
    terminal.press(token, "enter")
    screen = terminal.wait_for(lambda text: "It matches: pin it" in text or "Take this cluster" in text)
    if "It matches: pin it" in screen:
        terminal.press("left", "enter")
    terminal.wait_for("Take this cluster")
    terminal.press("enter")


def is_set_up(machine: Path) -> bool:
    return (
        (machine / "etc/hostname").read_text() == "node1.example.com\n"
        and (machine / "etc/timezone").read_text() == "Europe/Berlin\n"
        and (machine / "etc/shadow").read_text().startswith("root:$6$")
        and (machine / STATE / "setup-completed").exists()
        and not (machine / STATE / "wizard.json").exists()
    )
