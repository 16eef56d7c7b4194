"""Whatever is broken on the node: the console starts on its line, says what is wrong, and leaves a way to a login."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from quantix_tui.console.endings import LOGIN_PROMPT
from quantix_tui.host.files.changes import Edit
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.wayback.back import arm
from quantix_tui.host.wayback.record import Record
from quantix_tui.host.wayback.trying import place_in
from tests.support.terminal import Terminal

CONSOLE = [sys.executable, "-m", "quantix_tui", "--node", "unix:/nowhere/node.sock"]
FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"

MOUNTS = "--mount --propagation private"
HASH = "$6$saltsalt$TVLlQcbpFVof5W3Yz4DTP6gRstiNuHwwTt6GLc1E5n0U0aDehy0S5knV8wiOQSpT0Y77vwPZN.Pq.H91p5hVO1"


def flat(screen: str) -> str:
    return " ".join(screen.replace("\u2502", " ").split())


@contextmanager
def broken(
    folder: Path,
    *,
    setup: str = "",
    namespaces: str = "",
    root: str = "",
    environment: Mapping[str, str] | None = None,
) -> Iterator[Terminal]:
    """The console on a line of its own, where nobody is logged in; parameters as for :func:`on_broken_machine`."""
    said = {"QUANTIX_LINE": "tty1", **(environment or {})}
    with on_broken_machine(folder, setup=setup, namespaces=namespaces, root=root, environment=said) as terminal:
        terminal.wait_for("locked")
        yield terminal
        ask_for_login_prompt(terminal)


@contextmanager
def on_broken_machine(
    folder: Path,
    *,
    setup: str = "",
    namespaces: str = "",
    root: str = "",
    environment: Mapping[str, str] | None = None,
) -> Iterator[Terminal]:
    """The console on a machine of which ``setup`` has broken something: a shell command, run in namespaces of its own
    (unshare(1)). ``root``: where the root of the broken machine is."""
    command = list(CONSOLE)
    if namespaces:
        if os.geteuid() != 0:
            pytest.skip("only root may break a machine, be it a copy")
        if subprocess.run(["unshare", *namespaces.split(), "true"], capture_output=True, check=False).returncode != 0:
            pytest.skip("namespaces are not permitted here")
        start = f'{setup}\nexec {f"chroot {root}" if root else ""} "$@"'
        command = ["unshare", *namespaces.split(), "/bin/sh", "-ec", start, "sh", *command]
    own = {"QUANTIX_STATE": str(folder / "state"), "TMPDIR": str(folder)}
    said = {**own, **(environment or {})}
    with Terminal(command, environment=said) as terminal:
        terminal.wait_for("THIS NODE")
        yield terminal


def ask_for_login_prompt(terminal: Terminal) -> None:
    terminal.press("q")
    terminal.wait_for("Leave this line")
    terminal.press("right", "enter")
    assert terminal.wait_for_exit() == LOGIN_PROMPT
    assert b"Traceback" not in terminal.received


def test_the_daemon_is_dead(tmp_path: Path) -> None:
    with broken(tmp_path) as terminal:
        terminal.wait_for(lambda text: "node daemon is not running" in flat(text))


def test_the_disk_is_full(tmp_path: Path) -> None:
    """Not a byte more, neither for what the console remembers nor for a report."""
    setup = f"mount -t tmpfs -o size=16k tmpfs {tmp_path}; dd if=/dev/zero of={tmp_path}/ballast 2>/dev/null || :"
    with broken(tmp_path, setup=setup, namespaces=MOUNTS) as terminal:
        terminal.press("p")
        terminal.wait_for("until this console ends")
    with on_broken_machine(tmp_path, setup=setup, namespaces=MOUNTS) as terminal:
        terminal.press("p")
        terminal.wait_for("could not be kept: No space left on device")


def test_etc_can_only_be_read(tmp_path: Path) -> None:
    setup = "mount --bind /etc /etc; mount -o remount,bind,ro /etc"
    with broken(tmp_path, setup=setup, namespaces=MOUNTS) as terminal:
        terminal.wait_for("UNKNOWN")


READ_ONLY = "mount --bind / /mnt; mount -o remount,bind,ro /mnt"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's console brings the network back")
def test_old_network_settings_come_back_though_the_state_folder_takes_no_lock(tmp_path: Path) -> None:
    settings = tmp_path / "interfaces"
    settings.write_text("old\n")
    place = place_in(str(tmp_path / "state"))
    changes = (Edit(str(settings), b"new\n"),)
    arm(place, Tree(), changes, Record("an earlier run of the machine", (), (), ()), 60.0)
    Tree().apply(changes)
    # As on a full disk: it can be neither made nor opened.
    (tmp_path / "state" / "setup.lock").mkdir()
    with on_broken_machine(tmp_path) as terminal:
        terminal.wait_for("The old ones are in force again.")
    assert settings.read_text() == "old\n"


def test_nothing_at_all_can_be_written(tmp_path: Path) -> None:
    setup = f"{READ_ONLY}; for i in dev proc; do mount --rbind /$i /mnt/$i; done"
    with broken(tmp_path, setup=setup, namespaces=MOUNTS, root="/mnt") as terminal:
        terminal.press("p")
        terminal.wait_for("until this console ends")
    with on_broken_machine(tmp_path, setup=setup, namespaces=MOUNTS, root="/mnt") as terminal:
        terminal.press("p")
        terminal.wait_for("could not be kept: Read-only file system")


def test_the_terminal_has_no_name_here(tmp_path: Path) -> None:
    """As in a container that somebody entered from outside."""
    with broken(tmp_path, setup=READ_ONLY, namespaces=MOUNTS, root="/mnt") as terminal:
        terminal.wait_for("UNKNOWN")


def test_pam_is_broken(tmp_path: Path) -> None:
    """Not one service is left of it: nobody can log in here, and the way round is said."""
    # A password there is, so that it is asked for.
    (tmp_path / "shadow").write_text(f"root:{HASH}:19000:0:99999:7:::\n")
    setup = f"mount --bind {tmp_path}/shadow /etc/shadow; mount -t tmpfs tmpfs /etc/pam.d"
    with broken(tmp_path, setup=setup, namespaces=MOUNTS) as terminal:
        terminal.press("u")
        terminal.wait_for("Password")
        terminal.press("root", "enter", "secret", "enter")
        terminal.wait_for(lambda text: "Q leaves the console for the login prompt of this line" in flat(text))
        terminal.press("esc")
        terminal.wait_for("THIS NODE")


@pytest.mark.parametrize("locale", [{"LC_ALL": "xx_YY.UTF-8"}, {"LANG": "", "LC_ALL": "C"}, {"LANG": "de_DE@euro"}])
def test_the_locale_is_missing(tmp_path: Path, locale: dict[str, str]) -> None:
    with broken(tmp_path, environment=locale) as terminal:
        terminal.wait_for("UNKNOWN")


def test_pythons_cache_can_be_neither_read_nor_written(tmp_path: Path) -> None:
    with broken(tmp_path, environment={"PYTHONPYCACHEPREFIX": "/proc/nowhere"}) as terminal:
        terminal.wait_for("UNKNOWN")


def test_there_is_no_network(tmp_path: Path) -> None:
    with broken(tmp_path, setup=":", namespaces="--net") as terminal:
        terminal.wait_for("none: no ca")


def test_the_clock_is_in_1970(tmp_path: Path) -> None:
    if not os.path.exists(FAKETIME):
        pytest.skip("libfaketime is not installed")
    with broken(tmp_path, environment={"LD_PRELOAD": FAKETIME, "FAKETIME": "@1970-01-01 00:00:30"}) as terminal:
        terminal.wait_for("clock wrong: 1970-01-01")


def test_there_is_no_home_and_no_folder_for_anything(tmp_path: Path) -> None:
    nowhere = {"HOME": "/proc/nowhere", "QUANTIX_STATE": "/proc/nowhere", "TMPDIR": "/proc/nowhere"}
    with broken(tmp_path, environment=nowhere) as terminal:
        terminal.wait_for("UNKNOWN")


@pytest.mark.parametrize("term", ["", "a-terminal-nobody-knows", "../../etc/passwd"])
def test_the_terminal_is_one_that_nobody_knows(tmp_path: Path, term: str) -> None:
    with broken(tmp_path, environment={"TERM": term}) as terminal:
        terminal.wait_for("UNKNOWN")
