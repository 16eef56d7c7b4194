"""The console as a login shell: what is changed for it, and given back."""

import multiprocessing
import os
from pathlib import Path

import pytest

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.lines import accounts_lock
from quantix_tui.host.lines.login_shells import install, read_before, shell_of, uninstall, with_shell
from tests.host.files.trees import PowerCut, failing_at, picture, put

PROGRAM = "/opt/quantix-tui/bin/quantix-tui"
PASSWD = (
    "root:x:0:0:root:/root:/bin/bash\n"
    "# alice:x:7:7::/:/comment\n"
    "alice:x:1000:1000:Alice,,,:/home/alice:/bin/bash\n"
    "broken row\n"
    "bob:x:1001:1001::/home/bob:\n"
    "alice:x:1000:1000:second:/home/alice:/bin/zsh\n"
    "toor:x:0:0::/root:/bin/sh\n"
    "carol:x:1002:1002::/home/carol:/usr/bin/fish"
)
SHELLS = "# /etc/shells\n/bin/sh\n/bin/bash"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    put(tmp_path, "/etc/passwd", PASSWD, 0o644)
    put(tmp_path, "/etc/shells", SHELLS, 0o644)
    return tmp_path


def shells(root: Path, *users: str) -> list[str | None]:
    passwd = (root / "etc/passwd").read_bytes()
    return [shell_of(passwd, user) for user in users]


def test_given_and_taken_back_leaves_no_trace(root: Path) -> None:
    before, tree = picture(root), Tree(str(root))
    tree.apply(install(tree, ["alice", "bob"], PROGRAM))
    tree.apply(install(tree, ["carol"], PROGRAM))
    assert shells(root, "alice", "bob", "carol", "root") == [PROGRAM, PROGRAM, PROGRAM, "/bin/bash"]
    assert (root / "etc/shells").read_text() == "# /etc/shells\n/bin/sh\n" + PROGRAM + "\n/bin/bash"
    assert install(tree, ["alice", "carol"], PROGRAM) == []
    tree.apply(uninstall(tree, ["bob"]))
    assert shells(root, "alice", "bob", "carol") == [PROGRAM, "", PROGRAM]
    assert uninstall(tree, ["bob"]) == []
    tree.apply(uninstall(tree, []))
    assert picture(root) == before
    assert uninstall(tree, []) == []


def test_a_row_keeps_every_other_byte() -> None:
    passwd = b"\xff:x:9:9::/:/bin/sh\r\nbob:x:1:1:\xfcml:/home/b:/bin/sh\n"
    assert with_shell(passwd, "bob", PROGRAM) == passwd.replace(b"/bin/sh\n", PROGRAM.encode() + b"\n")


def test_a_shell_that_was_known_already_stays_known(root: Path) -> None:
    put(root, "/etc/shells", f"/bin/sh\n{PROGRAM}\n")
    before, tree = picture(root), Tree(str(root))
    tree.apply(install(tree, ["alice"], PROGRAM))
    tree.apply(uninstall(tree, []))
    assert picture(root) == before


def test_a_machine_without_a_list_of_shells_gets_none(root: Path) -> None:
    (root / "etc/shells").unlink()
    before, tree = picture(root), Tree(str(root))
    tree.apply(install(tree, ["alice"], PROGRAM))
    assert not (root / "etc/shells").exists()
    tree.apply(uninstall(tree, []))
    assert picture(root) == before


def test_a_newer_program_still_knows_the_first_shell(root: Path) -> None:
    before, tree = picture(root), Tree(str(root))
    tree.apply(install(tree, ["alice"], PROGRAM))
    tree.apply(install(tree, ["alice"], "/opt/newer/bin/quantix-tui"))
    assert shells(root, "alice") == ["/opt/newer/bin/quantix-tui"]
    tree.apply(uninstall(tree, []))
    assert picture(root) == before


def test_who_has_changed_the_shell_meanwhile_keeps_it(root: Path) -> None:
    tree = Tree(str(root))
    tree.apply(install(tree, ["alice", "bob"], PROGRAM))
    passwd = root / "etc/passwd"
    passwd.write_bytes(with_shell(passwd.read_bytes(), "alice", "/bin/zsh").replace(b"bob:", b"robert:"))
    tree.apply(uninstall(tree, []))
    assert shells(root, "alice", "bob") == ["/bin/zsh", None]
    assert not (root / "usr").exists()


@pytest.mark.parametrize(("user", "reason"), [("root", "root"), ("toor", "root"), ("dave", "no user"), ("", "no user")])
def test_who_cannot_have_it_is_named_and_nothing_happens(root: Path, user: str, reason: str) -> None:
    with pytest.raises(QuantixError) as refused:
        install(Tree(str(root)), ["alice", user], PROGRAM)
    assert reason in refused.value.problem.message
    assert "Nothing has been changed" in refused.value.problem.hint


@pytest.mark.parametrize("way", ["in", "out"])
def test_the_power_may_fail_at_any_moment(tmp_path: Path, way: str) -> None:
    for count in range(200):
        root = tmp_path / str(count)
        put(root, "/etc/passwd", PASSWD)
        put(root, "/etc/shells", SHELLS)
        (root / "usr/local/lib").mkdir(parents=True)
        before, tree = picture(root), Tree(str(root))
        if way == "out":
            tree.apply(install(tree, ["alice", "bob"], PROGRAM))
        done = True
        try:
            with failing_at(count, PowerCut()):
                tree.apply(install(tree, ["alice", "bob"], PROGRAM) if way == "in" else uninstall(tree, []))
        except PowerCut:
            done = False
        assert {shells(root, "alice")[0], shells(root, "bob")[0]} <= {"/bin/bash", "", PROGRAM}
        tree.apply(uninstall(tree, []))
        now = picture(root)
        assert {path: what for path, what in now.items() if what[0] != "folder" or path in before} == before, count
        if done:
            assert count > 10
            return
    pytest.fail("it never came to an end")


def test_what_others_wrote_into_the_record_is_left_out() -> None:
    assert str(read_before("user alice /bin/a b\nrubbish\nprogram /x added\n\nother y z\n")) == (
        "program /x added\nuser alice /bin/a b\n"
    )


def _hold(path: str, held: "multiprocessing.synchronize.Event", end: "multiprocessing.synchronize.Event") -> None:
    with accounts_lock.locked(path):
        held.set()
        end.wait(30)


def test_who_changes_users_right_now_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = str(tmp_path / "lock")
    monkeypatch.setattr(accounts_lock, "WAIT_SECS", 0.0)
    context = multiprocessing.get_context("spawn")
    held, end = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(path, held, end))
    other.start()
    try:
        assert held.wait(30)
        with pytest.raises(BlockingIOError), accounts_lock.locked(path):
            pass
    finally:
        end.set()
        other.join(30)
    with accounts_lock.locked(path):
        assert os.stat(path).st_mode & 0o777 == 0o600
