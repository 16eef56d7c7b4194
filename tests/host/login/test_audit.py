"""What the machine's log is told about logins, read from a log socket in place of the machine's own."""

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from quantix_tui.cluster.secret import Secret
from quantix_tui.host.login.messages import Asked
from quantix_tui.host.login.process import COMMAND, PamLogin
from tests.support.pam import Pam, needs_pam_wrapper

pytestmark = needs_pam_wrapper
LOG_AUTHPRIV, NOTICE, INFO = 10 << 3, 5, 6  # RFC 5424, 6.2.1
# The process with a /dev of its own, in which log is the test's socket.
OWN_DEV = """
set -e; folder=$1; shift
mount --bind /dev/null "$folder/null"
mount -t tmpfs tmpfs /dev
: >/dev/null_; mv /dev/null_ /dev/null
mount --bind "$folder/null" /dev/null
ln -s "$folder/log" /dev/log
exec "$@"
"""


@dataclass(frozen=True, slots=True)
class Journal:
    pam: Pam
    folder: Path
    socket: socket.socket

    def login(self) -> PamLogin:
        command = ["unshare", "-m", "sh", "-c", OWN_DEV, "sh", str(self.folder), *COMMAND]
        return PamLogin("tty1", (), command=command, environment=self.pam.environment, folders=[str(self.pam.services)])

    def entries(self) -> list[tuple[int, str]]:
        """Priority and text of what has come; at least one entry is waited for."""
        found: list[tuple[int, str]] = []
        self.socket.settimeout(20)
        while True:
            try:
                match = re.fullmatch(r"<(\d+)>\w+ +\d+ [\d:]+ quantix-console: (.*)", self.socket.recv(9000).decode())
            except BlockingIOError:
                return found
            assert match is not None
            found.append((int(match[1]), match[2]))
            self.socket.settimeout(0)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    if os.geteuid() != 0 or subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode:
        pytest.skip("only root may have a /dev of its own, where mount namespaces are permitted")
    assert shutil.which("mount")
    (tmp_path / "null").touch()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "log"))
        yield Journal(Pam(tmp_path), tmp_path, listening)


async def log_in(login: PamLogin, user: str, password: str | None) -> None:
    """With None for the password the login is broken off in the place of an answer."""
    async with login.begin(user) as conversation:
        async for message in conversation:
            if isinstance(message, Asked):
                if password is None:
                    return
                await conversation.answer(Secret(password))


@pytest.mark.parametrize(
    ("user", "password", "level", "told"),
    [
        ("root", "right horse", INFO, "login of root on tty1: accepted"),
        ("root", "wr0ng", NOTICE, "login of root on tty1: refused while at authenticate (PAM: Authentication failure)"),
        ("hunter2", "right horse", NOTICE, None),
    ],
)
async def test_each_login_is_told_once(
    journal: Journal, user: str, password: str, level: int, told: str | None
) -> None:
    await log_in(journal.login(), user, password)
    ((priority, text),) = journal.entries()
    assert priority == LOG_AUTHPRIV | level
    if told is None:
        # Nobody is called so: it may be a password in the wrong field.
        assert text.startswith("login on tty1: refused while at authenticate")
        assert user not in text
    else:
        assert text == told
    assert password not in text


async def test_a_login_that_is_broken_off_after_an_answer_is_told_too(journal: Journal) -> None:
    await log_in(journal.login(), "root", None)
    journal.pam.stack(*[f"auth required {journal.pam.matrix()}"] * 2)
    login = journal.login()
    async with login.begin("root") as conversation:
        answered = False
        async for message in conversation:
            if answered:
                break
            assert isinstance(message, Asked)
            answered = True
            await conversation.answer(Secret("right horse"))
    assert journal.entries() == [(LOG_AUTHPRIV | NOTICE, "login of root on tty1: broken off")]
