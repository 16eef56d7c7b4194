"""Answers applied to trees: step by step, mended and tried again, cut short anywhere; and reviewed before."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.join import JoinRequest
from quantix_tui.cluster.secret import Secret
from quantix_tui.cluster.token import RegistrationToken
from quantix_tui.host.accounts import crypt
from quantix_tui.host.doing import Done, Tell
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.netconfig.wanted import NetworkWork
from quantix_tui.host.wayback.record import Watched
from quantix_tui.host.work import Command, Work
from quantix_tui.setup import apply
from quantix_tui.setup.answers import (
    AdministratorAnswers,
    Answers,
    ClusterAnswers,
    NameAnswers,
    NetworkAnswers,
    TimeAnswers,
)
from quantix_tui.setup.apply import Applier, Did, Ended, Means, Outcome
from quantix_tui.setup.claim import Doing, Who, claimed
from quantix_tui.setup.first_boot import is_first_boot
from quantix_tui.setup.review import review
from quantix_tui.setup.state import SetupState, load
from quantix_tui.setup.steps import Step, StepName
from tests.host.files.trees import PowerCut, failing_at, picture
from tests.setup.machines import MACHINES

PASSWORD = "correct horse"
TOKEN = "QUANTIX-ABCD-EFGH"
ANSWERS = Answers(
    administrator=AdministratorAnswers(password=Secret(PASSWORD)),
    name=NameAnswers(hostname="node1.example.com"),
    network=NetworkAnswers(interface="eno1", dns=("10.20.0.2",)),
    time=TimeAnswers(timezone="Europe/Berlin", ntp=("10.20.0.3",)),
    cluster=ClusterAnswers(address="vdc.example.com", token=RegistrationToken(TOKEN)),
)
TOKENLESS = ANSWERS.model_copy(update={"cluster": None})


class Joins:
    """A cluster to join; ``refusals`` come before the first success."""

    def __init__(self, *refusals: Problem) -> None:
        self.asked: list[JoinRequest] = []
        self._refusals = list(refusals)

    async def __call__(self, request: JoinRequest, tell: Tell) -> None:
        self.asked.append(request)
        if self._refusals:
            raise QuantixError(self._refusals.pop(0))
        tell(Done("joined", 0.0))


async def no_network(work: NetworkWork, watched: Watched, tell: Tell) -> None:
    raise AssertionError("a tree has no network to try")


@pytest.fixture(params=MACHINES)
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    made: Callable[[Path], Path] = MACHINES[request.param]
    return made(tmp_path / "machine")


def means(machine: Path, joins: Joins) -> Means:
    tree = Tree(str(machine))
    return Means(tree, tree.real("/var/lib/quantix-tui"), joins, no_network)


async def ends(applier: Applier, answers: Answers) -> list[tuple[StepName, Outcome]]:
    return [(each.name, each.outcome) async for each in applier.apply(answers) if isinstance(each, Ended)]


async def test_a_tree_is_set_up(machine: Path) -> None:
    joins = Joins()
    applier = Applier(means(machine, joins), SetupState())
    progress = [each async for each in applier.apply(ANSWERS)]
    assert [(each.name, each.outcome) for each in progress if isinstance(each, Ended)] == [
        (name, Outcome.DONE) for name in StepName
    ]
    assert all(isinstance(each.act.seconds, float) for each in progress if isinstance(each, Did))
    assert (machine / "etc/hostname").read_text() == "node1.example.com\n"
    assert "127.0.1.1\tnode1.example.com node1\n" in (machine / "etc/hosts").read_text()
    hashed = (machine / "etc/shadow").read_text().split(":")[1]
    assert crypt(PASSWORD, hashed) == hashed
    assert (machine / "etc/localtime").readlink() == Path("../usr/share/zoneinfo/Europe/Berlin")
    assert "nameserver 10.20.0.2" in (machine / "etc/resolv.conf").read_text()
    assert [str(request.address) for request in joins.asked] == ["https://vdc.example.com:8443"]
    folder = machine / "var/lib/quantix-tui"
    assert sorted(path.name for path in folder.iterdir()) == ["setup-completed", "setup.lock"]
    assert not is_first_boot(str(folder), str(machine / "none"))
    everything = b"".join(
        content for what in picture(machine).values() for content in what if isinstance(content, bytes)
    )
    assert PASSWORD.encode() not in everything
    assert TOKEN.encode() not in everything
    assert PASSWORD not in f"{progress} {applier.state}"
    assert TOKEN not in f"{progress} {applier.state}"
    # Once more changes nothing on the machine.
    before = picture(machine)
    again = Answers.model_validate({**dict(TOKENLESS), "administrator": None})
    assert {outcome for _, outcome in await ends(Applier(means(machine, joins), SetupState()), again)} == {Outcome.DONE}
    assert picture(machine) == before


async def test_what_failed_is_mended_and_the_rest_is_not_repeated(machine: Path) -> None:
    joins = Joins(Problem(ErrorCode.INVALID_TOKEN, "It has expired.", "Get a new one."))
    applier = Applier(means(machine, joins), SetupState())
    first = [each async for each in applier.apply(ANSWERS)]
    last = first[-1]
    assert isinstance(last, Ended)
    assert (last.name, last.outcome) == (StepName.CLUSTER, Outcome.FAILED)
    assert last.problem is not None
    assert last.problem.message == "It has expired."
    assert not (machine / "var/lib/quantix-tui/setup-completed").exists()
    cluster = ClusterAnswers(address="vdc.example.com", token=RegistrationToken("QUANTIX-NNNN-NNNN"))
    mended = ANSWERS.model_copy(update={"cluster": cluster, "name": NameAnswers(hostname="node2")})
    assert await ends(applier, mended) == [
        (StepName.ADMINISTRATOR, Outcome.ALREADY),
        (StepName.NAME, Outcome.DONE),
        (StepName.NETWORK, Outcome.ALREADY),
        (StepName.TIME, Outcome.ALREADY),
        (StepName.CLUSTER, Outcome.DONE),
    ]
    assert (machine / "etc/hostname").read_text() == "node2\n"


async def test_another_process_goes_on_where_the_first_was_cut_short(machine: Path) -> None:
    joins = Joins(Problem(ErrorCode.INVALID_TOKEN, "It has expired.", "Get a new one."))
    await ends(Applier(means(machine, joins), SetupState()), ANSWERS)
    kept = load(str(machine / "var/lib/quantix-tui"))
    assert kept.notice == ""
    assert kept.state.applied() == set(StepName) - {StepName.CLUSTER}
    # The password is not kept; it was set, and need not be given again. One that is given is set.
    cluster = {"cluster": ANSWERS.cluster}
    outcomes = dict(
        await ends(Applier(means(machine, joins), kept.state), kept.state.answers.model_copy(update=cluster))
    )
    assert outcomes[StepName.ADMINISTRATOR] is Outcome.ALREADY
    assert outcomes[StepName.CLUSTER] is Outcome.DONE
    outcomes = dict(await ends(Applier(means(machine, joins), kept.state), TOKENLESS))
    assert outcomes[StepName.ADMINISTRATOR] is Outcome.DONE
    assert outcomes[StepName.NAME] is Outcome.ALREADY


async def test_one_at_a_time(tmp_path: Path) -> None:
    machine = MACHINES["debian"](tmp_path)
    folder = means(machine, Joins()).folder
    async with claimed(folder, Who(line="ttyS0"), Doing.APPLIES):
        before = picture(machine)
        with pytest.raises(QuantixError) as caught:
            await ends(Applier(means(machine, Joins()), SetupState()), TOKENLESS)
        assert caught.value.problem.reason == "setup_runs"
        assert caught.value.problem.message.startswith("The wizard on ttyS0 sets this node up, for 0 s now.")
        assert picture(machine) == before
    await ends(Applier(means(machine, Joins()), SetupState()), TOKENLESS)


async def test_going_back_to_answers_whose_successors_failed_applies_them_again(tmp_path: Path) -> None:
    machine = MACHINES["debian"](tmp_path)
    applier = Applier(means(machine, Joins()), SetupState())
    first = Answers(time=TimeAnswers(timezone="UTC", ntp=("10.20.0.3",)))
    await ends(applier, first)
    (machine / "usr/lib/systemd/systemd-timesyncd").unlink()
    second = Answers(time=TimeAnswers(timezone="Europe/Berlin", ntp=("10.20.0.4",)))
    assert await ends(applier, second) == [(StepName.TIME, Outcome.FAILED)]
    (machine / "usr/lib/systemd/systemd-timesyncd").touch()
    assert await ends(applier, first) == [(StepName.TIME, Outcome.DONE)]


async def test_a_power_cut_at_any_moment_is_gone_on_from(tmp_path: Path) -> None:
    whole = MACHINES["debian"](tmp_path / "whole")
    await ends(Applier(means(whole, Joins()), SetupState()), TOKENLESS)
    cuts = 0
    while True:
        machine = MACHINES["debian"](tmp_path / f"cut{cuts}")
        folder = str(machine / "var/lib/quantix-tui")
        try:
            with failing_at(cuts, PowerCut()):
                await ends(Applier(means(machine, Joins()), SetupState()), TOKENLESS)
            break
        except PowerCut:
            pass
        kept = load(folder)
        assert kept.notice == ""
        outcomes = await ends(Applier(means(machine, Joins()), kept.state), TOKENLESS)
        assert {outcome for _, outcome in outcomes} <= {Outcome.DONE, Outcome.ALREADY}
        mine, theirs = picture(machine), picture(whole)
        for path in (
            "etc/hostname",
            "etc/hosts",
            "etc/localtime",
            "etc/resolv.conf",
            "etc/network/interfaces.d/quantix-tui",
        ):
            assert mine[path] == theirs[path], (cuts, path)
        assert not [path for path in mine if ".quantix-" in path], cuts
        cuts += 1
    assert cuts > 20


@pytest.mark.skipif(os.geteuid() != 0, reason="runs a command as root")
async def test_what_programs_wrote_is_on_the_disk_before_a_step_is_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    work = Work(after=(Command(("true",)),))
    monkeypatch.setattr(apply, "make_step", lambda *_: Step(StepName.NAME, work))
    monkeypatch.setattr(apply, "save", lambda *_: order.append("noted"))
    monkeypatch.setattr(apply, "log_to_system", lambda: None)
    monkeypatch.setattr(os, "sync", lambda: order.append("on the disk"))
    applier = Applier(Means(Tree("/"), str(tmp_path), Joins(), no_network), SetupState())
    await ends(applier, Answers(name=NameAnswers(hostname="node1")))
    assert order == ["on the disk", "noted"]


def test_the_review_shows_the_exact_changes_without_secrets(machine: Path) -> None:
    before = picture(machine)
    reviewed = review(ANSWERS, Tree(str(machine)))
    assert picture(machine) == before
    assert [each.name for each in reviewed] == list(StepName)
    acts = {each.name: each.acts for each in reviewed}
    told = "\n".join([act.what + "\n" + "\n".join(act.lines) for each in reviewed for act in each.acts])
    assert PASSWORD not in told
    assert TOKEN not in told
    assert "$6$" not in told
    assert [act.lines for act in acts[StepName.ADMINISTRATOR]] == [("(a secret: not shown)",)]
    assert "node1.example.com" in told
    assert "+127.0.1.1 node1.example.com node1" in told
    assert "https://vdc.example.com:8443" in acts[StepName.CLUSTER][0].what
