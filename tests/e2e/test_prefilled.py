"""A first boot whose answers came on a volume: page by page in the real program, with the plug pulled on the way."""

import signal
import sys
from pathlib import Path

from quantix_tui.sandbox.machine import STATE, make_machine
from tests.e2e.test_console import wait_for_words
from tests.e2e.test_first_boot import NEXT, is_set_up, on, wizard
from tests.host.files.trees import put
from tests.support.sandbox import Sandbox
from tests.support.terminal import Terminal

VOLUME = "/dev/disk/by-label/QUANTIX-CFG"


def test_the_pages_only_need_to_be_looked_at(sandbox: Sandbox, tmp_path: Path) -> None:
    machine, token = tmp_path / "machine", sandbox.new_token()
    make_machine(machine)
    answers = f"""\
administrator: {{password_file: password.txt}}
name: {{hostname: node1.example.com}}
network: {{interface: eno1}}
time: {{timezone: Europe/Berlin}}
cluster: {{address: "{sandbox.address}", token_file: token.txt, pin: "{sandbox.facts["fingerprint"]}"}}
"""
    put(machine, f"{VOLUME}/answers.yaml", answers)
    put(machine, f"{VOLUME}/password.txt", "correct horse battery\n", 0o600)
    put(machine, f"{VOLUME}/token.txt", f"{token}\n", 0o600)
    with wizard(sandbox, machine, token) as terminal:
        terminal.wait_for("Taken from volume QUANTIX-CFG: Administrator, Name")
        for page in ("WELCOME", "ADMINISTRATOR", "NAME"):
            on(terminal, page)
            terminal.press(NEXT)
        on(terminal, "NETWORK")
        wait_for_words(terminal, "As in the answers from volume QUANTIX-CFG.")
        terminal.press(NEXT)
        terminal.wait_for("Keep the new ones")
        terminal.press("enter")
        on(terminal, "TIME")
        terminal.send_signal(signal.SIGKILL)
        terminal.wait_for_exit()
    with wizard(sandbox, machine, token) as terminal:
        on(terminal, "TIME")
        wait_for_words(terminal, "As in the answers")
        terminal.press(NEXT)
        on(terminal, "CLUSTER")
        terminal.wait_for("given by the answers, not shown")
        terminal.press(NEXT)
        on(terminal, "REVIEW")
        terminal.wait_for("Apply now")
        terminal.press("enter")
        on(terminal, "DONE")
        terminal.press("enter")
        assert terminal.wait_for_exit() == 0
    assert is_set_up(machine)
    assert not (machine / STATE / "wizard-open").exists()


def test_the_demo_takes_a_file_of_answers(tmp_path: Path) -> None:
    put(tmp_path, "mine.yaml", "name: {hostname: node7}\nadministrator: {user: root}\n")
    command = [sys.executable, "-m", "quantix_tui", "demo", "--first-boot", "--answers", str(tmp_path / "mine.yaml")]
    with Terminal(command) as terminal:
        terminal.wait_for("mine.yaml: Administrator")
        terminal.press(NEXT)
        on(terminal, "ADMINISTRATOR")
        # What is missing of secrets is asked for.
        terminal.wait_for("No password has been typed.")
