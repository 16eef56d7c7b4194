"""``install`` and ``uninstall`` as an administrator types them, on trees of machines that do not run."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from quantix_tui.host.files.changes import File
from quantix_tui.host.files.tree import Tree
from tests.host.files.trees import link, picture, put

INITTAB = "::sysinit:/sbin/openrc sysinit\ntty1::respawn:/sbin/getty 38400 tty1\n"
PROGRAM = "/opt/quantix-tui/bin/quantix-tui"


def quantix_tui(*words: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "quantix_tui", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert "Traceback" not in done.stderr
    return done


def systemd_machine(root: Path) -> Path:
    put(root, "/usr/lib/systemd/systemd")
    link(root, "/sbin/init", "/usr/lib/systemd/systemd")
    put(root, PROGRAM, "#!/bin/sh\n", 0o755)
    put(root, "/etc/pam.d/login")
    link(root, "/etc/systemd/system/getty.target.wants/getty@tty1.service", "/lib/systemd/system/getty@.service")
    return root


def alpine_machine(root: Path) -> Path:
    put(root, "/bin/busybox", "", 0o755)
    link(root, "/sbin/init", "/bin/busybox")
    put(root, PROGRAM, "#!/bin/sh\n", 0o755)
    put(root, "/etc/inittab", INITTAB, 0o600)
    put(root, "/sbin/openrc-run", "#!/bin/sh\n", 0o755)
    link(root, "/etc/runlevels/boot/networking", "/etc/init.d/networking")
    return root


def bare_machine(root: Path) -> Path:
    """A busybox init without services."""
    machine = alpine_machine(root)
    (machine / "sbin/openrc-run").unlink()
    return machine


@pytest.fixture(params=[systemd_machine, alpine_machine, bare_machine], ids=["systemd", "openrc", "inittab"])
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    root: Path = request.param(tmp_path / "machine")
    return root


def test_installed_and_taken_away_leaves_no_trace(machine: Path) -> None:
    before = picture(machine)
    done = quantix_tui("install", "--tty", "tty1", "--tty", "/dev/ttyS0", "--root", machine)
    assert done.returncode == 0, done.stderr
    installed = picture(machine)
    assert installed != before
    # Each thing that was done is said, on a line of its own.
    new = [path for path, (kind, *_) in installed.items() if path not in before and kind != "folder"]
    assert all(any(f"/{path}" in line for line in done.stdout.splitlines()) for path in new)
    assert not [what for what in installed.values() if b"@PROGRAM@" in what or b"@SCRIPTS@" in what]

    again = quantix_tui("install", "--tty", "tty1", "--root", machine)
    assert again.returncode == 0
    assert "already" in again.stdout
    assert picture(machine) == installed

    assert quantix_tui("uninstall", "--tty", "ttyS0", "--root", machine).returncode == 0
    assert picture(machine) not in (before, installed)
    assert quantix_tui("uninstall", "--root", machine).returncode == 0
    assert picture(machine) == before
    nothing = quantix_tui("uninstall", "--root", machine)
    assert nothing.returncode == 0
    assert "nothing to take away" in nothing.stdout


def test_what_runs_once_at_each_boot_comes_with_the_lines(machine: Path, request: pytest.FixtureRequest) -> None:
    """Old network settings back, and answers that came with the boot."""
    done = quantix_tui("install", "--tty", "tty1", "--root", machine)
    assert done.returncode == 0, done.stderr
    places = {
        "systemd": (
            "etc/systemd/system/sysinit.target.wants/quantix-network-back.service",
            "etc/systemd/system/multi-user.target.wants/quantix-setup.service",
        ),
        "openrc": ("etc/runlevels/boot/quantix-network-back", "etc/runlevels/default/quantix-setup"),
        "inittab": ("usr/local/lib/quantix-tui/boot-once",),
    }[request.node.callspec.id]
    texts = [Tree(str(machine)).read(f"/{place}", follow=True) for place in places]
    said = b"".join(text.data for text in texts if isinstance(text, File))
    assert f"{PROGRAM} setup --network-back".encode() in said
    assert f"{PROGRAM} setup --found".encode() in said
    inittab = machine / "etc/inittab"
    entries = [row for row in inittab.read_text().splitlines() if "once:" in row] if inittab.exists() else []
    assert entries == (["::once:/usr/local/lib/quantix-tui/boot-once"] if len(places) == 1 else [])


def test_lines_and_users_together_leave_no_trace(machine: Path) -> None:
    put(machine, "/etc/passwd", "root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/bash\n")
    put(machine, "/etc/shells", "/bin/sh\n/bin/bash\n")
    before = picture(machine)
    done = quantix_tui("install", "--tty", "tty1", "--ssh-user", "alice", "--root", machine)
    assert done.returncode == 0, done.stderr
    assert "alice: the console comes with the next login" in done.stdout
    assert "/etc/shells" in done.stdout
    assert f"/home/alice:{PROGRAM}" in (machine / "etc/passwd").read_text()
    again = quantix_tui("install", "--ssh-user", "alice", "--root", machine)
    assert "already" in again.stdout
    assert quantix_tui("uninstall", "--root", machine).returncode == 0
    assert picture(machine) == before


@pytest.mark.parametrize("first", [["--tty", "tty1"], ["--ssh-user", "alice"]])
def test_one_after_the_other_leaves_no_trace_either(machine: Path, first: list[str]) -> None:
    put(machine, "/etc/passwd", "alice:x:1000:1000::/home/alice:/bin/bash\n")
    before = picture(machine)
    (second,) = [words for words in (["--tty", "tty1"], ["--ssh-user", "alice"]) if words != first]
    for words in (first, second):
        assert quantix_tui("install", *words, "--root", machine).returncode == 0
    for words in (first, second):
        assert picture(machine) != before
        assert quantix_tui("uninstall", *words, "--root", machine).returncode == 0
    assert picture(machine) == before
    nothing = quantix_tui("uninstall", "--ssh-user", "alice", "--root", machine)
    assert "not installed for alice" in nothing.stdout


def test_users_need_no_init(tmp_path: Path) -> None:
    put(tmp_path, PROGRAM, "#!/bin/sh\n", 0o755)
    put(tmp_path, "/etc/passwd", "alice:x:1000:1000::/home/alice:/bin/bash\n")
    before = picture(tmp_path)
    assert quantix_tui("install", "--ssh-user", "alice", "--root", tmp_path).returncode == 0
    assert quantix_tui("uninstall", "--root", tmp_path).returncode == 0
    assert picture(tmp_path) == before


def test_one_user_who_cannot_have_it_keeps_everything_as_it_was(machine: Path) -> None:
    put(machine, "/etc/passwd", "root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/bash\n")
    before = picture(machine)
    done = quantix_tui("install", "--tty", "tty1", "--ssh-user", "alice", "--ssh-user", "root", "--root", machine)
    assert done.returncode == 1
    assert "'root' is root" in done.stderr
    assert picture(machine) == before


def test_it_has_to_be_said_where_to() -> None:
    done = quantix_tui("install")
    assert done.returncode == 2
    assert "--ssh-user" in done.stderr


def test_a_dry_run_says_it_and_does_nothing(machine: Path) -> None:
    before = picture(machine)
    said = quantix_tui("install", "--tty", "tty1", "--root", machine, "--dry-run").stdout.splitlines()
    assert said
    assert all(line.startswith("would ") for line in said)
    assert picture(machine) == before
    did = quantix_tui("install", "--tty", "tty1", "--root", machine).stdout.splitlines()
    assert [f"would {line}" for line in did[: len(said)]] == said
    installed = picture(machine)
    assert "would remove" in quantix_tui("uninstall", "--root", machine, "--dry-run").stdout
    assert picture(machine) == installed


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--tty", "tty0"], "whichever virtual console"),
        (["--tty", "../../x"], "letters and digits"),
        (["--tty", "tty1", "--program", "/opt/none"], "no program /opt/none"),
        (["--tty", "tty1", "--program", "/opt/a b"], "whole path"),
        (["--tty", "tty1", "--program", "quantix-tui"], "whole path"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(machine: Path, words: list[str], reason: str) -> None:
    before = picture(machine)
    done = quantix_tui("install", *words, "--root", machine)
    assert done.returncode == 1
    assert done.stderr.startswith("invalid_request: ")
    assert reason in done.stderr
    assert picture(machine) == before


def test_a_machine_with_another_init_is_told_what_to_do(tmp_path: Path) -> None:
    put(tmp_path, PROGRAM, "#!/bin/sh\n", 0o755)
    put(tmp_path, "/sbin/init", "", 0o755)
    done = quantix_tui("install", "--tty", "tty1", "--root", tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("not_supported: ")
    assert "neither by systemd nor by /etc/inittab" in done.stderr
    assert quantix_tui("install", "--tty", "tty1", "--root", tmp_path / "none").returncode == 1


@pytest.fixture
def disk(machine: Path) -> Iterator[Path]:
    """The machine on a small disk of its own."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a file system")
    folder = machine.parent / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=160k,mode=755", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("mounting is not permitted here")
    try:
        subprocess.run(["cp", "-a", f"{machine}/.", folder], check=True)
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_read_only_disk_is_told_and_nothing_is_half_done(disk: Path) -> None:
    before = picture(disk)
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    done = quantix_tui("install", "--tty", "tty1", "--root", disk)
    assert done.returncode == 1
    assert done.stderr.startswith("config_write_error: ")
    assert "can only be read" in done.stderr
    assert "remount" in done.stderr
    assert done.stdout == ""
    assert picture(disk) == before


def test_a_full_disk_is_told_and_nothing_is_half_done(disk: Path) -> None:
    ballast = disk / "ballast"
    ballast.write_bytes(b"x" * os.statvfs(disk).f_bavail * 4096)
    for free in range(100):
        before = picture(disk)
        done = quantix_tui("install", "--tty", "tty1", "--root", disk)
        if done.returncode == 0:
            assert free > 0
            return
        assert "the disk is full" in done.stderr
        assert picture(disk) == before
        os.truncate(ballast, ballast.stat().st_size - 4096)
    pytest.fail("there was room enough, and still it did not work")


def test_only_root_may_change_this_machine() -> None:
    # Imported before: another user may not read this Python.
    code = (
        "import os, quantix_tui.commands.uninstall, quantix_tui.commands.ends, quantix_tui.cli as cli;"
        "os.geteuid() or os.setuid(65534); raise SystemExit(cli.main(['uninstall']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("unauthorized: ")
    assert "--dry-run" in done.stderr
