"""The archive: whole or not at all, for its owner only, and never with a secret that is known."""

import io
import json
import os
import subprocess
import tarfile
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.host.bundle.archive import default_name, pack, refuse_place, refuse_secrets, told_size, write
from quantix_tui.host.bundle.collecting import Collected
from quantix_tui.host.bundle.secrets import Redactor

NOW = datetime(2026, 11, 24, 12, 0, 5, tzinfo=UTC)
SECRET = "s3cret-of-this-node"


def unpacked(data: bytes) -> dict[str, str]:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
        files = {entry.name: archive.extractfile(entry) for entry in archive}
        return {name: file.read().decode() for name, file in files.items() if file}


def test_what_is_in_it_and_what_could_not_be_collected() -> None:
    found = unpacked(pack([Collected("a/b.txt", "text"), Collected("c.txt", "", "It failed.")], "bundle", NOW))
    assert list(found) == ["bundle/manifest.json", "bundle/a/b.txt"]
    manifest = json.loads(found["bundle/manifest.json"])
    assert manifest["items"] == [
        {"name": "a/b.txt", "bytes": 4, "error": None},
        {"name": "c.txt", "bytes": 0, "error": "It failed."},
    ]


@pytest.mark.parametrize("place", ["content", "name", "error"])
def test_one_with_a_secret_in_it_is_not_handed_out(place: str) -> None:
    item = Collected(f"{SECRET if place == 'name' else 'a'}.txt", f"well {SECRET if place == 'content' else ''} hidden")
    other = Collected("b.txt", "", f"It failed: {SECRET}." if place == "error" else "It failed.")
    packed = pack([item, other], "bundle", NOW)
    with pytest.raises(QuantixError) as caught:
        refuse_secrets(packed, Redactor([SECRET]))
    assert caught.value.problem.reason == "secret_in_bundle"
    assert SECRET not in str(caught.value.problem)
    refuse_secrets(packed, Redactor(["another one"]))


def test_written_for_its_owner_only_and_never_over_another_file(tmp_path: Path) -> None:
    file = tmp_path / "b.tar.gz"
    write(b"packed", str(file))
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"packed", 0o600)
    for taken in (file, tmp_path / "link"):
        if not taken.exists():
            taken.symlink_to("nowhere")
        with pytest.raises(QuantixError) as caught:
            write(b"other", str(taken))
        assert "there is a file of this name already" in caught.value.problem.message
    assert file.read_bytes() == b"packed"
    assert sorted(os.listdir(tmp_path)) == ["b.tar.gz", "link"]


def test_where_nothing_can_be_written_is_told_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    for place, said in (
        ("folder", "cannot be written: there is a folder of this name already. Choose"),
        ("file", "cannot be written: there is a file of this name already. Choose"),
        ("no/b.tar.gz", f"cannot be written: there is no folder {tmp_path}/no. Choose"),
        ("file/b.tar.gz", f"cannot be written: {tmp_path}/file is no folder. Choose"),
    ):
        with pytest.raises(QuantixError) as caught:
            refuse_place(str(tmp_path / place))
        assert said in f"{caught.value.problem.message} {caught.value.problem.hint}"
    refuse_place(str(tmp_path / "b.tar.gz"))
    assert sorted(os.listdir(tmp_path)) == ["file", "folder"]
    with pytest.raises(QuantixError):
        # Nobody writes there, root neither.
        refuse_place("/proc/b.tar.gz")


def test_stopped_it_leaves_nothing(tmp_path: Path) -> None:
    stopped = threading.Event()
    stopped.set()
    with pytest.raises(QuantixError):
        write(b"packed", str(tmp_path / "b.tar.gz"), stopped)
    assert os.listdir(tmp_path) == []


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(QuantixError) as caught:
        write(b"packed", str(tmp_path / "no/b.tar.gz"))
    assert f"there is no folder {tmp_path}/no." in caught.value.problem.message


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system with room for 64 kB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("it takes root to mount a small file system")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_told_with_what_it_takes(small: Path) -> None:
    with pytest.raises(QuantixError) as caught:
        write(bytes(200_000), str(small / "b.tar.gz"))
    assert caught.value.problem.message == f"There is no room for {small}/b.tar.gz: it takes 200 kB."
    assert os.listdir(small) == []


def test_names_and_sizes() -> None:
    assert default_name("qx-node-07", NOW) == "quantix-support-qx-node-07-20261124-120005.tar.gz"
    assert default_name("../../etc", NOW) == "quantix-support-------etc-20261124-120005.tar.gz"
    assert [told_size(size) for size in (10, 812_345, 3_400_000)] == ["1 kB", "812 kB", "3.4 MB"]
