"""Start and end of the program: what is imported when, the first paint, the exit code of a fault."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.console.app import run_console
from quantix_tui.console.first_paint import is_this_machine, lines
from quantix_tui.console.widgets.panel import RowsUpdate
from quantix_tui.settings import Settings
from tests.console.screen import opened
from tests.console.scripted import CONNECTED, STANDALONE, ScriptedGateway

HEAVY = ("pydantic", "httpx", "yaml", "psutil", "fastapi", "cryptography", "markdown", "markdown_it", "idna")


def modules_after(code: str) -> set[str]:
    """Names in ``sys.modules`` of a fresh interpreter after ``code``."""
    script = f"{code}\nimport sys\nprint(' '.join(sys.modules))"
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    return set(out.split())


def test_opening_the_console_imports_nothing_heavy() -> None:
    loaded = modules_after("import quantix_tui.console.app, quantix_tui.console.application")
    assert not loaded & set(HEAVY)
    assert "quantix_tui.node.gateway.choose" not in loaded


def test_the_first_paint_needs_nothing_but_the_standard_library() -> None:
    loaded = modules_after("import quantix_tui.console.app, quantix_tui.console.first_paint")
    assert not loaded & {*HEAVY, "textual", "rich", "asyncio", "json"}


def test_every_dialogue_is_light_too() -> None:
    names = ", ".join(f"quantix_tui.console.screens.{name}" for name in ("join", "leave", "restart", "help", "events"))
    assert not modules_after(f"import {names}") & set(HEAVY)


def test_first_paint_names_the_node_and_says_that_it_loads() -> None:
    painted = lines(Settings())
    assert os.uname().nodename in painted[0]
    assert painted[-1].strip() == "loading ..."
    assert all(line.isascii() for line in painted)


def test_first_paint_tells_nothing_of_another_machine() -> None:
    assert lines(Settings(node="http://10.20.0.17:8080")) == [" Quantix-OS | loading ..."]
    assert is_this_machine(Settings(node="unix:/run/x.sock"))
    assert is_this_machine(Settings(node="http://127.0.0.1:8080"))
    assert not is_this_machine(Settings(node="https://qx-node-07:8080"))


def test_a_terminal_that_is_none_of_the_choices_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUANTIX_GLYPHS", "runes")
    with pytest.raises(QuantixError) as refused:
        run_console(Settings())
    assert "QUANTIX_GLYPHS" in refused.value.problem.message
    assert refused.value.problem.hint


def test_a_fault_ends_with_1_one_sentence_and_a_report(tmp_path: Path) -> None:
    script = (
        "from quantix_tui.console.application import ConsoleApp\n"
        "from tests.console.scripted import ScriptedGateway\n"
        "app = ConsoleApp(ScriptedGateway())\n"
        "token = 'QUANTIX-AAAA-BBBB-CCCC'\n"
        "def broken(): raise ValueError(token)\n"
        "app.tick_now = broken\n"
        "app.run(headless=True)\n"
        "raise SystemExit(app.return_code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path), "COLUMNS": "80", "LINES": "24"},
        timeout=30,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 1
    assert "fault of its own" in " ".join(said.split())
    assert "Traceback" not in said
    assert "AAAA" not in said
    (report,) = tmp_path.glob("quantix-tui-crash-*")
    assert "AAAA" not in report.read_text()


async def test_the_age_is_drawn_row_by_row_and_the_screen_agrees() -> None:
    async with opened(ScriptedGateway(CONNECTED)) as hands:
        await hands.until("4 s ago")
        for second in range(1, 5):
            hands.wait(1)
            assert f"{4 + second} s ago" in hands.text


async def test_a_tick_never_paints_over_a_dialogue(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(ScriptedGateway(CONNECTED)) as hands:
        await hands.until("4 s ago")
        sent: list[object] = []
        monkeypatch.setattr(hands.app, "_display", lambda _screen, renderable: sent.append(renderable))
        hands.wait(1)
        assert [type(update) for update in sent] == [RowsUpdate]
        await hands.press("f1")
        sent.clear()
        hands.wait(1)
        assert not any(isinstance(update, RowsUpdate) for update in sent)
        monkeypatch.undo()
        await hands.press("escape")
        await hands.until("6 s ago")


async def test_no_message_of_the_console_carries_a_token() -> None:
    gateway = ScriptedGateway(STANDALONE)
    async with opened(gateway) as hands:
        await hands.until("STANDALONE")
        await hands.press("j", "tab")
        await hands.type("QUANTIX-AAAA-BBBB-CCCC")
        await hands.press("escape")
        await hands.until("STANDALONE")
        assert "AAAA" not in repr(hands.app.cluster.draft)
