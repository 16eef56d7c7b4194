"""A real systemd with services that a test may do anything with."""

import os
import shlex
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.host.node_services.control import MachineServices
from quantix_tui.host.node_services.state import Act, Run, Service
from tests.support.real_systemd import running_systemd

_UNITS = {
    "limiquantix-node.service": "[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=/bin/sleep 1000\n",
    "chrony.service": "[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=/bin/sh -c 'exit 3'\n",
    "ssh.service": "[Unit]\nDefaultDependencies=no\n[Service]\nType=oneshot\nExecStart=/bin/false\n",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """With ``bin/systemctl``, which talks to that systemd."""
    folder = tmp_path_factory.mktemp("systemd")
    with running_systemd(folder, _UNITS) as inside:
        (folder / "bin").mkdir()
        (folder / "run/systemd/system").mkdir(parents=True)
        script = folder / "bin/systemctl"
        script.write_text(f'#!/bin/sh\nexec /usr/bin/{shlex.join(inside)} /usr/bin/systemctl "$@"\n')
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        yield folder


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
