"""Settings on trial where their files are on a full disk, protected, or links."""

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from quantix_tui.cluster.errors import ErrorCode, QuantixError
from quantix_tui.host.files.changes import Edit, File, Put
from quantix_tui.host.wayback import back
from quantix_tui.host.wayback.record import Place, Record, this_boot
from tests.host.wayback.rig import HERE, Machine, keepers, kill_keepers


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    machine = Machine(tmp_path / "machine")
    yield machine
    kill_keepers(machine.place)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k,mode=755", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("it takes root to mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> None:
    with open(folder / "full", "wb", buffering=0) as file:
        try:
            while file.write(b"x" * 4096):
                pass
        except OSError:
            pass


async def test_on_a_full_disk_nothing_is_begun(disk: Path) -> None:
    machine = Machine(disk / "machine")
    fill(disk)
    with pytest.raises(QuantixError) as caught:
        await machine.attempt()
    assert caught.value.problem.code is ErrorCode.CONFIG_WRITE_ERROR
    assert "disk is full" in caught.value.problem.message
    assert machine.is_old
    assert machine.leftovers == []
    assert not keepers(machine.place)


async def test_a_disk_that_fills_up_meanwhile_does_not_bar_the_way_back(disk: Path) -> None:
    machine = Machine(disk / "machine")
    await machine.attempt(3.0)
    fill(disk)
    assert machine.new.exists()
    await asyncio.to_thread(machine.wait_until_over)
    assert machine.edited.read_text() == "old\n"
    assert machine.removed.read_text() == "gone\n"
    assert not machine.new.exists()


async def test_nor_does_it_bar_keeping_them(disk: Path) -> None:
    machine = Machine(disk / "machine")
    trial = await machine.attempt()
    fill(disk)
    await trial.confirm()
    await asyncio.to_thread(machine.wait_until_over)
    assert machine.is_new


def protect(path: Path, sign: str) -> None:
    if subprocess.run(["chattr", f"{sign}i", str(path)], capture_output=True, check=False).returncode:
        pytest.skip("it takes root, and a file system that protects files")


@pytest.fixture
def protected(machine: Machine) -> Iterator[Path]:
    yield machine.edited
    if machine.edited.exists():
        protect(machine.edited, "-")


async def test_a_protected_file_is_told_before_anything_changes(machine: Machine, protected: Path) -> None:
    protect(protected, "+")
    with pytest.raises(QuantixError) as caught:
        await machine.attempt()
    assert "lsattr" in caught.value.problem.message
    assert machine.is_old
    assert machine.leftovers == []
    assert not keepers(machine.place)


async def test_a_way_back_that_fails_is_told_and_gone_on_with(machine: Machine, protected: Path) -> None:
    trial = await machine.attempt()
    protect(protected, "+")
    machine.in_force.write_text("cut off\n")
    with pytest.raises(QuantixError) as caught:
        await trial.go_back()
    assert caught.value.problem.reason == "not_gone_back"
    assert str(protected) in caught.value.problem.message
    # What can be is as before, and the network is set up with what there is: nobody is left without any.
    assert machine.removed.exists()
    assert not machine.new.exists()
    assert machine.in_force.read_text() == "new\n"
    assert machine.place.is_going_back
    protect(protected, "-")
    await asyncio.to_thread(machine.wait_until_over)
    assert machine.is_old
    assert machine.leftovers == []


def test_a_link_to_a_configuration_stays_one(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_text("old\n")
    link.symlink_to("real")
    place = Place(str(tmp_path / "trial"))
    changes = (Edit(str(link), b"new\n"),)
    back.arm(place, HERE, changes, Record(this_boot(), (), (), ()), 60)
    HERE.apply(changes)
    assert real.read_text() == "new\n"
    assert asyncio.run(back.go_back(place, "Now."))
    assert link.is_symlink()
    assert link.read_text() == "old\n"
    changes_of_link = (Put(str(link), File(b"new\n")),)
    back.arm(place, HERE, changes_of_link, Record(this_boot(), (), (), ()), 60)
    HERE.apply(changes_of_link)
    assert not link.is_symlink()
    assert asyncio.run(back.go_back(place, "Now."))
    assert link.is_symlink()
