"""PAM's service file comes and goes with the console, and suits the machine; one of the administrator's stays."""

from pathlib import Path

import pytest

from quantix_tui.host.files.changes import File
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.lines.init import Init
from quantix_tui.host.lines.line import Line, LineKind
from quantix_tui.host.lines.pam import SERVICE_FILE
from quantix_tui.host.lines.plan import plan_install, plan_uninstall
from tests.host.files.trees import picture, put

TTY1, TTYS0 = Line("tty1", LineKind.VIRTUAL), Line("ttyS0", LineKind.SERIAL)
PROGRAM = "/opt/quantix-tui/bin/quantix-tui"
OWN = "auth required pam_deny.so\n"
INITTAB = "tty1::respawn:/sbin/getty 38400 tty1\n"


@pytest.fixture(params=list(Init), ids=["systemd", "inittab"])
def init(request: pytest.FixtureRequest) -> Init:
    found: Init = request.param
    return found


def machine(root: Path, *services: str, folder: str = "/etc/pam.d") -> Tree:
    put(root, "/etc/inittab", INITTAB)
    for name in services:
        put(root, f"{folder}/{name}")
    return Tree(str(root))


def install(tree: Tree, init: Init, *lines: Line) -> None:
    tree.apply(plan_install(tree, init, list(lines or (TTY1,)), PROGRAM, None).changes)


def uninstall(tree: Tree, init: Init, *only: str) -> None:
    tree.apply(plan_uninstall(tree, init, list(only)).changes)


def rules(tree: Tree) -> list[list[str]]:
    now = tree.read(SERVICE_FILE)
    assert isinstance(now, File)
    assert now.mode == 0o644
    return [line.split() for line in now.data.decode().splitlines() if not line.startswith("#")]


@pytest.mark.parametrize(
    "includes",
    [
        ("common-auth", "common-account", "common-password"),
        ("base-auth", "base-account", "base-password"),
        ("system-auth", "system-auth", "system-auth"),
    ],
)
@pytest.mark.parametrize("folder", ["/etc/pam.d", "/usr/lib/pam.d"])
def test_it_does_what_the_other_logins_of_the_machine_do(
    tmp_path: Path, init: Init, includes: tuple[str, ...], folder: str
) -> None:
    tree = machine(tmp_path, "login", *includes, folder=folder)
    before = picture(tmp_path)
    install(tree, init)
    kinds = ("auth", "account", "password")
    assert rules(tree) == [[kind, "include", name] for kind, name in zip(kinds, includes, strict=True)]
    uninstall(tree, init)
    assert picture(tmp_path) == before


def test_without_a_common_stack_the_machines_own_files_count(tmp_path: Path, init: Init) -> None:
    tree = machine(tmp_path, "login", "common-auth")
    install(tree, init)
    assert rules(tree) == [[kind, "required", "pam_unix.so"] for kind in ("auth", "account", "password")]


def test_a_machine_without_pam_gets_none(tmp_path: Path, init: Init) -> None:
    tree = machine(tmp_path)
    install(tree, init)
    assert tree.read(SERVICE_FILE) is None


def test_it_stays_until_the_last_line_goes_and_installing_again_changes_nothing(tmp_path: Path, init: Init) -> None:
    tree = machine(tmp_path, "login")
    install(tree, init, TTY1, TTYS0)
    assert plan_install(tree, init, [TTY1], PROGRAM, None).changes == ()
    uninstall(tree, init, "ttyS0")
    assert tree.read(SERVICE_FILE) is not None
    uninstall(tree, init)
    assert tree.read(SERVICE_FILE) is None


def test_one_of_an_earlier_version_is_brought_up_to_date(tmp_path: Path, init: Init) -> None:
    tree = machine(tmp_path, "login")
    install(tree, init)
    for name in ("common-auth", "common-account", "common-password"):
        put(tmp_path, f"/etc/pam.d/{name}")
    install(tree, init)
    assert rules(tree)[0] == ["auth", "include", "common-auth"]


def test_the_administrators_own_is_neither_replaced_nor_removed(tmp_path: Path, init: Init) -> None:
    tree = machine(tmp_path, "quantix-console")
    (tmp_path / "etc/pam.d/quantix-console").write_text(OWN)
    install(tree, init)
    uninstall(tree, init)
    assert tree.read(SERVICE_FILE) == File(OWN.encode())


def test_a_changed_one_has_become_the_administrators(tmp_path: Path, init: Init) -> None:
    tree = machine(tmp_path, "login")
    install(tree, init)
    file = tmp_path / "etc/pam.d/quantix-console"
    file.write_text(changed := file.read_text() + OWN)
    install(tree, init, TTY1, TTYS0)
    uninstall(tree, init)
    assert file.read_text() == changed


def test_what_a_power_cut_left_is_swept_away(tmp_path: Path, init: Init) -> None:
    tree = machine(tmp_path, "login", "quantix-console.quantix-new", "own.quantix-new")
    install(tree, init)
    assert tree.names("/etc/pam.d") == ["login", "own.quantix-new", "quantix-console"]
