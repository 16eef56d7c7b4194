"""Fingerprints of SSH host keys, beside what ssh-keygen itself says."""

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantix_tui.host.ssh_keys import host_keys, parse_public_key

KEYGEN = shutil.which("ssh-keygen")
ED25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPojnLFPdtKPHhkHxeA0B9iJs/z0QDtRAGUsMl9GbTHx"


@pytest.mark.skipif(KEYGEN is None, reason="it takes ssh-keygen")
@pytest.mark.parametrize(("kind", "bits"), [("ed25519", "256"), ("ecdsa", "384"), ("rsa", "2048")])
def test_the_same_line_as_ssh_keygen(kind: str, bits: str, tmp_path: Path) -> None:
    folder = tmp_path / "etc/ssh"
    folder.mkdir(parents=True)
    file = folder / f"ssh_host_{kind}_key"
    make = [str(KEYGEN), "-q", "-t", kind, "-b", bits, "-N", "", "-C", "root@qx node-07", "-f", str(file)]
    subprocess.run(make, check=True)
    told = subprocess.run([str(KEYGEN), "-lf", f"{file}.pub"], check=True, capture_output=True, text=True).stdout
    [key] = host_keys(str(tmp_path))
    assert str(key) == told.strip()


def test_a_kind_that_is_new_and_lines_that_are_none() -> None:
    key = parse_public_key(ED25519)
    assert key is not None
    assert (key.kind, key.bits, key.comment) == ("ED25519", 256, "")
    assert str(key).endswith(" no comment (ED25519)")
    for line in ("", "ssh-ed25519", "ssh-ed25519 ====", ED25519[:60], ED25519.replace("ssh-ed25519", "ssh-rsa", 1)):
        assert parse_public_key(line) is None


@given(st.text(max_size=200))
def test_no_line_breaks_the_reader(line: str) -> None:
    assert parse_public_key(line) is None


def test_no_keys(tmp_path: Path) -> None:
    assert host_keys(str(tmp_path)) == ()
