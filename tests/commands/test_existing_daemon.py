"""The command line meets the existing Rust daemon, which has neither a join nor a leave route."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.node.gateway.daemons import Daemon, running, rust
from tests.support.sandbox import Finished

TOKEN = "QUANTIX-AAAA-BBBB-CCCC"


@pytest.fixture
def daemon() -> Iterator[Daemon]:
    with running(rust, server="") as existing:
        yield existing


def run(daemon: Daemon, *words: str) -> Finished:
    command = [sys.executable, "-m", "quantix_tui", "--node", str(daemon.endpoint), *words]
    done = subprocess.run(command, input=TOKEN, capture_output=True, text=True, check=False)
    return Finished(done.returncode, done.stdout, done.stderr)


def test_its_status_is_shown(daemon: Daemon) -> None:
    assert run(daemon, "status", "--json").json()["daemon"] == "limiquantix"
    assert "limiquantix" in run(daemon, "status").out


def test_a_check_gives_its_one_verdict(daemon: Daemon) -> None:
    finished = run(daemon, "check", "vdc.example.com")
    assert finished.code == 0, finished.err
    assert "OK    control plane  vdc 1.9.2" in finished.out


@pytest.mark.parametrize("words", [["join", "vdc.example.com", "--token-file", "-"], ["leave", "--yes"]])
def test_what_it_cannot_is_said_with_what_it_offers(daemon: Daemon, words: list[str]) -> None:
    finished = run(daemon, *words)
    assert finished.code == 1
    assert finished.err.startswith("not_supported: ")
    assert "vDC (Hosts" in finished.err
    assert TOKEN not in finished.err + finished.out


def test_events_of_it(daemon: Daemon) -> None:
    assert [line.split()[0] for line in run(daemon, "events").out.splitlines()] == [
        "2026-01-07T09:00:00Z",
        "2026-01-07T09:05:00Z",
    ]
