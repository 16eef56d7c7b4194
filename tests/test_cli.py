"""The frame of the command line: what is read before any subcommand is imported."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from quantix_tui.cli import COMMANDS, main
from tests.node.gateway.daemons import STANDALONE, as_json, running, table
from tests.support.terminal import Terminal

PROGRAM = [sys.executable, "-m", "quantix_tui"]
TOKEN = "QUANTIX-AAAA-BBBB-CCCC"


def test_help_names_every_command_and_every_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    assert all(f"  {command}" in text for command in COMMANDS)
    assert all(f"  {code}" in text for code in ("0 ", "1 ", "2 ", "3 ", "4 ", "130"))
    assert "QUANTIX_NODE" in text


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_its_help_with_the_exit_codes(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([command, "--help"])
    assert caught.value.code == 0
    text = capsys.readouterr().out
    assert f"quantix-tui {command}" in text
    assert "exit codes:" in text
    assert "--token " not in text


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("quantix-tui ")


@pytest.mark.parametrize(
    "words",
    [
        [TOKEN],
        ["--nonsense=" + TOKEN],
        ["join", TOKEN],
        ["join", "vdc.example.com", TOKEN],
        ["join", "vdc.example.com", "--token", TOKEN],
        ["join", "vdc.example.com", "--token=" + TOKEN],
        ["join", "vdc.example.com", "--tokn=" + TOKEN],
        ["join", "vdc.example.com", "--tokn", TOKEN],
        ["check", "vdc.example.com", TOKEN],
        ["check", "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjF9.c2ln"],
        ["leave", "--yes", TOKEN],
        ["status", TOKEN],
    ],
)
def test_a_token_as_an_argument_is_refused_and_not_echoed(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    try:
        code = main(words)
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else 1
    said = capsys.readouterr()
    assert code == 2
    assert TOKEN not in said.err + said.out
    assert "eyJ" not in said.err + said.out
    assert said.err.startswith("usage: ")
    assert said.out == ""


def test_the_refusal_of_a_token_says_why_and_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["join", "vdc.example.com", "--token", TOKEN])
    error = capsys.readouterr().err
    assert "list of processes" in error
    assert "--token-file" in error


@pytest.mark.parametrize(
    "words",
    [
        ["--node"],
        ["--unknown"],
        ["status", "--wait", "dancing"],
        ["status", "--timeout", "-1"],
        ["status", "--timeout", "soon"],
        ["events", "-n", "0"],
        ["join"],
        ["join", "vdc.example.com", "--pin", "sha256:00", "--ca", "x"],
    ],
)
def test_a_wrong_command_line_ends_with_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    try:
        code = main(words)
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else 1
    assert code == 2
    assert "--help" in capsys.readouterr().err


@pytest.mark.parametrize("node", ["nonsense", "unix:relative", "ftp://x"])
def test_a_node_that_is_no_address_is_a_wrong_command_line(node: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--node", node, "status"]) == 2
    assert capsys.readouterr().err.startswith("invalid_request: ")


def test_the_console_needs_a_terminal() -> None:
    done = subprocess.run(PROGRAM, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "terminal" in done.stderr
    assert "quantix-tui status" in done.stderr


def test_the_options_may_stand_before_or_behind_the_command(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("")
    node = f"unix:{tmp_path / 'none'}"
    for words in (
        ["--node", node, f"--config={config}", "status"],
        ["status", "--node", node, "--config", str(config)],
        ["--node=unix:/wrong", "--config", "/wrong", "status", f"--node={node}", f"--config={config}"],
    ):
        done = subprocess.run([*PROGRAM, *words], check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert "standalone" in done.stdout


def test_the_environment_names_the_node_and_the_configuration(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("control_plane: [\n")
    environment = {**os.environ, "QUANTIX_NODE": f"unix:{tmp_path / 'none'}", "QUANTIX_CONFIG": str(config)}
    done = subprocess.run([*PROGRAM, "status"], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 1
    assert done.stderr.startswith("config_unreadable: ")


def test_no_daemon_and_no_configuration_of_its_own_ends_with_4(tmp_path: Path) -> None:
    words = ["--node", f"unix:{tmp_path / 'none'}", "status", "--json"]
    done = subprocess.run([*PROGRAM, *words], check=False, capture_output=True, text=True)
    assert done.returncode == 4
    assert done.stderr.startswith("node_unreachable: ")


def test_closed_streams_are_no_fault() -> None:
    for closed in ("<&-", ">&-", "2>&-", "<&- >&- 2>&-"):
        done = subprocess.run(
            ["/bin/sh", "-c", f'"$@" --node unix:/nowhere join vdc.example.com {closed}', "sh", *PROGRAM],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 2, closed
        assert "Traceback" not in done.stderr


def test_letters_that_the_terminal_cannot_write_are_no_fault(tmp_path: Path) -> None:
    status = {**STANDALONE, "joined": True, "status": "connected", "cluster_name": "R\u00fcgen \u4e2d"}
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    with running(table({"GET /cluster/status": as_json(status)}), path=tmp_path / "s"):
        words = [*PROGRAM, "--node", f"unix:{tmp_path / 's'}", "status"]
        done = subprocess.run(words, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    assert "R?gen ?" in done.stdout


MODULES_BEFORE_PAINT = """
import sys
from quantix_tui import console
from quantix_tui.console import first_paint
import quantix_tui.cli
def stop(settings):
    print("IMPORTED", *sorted(sys.modules))
    raise SystemExit(0)
