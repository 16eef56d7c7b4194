"""Whatever the getty was like before: it is masked while the console is there, and afterwards as it was."""

import itertools
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantix_tui.console.endings import LOGIN_PROMPT
from quantix_tui.host.files.changes import Link
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.lines.init import Init
from quantix_tui.host.lines.line import Line, LineKind
from quantix_tui.host.lines.plan import plan_install, plan_uninstall
from quantix_tui.host.lines.systemd import AT_BOOT, UNITS, WANTS, install, installed_lines, uninstall
from tests.host.files.trees import PowerCut, failing_at, link, picture, put

TTY1 = Line("tty1", LineKind.VIRTUAL)
TTYS0 = Line("ttyS0", LineKind.SERIAL)
PROGRAM = "/opt/quantix-tui/bin/quantix-tui"
GETTYS = ("getty@tty1.service", "autovt@tty1.service", "serial-getty@ttyS0.service")
ASSETS = Path(__file__).parents[3] / "assets"
_number = itertools.count()


def machine(root: Path, states: tuple[str, str, str], enabled: bool, bare: bool) -> Path:
    """A tree whose getty units are ``plain``, ``masked``, ``empty`` (another way to mask), ``own`` or ``alias``."""
    put(root, "/usr/lib/systemd/systemd")
    link(root, "/sbin/init", "/usr/lib/systemd/systemd")
    if not bare:
        put(root, "/etc/pam.d/login")
        put(root, f"{UNITS}/getty@tty1.service.d/autologin.conf", "[Service]\nExecStart=\n")
        (root / "usr/local/lib").mkdir(parents=True)
    if enabled:
        link(root, f"{WANTS}/getty@tty1.service", "/lib/systemd/system/getty@.service")
    for name, state in zip(GETTYS, states, strict=True):
        if state == "masked":
            link(root, f"{UNITS}/{name}", "/dev/null")
        elif state == "alias":
            link(root, f"{UNITS}/{name}", "/lib/systemd/system/getty@.service")
        elif state != "plain":
            put(root, f"{UNITS}/{name}", "" if state == "empty" else "[Service]\nExecStart=/bin/sh\n", 0o600)
    return root


