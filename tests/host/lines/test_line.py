"""Which lines may be taken; asked of this machine's own devices."""

import os
import stat

import pytest

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.host.lines.line import LineKind, line_of_another_machine, line_on_this_machine


def refused(name: str) -> Problem:
    with pytest.raises(QuantixError) as caught:
        line_on_this_machine(name)
    problem = caught.value.problem
    assert problem.code is ErrorCode.INVALID_REQUEST
    assert problem.message.endswith(".")
    assert problem.hint
    return problem


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        *[(name, "alias") for name in ("console", "tty0", "tty", "/dev/console", "ptmx")],
        *[(name, "name") for name in ("", "../tty1", "pts/0", "tty1 ", "/dev//tty1", "a" * 40, "tty1\n", "TTY\x1b[2J")],
        ("ttyS999", "no_such_line"),
        ("null", "not_a_terminal"),
        ("fd", "not_a_terminal"),
    ],
)
def test_what_is_no_line_is_refused_with_the_reason(name: str, reason: str) -> None:
    problem = refused(name)
    assert problem.reason == reason
    assert "\x1b" not in problem.message


@pytest.mark.skipif(not os.path.exists("/dev/tty1"), reason="this machine has no virtual console")
def test_a_virtual_console_is_told_from_a_serial_line() -> None:
    assert line_on_this_machine("/dev/tty1").kind is LineKind.VIRTUAL
    assert stat.S_ISCHR(os.stat("/dev/tty1").st_mode)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *[(name, LineKind.VIRTUAL) for name in ("tty1", "tty63", "/dev/tty2")],
        *[(name, LineKind.SERIAL) for name in ("ttyS0", "ttyAMA0", "hvc0", "ttyUSB0")],
    ],
)
def test_the_lines_of_another_machine_go_by_their_names(name: str, kind: LineKind) -> None:
    line = line_of_another_machine(name)
    assert line.kind is kind
    assert str(line) == name.removeprefix("/dev/")
