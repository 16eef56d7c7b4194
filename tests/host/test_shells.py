"""Which shell somebody gets, and with what around it."""

import os
import pwd

import pytest

from quantix_tui.host.shells import LAST_RESORT, NONE, Shell, shell_of

ME = pwd.getpwuid(os.geteuid()).pw_name


def test_the_setting_decides_and_the_console_is_no_shell() -> None:
    assert shell_of(ME, NONE, "quantix-tui") is None
    given = shell_of(ME, "/bin/sh", "quantix-tui")
    assert given is not None
    assert given.program == "/bin/sh"
    itself = shell_of(ME, "/bin/sh", "/usr/local/bin/sh")
    assert itself is not None
    assert itself.program == LAST_RESORT
    with pytest.raises(KeyError):
        shell_of("nobody-has-this-name", "", "quantix-tui")


def test_of_the_consoles_environment_only_the_terminals() -> None:
    shell = Shell("alice", "/bin/sh", "/home/alice", 1000, 1000, ())
    own = {"TERM": "linux", "QUANTIX_LINE": "tty1", "SECRET": "x", "LANG": "C.UTF-8"}
    environment = shell.environment(own)
    assert environment["TERM"] == "linux"
    assert environment["HOME"] == "/home/alice"
    assert not {"QUANTIX_LINE", "SECRET", "TMOUT"} & set(environment)


def test_on_a_line_it_ends_when_nobody_types() -> None:
    shell = Shell("alice", "/bin/sh", "/home/alice", 1000, 1000, (), idle=300.0)
    assert shell.environment({})["TMOUT"] == "300"
