"""What runs once at each boot where systemd does not: the scripts in every shell, and a power cut while they come."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from quantix_tui.host.files.changes import File
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.lines.boot import pieces, places
from quantix_tui.host.lines.init import Init
from quantix_tui.host.lines.line import Line, LineKind
from quantix_tui.host.lines.pieces import BOOT_ONCE
from quantix_tui.host.lines.plan import plan_install, plan_uninstall
from tests.host.files.trees import PowerCut, failing_at, link, picture, put
from tests.support.waiting import wait_until

SHELLS = [shell for shell in (["dash"], ["busybox", "sh"], ["bash", "--posix"]) if shutil.which(shell[0])]
TTY1 = Line("tty1", LineKind.VIRTUAL)
OPENRC = '#!/bin/sh\nebegin() { :; }\neend() { :; }\n. "$1"\nstart\n'


def machine(root: Path, *, openrc: bool) -> Tree:
    put(root, "/bin/busybox", "", 0o755)
    link(root, "/sbin/init", "/bin/busybox")
    put(root, "/etc/inittab", "tty1::respawn:/sbin/getty 38400 tty1\n")
    if openrc:
        put(root, "/sbin/openrc-run", "#!/bin/sh\n", 0o755)
    return Tree(str(root))


def ran(folder: Path) -> list[str]:
    log = folder / "log"
    return log.read_text().splitlines() if log.exists() else []


@pytest.fixture(params=SHELLS, ids=lambda shell: shell[0])
def shell(request: pytest.FixtureRequest) -> list[str]:
    found: list[str] = request.param
    return found


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "quantix-tui"
    path.write_text(f'#!/bin/sh\necho "$*" >>{tmp_path}/log\n')
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("trial", [False, True])
@pytest.mark.parametrize("complete", [False, True])
def test_the_script_of_the_boot(tmp_path: Path, program: Path, shell: list[str], trial: bool, complete: bool) -> None:
    (put_piece,) = pieces(machine(tmp_path / "machine", openrc=False), str(program))
    assert put_piece.path == BOOT_ONCE
    script = tmp_path / "boot-once"
    assert isinstance(put_piece.state, File)
    script.write_bytes(put_piece.state.data)
    state = tmp_path / "state"
    if trial:
        put(state, "network-trial/trial.json")
    if complete:
        put(state, "setup-completed")
    environment = {"PATH": os.environ["PATH"], "QUANTIX_STATE": str(state)}
    subprocess.run([*shell, script], check=False, timeout=20, env=environment)
    wanted = [*(["setup --network-back now"] if trial else []), *([] if complete else ["setup --found"])]
    assert ran(tmp_path) == wanted


def test_the_services_of_openrc(tmp_path: Path, program: Path, shell: list[str]) -> None:
    services = {
        put.path: put.state.data.decode().replace("/var/lib/quantix-tui", str(tmp_path / "state"))
        for put in pieces(machine(tmp_path / "machine", openrc=True), str(program))
        if isinstance(put.state, File)
    }
    (tmp_path / "openrc").write_text(OPENRC)

    def start(name: str) -> None:
        (tmp_path / name).write_text(services[f"/etc/init.d/{name}"])
        subprocess.run([*shell, tmp_path / "openrc", tmp_path / name], check=True, timeout=20)

    start("quantix-network-back")
    assert ran(tmp_path) == []
    put(tmp_path, "state/network-trial/trial.json")
    start("quantix-network-back")
    assert ran(tmp_path) == ["setup --network-back boot"]
    start("quantix-setup")
    wait_until(lambda: ran(tmp_path)[1:] == ["setup --found"], "the answers to be looked for")
    put(tmp_path, "state/setup-completed")
    start("quantix-setup")
    assert len(ran(tmp_path)) == 2


@pytest.mark.parametrize("level", ["sysinit", "boot"])
def test_the_way_back_comes_in_the_run_level_of_the_network(tmp_path: Path, level: str) -> None:
    """Debian's OpenRC brings it up before the one in which others do."""
    tree = machine(tmp_path, openrc=True)
    link(tmp_path, f"/etc/runlevels/{level}/networking", "/etc/init.d/networking")
    before = picture(tmp_path)
    tree.apply(plan_install(tree, Init.INITTAB, [TTY1], "/opt/x", None).changes)
    found = sorted((tmp_path / "etc/runlevels").rglob("quantix-*"))
    assert [path.relative_to(tmp_path / "etc/runlevels").as_posix() for path in found] == sorted(
        [f"{level}/quantix-network-back", "default/quantix-setup"]
    )
    tree.apply(plan_uninstall(tree, Init.INITTAB, []).changes)
    assert picture(tmp_path) == before


@pytest.mark.parametrize("openrc", [True, False])
def test_the_power_may_fail_at_any_moment(tmp_path: Path, openrc: bool) -> None:
    for count in range(300):
        tree = machine(tmp_path / str(count), openrc=openrc)
        before = picture(Path(tree.root))
        done = True
        try:
            with failing_at(count, PowerCut()):
                tree.apply(plan_install(tree, Init.INITTAB, [TTY1], "/opt/x", None).changes)
        except PowerCut:
            done = False
        tree.apply(plan_uninstall(tree, Init.INITTAB, []).changes)
        now = picture(Path(tree.root))
        # A folder that was made just before the cut may stay, empty.
        assert {path: what for path, what in now.items() if what[0] != "folder" or path in before} == before, count
        if done:
            assert now == before
            assert count > 20
            return
    pytest.fail("it never came to an end")


def test_a_machine_that_gets_openrc_later_has_one_of_both(tmp_path: Path) -> None:
    tree = machine(tmp_path, openrc=False)
    before = picture(tmp_path)
    tree.apply(plan_install(tree, Init.INITTAB, [TTY1], "/opt/x", None).changes)
    assert "boot-once" in (tmp_path / "etc/inittab").read_text()
    put(tmp_path, "/sbin/openrc-run", "#!/bin/sh\n", 0o755)
    tree.apply(plan_install(tree, Init.INITTAB, [TTY1], "/opt/x", None).changes)
    assert "boot-once" not in (tmp_path / "etc/inittab").read_text()
    tree.apply(plan_uninstall(tree, Init.INITTAB, []).changes)
    assert not [path for path in places() if tree.read(path) is not None]
    (tmp_path / "sbin/openrc-run").unlink()
    assert picture(tmp_path) == before
