"""Two consoles in two ptys on one node that was never set up: neither loses nor hides what the other one does."""

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from quantix_tui.sandbox.machine import STATE, make_machine
from tests.e2e.test_console import wait_for_words
from tests.e2e.test_first_boot import leave, on, wizard
from tests.support.sandbox import Sandbox
from tests.support.terminal import KEYS, Terminal


def test_the_one_that_was_opened_later_is_told_of_nobody_where_nobody_answers(sandbox: Sandbox, tmp_path: Path) -> None:
    machine, token = tmp_path / "machine", sandbox.new_token()
    make_machine(machine)
    with two_wizards(sandbox, machine, token) as (first, second):
        on(second, "WELCOME")
        leave(second, "WELCOME")
        on(second, "ADMINISTRATOR")
        wait_for_words(first, "the wizard is on Administrator now")
        assert "taken over" not in first.text


def test_one_of_two_answers_and_the_other_one_takes_over(sandbox: Sandbox, tmp_path: Path) -> None:
    machine, token = tmp_path / "machine", sandbox.new_token()
    make_machine(machine)

    def kept() -> dict[str, object]:
        body: dict[str, object] = json.loads((machine / STATE / "wizard.json").read_text())
        return body

    with two_wizards(sandbox, machine, token) as (first, second):
        for page in ("WELCOME", "ADMINISTRATOR"):
            on(first, page)
            leave(first, page)
        on(first, "NAME")
        wait_for_words(second, "The wizard on pts/")
        wait_for_words(second, "the wizard is on Name now")
        first.press(KEYS["ctrl+u"], "node7")
        second.press("right", "enter")
        on(second, "NAME")
        wait_for_words(first, "It was taken over there, and is on Name now.")
        leave(second, "NAME")
        on(second, "NETWORK")
        wait_for_words(first, "and is on Network now.")
        assert kept()["page"] == "network"
        # Killed, the kernel lets go of what it had.
        second.send_signal(signal.SIGKILL)
        second.wait_for_exit()
        on(first, "NETWORK")
        wait_for_words(first, "not kept: Administrator")
        assert "taken over" not in first.text


def test_one_applies_and_the_other_one_looks_on(sandbox: Sandbox, tmp_path: Path) -> None:
    machine, token = tmp_path / "machine", sandbox.new_token()
    make_machine(machine)
    with two_wizards(sandbox, machine, token) as (first, second):
        for page in ("WELCOME", "ADMINISTRATOR", "NAME"):
            on(first, page)
            leave(first, page)
        on(first, "NETWORK")
        first.press("\x0e")
        first.wait_for("Keep the new ones")
        wait_for_words(second, "tries network settings, for")
        second.wait_for(lambda text: "Take it over" not in text)
        first.press("enter")
        on(first, "TIME")
        wait_for_words(second, "the wizard is on Time now")
        leave(first, "TIME")
        on(first, "CLUSTER")
        leave(first, "CLUSTER", sandbox, token)
        first.wait_for("Apply now")
        first.press("enter")
        on(first, "DONE")
        # Where there is no dashboard it ends.
        assert second.wait_for_exit() == 0
        first.press("enter")
        assert first.wait_for_exit() == 0


@contextmanager
def two_wizards(sandbox: Sandbox, machine: Path, token: str) -> Iterator[tuple[Terminal, Terminal]]:
    """Opened one after the other."""
    with wizard(sandbox, machine, token) as first:
        on(first, "WELCOME")
        with wizard(sandbox, machine, token) as second:
            yield first, second
