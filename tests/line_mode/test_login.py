"""Logging in by questions and answers, against real PAM."""

import os
from pathlib import Path

import pytest

from quantix_tui.cluster.secret import Secret
from quantix_tui.commands.options import GlobalOptions
from quantix_tui.console.access import owned_line
from quantix_tui.console.clock import Clock
from quantix_tui.console.login_desk import LoginDesk
from quantix_tui.host.ways_in import Administrators, PasswordState
from quantix_tui.line_mode.login import log_in
from quantix_tui.line_mode.session import Session
from quantix_tui.line_mode.talk import NoAnswer, Talk
from quantix_tui.settings import Settings
from tests.support.pam import Pam, needs_pam_wrapper

pytestmark = needs_pam_wrapper


class Line:
    """A session on a line of a node, and what is typed and read there."""

    def __init__(self, pam: Pam, root: PasswordState = PasswordState.SET) -> None:
        source, self._hand = os.pipe()
        self._eye, sink = os.pipe()
        self.root = root
        self.pam = pam
        desk = LoginDesk(
            pam.login(), lambda: Administrators((("root", self.root),)), self._set_first, clock=Clock(), node="qx"
        )
        self.session = Session(Settings(lock_after=0.05), GlobalOptions(), Talk(source, sink), owned_line("tty1"), desk)

    async def _set_first(self, password: Secret) -> None:
        self.pam.users(root=password.reveal())

    def log_in(self, *answers: str) -> bool:
        os.write(self._hand, "".join(f"{answer}\n" for answer in answers).encode())
        return log_in(self.session, self.session.desk)

    def read(self) -> str:
        return " ".join(os.read(self._eye, 65536).decode().split())


def test_the_right_password_logs_in(tmp_path: Path) -> None:
    line = Line(Pam(tmp_path))
    assert line.log_in("", "right horse")
    assert line.session.access.administrator
    assert "right horse" not in line.read()


def test_whoever_logs_in_on_the_way_to_a_change_and_goes_away_leaves_no_open_question(tmp_path: Path) -> None:
    line = Line(Pam(tmp_path))
    assert line.log_in("", "right horse")
    assert line.session.talk.patience == 0.05
    with pytest.raises(NoAnswer):
        line.session.talk.ask("Address of the control plane")
    line.session.lock()
    assert line.session.access.locked
    assert line.session.talk.patience is None


def test_a_wrong_one_does_not_and_makes_it_slower(tmp_path: Path) -> None:
    line = Line(Pam(tmp_path))
    assert not line.log_in("root", "wrong horse")
    assert not line.log_in("root", "wrong horse")
    assert not line.log_in("root")
    assert line.session.access.locked
    assert "The next try can begin in" in line.read()


def test_enter_alone_goes_back(tmp_path: Path) -> None:
    line = Line(Pam(tmp_path))
    assert not line.log_in("", "")
    assert line.session.access.locked


def test_the_first_password_is_set_and_logs_in(tmp_path: Path) -> None:
    line = Line(Pam(tmp_path), PasswordState.EMPTY)
    assert line.log_in("short", "a long sentence 8", "another one 8", "a long sentence 8", "a long sentence 8")
    said = line.read()
    assert "It needs at least 8 characters" in said
    assert "The two are not the same." in said


def test_where_nobody_can_log_in_it_says_so(tmp_path: Path) -> None:
    line = Line(Pam(tmp_path), PasswordState.LOCKED)
    assert not line.log_in()
    assert "Nobody can log in here with a password." in line.read()
