"""OpenRC's own files in a tree: as OpenRC 0.54 leaves them below /run/openrc."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from quantix_tui.host.node_services.openrc import read_services
from quantix_tui.host.node_services.state import Run, State


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in ("etc/init.d", "etc/runlevels/default", "run/openrc/daemons"):
        (tmp_path / folder).mkdir(parents=True)
    # The processes are those of this machine.
    (tmp_path / "proc").symlink_to("/proc")
    return tmp_path


def install(root: Path, name: str, *folders: str, pidfile: str = "") -> None:
    (root / "etc/init.d" / name).write_text("#!/sbin/openrc-run\n")
    for folder in folders:
        (root / "run/openrc" / folder).mkdir(exist_ok=True)
        (root / "run/openrc" / folder / name).symlink_to(f"/etc/init.d/{name}")
    if pidfile:
        (root / "run/openrc/daemons" / name).mkdir()
        (root / "run/openrc/daemons" / name / "001").write_text(f"exec=/usr/sbin/{name}\nargv_0=x\npidfile={pidfile}\n")


def state(root: Path, name: str) -> State:
    return next(service.state for service in read_services(str(root)) if service.unit == name)


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(["sleep", "60"])
    yield process
    process.kill()
    process.wait()


def test_a_running_service_with_its_process(root: Path, process: subprocess.Popen[bytes]) -> None:
    install(root, "quantix-node", "started", pidfile="/run/quantix-node.pid")
    (root / "run/quantix-node.pid").write_text(f"{process.pid}\n")
    (root / "etc/runlevels/default/quantix-node").symlink_to("/etc/init.d/quantix-node")
    read = state(root, "quantix-node")
    assert (read.run, read.pid, read.at_boot) == (Run.RUNNING, process.pid, True)
    assert read.memory is not None
    assert read.memory > 0
    assert read.age is not None
    assert 0 <= read.age < 60


def test_of_a_supervised_service_its_own_process_is_told(root: Path, process: subprocess.Popen[bytes]) -> None:
    install(root, "quantix-node", "started", pidfile="/run/quantix-node.pid")
    (root / "run/quantix-node.pid").write_text("1\n")
    (root / "run/openrc/options/quantix-node").mkdir(parents=True)
    (root / "run/openrc/options/quantix-node/child_pid").write_text(str(process.pid))
    assert state(root, "quantix-node").pid == process.pid


def test_a_service_whose_process_is_gone_has_failed(root: Path) -> None:
    install(root, "sshd", "started", pidfile="/run/sshd.pid")
    assert state(root, "sshd") == State(Run.FAILED, why="its process is gone", at_boot=False)
    (root / "run/sshd.pid").write_text("999999999\n")
    assert state(root, "sshd").run is Run.FAILED


def test_states_are_folders(root: Path) -> None:
    install(root, "networking", "started")
    install(root, "chronyd", "starting", "started")
    install(root, "libvirtd", "failed")
    install(root, "syslog")
    assert state(root, "networking").run is Run.DONE
    assert state(root, "chronyd").run is Run.STARTING
    assert state(root, "libvirtd").run is Run.FAILED
    assert state(root, "syslog").run is Run.STOPPED


def test_what_is_not_installed_is_left_out_but_for_the_node_daemon(root: Path) -> None:
    (service,) = read_services(str(root))
    assert (service.unit, service.state.run) == ("quantix-node", Run.MISSING)
