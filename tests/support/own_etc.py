"""A machine's real PAM, chpasswd and accounts, on an /etc of a test's own: a copy, bound over it for one command."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from quantix_tui.host.files.tree import Tree
from quantix_tui.host.lines.pam import SERVICE_FILE, service_file

_BIND = 'mount --bind "$1" /etc && shift && exec "$@"'
_PASSWD = "root:x:0:0:root:/root:/bin/sh\nada:x:1000:1000:Ada:/home/ada:/bin/sh\neve:x:1001:1001::/home/eve:/bin/sh\n"
_GROUP = "root:x:0:\nshadow:x:42:\nsudo:x:27:ada\nada:x:1000:\neve:x:1001:\n"


class OwnEtc:
    """Users: root, ada (in the group sudo), eve. Their passwords are locked, root's is empty, until they are set."""

    def __init__(self, folder: Path) -> None:
        self.root = folder
        self.etc = folder / "etc"
        shutil.copytree("/etc", self.etc, symlinks=True)
        (self.etc / "passwd").write_text(_PASSWD)
        (self.etc / "group").write_text(_GROUP)
        (self.etc / "shadow").write_text("root::19000:0:99999:7:::\nada:!:19000::::::\neve:!:19000::::::\n")
        service = service_file(Tree(str(folder)), sys.executable)
        (folder / SERVICE_FILE.lstrip("/")).write_bytes(service.data)

    def command(self, *words: str) -> list[str]:
        """``words``, run where this is /etc."""
        return ["unshare", "-m", "sh", "-c", _BIND, "sh", str(self.etc), *words]

    def password(self, user: str, password: str) -> None:
        command = self.command("chpasswd")
        subprocess.run(command, input=f"{user}:{password}\n", text=True, check=True, capture_output=True)

    def shadow(self, user: str, place: int, value: str) -> None:
        """Put ``value`` into the field number ``place`` of shadow(5), counted from 0."""
        rows = [line.split(":") for line in (self.etc / "shadow").read_text().splitlines()]
        for row in rows:
            if row[0] == user:
                row[place] = value
        (self.etc / "shadow").write_text("".join(":".join(row) + "\n" for row in rows))

    def field(self, user: str) -> str:
        """What stands in place of his password."""
        return dict(line.split(":")[:2] for line in (self.etc / "shadow").read_text().splitlines())[user]


def own_etc(folder: Path) -> OwnEtc:
    """Skips the test where it cannot be had."""
    if os.geteuid() != 0 or not shutil.which("chpasswd"):
        pytest.skip("only root may have an /etc of its own, and chpasswd is needed")
    if subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("mount namespaces are not permitted here")
    if not Path("/etc/pam.d").is_dir():
        pytest.skip("this machine has no PAM")
    return OwnEtc(folder)
