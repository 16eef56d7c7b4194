"""``quantix-tui setup`` with a cluster to join: the node's own daemon, and the configuration of an image."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.host.files.trees import put
from tests.setup.machines import debian
from tests.support.sandbox import Sandbox
from tests.support.waiting import wait_until


def set_up(sandbox: Sandbox, folder: Path, token: str, *words: str) -> "subprocess.CompletedProcess[str]":
    put(folder, "token.txt", f"{token}\n", 0o600)
    put(
        folder,
        "answers.yaml",
        f"cluster: {{address: {sandbox.address}, token_file: token.txt, pin: '{sandbox.pin}'}}\n",
    )
    before = ["--node", sandbox.node, "--config", str(sandbox.config)]
    done = subprocess.run(
        [sys.executable, "-m", "quantix_tui", *before, "setup", "--answers", str(folder / "answers.yaml"), *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "QUANTIX_STATE": str(folder / "state")},
    )
    assert token not in done.stdout + done.stderr
    return done


def test_a_node_joins_and_its_daemon_takes_it_up(sandbox: Sandbox, tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root sets this machine up")
    refused = set_up(sandbox, tmp_path, "QUANTIX-WRNG-WRNG-WRNG")
    assert refused.returncode == 1
    assert refused.stderr.startswith("invalid_token: ")
    assert sandbox.status()["status"] == "standalone"
    assert not (tmp_path / "state/setup-completed").exists()
    done = set_up(sandbox, tmp_path, sandbox.new_token())
    assert done.returncode == 0, done.stderr
    assert f"  checked {sandbox.address}, and saved" in done.stdout.splitlines()
    wait_until(lambda: sandbox.status()["status"] == "connected", "the first heartbeat")
    assert (tmp_path / "state/setup-completed").exists()
    # The same answers once more: it has joined already, and the token, used up by now, is not asked for again.
    again = set_up(sandbox, tmp_path, "QUANTIX-USED-USED-USED", "--json")
    assert again.returncode == 0, again.stdout
    assert json.loads(again.stdout)["steps"][0]["outcome"] == "done"


def test_an_image_gets_what_its_daemon_joins_with(sandbox: Sandbox, tmp_path: Path) -> None:
    machine = debian(tmp_path / "machine")
    token = sandbox.new_token()
    done = set_up(sandbox, tmp_path, token, "--root", str(machine))
    assert done.returncode == 0, done.stderr
    folder = machine / "etc/limiquantix"
    section = yaml.safe_load((folder / "config.yaml").read_text())["control_plane"]
    assert section["address"] == sandbox.address
    assert (folder / "registration-token").read_text().strip() == token
    assert (folder / "registration-token").stat().st_mode & 0o777 == 0o600
    assert sandbox.status()["status"] == "standalone"
