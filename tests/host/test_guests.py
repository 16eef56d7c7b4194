"""The virtual machines that run on a node, by its process list."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from quantix_tui.host.guests import guest_name, running_guests
from tests.support.waiting import wait_until


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["/usr/bin/qemu-system-x86_64", "-name", "guest=web-1,debug-threads=on", "-m", "1G"], "web-1"),
        (["qemu-system-aarch64", "-name", "db"], "db"),
        (["qemu-kvm", "-name", "a,,b,process=x"], "a,b"),
        (["/usr/bin/qemu-system-x86_64", "-m", "1G"], ""),
        (["/usr/bin/qemu-img", "-name", "x"], None),
        (["bash"], None),
        ([""], None),
        ([], None),
    ],
)
def test_the_name_in_a_command_line(words: list[str], name: str | None) -> None:
    assert guest_name(words) == name


def test_a_real_process_under_a_hypervisors_name(tmp_path: Path) -> None:
    program = tmp_path / "qemu-system-x86_64"
    program.symlink_to(sys.executable)
    name = f"guest-of-{tmp_path.name}"
    waits = "import sys; sys.stdin.read()"
    with subprocess.Popen(
        [program, "-c", waits, "-name", f"guest={name},debug-threads=on"], stdin=subprocess.PIPE
    ) as process:
        wait_until(lambda: name in (running_guests() or ()), "the guest in the process list")
        process.communicate()
    assert name not in (running_guests() or ())


def test_what_cannot_be_read_is_not_known(tmp_path: Path) -> None:
    assert running_guests(str(tmp_path / "none")) is None
    assert running_guests(str(tmp_path)) is None
    (tmp_path / "1").mkdir()
    assert running_guests(str(tmp_path)) == ()


def test_where_the_processes_of_others_are_hidden_nothing_is_known(tmp_path: Path) -> None:
    """/proc mounted with hidepid=1, looked at by a user who is not root."""
    (tmp_path / "1").mkdir()
    (tmp_path / "1" / "cmdline").write_text("qemu-kvm")
    looking = f"""
import os, sys
sys.path.insert(0, {str(Path.cwd())!r})
from quantix_tui.host.guests import running_guests
os.chmod({str(tmp_path / "1")!r}, 0o700)
if os.geteuid() == 0:
    os.setresuid(65534, 65534, 65534)
else:
    os.chmod({str(tmp_path / "1")!r}, 0)
print(running_guests({str(tmp_path)!r}))
"""
    os.chmod(tmp_path, 0o755)
    done = subprocess.run([sys.executable, "-c", looking], capture_output=True, text=True, check=True)
    os.chmod(tmp_path / "1", 0o700)
    assert done.stdout.strip() == "None"
