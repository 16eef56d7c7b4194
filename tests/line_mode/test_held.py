"""Line mode where somebody else sets the node up, or has the wizard open."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from quantix_tui.commands.options import GlobalOptions
from quantix_tui.console.access import own_session
from quantix_tui.console.login_desk import desk_here
from quantix_tui.console.setup import Setup
from quantix_tui.line_mode.session import Session as LineSession
from quantix_tui.line_mode.talk import Ended, Talk
from quantix_tui.line_mode.wizard.opening import open_here
from quantix_tui.sandbox.machine import STATE, make_machine
from quantix_tui.settings import Settings
from quantix_tui.setup.answers import AdministratorAnswers, Answers, NameAnswers
from quantix_tui.setup.claim import Doing, Who
from quantix_tui.setup.session import Session
from quantix_tui.setup.state import Failure, SetupState, complete, save
from quantix_tui.setup.steps import StepName
from tests.console.wizard.rig import PASSWORD, SILENT
from tests.host.files.trees import put
from tests.setup.holders import holding

NAMED = SetupState(Answers(name=NameAnswers(hostname="node1")), "network")


@pytest.fixture
def state(tmp_path: Path) -> Path:
    make_machine(tmp_path)
    (tmp_path / STATE).mkdir(parents=True)
    return tmp_path / STATE


class Watched(Talk):
    """Before each answer it is seen whether anybody has the pages."""

    def __init__(self, source: int, sink: int, state: str) -> None:
        super().__init__(source, sink)
        self._state = state
        self.taken: list[bool] = []

    def _line(self) -> str:
        self.taken.append(Session(self._state, Who()).other() is not None)
        return super()._line()


def left(root: Path, *answers: str) -> tuple[str, list[bool]]:
    """What the wizard says until the answers are used up, and whether somebody had the pages before each of them."""
    source, hand = os.pipe()
    eye, sink = os.pipe()
    settings = Settings(state=str(root / STATE))
    access = own_session("root", administrator=True)
    os.write(hand, "".join(f"{answer}\n" for answer in answers).encode())
    os.close(hand)
    talk = Watched(source, sink, settings.state)
    session = LineSession(settings, GlobalOptions(), talk, access, desk_here(settings))
    try:
        open_here(session, Setup(str(root), daemon=False))
    except Ended:
        pass
    finally:
        os.close(sink)
    return " ".join(os.read(eye, 1 << 16).decode().split()), talk.taken


def told(root: Path, *answers: str) -> str:
    return left(root, *answers)[0]


def test_it_is_told_of_another_wizard_and_left_or_taken_over(tmp_path: Path, state: Path) -> None:
    with holding(state, "session"):
        save(str(state), NAMED)
        said = told(tmp_path, "1", "look again", "leave it")
        assert said.count("quantix-tui setup on pts/7 is open, for ") == 3
        assert "Network:" not in said
        assert "What was answered is kept." in said
        said = told(tmp_path, "take it over")
        assert "Network:" in said


def test_who_only_looks_at_the_first_question_shuts_nobody_out(tmp_path: Path, state: Path) -> None:
    said, taken = left(tmp_path)
    assert "New password of root" in said
    assert taken == [False]
    assert not (state / "wizard.json").exists()
    said, taken = left(tmp_path, PASSWORD, PASSWORD)
    assert "Name of this node" in said
    # They are ours once the first part is answered, and let go at the end.
    assert taken == [False, False, True]
    assert (state / "wizard.json").exists()
    assert Session(str(state), Who()).other() is None


def test_a_review_that_is_the_first_to_be_seen_has_the_found_secrets(tmp_path: Path, state: Path) -> None:
    volume = "/dev/disk/by-label/QUANTIX-CFG"
    put(tmp_path, f"{volume}/answers.yaml", "administrator: {password_file: password.txt}\n")
    put(tmp_path, f"{volume}/password.txt", f"{PASSWORD}\n", 0o600)
    save(str(state), SetupState(Answers(administrator=AdministratorAnswers()), "review"))
    said, taken = left(tmp_path)
    assert "edit /etc/shadow (a secret: not shown)" in said
    assert taken == [False]
    assert PASSWORD not in said


def test_nobody_takes_over_from_whoever_sets_the_node_up(tmp_path: Path, state: Path) -> None:
    with holding(state, Doing.APPLIES):
        said = told(tmp_path, "leave it")
        assert "sets this node up" in said
        assert "take it over" not in said
        complete(str(state))
    assert "This node is set up." in told(tmp_path)


def test_why_another_one_failed_is_told(tmp_path: Path, state: Path) -> None:
    save(str(state), replace(NAMED, page="apply", failed=Failure(StepName.NAME, SILENT, "the wizard on tty1")))
    said = told(tmp_path)
    assert "The wizard on tty1 stopped at this step. What was done stays done. The control plane" in said
    assert "mend name" in said


def test_found_answers_are_offered_and_their_secrets_taken_unseen(tmp_path: Path, state: Path) -> None:
    volume = "/dev/disk/by-label/QUANTIX-CFG"
    put(tmp_path, f"{volume}/answers.yaml", "administrator: {password_file: password.txt}\nname: {hostname: node7}\n")
    put(tmp_path, f"{volume}/password.txt", f"{PASSWORD}\n", 0o600)
    said = told(tmp_path, "", "")
    assert "Taken from volume QUANTIX-CFG: Administrator, Name. Look at each page; nothing is changed yet." in said
    assert "Enter alone takes the one that is given already" in said
    assert "Name of this node [node7]" in said
    assert "Network:" in said
    assert PASSWORD not in said
