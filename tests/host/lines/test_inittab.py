"""Every inittab gets back every byte."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantix_tui.host.lines.inittab import (
    installed_lines,
    is_sysvinit,
    with_boot_script,
    with_console,
    without_boot_script,
    without_console,
)
from quantix_tui.host.lines.line import Line, LineKind
from quantix_tui.host.lines.pieces import BOOT_ONCE, RESPAWNER

TTY1 = Line("tty1", LineKind.VIRTUAL)
TTYS0 = Line("ttyS0", LineKind.SERIAL)

ALPINE = b"""\
# /etc/inittab

::sysinit:/sbin/openrc sysinit
::wait:/sbin/openrc default

# Set up a couple of getty's
tty1::respawn:/sbin/getty 38400 tty1
tty2::respawn:/sbin/getty 38400 tty2

# Put a getty on the serial port
#ttyS0::respawn:/sbin/getty -L 115200 ttyS0 vt100

::ctrlaltdel:/sbin/reboot
::shutdown:/sbin/openrc shutdown
"""
SYSVINIT = b"""\
id:2:initdefault:
1:2345:respawn:/sbin/getty --noclear 38400 tty1
2:23:respawn:/sbin/getty 38400 tty2
T0:23:respawn:/sbin/getty -L ttyS0 9600 vt100
"""
BUILDROOT = b"::sysinit:/etc/init.d/rcS\nconsole::respawn:/sbin/getty -L  console 0 vt100 # GENERIC_SERIAL\n"

rows = st.one_of(
    st.sampled_from(
        [
            *(b"", b"# a comment", b"tty1::respawn:/sbin/getty 38400 tty1", b"tty1::askfirst:-/bin/sh"),
            *(b"ttyS0::respawn:/sbin/getty -L ttyS0 115200 vt100", b"::respawn:/sbin/getty 38400 /dev/tty1"),
            *(b"1:2345:respawn:/sbin/getty 38400 tty1", b"id:2:initdefault:", b"::ctrlaltdel:/sbin/reboot", b"tty1"),
            *(b"tty1:respawn", b"#tty1::respawn:/sbin/getty tty1", b"  tty1::respawn:getty tty1", b"\xff\xfe::\x00"),
        ]
    ),
    st.binary(max_size=20),
)
texts = st.builds(
    lambda parts, ends, last: b"".join(part + end for part, end in zip(parts, ends, strict=False)) + last,
    st.lists(rows, max_size=8),
    st.lists(st.sampled_from([b"\n", b"\n", b"\r\n", b"\r"]), min_size=8, max_size=8),
    rows,
)


@settings(deadline=None)
@given(texts)
def test_what_was_there_returns_byte_for_byte(text: bytes) -> None:
    changed = with_console(text, TTY1)
    assert without_console(changed, "tty1") == text
    assert with_console(changed, TTY1) == changed
    assert installed_lines(changed) == ["tty1"]


@settings(deadline=None)
@given(texts, st.permutations(["tty1", "ttyS0"]))
def test_lines_come_and_go_in_any_order(text: bytes, order: list[str]) -> None:
    changed = with_console(with_console(text, TTY1), TTYS0)
    assert sorted(installed_lines(changed)) == ["tty1", "ttyS0"]
    for line in order:
        changed = without_console(changed, line)
        assert line not in installed_lines(changed)
    assert changed == text


@settings(deadline=None)
@given(texts, rows)
def test_what_somebody_adds_meanwhile_stays(text: bytes, row: bytes) -> None:
    changed = with_console(text, TTY1)
    assert without_console(changed + b"\n" + row, "tty1") == text + b"\n" + row


@settings(deadline=None)
@given(texts, st.booleans())
def test_the_script_of_the_boot_comes_and_goes_byte_for_byte(text: bytes, line_first: bool) -> None:
    changed = with_boot_script(text)
    assert with_boot_script(changed) == changed != text
    assert without_boot_script(changed) == text
    both = with_console(changed, TTY1)
    assert installed_lines(both) == ["tty1"]
    if line_first:
        assert without_boot_script(without_console(both, "tty1")) == text
    else:
        assert without_console(without_boot_script(both), "tty1") == text


def test_the_script_of_the_boot_runs_once() -> None:
    assert with_boot_script(BUILDROOT).endswith(f"::once:{BOOT_ONCE}\n".encode())
    assert with_boot_script(SYSVINIT).endswith(f"qset:2345:once:{BOOT_ONCE}\n".encode())


def test_one_program_is_left_on_the_line() -> None:
    changed = with_console(with_console(ALPINE, TTY1), TTYS0).decode().splitlines()
    active = [row for row in changed if row and not row.startswith("#")]
    assert [row for row in active if "tty1" in row] == [f"tty1::respawn:{RESPAWNER} tty1"]
    assert [row for row in active if "ttyS0" in row] == [f"ttyS0::respawn:{RESPAWNER} ttyS0"]
    assert "#quantix-console tty1# tty1::respawn:/sbin/getty 38400 tty1" in changed
    assert "tty2::respawn:/sbin/getty 38400 tty2" in changed
    assert "#ttyS0::respawn:/sbin/getty -L 115200 ttyS0 vt100" in changed


def test_sysvinit_gets_entries_with_runlevels_and_short_names() -> None:
    assert is_sysvinit(SYSVINIT)
    assert not is_sysvinit(ALPINE)
    changed = with_console(with_console(SYSVINIT, TTY1), TTYS0).decode().splitlines()
    assert f"qty1:2345:respawn:{RESPAWNER} tty1" in changed
    assert f"qyS0:2345:respawn:{RESPAWNER} ttyS0" in changed
    assert [row.split(":")[0] for row in changed if not row.startswith("#")] == ["id", "qty1", "2", "qyS0"]


@pytest.mark.parametrize(("console", "kept"), [("console", False), (None, True)])
def test_the_kernels_console_is_the_same_line_where_that_is_known(console: str | None, kept: bool) -> None:
    changed = with_console(BUILDROOT, TTYS0, also_called=console).decode().splitlines()
    assert any(row.startswith("console::respawn") for row in changed) is kept
