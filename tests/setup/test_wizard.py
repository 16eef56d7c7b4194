"""The wizard without its pages, on trees: back and forth, cut short, tried, reviewed, applied."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.secret import Secret
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.wayback.trying import place_in
from quantix_tui.setup.answers import AdministratorAnswers, Answers, NameAnswers, NetworkAnswers, TimeAnswers
from quantix_tui.setup.apply import Ended, Means, Outcome
from quantix_tui.setup.ground import read_machine
from quantix_tui.setup.steps import StepName
from quantix_tui.setup.wizard import Wizard, begin
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
    # A console that was killed meanwhile finds it on trial.
    second = await wizard(machine)
    found = second.running_trial()
    assert found is not None
    assert found.seconds_left()
    await first.keep_network(trial)
    assert first.applied == {StepName.NETWORK}
    assert first.running_trial() is None
    await first.keep(first.answers, "time")
    third = await wizard(machine)
    assert third.applied == {StepName.NETWORK}
    await third.keep(third.answers.model_copy(update={"time": TimeAnswers(timezone="Europe/Berlin")}), "review")
    assert [each.name for each in await third.review()] == [StepName.NETWORK, StepName.TIME]
    ends = {each.name: each.outcome async for each in third.apply() if isinstance(each, Ended)}
    assert ends == {StepName.NETWORK: Outcome.ALREADY, StepName.TIME: Outcome.DONE}
    assert third.is_complete


@pytest.mark.usefixtures("_no_keepers")
async def test_what_is_on_trial_is_known_to_the_console_that_comes_after_a_killed_one(machine: Path) -> None:
    first = await wizard(machine)
    await first.keep(Answers(), "network")
    await first.try_network(NETWORK, lambda _: None)
    second = await wizard(machine)
    assert (second.page, second.answers.network) == ("network", NETWORK.network)
    found = second.running_trial()
    assert found is not None
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
