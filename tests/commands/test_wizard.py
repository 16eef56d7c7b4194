"""``quantix-tui wizard`` before it opens: where it cannot, and what it says of a node that is set up."""

import os
import subprocess
import sys
from pathlib import Path

from quantix_tui.sandbox.machine import STATE, make_machine
from quantix_tui.setup.state import complete
from tests.support.terminal import Terminal

WIZARD = [sys.executable, "-m", "quantix_tui", "wizard"]


def test_it_needs_a_terminal(tmp_path: Path) -> None:
    done = subprocess.run(
        [*WIZARD, "--root", str(tmp_path)], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "quantix-tui setup --answers FILE" in done.stderr


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with Terminal([*WIZARD, "--root", str(tmp_path / "nowhere")]) as terminal:
        assert terminal.wait_for_exit() == 1
        assert "There is no folder" in terminal.text


def test_a_node_that_is_set_up_is_set_up_anew_only_when_asked(tmp_path: Path) -> None:
    make_machine(tmp_path)
    complete(str(tmp_path / STATE))
    with Terminal([*WIZARD, "--root", str(tmp_path)]) as terminal:
        assert terminal.wait_for_exit() == 0
        assert "set up already" in terminal.text
    with Terminal([*WIZARD, "--again", "--root", str(tmp_path)]) as terminal:
        terminal.wait_for(" WELCOME  ")


def test_answers_that_are_not_there_are_refused_at_once(tmp_path: Path) -> None:
    make_machine(tmp_path)
    with Terminal([*WIZARD, "--root", str(tmp_path), "--answers", str(tmp_path / "none.yaml")]) as terminal:
        assert terminal.wait_for_exit() == 1
        assert "cannot be read" in terminal.text


def test_a_pipe_of_answers_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    make_machine(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with Terminal([*WIZARD, "--root", str(tmp_path), "--answers", str(tmp_path / "pipe")]) as terminal:
        assert terminal.wait_for_exit() == 1
        assert "cannot be read: it is no file." in " ".join(terminal.text.split())


def test_answers_in_a_file_fill_the_pages_in(tmp_path: Path) -> None:
    make_machine(tmp_path / "machine")
    (tmp_path / "mine.yaml").write_text("name: {hostname: node7}\n")
    command = [*WIZARD, "--root", str(tmp_path / "machine"), "--answers", str(tmp_path / "mine.yaml")]
    with Terminal(command) as terminal:
        terminal.wait_for("mine.yaml: Name.")
