"""With real programs: scripts in the place of systemctl and rc-service, which note what they are asked."""

import os
import stat
from pathlib import Path

import pytest

from quantix_tui.cluster.errors import Problem, QuantixError
from quantix_tui.host.node_services import control
from quantix_tui.host.node_services.control import MachineServices
from quantix_tui.host.node_services.known import KNOWN
from quantix_tui.host.node_services.state import Act, Run, Service, State
from tests.host.files.trees import put
from tests.host.node_services.test_systemd import block

NODE = Service(KNOWN[0], "limiquantix-node.service", State(Run.RUNNING))


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return tmp_path


def systemd(root: Path, body: str) -> MachineServices:
    (root / "run/systemd/system").mkdir(parents=True, exist_ok=True)
    script(root, "systemctl", body)
    return MachineServices(str(root))


def script(root: Path, name: str, body: str) -> None:
    path = root / "bin" / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


async def refused(services: MachineServices, act: Act = Act.RESTART) -> Problem:
    with pytest.raises(QuantixError) as caught:
        await services.act(NODE, act)
    return caught.value.problem


async def test_the_services_are_read_in_one_call(root: Path) -> None:
    (root / "answer").write_text(block("limiquantix-node.service"))
    services = systemd(root, f'echo "$1" >> {root}/asked; cat {root}/answer')
    (service,) = await services.read()
    assert (service.name, service.state.run) == ("Node daemon", Run.RUNNING)
    assert (root / "asked").read_text() == "show\n"


async def test_an_act_is_the_managers_command(root: Path) -> None:
    services = systemd(root, f'echo "$@" > {root}/asked')
    await services.act(NODE, Act.STOP)
    assert (root / "asked").read_text() == "stop limiquantix-node.service\n"


async def test_openrc_is_asked_its_way(root: Path) -> None:
    put(root, "/run/openrc/softlevel", "default\n")
    script(root, "rc-service", f'echo "$@" > {root}/asked')
    await MachineServices(str(root)).act(Service(KNOWN[0], "quantix-node", State(Run.RUNNING)), Act.RESTART)
    assert (root / "asked").read_text() == "quantix-node restart\n"


async def test_a_refusal_is_told_with_its_words_and_the_command(root: Path) -> None:
    problem = await refused(systemd(root, "echo 'Job failed. See \033[1mthe log\033[0m.' >&2; exit 1"))
    assert problem.message == "Node daemon: the restart failed: Job failed. See ?[1mthe log?[0m."
    assert problem.hint == "From a shell: systemctl restart limiquantix-node.service"


async def test_a_manager_that_hangs_is_given_up(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "ACT_WITHIN", 0.1)
    monkeypatch.setattr(control, "READ_WITHIN", 0.1)
    services = systemd(root, "exec sleep 60")
    assert "did not finish within 0.1 s" in (await refused(services)).message
    with pytest.raises(QuantixError) as caught:
        await services.read()
    assert "did not answer within 0.1 s" in caught.value.problem.message


async def test_a_machine_without_a_manager_says_so(root: Path) -> None:
    problem = await refused(MachineServices(str(root)))
    assert problem.reason == "no_service_manager"
    with pytest.raises(QuantixError) as caught:
        await MachineServices(str(root)).read()
    assert caught.value.problem.reason == "no_service_manager"


async def test_the_last_words_of_a_service_come_from_its_log(root: Path) -> None:
    (root / "var/log").mkdir(parents=True)
    lines = [f"Jan  2 10:00:0{n} node daemon.err quantix-node: word {n}\n" for n in range(9)]
    (root / "var/log/messages").write_text("".join(lines) + "Jan  2 10:01:00 node daemon.info other: x\n")
    entries = await MachineServices(str(root)).last_words(NODE)
    assert [entry.message for entry in entries] == [f"word {n}" for n in range(4, 9)]
    (root / "var/log/messages").unlink()
    assert await MachineServices(str(root)).last_words(NODE) == ()
