"""The wizard's questions where a trial goes otherwise than well, and who may begin it."""

import asyncio
import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from quantix_tui.cluster.errors import ErrorCode, Problem
from quantix_tui.commands.options import GlobalOptions
from quantix_tui.console.access import own_session, owned_line
from quantix_tui.console.clock import Clock
from quantix_tui.console.login_desk import desk_here
from quantix_tui.console.screens.wizard.bench import Bench, Kit, look_around
from quantix_tui.console.setup import Setup
from quantix_tui.host.files.tree import Tree
from quantix_tui.line_mode.session import Session
from quantix_tui.line_mode.talk import Ended, Talk
from quantix_tui.line_mode.wizard.desk import Desk
from quantix_tui.line_mode.wizard.opening import open_here
from quantix_tui.line_mode.wizard.pages import set_up
from quantix_tui.sandbox.machine import STATE, make_machine
from quantix_tui.settings import Settings
from quantix_tui.setup.answers import Answers, ClusterAnswers
from quantix_tui.setup.apply import Means
from quantix_tui.setup.wizard import begin
from tests.console.scripted import ScriptedGateway
from tests.console.wizard.rig import PASSWORD, SILENT, TOKEN, Joins, ScriptedTrial, ScriptedTrials, ask_time, no_network
from tests.host.files.trees import put

TO_NETWORK = (PASSWORD, PASSWORD, "node1", "1")
"""Up to the questions of the network."""
NETWORK = ("1", "1", "1", "", "", "")
"""Interface, methods and the rest as they come."""
REST = ("berlin", "none", "2")


class Line:
    """The wizard on a folder, and what is typed ahead and told there."""

    def __init__(self, folder: Path, trials: ScriptedTrials, joins: Joins, runner: asyncio.Runner) -> None:
        make_machine(folder)
        source, self._hand = os.pipe()
        self._eye, sink = os.pipe()
        self.talk = Talk(source, sink)
        means = Means(Tree(str(folder)), str(folder / STATE), joins, no_network)
        wizard = runner.run(begin(means))
        trials.wizard = wizard
        kit = Kit(ScriptedGateway(), trials, Clock(), ask_time=ask_time)
        self.bench = Bench(wizard, means, kit, look_around(means.tree, ("sudo",)))
        self._desk = Desk(self.talk, self.bench, runner)

    def answer(self, *answers: str) -> str:
        """What is told until the answers are used up, or the wizard has ended."""
        os.write(self._hand, "".join(f"{answer}\n" for answer in answers).encode())
        os.close(self._hand)
        with contextlib.suppress(Ended):
            set_up(self._desk)
        return " ".join(os.read(self._eye, 1 << 16).decode().split())


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


def test_settings_that_nobody_kept_are_asked_for_once_more(tmp_path: Path, runner: asyncio.Runner) -> None:
    trials = ScriptedTrials(ScriptedTrial(left=None))
    line = Line(tmp_path, trials, Joins(), runner)
    told = line.answer(*TO_NETWORK, *NETWORK, "2", *REST)
    assert "in time. The old settings are in force again." in told
    assert line.bench.answers.network is None
    assert "Review" in told


def test_a_name_and_a_cable_that_come_while_it_is_open_are_offered(tmp_path: Path, runner: asyncio.Runner) -> None:
    line = Line(tmp_path, ScriptedTrials(), Joins(), runner)
    put(tmp_path, "/run/systemd/netif/leases/2", "HOSTNAME=qx-node-07\n")
    put(tmp_path, "/sys/class/net/eno2/carrier", "1\n")
    told = line.answer(PASSWORD, PASSWORD, "", "1", "eno2", "1", "1")
    assert "Name of this node [qx-node-07]" in told
    assert "That is eno2. IPv4" in told


def test_a_question_mark_explains_the_password_too(tmp_path: Path, runner: asyncio.Runner) -> None:
    told = Line(tmp_path, ScriptedTrials(), Joins(), runner).answer("?", PASSWORD, PASSWORD)
    assert "A few words that nobody would guess make a better password" in told
    assert "1 so far" not in told
    assert "Name of this node" in told


