"""Restart and switch off: the right command for the machine, and what it refuses is told."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from quantix_tui.cluster.errors import ErrorCode, QuantixError
from quantix_tui.host.power import PowerAct, order, power_command
from quantix_tui.host.privilege import as_root, typed_as_root, why_not_run
from tests.host.files.trees import link, put


def _program(folder: Path, name: str, script: str) -> None:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def test_systemds_way_where_systemd_runs_and_the_inits_own_elsewhere(tmp_path: Path) -> None:
    assert power_command(PowerAct.REBOOT, str(tmp_path)) == ("reboot",)
    (tmp_path / "run/systemd/system").mkdir(parents=True)
    assert power_command(PowerAct.REBOOT, str(tmp_path)) == ("systemctl", "reboot")
    assert power_command(PowerAct.SHUT_DOWN, str(tmp_path)) == ("systemctl", "poweroff")


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (PowerAct.REBOOT, ("openrc-shutdown", "--reboot", "now")),
        (PowerAct.SHUT_DOWN, ("openrc-shutdown", "--poweroff", "now")),
    ],
)
def test_openrcs_own_init_has_its_own_program(
    act: PowerAct, words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _program(tmp_path, "openrc-shutdown", "")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert power_command(act, str(tmp_path)) == words
    # Where it has the usual names too, those are typed.
    _program(tmp_path, act.value, "")
    assert power_command(act, str(tmp_path)) == (act.value,)


def test_root_needs_no_sudo_and_others_do(monkeypatch: pytest.MonkeyPatch) -> None:
    assert as_root(("reboot",), 0) == ("reboot",)
    assert as_root(("reboot",), 1000) == ("sudo", "-n", "reboot")
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    assert typed_as_root(("systemctl", "reboot"), 1000) == "sudo systemctl reboot"


async def test_the_order_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("poweroff", "sudo"):
        _program(tmp_path, name, f'echo "$0 $@" >> {tmp_path}/ran')
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    await order(PowerAct.SHUT_DOWN, str(tmp_path))
    assert "poweroff" in (tmp_path / "ran").read_text()


async def test_a_refusal_carries_the_commands_own_words_and_what_to_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("reboot", "sudo"):
        _program(tmp_path, name, "echo 'Operation inhibited by backup.' >&2; exit 1")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(QuantixError) as refused:
        await order(PowerAct.REBOOT, str(tmp_path))
    assert refused.value.problem.code is ErrorCode.MACHINE_REFUSED
    assert "Operation inhibited by backup" in refused.value.problem.message
    assert "reboot" in refused.value.problem.hint


async def test_a_machine_without_the_command_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(QuantixError) as refused:
        await order(PowerAct.REBOOT, str(tmp_path))
    assert "there is no " in refused.value.problem.message


def test_without_sudo_it_is_not_what_is_told_to_be_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert typed_as_root(("systemctl", "reboot"), 1000) == "su -c 'systemctl reboot'"
    missing = FileNotFoundError(2, "No such file or directory")
    assert why_not_run(as_root(("reboot",), 1000), missing) == "there is no sudo on this node"


_INITTAB = "::once:{folder}/order\n::shutdown:/bin/sh -c 'echo down >>{folder}/log'\n"
# busybox's init gives what it starts a PATH of its own.
_ORDER = """#!/bin/sh
export PATH={folder}:/usr/bin:/bin PYTHONPATH={project}
exec {python} -c 'import asyncio; from quantix_tui.host.power import *; asyncio.run(order(PowerAct.{act}))'
"""
_START = 'mount --bind "$1/etc" /etc && mount -t tmpfs none /run && exec "$2" init'


@pytest.mark.parametrize(("act", "ended_by"), [(PowerAct.REBOOT, signal.SIGHUP), (PowerAct.SHUT_DOWN, signal.SIGINT)])
def test_a_real_busybox_goes_down(act: PowerAct, ended_by: int, tmp_path: Path) -> None:
    """As the first process of a namespace, which the kernel ends instead of the machine (reboot(2))."""
    busybox = shutil.which("busybox")
    if os.geteuid() != 0 or busybox is None or shutil.which("unshare") is None:
        pytest.skip("it takes root, unshare and busybox")
    put(tmp_path, "/etc/inittab", _INITTAB.format(folder=tmp_path))
    places = {"folder": tmp_path, "project": Path(__file__).parents[2], "python": sys.executable, "act": act.name}
    put(tmp_path, "/order", _ORDER.format(**places), 0o755)
    for name in ("reboot", "poweroff"):
        link(tmp_path, f"/{name}", busybox)
    command = ["unshare", "--pid", "--mount", "--fork", "--kill-child", "--mount-proc"]
    done = subprocess.run(
        [*command, "sh", "-c", _START, "sh", str(tmp_path), busybox],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, (tmp_path / "log").read_text()) == (-ended_by, "down\n"), done
