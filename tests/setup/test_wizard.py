"""The wizard without its pages, on trees: back and forth, cut short, tried, reviewed, applied."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.secret import Secret
from quantix_tui.host.files.changes import Edit
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.wayback.back import arm
from quantix_tui.host.wayback.record import Record, this_boot
from quantix_tui.host.wayback.trying import place_in
from quantix_tui.setup.answers import AdministratorAnswers, Answers, NameAnswers, NetworkAnswers, TimeAnswers
from quantix_tui.setup.apply import Ended, Means, Outcome
from quantix_tui.setup.claim import Doing, Who, claimed
from quantix_tui.setup.ground import read_machine
from quantix_tui.setup.state import SetupState, complete, is_as_kept
from quantix_tui.setup.steps import StepName
from quantix_tui.setup.wizard import Elsewhere, Wizard, begin
from tests.host.wayback.rig import kill_keepers
from tests.setup.machines import debian
from tests.setup.test_apply import ANSWERS, Joins, no_network

NETWORK = Answers(network=NetworkAnswers(interface="eno1"))


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    return debian(tmp_path / "machine")


def folder_of(machine: Path) -> str:
    return str(machine / "var/lib/quantix-tui")


async def wizard(machine: Path, joins: Joins | None = None) -> Wizard:
    return await begin(Means(Tree(str(machine)), folder_of(machine), joins or Joins(), no_network))


@pytest.fixture
def _no_keepers(machine: Path) -> Iterator[None]:
    yield
    kill_keepers(place_in(folder_of(machine)))


async def test_a_page_that_was_left_is_there_again(machine: Path) -> None:
    first = await wizard(machine)
    assert (first.page, first.notice, first.answers) == ("", "", Answers())
    answers = Answers(
        administrator=AdministratorAnswers(password=Secret("correct horse")), name=NameAnswers(hostname="node1")
    )
    await first.keep(answers, "network")
    await first.close()
    again = await wizard(machine)
    assert again.page == "network"
    assert again.answers.name == NameAnswers(hostname="node1")
    # The secret is not kept, and is asked for again.
    assert again.answers.administrator == AdministratorAnswers()
    assert [fault.field for fault in again.faults(again.answers)] == ["administrator.password"]
    assert again.faults(again.answers, StepName.NAME) == ()


@pytest.mark.usefixtures("_no_keepers")
async def test_a_network_that_is_kept_is_not_applied_again(machine: Path) -> None:
    first = await wizard(machine)
    trial = await first.try_network(NETWORK, lambda _: None)
    assert (machine / "etc/network/interfaces.d/quantix-tui").exists()
    second = await wizard(machine)
    # The first one still looks after it.
    assert await second.running_trial() is None
    await first.keep_network(trial)
    first.end_trial()
    assert first.applied == {StepName.NETWORK}
    assert await first.running_trial() is None
    await first.keep(first.answers, "time")
    await first.close()
    third = await wizard(machine)
    assert third.applied == {StepName.NETWORK}
    await third.keep(third.answers.model_copy(update={"time": TimeAnswers(timezone="Europe/Berlin")}), "review")
    assert [each.name for each in await third.review(third.answers)] == [StepName.NETWORK, StepName.TIME]
    ends = {each.name: each.outcome async for each in third.apply() if isinstance(each, Ended)}
    assert ends == {StepName.NETWORK: Outcome.ALREADY, StepName.TIME: Outcome.DONE}
    assert third.is_complete


@pytest.mark.usefixtures("_no_keepers")
async def test_what_is_on_trial_is_known_to_the_console_that_comes_after_a_killed_one(machine: Path) -> None:
    first = await wizard(machine)
    await first.keep(Answers(), "network")
    await first.try_network(NETWORK, lambda _: None)
    await first.close()  # Killed, the kernel does that.
    second = await wizard(machine)
    assert (second.page, second.answers.network) == ("network", NETWORK.network)
    found = await second.running_trial()
    assert found is not None
    assert found.seconds_left()
    await second.keep_network(found)
    assert second.applied == {StepName.NETWORK}


@pytest.mark.usefixtures("_no_keepers")
async def test_a_network_that_was_taken_back_cannot_be_kept(machine: Path) -> None:
    first = await wizard(machine)
    trial = await first.try_network(NETWORK, lambda _: None)
    await trial.go_back()
    assert not (machine / "etc/network/interfaces.d/quantix-tui").exists()
    with pytest.raises(QuantixError):
        await first.keep_network(trial)
    assert first.applied == frozenset()


async def test_a_failed_step_is_mended(machine: Path) -> None:
    joins = Joins(Problem(ErrorCode.INVALID_TOKEN, "It has expired.", "Get a new one."))
    first = await wizard(machine, joins)
    await first.keep(ANSWERS, "review")
    ends = [each async for each in first.apply() if isinstance(each, Ended)]
    assert ends[-1].outcome is Outcome.FAILED
    assert not first.is_complete
    assert first.applied == set(StepName) - {StepName.CLUSTER}
    ends = [each async for each in first.apply() if isinstance(each, Ended)]
    assert [each.outcome for each in ends] == [*[Outcome.ALREADY] * 4, Outcome.DONE]
    assert first.is_complete


def test_the_facts_of_the_machine() -> None:
    machine = read_machine()
    assert machine.facts.hostname
    assert machine.inventory.cpu.threads
    assert machine.inventory.memory_total_bytes


async def test_what_failed_is_told_to_whoever_comes_next_until_it_is_mended(machine: Path) -> None:
    problem = Problem(ErrorCode.INVALID_TOKEN, "It has expired.", "Get a new one.")
    first = await wizard(machine, Joins(problem))
    await first.keep(ANSWERS, "apply")
    assert first.failed is None
    assert [each async for each in first.apply() if isinstance(each, Ended)][-1].problem == problem
    await first.close()
    second = await wizard(machine)
    assert second.failed is not None
    assert (second.failed.name, second.failed.problem, second.failed.who) == (StepName.CLUSTER, problem, "the wizard")
    # Other answers about something else do not mend it.
    await second.keep(second.answers.model_copy(update={"name": NameAnswers(hostname="node2")}), "review")
    assert second.failed is not None
    await second.keep(second.answers.model_copy(update={"cluster": None}), "review")
    assert second.failed is None


async def test_a_wizard_that_nobody_answers_holds_nobody_up(machine: Path) -> None:
    """After a boot there is one on each line."""
    unattended, second = await wizard(machine), await wizard(machine)
    assert second.held() is None
    await second.keep(Answers(name=NameAnswers(hostname="node1")), "network")
    assert second.held() is None
    assert unattended.held() is not None
    assert not unattended.is_as_kept()


async def test_the_second_one_keeps_nothing_until_it_takes_over(machine: Path) -> None:
    first = await wizard(machine)
    await first.keep(Answers(name=NameAnswers(hostname="node1")), "network")
    second = await wizard(machine)
    assert second.held() is not None
    assert first.held() is None
    with pytest.raises(QuantixError) as caught:
        await second.keep(Answers(), "welcome")
    assert caught.value.problem.reason == "taken_over"
    assert second.is_as_kept()
    second.session.take_over()
    assert second.held() is None
    await second.keep(second.answers, "time")
    with pytest.raises(QuantixError):
        await first.keep(first.answers, "review")
    assert not first.is_as_kept()
    assert (await wizard(machine)).page == "time"


async def test_no_trial_begins_over_what_another_one_has_kept(machine: Path) -> None:
    late, other = await wizard(machine), await wizard(machine)
    await other.keep(Answers(name=NameAnswers(hostname="node1")), "network")
    with pytest.raises(QuantixError) as caught:
        await late.try_network(Answers(network=NetworkAnswers(interface="eno1")), lambda _: None)
    assert caught.value.problem.reason == "taken_over"
    assert other.is_as_kept()
    assert not place_in(folder_of(machine)).is_armed


async def test_nobody_keeps_a_page_while_somebody_sets_the_node_up(machine: Path) -> None:
    first = await wizard(machine)
    await first.keep(Answers(name=NameAnswers(hostname="node1")), "network")
    async with claimed(folder_of(machine), Who("quantix-tui setup", "pts/3"), Doing.APPLIES):
        # This process has it: to others it is somebody else.
        with pytest.raises(QuantixError) as caught:
            await first.keep(Answers(), "welcome")
    assert "quantix-tui setup on pts/3 sets this node up".lower() in caught.value.problem.message.lower()
    assert first.is_as_kept()


@pytest.mark.usefixtures("_no_keepers")
async def test_a_trial_that_another_one_just_begins_is_left_alone(machine: Path) -> None:
    first = await wizard(machine)
    await first.keep(Answers(name=NameAnswers(hostname="node1")), "network")
    second = await wizard(machine)
    place = place_in(folder_of(machine))
    async with claimed(folder_of(machine), Who(line="ttyS0"), Doing.TRIES):
        # Armed, and the keeper has yet to come.
        arm(place, Tree(str(machine)), (Edit("/etc/hostname", b"new\n"),), Record(this_boot(), (), (), ()), 60)
        assert await first.running_trial() is None
        assert await second.running_trial() is None
        assert place.is_armed
    # Whoever has not got the pages looks after nothing.
    assert await second.running_trial() is None
    assert place.is_armed
    assert await first.running_trial() is None
    assert not place.is_armed


class Slow:
    """A disk that takes its time when it is read: the first look waits until it may go on."""

    def __init__(self) -> None:
        self.reading, self.go_on = threading.Event(), threading.Event()

    def is_as_kept(self, folder: str, state: SetupState) -> bool:
        if not self.reading.is_set():
            self.reading.set()
            self.go_on.wait(20.0)
        return is_as_kept(folder, state)


async def test_it_is_seen_what_somebody_else_has_done(machine: Path) -> None:
    first, second = await wizard(machine), await wizard(machine)
    assert await first.look() == Elsewhere(None, is_lost=False, set_up=False, as_kept=True)
    await first.keep(Answers(), "name")
    seen = await second.look()
    assert seen is not None
    assert (seen.held is not None, seen.as_kept) == (True, False)
    await second.take_over()
    lost = await first.look()
    assert lost is not None
    assert lost.is_lost
    await second.close()
    complete(folder_of(machine))
    done = await first.look()
    assert done is not None
    assert done.set_up


async def test_a_look_during_which_we_have_kept_a_page_says_nothing(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, slow = await wizard(machine), Slow()
    monkeypatch.setattr("quantix_tui.setup.wizard.is_as_kept", slow.is_as_kept)
    looking = asyncio.create_task(first.look())
    await asyncio.to_thread(slow.reading.wait, 20.0)
    await first.keep(Answers(name=NameAnswers(hostname="node1")), "network")
    slow.go_on.set()
    assert await looking is None
    seen = await first.look()
    assert seen is not None
    assert seen.as_kept


async def test_while_we_keep_a_page_nobody_looks(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, slow = await wizard(machine), Slow()
    monkeypatch.setattr("quantix_tui.setup.wizard.is_as_kept", slow.is_as_kept)
    keeping = asyncio.create_task(first.keep(Answers(), "network"))
    await asyncio.to_thread(slow.reading.wait, 20.0)
    assert await first.look() is None
    slow.go_on.set()
    await keeping
    assert await first.look() is not None