def test_no_takes_them_back_and_a_refusal_is_told(tmp_path: Path, runner: asyncio.Runner) -> None:
    trials = ScriptedTrials()
    line = Line(tmp_path, trials, Joins(), runner)
    assert "The old settings are in force again." in line.answer(*TO_NETWORK, *NETWORK, "no", "2", *REST)
    assert trials.trial.gone_back


def test_a_trial_that_cannot_begin_says_why(tmp_path: Path, runner: asyncio.Runner) -> None:
    refusal = Problem(ErrorCode.MACHINE_REFUSED, "Network settings are being tried already.", "Wait.", "trial_runs")
    line = Line(tmp_path, ScriptedTrials(refusal=refusal), Joins(), runner)
    assert "Network settings are being tried already. Wait." in line.answer(*TO_NETWORK, *NETWORK, "2", *REST)


def test_a_step_that_fails_is_tried_again_without_the_others(
    tmp_path: Path, runner: asyncio.Runner, capsys: pytest.CaptureFixture[str]
) -> None:
    joins = Joins(SILENT)
    line = Line(tmp_path, ScriptedTrials(), joins, runner)
    join = ("1", "vdc.example.com", "", "QUANTIX-ABCD-EFGH-LXWJ")
    told = line.answer(*TO_NETWORK, *NETWORK, "yes", *REST[:2], *join, "1", "1")
    assert "The control plane vdc.example.com:8443 does not answer." in told
    assert "This node is set up." in told
    assert capsys.readouterr().out.count("already done") == 4
    assert len(joins.asked) == 2


def test_the_ca_file_of_a_cluster_chosen_before_is_offered_again(tmp_path: Path, runner: asyncio.Runner) -> None:
    line = Line(tmp_path, ScriptedTrials(), Joins(), runner)
    given = ClusterAnswers(address="https://vdc.example.com:8443", ca_file="/etc/ca.pem")
    line.bench.answers = Answers(cluster=given)
    told = line.answer(*TO_NETWORK[:-1], "2", *REST[:2], "1", "", "", TOKEN)
    assert "The token has to be typed again" in told
    assert "CA file, its whole path, Enter alone is /etc/ca.pem, none for the public CAs:" in told
    assert line.bench.answers.cluster is not None
    assert line.bench.answers.cluster.ca_file == "/etc/ca.pem"
    assert line.bench.answers.cluster.token is not None


def test_a_typed_half_answer_to_a_question_that_is_over_is_not_taken_for_the_next_one(tmp_path: Path) -> None:
    source, hand = os.pipe()
    talk = Talk(source, os.open(os.devnull, os.O_WRONLY))
    os.write(hand, b"ye")
    assert talk.agreed_within("Keep them?", 0.05) is None
    talk.forget()
    os.write(hand, b"node1\n")
    assert talk.ask("Name") == "node1"


def test_whoever_only_looks_is_told_who_may(tmp_path: Path) -> None:
    for setup, said in ((None, "There is nothing to set up here."), (Setup(permitted=False), "root does that")):
        source, _ = os.pipe()
        eye, sink = os.pipe()
        settings = Settings()
        access = own_session("alice", administrator=False)
        session = Session(settings, GlobalOptions(), Talk(source, sink), access, desk_here(settings))
        assert not open_here(session, setup)
        assert said in " ".join(os.read(eye, 65536).decode().split())


def test_on_a_line_whoever_stands_there_sets_the_first_password_and_leaves_it_locked(tmp_path: Path) -> None:
    make_machine(tmp_path)
    source, hand = os.pipe()
    eye, sink = os.pipe()
    settings = Settings(state=str(tmp_path / STATE))
    session = Session(settings, GlobalOptions(), Talk(source, sink), owned_line("tty1"), desk_here(settings))
    os.write(hand, f"{PASSWORD}\n{PASSWORD}\n".encode())
    os.close(hand)
    with pytest.raises(Ended):
        open_here(session, Setup(str(tmp_path), daemon=False))
    assert "Name of this node" in os.read(eye, 1 << 16).decode()
    assert session.access.locked