first_paint.paint = stop
quantix_tui.cli.main(["--node", "unix:/nowhere"])
"""


def test_nothing_heavy_is_imported_before_the_first_paint() -> None:
    """DESIGN 7: the name and the addresses stand on the screen before Textual, and all else, is imported."""
    controller, terminal = pty.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-c", MODULES_BEFORE_PAINT], stdin=terminal, stdout=terminal, stderr=terminal, check=False
        )
        os.close(terminal)
        text = b""
        while b"IMPORTED" not in text or not text.endswith(b"\n"):
            text += os.read(controller, 65536)
    finally:
        os.close(controller)
    assert done.returncode == 0, text
    imported = set(text.decode().split())
    assert "quantix_tui.console.first_paint" in imported
    assert not imported & {
        "textual",
        "pydantic",
        "httpx",
        "yaml",
        "asyncio",
        "argparse",
        "dataclasses",
        "pathlib",
        "re",
    }


def test_status_imports_no_framework(tmp_path: Path) -> None:
    code = f"""import sys
import quantix_tui.cli
quantix_tui.cli.main(["--node", "unix:{tmp_path / "s"}", "status", "--json"])
print("IMPORTED", *sorted(sys.modules))"""
    with running(table({"GET /cluster/status": as_json(STANDALONE)}), path=tmp_path / "s"):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    status, _, imported = done.stdout.partition("IMPORTED")
    assert json.loads(status)["daemon"] == "quantix-node"
    heavy = {"pydantic", "httpx", "yaml", "asyncio", "textual", "http.client", "ssl", "psutil", "subprocess", "typing"}
    assert not set(imported.split()) & heavy


@pytest.mark.parametrize("command", [["status"], ["status", "--json"]])
def test_a_full_output_is_told_without_a_traceback(command: list[str], tmp_path: Path) -> None:
    (tmp_path / "config.yaml").touch()
    environment = {**os.environ, "QUANTIX_CONFIG": str(tmp_path / "config.yaml")}
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "quantix_tui", *command],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
            check=False,
        )
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_node_that_is_no_address_is_refused_before_anything_is_painted() -> None:
    with Terminal([*PROGRAM, "--node", "gar:bage"]) as terminal:
        assert terminal.wait_for_exit() == 2
        assert "The node is neither unix:PATH nor a URL." in terminal.text
        assert "loading" not in terminal.received.decode()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["events", "-n", "0"], "a whole number from 1 to 1000"),
        (["events", "-n", "-3"], "a whole number from 1 to 1000"),
        (["events", "-n", "1001"], "a whole number from 1 to 1000"),
        (["sandbox", "--heartbeat-interval", "0"], "above 0, up to 300"),
        (["sandbox", "--heartbeat-interval", "nan"], "above 0, up to 300"),
        (["sandbox", "--heartbeat-interval", "301"], "above 0, up to 300"),
        (["restart", "--timeout", "-1"], "from 0 to 86400"),
        (["status", "--timeout", "inf"], "from 0 to 86400"),
        (["join", "host", "--timeout", "soon"], "from 0 to 86400"),
    ],
)
def test_a_number_out_of_its_range_is_a_usage_error_that_names_the_range(words: list[str], told: str) -> None:
    finished = subprocess.run([*PROGRAM, *words], check=False, capture_output=True, text=True, timeout=20)
    assert finished.returncode == 2
    assert told in finished.stderr
    assert finished.stdout == ""


@pytest.mark.parametrize(
    ("words", "code", "exit_code"),
    [
        (["events"], "node_unreachable", 4),
        (["check", "ht!tp://x y"], "invalid_address", 1),
        (["join", "host", "--token-file", "EMPTY"], "invalid_token", 1),
        (["join", "host", "--token-file", "/nowhere"], "invalid_request", 1),
        (["status", "--node", "gar:bage"], "invalid_request", 2),
        (["status", "--wait", "connected", "--timeout", "0"], "timed_out", 3),
    ],
)
def test_every_refusal_has_its_json_body(words: list[str], code: str, exit_code: int, tmp_path: Path) -> None:
    (tmp_path / "EMPTY").touch()
    environment = os.environ | {
        "QUANTIX_NODE": f"unix:{tmp_path}/none.sock",
        "QUANTIX_CONFIG": str(tmp_path / "config.yaml"),
    }
    finished = subprocess.run(
        [*PROGRAM, *words, "--json"],
        check=False,
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert finished.returncode == exit_code
    body = json.loads(finished.stdout)
    assert body["error"] == code
    assert body["message"]
    assert body["hint"]
    assert finished.stderr.startswith(f"{code}: {body['message']}")


def test_an_empty_token_file_is_told_as_one(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("\n")
    words = ["join", "host", "--token-file", str(tmp_path / "token")]
    finished = subprocess.run([*PROGRAM, *words], check=False, capture_output=True, text=True, timeout=20)
    assert finished.returncode == 1
    assert finished.stderr.startswith(f"invalid_token: The token's file {tmp_path}/token is empty.")
