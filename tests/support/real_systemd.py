"""A real systemd, as process 1 of namespaces of its own."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.support.waiting import wait_until

_SYSTEMD = Path("/lib/systemd/systemd")
_ISOLATED = ("unshare", "--mount", "--pid", "--fork", "--mount-proc", "--cgroup", "--kill-child=KILL")
_START = """
set -e
mount -t tmpfs tmpfs /run
mkdir -p /run/lock /run/systemd/system
mount -t tmpfs tmpfs /etc/systemd/system
mount -t cgroup2 cgroup2 /sys/fs/cgroup
cp "$1"/*.service "$1"/*.target /etc/systemd/system/
exec env container=docker "$2" --system --unit=small.target --log-target=null
"""


@contextlib.contextmanager
def running_systemd(folder: Path, units: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    """The words before a command that is to run in it. ``units`` beside its small.target. Skips where it cannot run."""
    if os.geteuid() != 0 or not _SYSTEMD.exists() or not shutil.which("nsenter"):
        pytest.skip("needs root and systemd")
    for name, content in {"none.service": "[Service]\nExecStart=true\n", **units}.items():
        (folder / name).write_text(content)
    (folder / "small.target").write_text("[Unit]\nDescription=Nothing\n")
    process = subprocess.Popen(
        [*_ISOLATED, "sh", "-c", _START, "sh", str(folder), str(_SYSTEMD)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        wait_until(lambda: process.poll() is not None or children.read_text().strip(), "process 1")
        if process.poll() is not None:
            pytest.skip("no namespaces can be had here")
        inside = ("nsenter", "-t", children.read_text().strip(), "-m", "-p", "-C")

        def answers() -> bool:
            return subprocess.run([*inside, "systemctl", "list-jobs"], capture_output=True, check=False).returncode == 0

        wait_until(lambda: process.poll() is not None or answers(), "systemd")
        if process.poll() is not None:
            pytest.skip("systemd cannot run here")
        yield inside
    finally:
        process.kill()
        process.wait()
