"""All changes or none, and never outside of the root."""

import errno
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from quantix_tui.host.files.changes import Change, Edit, File, Link, Move, Put, Remove, RemoveFolder
from quantix_tui.host.files.tree import Tree
from tests.host.files.trees import failing_at, link, picture, put

CHANGES: list[Change] = [
    Move("/etc/own.service", "/etc/own.service.aside"),
    Put("/etc/own.service", Link("/dev/null")),
    Put("/etc/script", File(b"new\n", 0o755)),
    Put("/usr/new/deep/file", File(b"x" * 9000)),
    Edit("/etc/table", b"changed\n"),
    Remove("/etc/gone"),
    RemoveFolder("/empty"),
]


def machine(root: Path) -> Path:
    put(root, "/etc/own.service", "[Unit]\n", 0o600)
    put(root, "/etc/script", "old\n", 0o700)
    put(root, "/etc/elsewhere/table", "original\n", 0o640)
    link(root, "/etc/table", "/etc/elsewhere/table")
    put(root, "/etc/gone", "x")
    (root / "empty").mkdir()
    return root


def test_changes_are_done_in_full(tmp_path: Path) -> None:
    root = machine(tmp_path)
    tree = Tree(str(root))
    assert tree.apply(CHANGES) == CHANGES
    assert tree.read("/etc/own.service") == Link("/dev/null")
    assert tree.read("/etc/own.service.aside") == File(b"[Unit]\n", 0o600)
    assert tree.read("/etc/script") == File(b"new\n", 0o755)
    assert tree.read("/etc/table") == Link("/etc/elsewhere/table")
    assert tree.read("/etc/table", follow=True) == File(b"changed\n", 0o640)
    assert not [name for name in picture(root) if "quantix" in name]
    assert not (root / "etc/gone").exists()
    assert not (root / "empty").exists()


def test_a_failure_at_any_system_call_leaves_the_tree_as_it_was(tmp_path: Path) -> None:
    for count in range(200):
        root = tmp_path / str(count)
        root.mkdir()
        before = picture(machine(root))
        try:
            with failing_at(count, OSError(errno.EIO, "input/output error")):
                Tree(str(root)).apply(CHANGES)
        except OSError:
            now = picture(root)
            # After the last change stands, only second names and empty folders are taken away.
            if (root / "etc/gone").exists():
                assert now == before, f"call {count}"
            continue
        assert count > 20
        return
    pytest.fail("it never came to an end")


def test_links_of_that_machine_lead_to_places_in_it(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    root = tmp_path / "root"
    (root / "real").mkdir(parents=True)
    link(root, "/absolute", "/real")
    link(root, "/upwards", "../../../../real")
    link(root, "/chain", "absolute")
    tree = Tree(str(root))
    for name in ("absolute", "upwards", "chain"):
        tree.apply([Put(f"/{name}/{name}", File(b"x"))])
    assert sorted(os.listdir(root / "real")) == ["absolute", "chain", "upwards"]
    link(root, "/circle", "/circle")
    with pytest.raises(OSError, match=r".") as caught:
        tree.read("/circle/x")
    assert caught.value.errno == errno.ELOOP


def test_what_is_no_file_is_not_taken_for_one(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="not a regular file"):
        Tree(str(tmp_path)).read("/pipe")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small file system with a machine's files."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a file system")
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=128k,mode=755", "tmpfs", str(folder)]
    mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    if mounted.returncode != 0:
        pytest.skip(f"mounting is not permitted here: {mounted.stderr.strip()}")
    try:
        yield machine(folder)
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_full_disk_changes_nothing(disk: Path) -> None:
    ballast = disk / "ballast"
    ballast.write_bytes(b"x" * os.statvfs(disk).f_bavail * 4096)
    before = picture(disk)
    for missing in (1, 2):
        with pytest.raises(OSError, match="No space"):
            Tree(str(disk)).apply(CHANGES)
        assert picture(disk) == before, f"{missing} pages"
        os.truncate(ballast, ballast.stat().st_size - 4096)
        before = picture(disk)


def test_a_read_only_disk_changes_nothing(disk: Path) -> None:
    before = picture(disk)
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    with pytest.raises(OSError, match="Read-only"):
        Tree(str(disk)).apply(CHANGES)
    assert picture(disk) == before