state = st.sampled_from(["plain", "masked", "empty", "own", "alias"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("machines")


@settings(deadline=None)
@given(st.tuples(state, state, state), st.booleans(), st.booleans(), st.permutations(["tty1", "ttyS0"]))
def test_no_trace_stays(
    folder: Path, states: tuple[str, str, str], enabled: bool, bare: bool, order: list[str]
) -> None:
    root = machine(folder / str(next(_number)), states, enabled, bare)
    before = picture(root)
    tree = Tree(str(root))
    tree.apply(install(tree, [TTY1, TTYS0], PROGRAM))
    assert installed_lines(tree) == ["tty1", "ttyS0"]
    assert all(tree.read(f"{UNITS}/{name}") == Link("/dev/null") for name in GETTYS)
    assert install(tree, [TTY1, TTYS0], PROGRAM) == []
    if order[0] == "tty1":
        tree.apply(uninstall(tree, order))
    else:
        for line in order:
            tree.apply(uninstall(tree, [line]))
            assert line not in installed_lines(tree)
    assert picture(root) == before
    assert uninstall(tree, order) == []


@pytest.mark.parametrize("states", [("plain", "plain", "plain"), ("masked", "own", "masked")])
@pytest.mark.parametrize("then", ["again", "away"])
def test_the_power_may_fail_at_any_moment(tmp_path: Path, states: tuple[str, str, str], then: str) -> None:
    for count in range(300):
        root = machine(tmp_path / str(count), states, enabled=True, bare=False)
        before = picture(root)
        tree = Tree(str(root))
        done = True
        try:
            with failing_at(count, PowerCut()):
                tree.apply(install(tree, [TTY1, TTYS0], PROGRAM))
        except PowerCut:
            done = False
        if then == "again":
            tree.apply(plan_install(tree, Init.SYSTEMD, [TTY1, TTYS0], PROGRAM, None).changes)
            assert installed_lines(tree) == ["tty1", "ttyS0"]
        tree.apply(plan_uninstall(tree, Init.SYSTEMD, []).changes)
        now = picture(root)
        # A folder that was made just before the cut may stay, empty.
        assert {path: what for path, what in now.items() if what[0] != "folder" or path in before} == before, count
        if done:
            assert now == before
            assert count > 30
            return
    pytest.fail("it never came to an end")


def test_a_cut_while_it_is_taken_away_can_be_finished(tmp_path: Path) -> None:
    for count in range(300):
        root = machine(tmp_path / str(count), ("own", "masked", "plain"), enabled=True, bare=True)
        before = picture(root)
        tree = Tree(str(root))
        tree.apply(install(tree, [TTY1, TTYS0], PROGRAM))
        try:
            with failing_at(count, PowerCut()):
                tree.apply(plan_uninstall(tree, Init.SYSTEMD, []).changes)
        except PowerCut:
            tree.apply(plan_uninstall(tree, Init.SYSTEMD, []).changes)
            now = picture(root)
            assert {path: what for path, what in now.items() if what[0] != "folder" or path in before} == before, count
            continue
        assert count > 20
        return
    pytest.fail("it never came to an end")


def test_what_an_administrator_puts_there_meanwhile_stays(tmp_path: Path) -> None:
    root = machine(tmp_path, ("own", "plain", "plain"), enabled=True, bare=True)
    tree = Tree(str(root))
    tree.apply(install(tree, [TTY1], PROGRAM))
    unit = root / UNITS.lstrip("/") / "getty@tty1.service"
    unit.unlink()
    unit.write_text("# newer\n")
    tree.apply(uninstall(tree, ["tty1"]))
    assert unit.read_text() == "# newer\n"
    assert not [name for name in picture(root) if "quantix" in name]


def test_a_new_version_brings_its_pieces(tmp_path: Path) -> None:
    root = machine(tmp_path, ("plain", "plain", "plain"), enabled=True, bare=True)
    tree = Tree(str(root))
    tree.apply(install(tree, [TTY1], PROGRAM))
    changes = install(tree, [TTY1], "/opt/newer/bin/quantix-tui")
    assert [change.path for change in changes if hasattr(change, "path")] == [
        f"{UNITS}/quantix-console@.service",
        f"{UNITS}/quantix-console-messages.service",
        f"{UNITS}/quantix-network-back.service",
        f"{UNITS}/quantix-setup.service",
    ]


def test_what_runs_once_at_each_boot_is_enabled(tmp_path: Path) -> None:
    root = machine(tmp_path, ("plain", "plain", "plain"), enabled=True, bare=True)
    tree = Tree(str(root))
    tree.apply(install(tree, [TTY1, TTYS0], PROGRAM))
    for name, target, words in (
        ("quantix-network-back", "sysinit.target", "setup --network-back boot"),
        ("quantix-setup", "multi-user.target", "setup --found"),
    ):
        unit = f"{UNITS}/{name}.service"
        assert tree.read(f"{UNITS}/{target}.wants/{name}.service") == Link(unit)
        text = (root / unit.lstrip("/")).read_text()
        assert f"ExecStart={PROGRAM} {words}\n" in text
        assert f"WantedBy={target}\n" in text
    # With one of two lines nothing of it goes.
    tree.apply(uninstall(tree, ["tty1"]))
    assert tree.read(f"{UNITS}/quantix-setup.service") is not None


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_finds_no_fault_in_the_units(tmp_path: Path) -> None:
    root = machine(tmp_path, ("plain", "plain", "plain"), enabled=True, bare=True)
    put(root, "/usr/bin/true", "#!/bin/sh\n", 0o755)
    tree = Tree(str(root))
    # Both of them look for programs on this machine.
    tree.apply(install(tree, [TTY1, TTYS0], "/usr/bin/true"))
    units = root / UNITS.lstrip("/")
    page = units / "quantix-console-page@.service"
    page.write_text(page.read_text().replace("-/usr/local/lib/quantix-tui/console-page", "-/usr/bin/true"))
    names = [f"quantix-console{kind}@{line}.service" for kind in ("", "-page") for line in ("tty1", "ttyS0")]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *names, "quantix-console-messages.service", *dict(AT_BOOT)],
        env={"PATH": "/usr/bin:/bin", "SYSTEMD_UNIT_PATH": f"{units}:/lib/systemd/system:/usr/lib/systemd/system"},
        capture_output=True,
        text=True,
        check=False,
    )
    about_ours = [line for line in done.stderr.splitlines() if "quantix" in line]
    # Known since systemd 254, and left out by those before it.
    assert [line for line in about_ours if "RestartSteps" not in line and "RestartMaxDelaySec" not in line] == []


def test_systemd_and_inittab_agree_on_when_the_page_comes() -> None:
    unit = (ASSETS / "systemd/quantix-console@.service").read_text()
    script = (ASSETS / "console/console-line").read_text()

    def says(pattern: str, text: str) -> int:
        found = re.search(pattern, text, re.MULTILINE)
        assert found, pattern
        return int(found[1])

    ends = says(r"^StartLimitBurst=(\d+)$", unit)
    assert says(r"^quick_ends=(\d+)$", script) == ends < 10
    pauses = sum(min(2**count, says(r"^RestartMaxDelaySec=(\d+)$", unit)) for count in range(ends - 1))
    within = says(r"^StartLimitIntervalSec=(\d+)min$", unit) * 60
    assert says(r"QUICK_SECS:-(\d+)\}", script) == (within - pauses) // ends
    assert says(r"^RestartPreventExitStatus=(\d+)$", unit) == LOGIN_PROMPT
    assert says(r"^login_prompt=(\d+)$", script) == LOGIN_PROMPT
