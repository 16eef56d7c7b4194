"""Whether a password gets in over SSH, as sshd itself says of the same files (sshd -T)."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from quantix_tui.host.ssh_logins import takes_password


def configure(root: Path, text: str, **beside: str) -> None:
    folder = root / "etc/ssh/sshd_config.d"
    folder.mkdir(parents=True)
    (root / "etc/ssh/sshd_config").write_text(text)
    for name, content in beside.items():
        (folder / f"{name}.conf").write_text(content)


CASES = (
    ("", False, True),
    ("PermitRootLogin yes\n", True, True),
    ("permitrootlogin=YES\n", True, True),
    ("#PermitRootLogin yes\n", False, True),
    ("PermitRootLogin no\nPermitRootLogin yes\n", False, True),
    ("PermitRootLogin yes\nPasswordAuthentication no\n", False, False),
    ("PermitRootLogin yes\nPasswordAuthentication no\nUsePAM yes\n", True, True),
    ("PermitRootLogin yes\nPasswordAuthentication no\nUsePAM yes\nKbdInteractiveAuthentication no\n", False, False),
    ("Match User bob\n PermitRootLogin yes\n", False, True),
    ("Include /etc/ssh/sshd_config.d/*.conf\nPermitRootLogin no\n", True, True),
)


@pytest.mark.parametrize(("text", "root", "alice"), CASES)
def test_who_gets_in_with_a_password(tmp_path: Path, text: str, root: bool, alice: bool) -> None:
    configure(tmp_path, text, ours="PermitRootLogin yes\n")
    assert takes_password("root", str(tmp_path)) is root
    assert takes_password("alice", str(tmp_path)) is alice


def test_without_a_server_nothing_is_said(tmp_path: Path) -> None:
    assert takes_password("root", str(tmp_path)) is None


def test_sshd_says_the_same(tmp_path: Path) -> None:
    if os.geteuid() != 0 or shutil.which("sshd") is None:
        pytest.skip("sshd tells only root how it is configured, and openssh-server has to be there")
    key, told = tmp_path / "key", []
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    for number, (text, *_) in enumerate(CASES):
        folder = tmp_path / str(number)
        configure(folder, text.replace("/etc/ssh/", f"{folder}/etc/ssh/"), ours="PermitRootLogin yes\n")
        told.append(f"sshd -T -h {key} -f {folder}/etc/ssh/sshd_config -C user=root,host=x,addr=192.0.2.1 && echo ==")
    # It wants a folder that the distribution makes at each boot.
    script = f"mount -t tmpfs tmpfs /run && mkdir -m 755 /run/sshd && {' && '.join(told)}"
    done = subprocess.run(["unshare", "-m", "sh", "-c", script], capture_output=True, text=True, check=True)
    answers = [
        dict(line.split(" ", 1) for line in said.splitlines() if " " in line) for said in done.stdout.split("==")
    ]
    assert [_by_sshd(said) for said in answers if said] == [root for _, root, _ in CASES]


def _by_sshd(said: dict[str, str]) -> bool:
    by_pam = said["usepam"] == said["kbdinteractiveauthentication"] == "yes"
    return said["permitrootlogin"] == "yes" and (said["passwordauthentication"] == "yes" or by_pam)
