"""Real disks in the way: full, read-only, not ours."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from quantix_tui.cluster.address import parse_address
from quantix_tui.cluster.errors import ErrorCode, QuantixError
from quantix_tui.cluster.token import parse_token
from quantix_tui.cluster.trust import Trust
from quantix_tui.config.store import ConfigPaths, ConfigStore
from tests.config.faults import fork

SOURCE = "# head\nnode: 1\n\ncontrol_plane:\n  registration_enabled: false\n"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small file system of its own, with a configuration on it."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("only root may mount a file system")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k,mode=755", "tmpfs", folder],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip(f"mounting is not permitted here: {mounted.stderr.strip()}")
    try:
        (folder / "config.yaml").write_text(SOURCE)
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def save(store: ConfigStore) -> None:
    store.save_join(parse_address("vdc.example.com"), Trust(), parse_token("QUANTIX-AAAA-BBBB"))


def refused(store: ConfigStore) -> str:
    with pytest.raises(QuantixError) as saving:
        save(store)
    problem = saving.value.problem
    assert problem.code is ErrorCode.CONFIG_WRITE_ERROR
    assert problem.message.endswith("Nothing was saved.")
    assert problem.hint
    return problem.reason


def test_a_full_disk(disk: Path) -> None:
    store = ConfigStore(ConfigPaths(disk / "config.yaml"))
    ballast = disk / "ballast"
    ballast.write_bytes(b"x" * os.statvfs(disk).f_bavail * 4096)

    # From not a page free to nearly enough: whatever it stops at, nothing is half saved.
    for _ in range(2):
        assert refused(store) == "disk_full"
        assert (disk / "config.yaml").read_text() == SOURCE
        store.recover()
        assert store.token() is None
        assert sorted(os.listdir(disk)) in (
            ["ballast", "config.yaml"],
            [".config.yaml.lock", "ballast", "config.yaml"],
            [".config.yaml.lock", "ballast", "config.yaml", "config.yaml.bak"],
        )
        os.truncate(ballast, ballast.stat().st_size - 4096)

    ballast.unlink()
    save(store)
    assert store.load().joined
    assert store.token() is not None


def test_a_read_only_disk(disk: Path) -> None:
    store = ConfigStore(ConfigPaths(disk / "config.yaml"))
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    try:
        assert refused(store) == "read_only"
        store.recover()
        assert not store.load().joined
        assert os.listdir(disk) == ["config.yaml"]
    finally:
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
    save(store)
    assert store.load().joined


def test_a_folder_that_is_not_ours(memory_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    memory_path.chmod(0o755)
    path = memory_path / "config.yaml"
    path.write_text(SOURCE)
    path.chmod(0o644)
    store = ConfigStore(ConfigPaths(path))
    child = fork()
    if child == 0:
        code = 1
        try:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            assert refused(store) == "no_permission"
            assert not store.load().joined
            code = 0
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert path.read_text() == SOURCE
