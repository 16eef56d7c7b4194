"""A walk through the first-boot wizard: every page, empty, wrong and complete."""

import tempfile
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

from quantix_tui.console.look import Look
from quantix_tui.sandbox.machine import STATE, make_machine
from quantix_tui.setup.answers import Answers, NameAnswers, TimeAnswers
from quantix_tui.setup.claim import Doing
from quantix_tui.setup.found import Finder
from quantix_tui.setup.state import Failure, SetupState, save
from quantix_tui.setup.steps import StepName
from tests.console.screen import Hands
from tests.console.wizard.rig import PASSWORD, SILENT, TOKEN, Joins, Rig, opened_wizard
from tests.host.files.trees import put
from tests.setup.holders import holding

Stop = tuple[str, Hands]
VOLUME = "/dev/disk/by-label/QUANTIX-CFG"


async def wizard_tour(look: Look, size: tuple[int, int]) -> AsyncIterator[Stop]:
    with tempfile.TemporaryDirectory() as folder:
        async with opened_wizard(Path(folder), look=look, size=size, joins=Joins(SILENT)) as rig:
            for part in (_who, _network, _time_and_cluster, _end):
                async for stop in part(rig):
                    yield stop
    async for stop in _held(look, size):
        yield stop
    async for stop in _found(look, size):
        yield stop


async def _who(rig: Rig) -> AsyncIterator[Stop]:
    hands = rig.hands
    await rig.on("Welcome")
    yield "wizard-welcome", hands
    await hands.press("f1")
    await hands.until("Help: Welcome")
    yield "wizard-help", hands
    await hands.press("escape")
    await rig.next("Administrator")
    yield "wizard-administrator", hands
    await hands.type(PASSWORD)
    await hands.press("tab")
    await hands.type("correct donkey")
    await hands.until("not the same")
    yield "wizard-administrator-differs", hands
    await hands.press("ctrl+u")
    await hands.type(PASSWORD)
    await rig.next("Name")
    await hands.press("ctrl+u")
    await hands.type("node_1")
    await hands.press("f8")
    await hands.until("a name such as node1")
    yield "wizard-name-wrong", hands
    await hands.press("ctrl+u")
    await hands.type("node1.example.com")


async def _network(rig: Rig) -> AsyncIterator[Stop]:
    hands = rig.hands
    await rig.next("Network")
    yield "wizard-network", hands
    await hands.press("down", "down")
    await hands.until("Without a link")
    yield "wizard-network-no-link", hands
    await hands.press("up", "up", "tab", "right", "tab")
    await hands.type("10.20.0.17/24")
    await hands.press("tab")
    await hands.type("10.21.0.1")
    await hands.press("tab")
    await hands.until("could not be")
    yield "wizard-network-gateway", hands
    await hands.press("shift+tab", "ctrl+u")
    await hands.type("10.20.0.1")
    await hands.press("f8")
    await hands.until("10.20.0.2 answers")
    yield "wizard-trial", hands
    await hands.press("enter")
    await rig.on("Time")


async def _time_and_cluster(rig: Rig) -> AsyncIterator[Stop]:
    hands = rig.hands
    await hands.press("tab", "ctrl+u")
    await hands.type("time.example.com silent.example.com")
    await hands.press("shift+tab")
    await hands.until("nothing came")
    yield "wizard-time", hands
    await hands.type("new y")
    await hands.until("America/New York")
    yield "wizard-time-search", hands
    await rig.next("Cluster")
    yield "wizard-cluster", hands
    await hands.press("f8")
    await hands.until("Choose a cluster")
    await hands.type("vdc.example.com")
    await hands.press("tab")
    await hands.type(TOKEN)
    await hands.press("enter")
    await hands.until("Take this cluster")
    yield "wizard-choose", hands
    await hands.press("enter")
    await rig.on("Review")
    await hands.press("escape")
    await rig.on("Cluster")
    yield "wizard-cluster-chosen", hands


async def _end(rig: Rig) -> AsyncIterator[Stop]:
    hands = rig.hands
    await rig.next("Review")
    await hands.until("Apply now")
    yield "wizard-review", hands
    await hands.press("pagedown")
    await hands.until("America/New_York")
    yield "wizard-review-further", hands
    await hands.press("f8")
    await hands.until("Try again")
    yield "wizard-apply-failed", hands
    await hands.press("right", "enter")
    await rig.on("Done")
    await hands.until("Open the dashboard")
    yield "wizard-done", hands


async def _held(look: Look, size: tuple[int, int]) -> AsyncIterator[Stop]:
    """Somebody else has it."""
    answers = Answers(name=NameAnswers(hostname="node1"), time=TimeAnswers(timezone="UTC"))
    begun = SetupState(answers, "apply").with_done(StepName.NAME, NameAnswers(hostname="node1"))
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder) / STATE
        state.mkdir(parents=True)
        with holding(state, "session", seconds=200):
            save(str(state), SetupState(answers, "time"))
            async with opened_wizard(Path(folder), look=look, size=size) as rig:
                await rig.hands.until("the wizard is on Time now")
                yield "wizard-held-open", rig.hands
        with holding(state, Doing.APPLIES, seconds=61):
            save(str(state), begun)
            async with opened_wizard(Path(folder), look=look, size=size) as rig:
                await rig.hands.until("sets this node up")
                await rig.hands.until("Steps")
                yield "wizard-held-applies", rig.hands
        save(str(state), replace(begun, failed=Failure(StepName.TIME, SILENT, "quantix-tui setup on pts/7")))
        async with opened_wizard(Path(folder), look=look, size=size) as rig:
            await rig.hands.until("Mend: Time")
            yield "wizard-held-failed", rig.hands


async def _found(look: Look, size: tuple[int, int]) -> AsyncIterator[Stop]:
    """Answers came with the boot."""
    answers = "name: {hostname: node7}\nadministrator: {password_file: password.txt}\ntime: {timezone: Europe/Berlin}\n"
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make_machine(root)
        put(root, f"{VOLUME}/answers.yaml", "name: {hostname: node_7}\ntime: {timezone: Europe/Berlyn}\n")
        put(root, f"{VOLUME}/password.txt", f"{PASSWORD}\n")
        async with opened_wizard(root, look=look, size=size, finder=Finder(folder)) as rig:
            await rig.hands.until("Look for answers")
            await rig.hands.until("Mend them there and look again")
            await rig.hands.until("Serial no.")
            yield "wizard-found-wrong", rig.hands
            put(root, f"{VOLUME}/answers.yaml", answers)
            await rig.hands.press("right", "right", "enter")
            await rig.hands.until("Taken from")
            yield "wizard-found", rig.hands
            await rig.next("Administrator")
            await rig.hands.until("As in the answers")
            yield "wizard-found-password", rig.hands
            await rig.next("Name")
            await rig.hands.press("backspace")
            await rig.hands.until("Other than in the answers")
            yield "wizard-found-other", rig.hands
