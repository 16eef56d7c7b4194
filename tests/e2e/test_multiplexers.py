"""The console inside tmux and screen: shown, following the size, gone with its window."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.terminal import Terminal
from tests.support.waiting import wait_until

CONSOLE = [sys.executable, "-m", "quantix_tui", "--node", "unix:/nowhere/node.sock"]


@pytest.fixture(params=["tmux", "screen"])
def terminal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Terminal]:
    if shutil.which(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    own = str(tmp_path / "server")
    environment = {"QUANTIX_STATE": str(tmp_path / "state"), "SCREENDIR": str(tmp_path), "TMUX": "", "STY": ""}
    starts = {
        "tmux": ["tmux", "-S", own, "-f", "/dev/null", "new-session", *CONSOLE],
        "screen": ["screen", "-U", "-c", "/dev/null", *CONSOLE],
    }
    tmp_path.chmod(0o700)
    try:
        with Terminal(starts[request.param], environment=environment) as terminal:
            terminal.wait_for("THIS NODE")
            yield terminal
    finally:
        if request.param == "tmux":
            subprocess.run(["tmux", "-S", own, "kill-server"], capture_output=True, check=False)


def test_it_is_shown_follows_the_size_and_answers_keys(terminal: Terminal) -> None:
    terminal.resize(110, 40)
    terminal.wait_for(lambda text: max(len(line.rstrip()) for line in text.splitlines()[:30]) > 100)
    terminal.press("?")
    terminal.wait_for("draw the screen anew")
    terminal.press("esc")
    terminal.wait_for("THIS NODE")
    terminal.press("q")
    assert terminal.wait_for_exit() == 0


def test_it_goes_with_its_window(terminal: Terminal, tmp_path: Path) -> None:
    marks = tmp_path / "state" / "running"
    (mark,) = wait_until(lambda: list(marks.glob("pts-*[0-9]")) if marks.exists() else None, "the console's mark")
    process = int(mark.read_text().split()[0])
    if (tmp_path / "server").exists():
        subprocess.run(["tmux", "-S", str(tmp_path / "server"), "kill-server"], check=True)
    else:
        subprocess.run(["screen", "-X", "quit"], env={**os.environ, "SCREENDIR": str(tmp_path)}, check=True)
    wait_until(lambda: not os.path.exists(f"/proc/{process}"), "the console to end")
