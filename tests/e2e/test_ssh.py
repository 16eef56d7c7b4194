"""The console over a real sshd, as a login shell and as a forced command.

One sshd for each connection (``sshd -i``), in a mount namespace with users of its own: nothing of this machine is
changed and nothing stays. They are root by another name, for another user could not read the Python of these tests;
``tests/vm/ssh.py`` has ordinary ones.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.terminal import Terminal
from tests.support.waiting import wait_until

PROJECT = Path(__file__).parents[2]
SFTP_SERVERS = ("/usr/lib/openssh/sftp-server", "/usr/libexec/openssh/sftp-server", "/usr/lib/ssh/sftp-server")
ONE_SENTENCE = "This login opens the node's console: other commands, scp and sftp are not for it"


class Node:
    """A machine with an sshd and two users: ``shell`` has the console as login shell, ``forced`` as ForceCommand."""

    def __init__(self, folder: Path) -> None:
        self.state = folder / "state"
        self._folder = folder
        program = folder / "quantix-tui"
        program.write_text(
            f"#!/bin/sh\nexport PYTHONPATH={PROJECT} QUANTIX_NODE=unix:/nowhere/node.sock QUANTIX_STATE={self.state}\n"
            f'exec {sys.executable} -m quantix_tui "$@"\n'
        )
        program.chmod(0o755)
        users = (("sshd", "1:1", "/usr/sbin/nologin"), ("shell", "0:0", program), ("forced", "0:0", "/bin/sh"))
        rows = [f"{name}:x:{ids}::/nowhere/home:{shell}\n" for name, ids, shell in users]
        (folder / "passwd").write_text("".join(rows))
        self._key("host")
        self._key("user")
        sftp = next((path for path in SFTP_SERVERS if os.path.exists(path)), "internal-sftp")
        (folder / "sshd_config").write_text(
            f"HostKey {folder}/host\nAuthorizedKeysFile {folder}/user.pub\nPermitRootLogin yes\nUsePAM no\n"
            f"StrictModes no\nPrintMotd no\nPrintLastLog no\nSubsystem sftp {sftp}\n"
            f"Match User forced\n  ForceCommand {program}\n"
        )
        self._server = folder / "server"
        self._server.write_text(
            "#!/bin/sh\n"
            "exec unshare --mount --propagation private /bin/sh -c '"
            f"mount --bind {folder}/passwd /etc/passwd && mount -t tmpfs tmpfs /run && mkdir -m 755 /run/sshd && "
            f"exec {shutil.which('sshd')} -i -E /dev/null -f {folder}/sshd_config'\n"
        )
        self._server.chmod(0o755)

    def _key(self, name: str) -> None:
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self._folder / name)]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)

    @property
    def options(self) -> list[str]:
        said = {
            "ProxyCommand": str(self._server),
            "StrictHostKeyChecking": "no",
            "UserKnownHostsFile": "/dev/null",
            "LogLevel": "ERROR",
            "IdentitiesOnly": "yes",
        }
        return ["-F", "none", "-i", str(self._folder / "user"), *(f"-o{name}={value}" for name, value in said.items())]

    def terminal(self, user: str, *words: str, term: str = "xterm-256color", environment: dict[str, str]) -> Terminal:
        return Terminal(["ssh", *self.options, "-tt", f"{user}@node", *words], environment=environment, term=term)

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        program, *rest = words
        command = [program, *self.options, *rest]
        return subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30, check=False
        )

    @property
    def marks(self) -> list[Path]:
        """Of the consoles that run there."""
        folder = self.state / "running"
        return list(folder.glob("pts-*[0-9]")) if folder.exists() else []

    def console(self) -> int:
        """The process of the console that runs there."""
        (mark,) = wait_until(lambda: self.marks, "the console's mark")
        return int(mark.read_text().split()[0])


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Node:
    if os.geteuid() != 0 or shutil.which("sshd") is None or shutil.which("ssh") is None:
        pytest.skip("a real sshd in a namespace of its own needs root and openssh-server")
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("namespaces are not permitted here")
    return Node(tmp_path_factory.mktemp("ssh"))


@pytest.mark.parametrize("user", ["shell", "forced"])
def test_the_dashboard_comes_follows_the_size_and_ends_with_the_connection(node: Node, user: str) -> None:
    # That of an earlier test may be ending yet, and is not meant.
    wait_until(lambda: not node.marks, "no console")
    with node.terminal(user, term="a-terminal-nobody-knows", environment={"LC_ALL": "C"}) as terminal:
        terminal.wait_for("THIS NODE")
        assert "Traceback" not in terminal.text
        process = node.console()
        terminal.resize(110, 40)
        terminal.wait_for(lambda text: max(len(line.rstrip()) for line in text.splitlines()) > 100)
    wait_until(lambda: not os.path.exists(f"/proc/{process}"), "the console to end with its connection")
    assert list((node.state / "running").iterdir()) == []


def test_quitting_ends_the_connection(node: Node) -> None:
    with node.terminal("shell", environment={"LANG": "xx_YY.UTF-8"}) as terminal:
        terminal.wait_for("Quit")
        terminal.press("q")
        assert terminal.wait_for_exit() == 0


def test_a_forced_command_does_not_care_what_was_asked_for(node: Node) -> None:
    with node.terminal("forced", "cat /etc/shadow", environment={}) as terminal:
        terminal.wait_for("THIS NODE")


@pytest.mark.parametrize("command", ["uptime", "sh -i", "quantix-tui; sh", "sh -c 'quantix-tui"])
def test_no_command_gets_a_shell(node: Node, command: str) -> None:
    done = node.run("ssh", "-T", "shell@node", command)
    assert done.returncode == 1
    assert done.stdout == ""
    assert ONE_SENTENCE in done.stderr.splitlines()[-1]


def test_without_a_terminal_it_is_said_how_to_have_one(node: Node) -> None:
    done = node.run("ssh", "-T", "shell@node")
    assert done.returncode == 2
    assert "ssh -t" in done.stderr


def test_the_programs_own_commands_are_run(node: Node) -> None:
    done = node.run("ssh", "-T", "shell@node", "quantix-tui status --json")
    assert done.returncode == 4
    assert '"error"' in done.stdout


@pytest.mark.parametrize("words", [["scp"], ["scp", "-O"], ["sftp"]], ids=" ".join)
def test_files_are_neither_taken_nor_given(node: Node, tmp_path: Path, words: list[str]) -> None:
    done = node.run(*words, "shell@node:/etc/passwd", str(tmp_path))
    assert done.returncode != 0
    assert ONE_SENTENCE in done.stderr or "Connection closed" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_terminal_that_has_no_cursor_is_asked_line_by_line(node: Node) -> None:
    with node.terminal("shell", term="dumb", environment={}) as terminal:
        terminal.wait_for("1")
        assert b"\x1b" not in terminal.received
