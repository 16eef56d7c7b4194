"""The shell scripts, in every shell there is, on a real terminal line: they have to work when nothing else does."""

import contextlib
import os
import pty
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from quantix_tui.console.crash import ENDED, WENT_ON, report_text
from quantix_tui.console.endings import LOGIN_PROMPT
from tests.support.waiting import wait_until

ASSETS = Path(__file__).parents[3] / "assets" / "console"
SHELLS = [shell for shell in (["dash"], ["busybox", "sh"], ["bash", "--posix"]) if shutil.which(shell[0])]
PROMPT = "fake login: "

pytestmark = pytest.mark.skipif(not SHELLS, reason="there is no POSIX shell to try")


class Node:
    """A folder that stands for a machine: the scripts, a program to keep running, a login program, a line."""

    def __init__(self, folder: Path, shell: list[str]) -> None:
        self.folder, self.shell = folder, shell
        # busybox prefers its own tools to those on the PATH.
        self.own_tools = shell[0] == "busybox"
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.runs = folder / "runs"
        self.runs.mkdir()
        self.program = folder / "console"
        self.text = ""
        self._controller, terminal = pty.openpty()
        self.line = os.ttyname(terminal).removeprefix("/dev/")
        self._terminal = terminal
        self._process: subprocess.Popen[bytes] | None = None
        threading.Thread(target=self._read, daemon=True).start()
        for name in ("console-line", "console-page"):
            text = (ASSETS / name).read_text().replace("@PROGRAM@", str(self.program)).replace("@SCRIPTS@", str(folder))
            self.script(folder / name, text)
        self.script(self.bin / "agetty", f"#!/bin/sh\nprintf '{PROMPT}'\nread -r name\necho \"bye $name\"\n")
        self.script(self.bin / "logger", f'#!/bin/sh\nshift 2; echo "$*" >>{folder}/log\n')
        self.script(
            self.bin / "ip", "#!/bin/sh\necho '2: eno1    inet 10.20.0.17/24 brd 10.20.0.255 scope global eno1'\n"
        )

    def script(self, path: Path, text: str) -> None:
        path.write_text(text)
        path.chmod(0o755)

    def console(self, body: str) -> None:
        """The program: each run leaves a file named by its process id, then does ``body``."""
        self.script(self.program, f'#!/bin/sh\n[ "$1" != messages ] || exit 0\n: >{self.runs}/$$\n{body}\n')

    def start(self, *, quick: int = 1000, login: int = 600, **settings: str) -> None:
        environment = {
            "PATH": f"{self.bin}:{os.environ['PATH']}",
            "QUANTIX_CONSOLE_ENV": str(self.folder / "console.env"),
            "QUANTIX_CONSOLE_STATE": str(self.folder / "state"),
            "QUANTIX_CONSOLE_QUICK_SECS": str(quick),
            "QUANTIX_CONSOLE_PAUSE_SECS": "0",
            "QUANTIX_CONSOLE_LOGIN_SECS": str(login),
            "TMPDIR": str(self.folder),
            **settings,
        }
        self._process = subprocess.Popen(
            [*self.shell, self.folder / "console-line", self.line],
            env=environment,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def respawn(self) -> None:
        """What init does when the script, or what it has become, has ended."""
        self.process.wait(10)
        self.start()

    @property
    def process(self) -> "subprocess.Popen[bytes]":
        assert self._process is not None
        return self._process

    def _read(self) -> None:
        try:
            while data := os.read(self._controller, 65536):
                self.text += data.decode("utf-8", "replace")
        except OSError:
            return  # The line has gone.

    def type(self, text: str) -> None:
        os.write(self._controller, text.encode())

    def see(self, wanted: str, count: int = 1) -> str:
        wait_until(lambda: self.text.count(wanted) >= count, f"{wanted!r} in\n{self.text}")
        return self.text

    def newest_run(self, count: int) -> int:
        """The process of run number ``count``, once it has begun."""
        files = wait_until(lambda: found if len(found := list(self.runs.iterdir())) >= count else None, f"run {count}")
        return int(max(files, key=lambda file: file.stat().st_mtime_ns).name)

    def close(self) -> None:
        if self._process is not None:
            # The line goes, and everybody on it.
            for member in self._session():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(member, signal.SIGKILL)
            self._process.wait(10)
        os.close(self._terminal)
        os.close(self._controller)

    def _session(self) -> list[int]:
        listed = subprocess.run(
            ["ps", "-o", "pid=", "-s", str(self.process.pid)], capture_output=True, text=True, check=False
        )
        return [int(pid) for pid in listed.stdout.split()]


@pytest.fixture(params=SHELLS, ids=lambda shell: shell[0])
def node(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Node]:
    node = Node(tmp_path, request.param)
    try:
        yield node
    finally:
        node.close()


def test_five_quick_ends_bring_the_page_and_a_login_and_then_the_console_again(node: Node) -> None:
    node.console("exit 3")
    node.start()
    text = node.see(PROMPT)
    assert len(list(node.runs.iterdir())) == 5
    assert os.uname().nodename in text
    assert "10.20.0.17/24" in text or node.own_tools
    assert f"The console on {node.line} has ended again and again" in text
    assert "exit status 3" in text
    assert "Log: " in text
    node.console("echo it is back; exec sleep 600")
    node.type("root\r")
    node.see("bye root")
    node.respawn()
    node.see("it is back")
    if not node.own_tools:
        assert f"{node.line}: the console has exited (3)" in (node.folder / "log").read_text()


def test_four_quick_ends_do_not_bring_the_page(node: Node) -> None:
    node.console(f'[ "$(ls {node.runs} | wc -l)" -gt 4 ] || exit 3; echo it stands; exec sleep 600')
    node.start()
    assert PROMPT not in node.see("it stands")


def test_the_login_prompt_is_there_at_once_when_it_was_asked_for(node: Node) -> None:
    node.console(f"exit {LOGIN_PROMPT}")
    node.start()
    text = node.see(PROMPT)
    assert len(list(node.runs.iterdir())) == 1
    assert "You asked for the login prompt" in text
    assert "again and again" not in text
    node.console("echo it is back; exec sleep 600")
    node.type("root\r")
    node.respawn()
    node.see("it is back")


def test_killed_ten_times_it_ends_on_the_page_and_recovers(node: Node) -> None:
    node.console("exec sleep 600")
    node.start()
    for count in range(1, 11):
        os.kill(node.newest_run(count), signal.SIGKILL)
        if count == 5:
            assert "signal 9" in node.see(PROMPT)
            node.type("root\r")
            node.respawn()
    node.see(PROMPT, 2)
    node.type("\r")
    node.respawn()
    node.newest_run(11)


@pytest.mark.parametrize("body", [None, "not a script"])
def test_without_a_program_there_is_a_login(node: Node, body: str | None) -> None:
    if body is not None:
        node.script(node.program, body)
    node.start()
    assert "missing or damaged" in node.see(PROMPT)


def test_without_the_page_there_is_a_login(node: Node) -> None:
    (node.folder / "console-page").unlink()
    node.start()
    assert "cannot be started" in node.see(PROMPT)


def test_long_runs_never_come_to_the_page(node: Node) -> None:
    node.console("exit 1")
    node.start(quick=0)
    node.newest_run(12)
    assert PROMPT not in node.text


def test_keys_end_neither_the_script_nor_what_a_shell_in_the_console_can_do(node: Node) -> None:
    node.console("trap 'echo caught' INT; echo ready; read -r a; read -r a; exec sleep 600")
    node.start()
    node.see("ready")
    node.type("\x03")
    node.see("caught")
    assert node.process.poll() is None


def test_the_end_of_the_line_ends_it_and_nothing_stays_behind(node: Node) -> None:
    node.console("exec sleep 600")
    node.start()
    child = node.newest_run(1)
    os.killpg(node.process.pid, signal.SIGHUP)
    assert node.process.wait(10) == 129
    wait_until(lambda: not os.path.exists(f"/proc/{child}"), "the console to end")


def test_a_shell_that_the_console_leaves_behind_reads_no_keys_below_the_next_one(node: Node) -> None:
    node.console(f"sleep 600 & echo $! >{node.folder}/shell; exec sleep 600")
    node.start()
    console = node.newest_run(1)
    shell = wait_until(lambda: _number_in(node.folder / "shell"), "the shell")
    os.kill(console, signal.SIGKILL)
    node.newest_run(2)
    # Whoever adopts it may be slow to bury it.
    wait_until(lambda: not _runs(shell), "the shell to end")
    assert node.process.poll() is None


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
    except OSError:
        return False


def _number_in(file: Path) -> int | None:
    return int(text) if file.exists() and (text := file.read_text().strip()) else None


def test_settings_reach_the_console_and_are_never_run(node: Node) -> None:
    (node.folder / "console.env").write_text(
        f"# comment\nQUANTIX_NODE=unix:/x y/$(touch {node.folder}/run)`id`\nPATH=/nowhere\nQUANTIX_a;b=1\n"
        ")(\nLANG=de_DE"
    )
    node.console('echo "<$QUANTIX_NODE|$LANG|$QUANTIX_LINE|$TERM>"; exec sleep 600')
    node.start()
    node.see(f"<unix:/x y/$(touch {node.folder}/run)`id`|de_DE|{node.line}|vt220>")
    assert not (node.folder / "run").exists()


def page(node: Node, *words: str, reports: Path | None = None) -> str:
    environment = {"PATH": f"{node.bin}:{os.environ['PATH']}", "TMPDIR": str(reports or node.folder)}
    done = subprocess.run(
        [*node.shell, node.folder / "console-page", *words], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    return done.stdout


def test_the_page_fits_the_smallest_screen(node: Node) -> None:
    address = "inet6 2001:db8:1111:2222:3333:4444:5555:6666/128 scope global"
    node.script(
        node.bin / "ip", f"#!/bin/sh\nfor n in 0 1 2 3 4 5 6 7 8 9; do echo '2: enp101s0f0np0 {address}'; done\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "quantix-tui-crash-abc.txt").write_text(crash_report("ttyAMA0"))
        text = page(node, "ttyAMA0", "exited", "1", reports=Path(folder))
    _, _, shown = text.rpartition("\x1b[J")
    assert len(shown.splitlines()) <= 23
    assert max(map(len, shown.splitlines())) <= 80
    assert shown.isascii()
    assert "quantix-tui-crash-abc.txt" in shown


def test_names_that_others_have_given_reach_no_terminal(node: Node) -> None:
    evil = node.folder / "quantix-tui-crash-\x1b[2Jx\x07.txt"
    evil.write_text(crash_report("tty1"))
    node.script(node.bin / "ip", "#!/bin/sh\nprintf '2: \\033]0;x\\007 inet 1.2.3.4/8 \\n'\n")
    _, _, shown = page(node, "tty1", "exited", "1").rpartition("\x1b[J")
    assert "\x1b" not in shown
    assert "\x07" not in shown


def test_only_a_report_of_this_end_is_shown(node: Node) -> None:
    """Not one of a console that was killed, that went on, that stood on another line; not a link, not somebody's."""
    elsewhere = node.folder / "elsewhere"
    elsewhere.write_text(crash_report("tty1"))
    (node.folder / "quantix-tui-crash-link.txt").symlink_to(elsewhere)
    (node.folder / "quantix-tui-crash-other.txt").write_text(crash_report("ttyS0"))
    (node.folder / "quantix-tui-crash-on.txt").write_text(crash_report("tty1", WENT_ON))
    (node.folder / "quantix-tui-crash-empty.txt").touch()
    if os.geteuid() == 0:
        foreign = node.folder / "quantix-tui-crash-foreign.txt"
        foreign.write_text(crash_report("tty1"))
        os.chown(foreign, 65534, 65534)
    assert "A report" not in page(node, "tty1", "exited", "1")
    (node.folder / "quantix-tui-crash-real.txt").write_text(crash_report("tty1"))
    assert "A report of the fault" in page(node, "tty1", "exited", "1")
    assert "A report" not in page(node, "tty1", "killed", "9")


def crash_report(line: str, outcome: str = ENDED) -> str:
    """As :func:`quantix_tui.console.crash.report_text` writes it."""
    first, _, rest = report_text(ValueError(), outcome).partition("\n")
    return f"{first.rpartition(', on ')[0]}, on {line}\n{rest}"


@pytest.mark.parametrize(("code", "sentence"), [("1", "exit status 7"), ("2", "signal 7"), ("", "Why is not known")])
def test_systemd_is_asked_how_it_ended(node: Node, code: str, sentence: str) -> None:
    body = f'case $2 in *Code) echo "{code}" ;; *) echo 7 ;; esac'
    node.script(node.bin / "systemctl", f"#!/bin/sh\n{body}\n")
    assert sentence in page(node, "tty1")


def test_without_any_tool_the_page_still_stands(node: Node) -> None:
    if node.own_tools:
        pytest.skip("busybox has them all built in")
    (node.bin / "ip").unlink()
    for name in ("uname", "tr", "cut", "head", "cat"):
        (node.bin / name).symlink_to(shutil.which(name) or name)
    shell = shutil.which(node.shell[0])
    done = subprocess.run(
        [shell or "sh", *node.shell[1:], node.folder / "console-page", "tty1", "exited", "1"],
        env={"PATH": str(node.bin)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "no address" in done.stdout
    assert "Log in" in done.stdout
