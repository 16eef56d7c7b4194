"""The first boot by questions and answers, told to the real program in a real pty that only prints lines."""

import json
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from quantix_tui.sandbox.machine import STATE, make_machine
from quantix_tui.setup.first_boot import is_set_up
from quantix_tui.setup.state import complete
from tests.support.leaks import leaks_in_texts
from tests.support.sandbox import Sandbox, with_node
from tests.support.terminal import Terminal

PASSWORD = "correct horse battery"


class Answers:
    """What a person types, each behind the question that it answers."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self._read = 0

    def give(self, *pairs: tuple[str, str]) -> None:
        for question, answer in pairs:
            self.read(question)
            self.terminal.press(f"{answer}\n")

    def read(self, words: str) -> None:
        """All lines until these words, however they are broken into rows; never the same ones twice."""
        self.terminal.wait_for(lambda _: self._place(words) >= 0)
        self._read = self._place(words) + len(words)

    def _place(self, words: str) -> int:
        text = " ".join(self.terminal.received.decode(errors="replace").split())
        return text.find(words, self._read)


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    folder = tmp_path / "machine"
    make_machine(folder)
    return folder


def test_a_node_is_set_up_and_joined_by_answers_with_wrong_ones_on_the_way(sandbox: Sandbox, machine: Path) -> None:
    token = sandbox.new_token()
    with wizard(machine, with_node(sandbox, "wizard", "--root", str(machine))) as answers:
        answers.give(
            ("New password of root", "short"),
            ("It needs at least 8 characters", PASSWORD),
            ("The same once more", "another"),
            ("The two are not the same", PASSWORD),
            ("The same once more", PASSWORD),
            ("Name of this node [debian]:", "node_1"),
            ("has an underscore in it", "<"),
            ("Enter alone takes the one that is given already", ""),
            ("Name of this node [debian]:", "?"),
            ("RFC 1123", "node1.example.com"),
            ("Network settings: 1 as answered now, 2 leave as they are [1]:", ""),
            ("Interface [eno1]:", "3"),
            ("Take eno2 all the same?", ""),
            ("Interface [eno1]:", "1"),
            ("IPv4: 1 DHCP, 2 fixed, 3 off [1]:", "2"),
            ("as 10.20.0.17/24:", "10.20.0.17"),
            ("prefix is missing", "10.20.0.17/24"),
            ("IPv4 gateway", "10.21.0.1"),
            ("is not in this node's network", "10.20.0.1"),
            ("IPv6: 1 automatic, 2 fixed, 3 off [1]:", "off"),
            ("VLAN, 1 to 4094 [none]:", "x"),
            ("A VLAN is a number.", ""),
            ("Name servers, addresses [none]:", "10.20.0.2, 10.20.0.2"),
            ("is given twice", "10.20.0.2"),
            ("Search domains [none]:", "example.com"),
            ("unless the new ones are kept. Keep them?", "yes"),
            ("Timezone, or a part of its name [Etc/UTC]:", "nowhere"),
            ("There is none of that name.", "berlin"),
            ("That is Europe/Berlin.", "none"),
            ("Cluster: 1 join one, 2 stay standalone [1]:", "1"),
            ("Address of the control plane:", sandbox.address),
            ("CA file", ""),
            ("(not shown):", token),
            ("Is it the same?", "yes"),
        )
        answers.read("+node1.example.com")
        answers.give(
            ("What now", "save"),
            ("Type a number", "7"),
            ("Saved without secrets: /var/lib/quantix-tui/answers.yaml", "1"),
        )
        answers.read("This node is set up.")
        assert answers.terminal.wait_for_exit() == 0
        # Nothing but lines: no cursor is moved, no colour is set, and no secret is in them.
        assert b"\x1b" not in answers.terminal.received
        assert leaks_in_texts({"sent": bytes(answers.terminal.received)}, [token, PASSWORD]) == []
    assert (machine / "etc/hostname").read_text() == "node1.example.com\n"
    assert (machine / "etc/timezone").read_text() == "Europe/Berlin\n"
    assert (machine / "etc/shadow").read_text().startswith("root:$6$")
    assert "address 10.20.0.17\n" in (machine / "etc/network/interfaces.d/quantix-tui").read_text()
    assert (machine / STATE / "setup-completed").exists()


@pytest.mark.parametrize("away", [signal.SIGKILL, signal.SIGHUP, signal.SIGINT])
def test_it_goes_on_where_it_was_left(machine: Path, away: signal.Signals) -> None:
    command = [sys.executable, "-m", "quantix_tui", "wizard", "--root", str(machine)]
    with wizard(machine, command) as answers:
        answers.give(("New password of root", PASSWORD), ("The same once more", PASSWORD), ("Name of", "node1"))
        answers.read("Network settings")
        answers.terminal.send_signal(away)
        assert answers.terminal.wait_for_exit() != 0
    assert json.loads((machine / STATE / "wizard.json").read_text())["page"] == "network"
    with wizard(machine, command) as answers:
        answers.give(
            ("Network settings", "2"),
            ("Timezone", ""),
            ("Time servers", "none"),
            ("Cluster:", "2"),
            ("There is no password for root.", PASSWORD),
            ("The same once more", PASSWORD),
            ("What now", "1"),
        )
        answers.read("This node is set up.")
        assert answers.terminal.wait_for_exit() == 0
    assert (machine / "etc/hostname").read_text() == "node1\n"


def test_the_demo_too(tmp_path: Path) -> None:
    with Terminal([sys.executable, "-m", "quantix_tui", "demo", "--first-boot"], term="dumb", rows=100) as terminal:
        answers = Answers(terminal)
        answers.read("Demo: type one of these.")
        answers.read("New password of root")
        terminal.press("ctrl+c")
        answers.read("Back in the menu.")
        terminal.press("13\n")
        answers.read("New password of root")
        terminal.press("ctrl+c")
        answers.give(("Back in the menu.", "0"))
        assert terminal.wait_for_exit() == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_begun_anew_and_left_at_once_the_node_stays_set_up(tmp_path: Path) -> None:
    complete(str(tmp_path))
    command = [sys.executable, "-m", "quantix_tui", "--config", str(tmp_path / "config.yaml"), "wizard", "--again"]
    with Terminal(command, term="dumb", rows=100, environment={"QUANTIX_STATE": str(tmp_path)}) as terminal:
        answers = Answers(terminal)
        answers.read("Looking for answers")
        # Whatever is asked first on this machine.
        answers.read(": ")
        terminal.press("ctrl+c")
        answers.read("This node stays set up: nothing was answered.")
        answers.give(("Back in the menu.", "13"))
        answers.give(("There is nothing to set up here.", "0"))
        assert terminal.wait_for_exit() == 0
    assert is_set_up(str(tmp_path))


@contextmanager
def wizard(machine: Path, command: Sequence[str]) -> Iterator[Answers]:
    with Terminal(command, term="dumb", rows=100) as terminal:
        yield Answers(terminal)
