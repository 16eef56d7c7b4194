"""Which virtual console is in sight."""

from pathlib import Path

from quantix_tui.host.virtual_consoles import in_sight


def test_the_one_that_the_kernel_names(tmp_path: Path) -> None:
    active = tmp_path / "active"
    active.write_text("tty2\n")
    assert in_sight("tty2", str(active))
    assert not in_sight("tty1", str(active))


def test_what_cannot_be_known_locks_nobody_out(tmp_path: Path) -> None:
    assert in_sight("tty1", str(tmp_path / "none"))
    active = tmp_path / "active"
    active.write_text("tty2\n")
    assert in_sight("ttyS0", str(active))
