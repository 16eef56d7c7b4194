"""A virtual console that something else painted on is painted anew by itself."""

import os
import subprocess
from pathlib import Path

import pytest

from quantix_tui.console.driver import driver, mending
from quantix_tui.console.driver.mend import Mender

from .rig import Rig, running, until
from .test_driver import LINUX

PICTURE = "┌──┐" + "│ab│" + "└──┘"


def test_what_is_shown_as_it_was_sent_stays() -> None:
    assert not Mender().is_spoilt(PICTURE, PICTURE)


def test_what_is_shown_otherwise_is_painted_anew_each_time_it_changes() -> None:
    mender = Mender()
    for spoilt in ("Oops" + PICTURE[4:], "Oops: 0000 [#1]"[:12], " " * 12):
        assert mender.is_spoilt(PICTURE, spoilt)
        assert not mender.is_spoilt(PICTURE, PICTURE)


def test_a_console_that_names_its_glyphs_otherwise_is_painted_once_and_then_left_alone() -> None:
    mender = Mender()
    shown = PICTURE.replace("─", "━").replace("│", "┃")
    assert mender.is_spoilt(PICTURE, shown)
    assert not mender.is_spoilt(PICTURE, shown)
    later = PICTURE.replace("ab", "cd")
    assert not mender.is_spoilt(later, shown.replace("ab", "cd"))
    assert mender.is_spoilt(later, shown.replace("ab", "xd"))


def test_who_goes_on_painting_is_mended_each_time() -> None:
    mender = Mender()
    for spoilt in ("Oops" + PICTURE[4:], "x" + PICTURE[1:].replace("a", "b")) * 2:
        assert mender.is_spoilt(PICTURE, spoilt)


def test_a_console_of_another_size_is_not_judged() -> None:
    assert not Mender().is_spoilt(PICTURE, PICTURE[:-4])


def test_only_a_virtual_console_can_be_read() -> None:
    controller, terminal = os.openpty()
    try:
        assert mending.memory_of(terminal) is None
    finally:
        os.close(controller)
        os.close(terminal)


def test_a_virtual_console_is_read_where_the_kernel_keeps_it(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may make a device")
    for minor, path in ((1, "/dev/vcsu1"), (63, "/dev/vcsu63"), (0, None), (64, None)):
        device = tmp_path / f"tty{minor}"
        if subprocess.run(["mknod", device, "c", "4", str(minor)], capture_output=True, check=False).returncode != 0:
            pytest.skip("no device can be made here")
        # Opened as a name only: that asks no driver for a terminal.
        descriptor = os.open(device, os.O_PATH)
        try:
            assert mending.memory_of(descriptor) == path
        finally:
            os.close(descriptor)


async def test_a_console_painted_over_is_painted_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel's memory of it is a file here, written as the kernel writes it."""
    memory = tmp_path / "vcsu1"
    memory.touch()
    monkeypatch.setattr(driver, "memory_of", lambda _fd: str(memory))
    monkeypatch.setattr(mending, "EVERY", 0.01)
    looks: list[str] = []

    class Counted(Mender):
        def is_spoilt(self, sent: str, shown: str) -> bool:
            looks.append(shown)
            return super().is_spoilt(sent, shown)

    monkeypatch.setattr(mending, "Mender", Counted)
    async with running(LINUX) as rig:
        await rig.settled()
        remember(memory, shown(rig))
        await until(lambda: bool(looks) and looks[-1] == shown(rig), "a look")
        rig.take()
        looks.clear()
        await until(lambda: len(looks) > 3, "looks")
        assert rig.take() == b""
        remember(memory, "BUG: unable to handle page fault".ljust(len(shown(rig))))
        await until(lambda: b"entry number 3" in rig.received, "the picture anew")


async def test_where_it_may_not_be_read_nothing_is_mended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "memory_of", lambda _fd: str(tmp_path / "nothing"))
    async with running(LINUX) as rig:
        assert "entry number 3" in rig.shown()


def shown(rig: Rig) -> str:
    return rig.shown().replace("\n", "")


def remember(memory: Path, text: str) -> None:
    fresh = text.encode("utf-32-le")
    descriptor = os.open(memory, os.O_WRONLY)
    try:
        os.pwrite(descriptor, fresh, 0)
    finally:
        os.close(descriptor)
