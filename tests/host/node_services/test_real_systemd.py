"""A real systemd, as process 1 of namespaces of its own, with two services that a test may do anything with."""

import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.host.node_services.control import MachineServices
from quantix_tui.host.node_services.state import Act, Run, Service
from tests.support.waiting import wait_until

SYSTEMD = Path("/lib/systemd/systemd")
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
_UNITS = {
    "small.target": "[Unit]\nDescription=Nothing\n",
    "limiquantix-node.service": "[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=/bin/sleep 1000\n",
    "chrony.service": "[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=/bin/sh -c 'exit 3'\n",
    "ssh.service": "[Unit]\nDefaultDependencies=no\n[Service]\nType=oneshot\nExecStart=/bin/false\n",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """With ``bin/systemctl``, which talks to that systemd."""
    if os.geteuid() != 0 or not SYSTEMD.exists() or not shutil.which("nsenter"):
        pytest.skip("needs root and systemd")
    folder = tmp_path_factory.mktemp("systemd")
    for name, content in _UNITS.items():
        (folder / name).write_text(content)
    process = subprocess.Popen(
        [*_ISOLATED, "sh", "-c", _START, "sh", str(folder), str(SYSTEMD)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        wait_until(lambda: process.poll() is not None or children.read_text().strip(), "process 1")
        if process.poll() is not None:
            pytest.skip("no namespaces can be had here")
        first = children.read_text().strip()
        (folder / "bin").mkdir()
        (folder / "run/systemd/system").mkdir(parents=True)
        script = folder / "bin/systemctl"
        script.write_text(f'#!/bin/sh\nexec /usr/bin/nsenter -t {first} -m -p -C /usr/bin/systemctl "$@"\n')
        script.chmod(script.stat().st_mode | stat.S_IXUSR)

        def answers() -> bool:
            return subprocess.run([script, "list-jobs"], capture_output=True, check=False).returncode == 0

        wait_until(lambda: process.poll() is not None or answers(), "systemd")
        if process.poll() is not None:
            pytest.skip("systemd cannot run here")
        yield folder
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def services(folder: Path, monkeypatch: pytest.MonkeyPatch) -> MachineServices:
    monkeypatch.setenv("PATH", f"{folder / 'bin'}:{os.environ['PATH']}")
    return MachineServices(str(folder))


async def one(services: MachineServices, name: str) -> Service:
    return next(service for service in await services.read() if service.known.name == name)


async def test_a_service_through_its_life(services: MachineServices) -> None:
    node = await one(services, "Node daemon")
    assert (node.state.run, node.state.pid) == (Run.STOPPED, None)
    await services.act(node, Act.START)
    started = (await one(services, "Node daemon")).state
    assert (started.run, started.why) == (Run.RUNNING, "")
    assert started.age is not None
    assert 0 <= started.age < 30
    await services.act(node, Act.RESTART)
    again = (await one(services, "Node daemon")).state
    assert again.run is Run.RUNNING
    assert again.pid != started.pid
    await services.act(node, Act.STOP)
    assert (await one(services, "Node daemon")).state.run is Run.STOPPED


async def test_a_service_that_ends_at_once(services: MachineServices) -> None:
    time = await one(services, "Time")
    await services.act(time, Act.START)  # systemd calls that a success: it was started.
    for _ in range(200):
        state = (await one(services, "Time")).state
        if state.run is Run.FAILED:
            break
    assert (state.run, state.why) == (Run.FAILED, "it ended with exit status 3")


async def test_a_start_that_systemd_refuses(services: MachineServices) -> None:
    ssh = await one(services, "SSH")
    with pytest.raises(QuantixError) as caught:
        await services.act(ssh, Act.START)
    assert "Job for ssh.service failed" in caught.value.problem.message
    assert (await one(services, "SSH")).state.why == "it ended with exit status 1"
