"""Found answers fill the pages in: what is taken, what is left as it was, what is said of those that are not there."""

import asyncio
from pathlib import Path

import pytest

from quantix_tui.console.screens.wizard.page import Page
from quantix_tui.console.screens.wizard.wizard import WizardScreen
from quantix_tui.sandbox.machine import STATE, make_machine
from quantix_tui.setup.answers import Answers, NameAnswers
from quantix_tui.setup.checking import Ground
from quantix_tui.setup.found import Finder, Found
from quantix_tui.setup.state import SetupState, save
from tests.console.screen import Hands
from tests.console.wizard.rig import opened_wizard, to_cluster
from tests.console.wizard.test_opening import console_on, has_wizard
from tests.host.files.trees import put

HASH = f"$6${'a' * 16}${'b' * 86}"
TOKEN = "QUANTIX-ABCD-EFGH-LXWJ"
VOLUME = "/dev/disk/by-label/QUANTIX-CFG"
ANSWERS = f"""\
administrator: {{password_hash: "{HASH}"}}
name: {{hostname: node7.example.com}}
network: {{interface: ens1f0, ipv4: {{method: static, address: 10.20.0.17/24, gateway: 10.20.0.1}}}}
time: {{timezone: Europe/Berlin, ntp: [10.20.0.3]}}
cluster: {{address: vdc.example.com, token_file: token.txt}}
"""


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    make_machine(tmp_path)
    put(tmp_path, f"{VOLUME}/answers.yaml", ANSWERS)
    put(tmp_path, f"{VOLUME}/token.txt", f"{TOKEN}\n")
    return tmp_path


async def on(hands: Hands, title: str) -> str:
    return await hands.until(f" {title.upper()}  ")


async def step(hands: Hands, title: str) -> str:
    await hands.press("f8")
    return await on(hands, title)


async def test_the_pages_are_filled_in_and_say_from_where(machine: Path) -> None:
    async with console_on(machine) as hands:
        await hands.until("Taken from volume QUANTIX-CFG: Administrator, Name,")
        await step(hands, "Administrator")
        await hands.until("As in the answers from volume QUANTIX-CFG.")
        await hands.until("It is given by the answers from volume QUANTIX-CFG, and")
        await step(hands, "Name")
        await hands.until("[node7.example.com ")
        await hands.press("backspace")
        await hands.until("Other than in the answers from volume QUANTIX-CFG.")
        await hands.type("m")
        await hands.until("As in the answers")
        await step(hands, "Network")
        await hands.until("[10.20.0.17/24 ")
        await hands.until("As in the answers")
        await hands.press("f8")
        await hands.until("Keep the new ones")
        await hands.press("enter")
        await on(hands, "Time")
        await hands.until("(*) Europe/Berlin")
        await step(hands, "Cluster")
        await hands.until("given by the answers, not shown; checked when")
        kept = (machine / STATE / "wizard.json").read_text()
        assert TOKEN not in kept + hands.text
        assert "aaaa" not in kept
        await step(hands, "Review")
        await hands.until("Apply now")
        assert TOKEN not in hands.text


async def test_there_is_a_page_while_it_is_placed_anew(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever comes meanwhile: a page that says of itself that it has changed, a clock."""
    may_be_found = asyncio.Event()
    find, remove = Finder.find, Page.remove

    async def found_late(finder: Finder, ground: Ground) -> Found | None:
        await may_be_found.wait()
        return await find(finder, ground)

    async def removed_meanwhile(page: Page) -> None:
        screen = page.screen
        assert isinstance(screen, WizardScreen)
        await remove(page)
        screen._refresh()

    monkeypatch.setattr(Finder, "find", found_late)
    monkeypatch.setattr(Page, "remove", removed_meanwhile)
    async with console_on(machine) as hands:
        await step(hands, "Administrator")
        await hands.type("correct horse battery")
        await hands.press("tab")
        await hands.type("correct horse battery")
        await step(hands, "Name")
        may_be_found.set()
        await hands.until("[node7.example.com ")


async def test_a_volume_that_was_named_may_come_late(machine: Path) -> None:
    """As the network of a server may: the wizard is open before a boot is complete."""
    put(machine, "/proc/cmdline", "quantix.answers=LABEL=LATE\n")
    async with console_on(machine) as hands:
        await hands.until("Looking for answers: volume LATE")
        await step(hands, "Administrator")
        await hands.press("escape")
        await hands.until("Looking for answers: volume LATE")
        (machine / "dev/disk/by-label/QUANTIX-CFG").rename(machine / "dev/disk/by-label/LATE")
        await hands.until("Taken from volume LATE: Administrator, Name")


async def test_after_a_power_cut_the_secrets_are_read_again(machine: Path) -> None:
    async with console_on(machine) as hands:
        await hands.until("Taken from volume QUANTIX-CFG")
        await step(hands, "Administrator")
        await step(hands, "Name")
        await step(hands, "Network")
    async with console_on(machine) as hands:
        await on(hands, "Network")
        await hands.until("As in the answers")
        assert "Type again" not in hands.text
        await hands.press("escape", "escape")
        await on(hands, "Administrator")
        await hands.until("It is given by the answers")
    put(machine, f"{VOLUME}/answers.yaml", "name: {hostname: node7.example.com}\n")
    async with console_on(machine) as hands:
        await hands.until("not kept: Administrator")


async def test_what_was_answered_stays_and_that_is_said(machine: Path) -> None:
    (machine / STATE).mkdir(parents=True)
    save(str(machine / STATE), SetupState(Answers(name=NameAnswers(hostname="mine")), "welcome"))
    async with console_on(machine) as hands:
        await hands.until("Answered here otherwise than in volume QUANTIX-CFG, and")
        await step(hands, "Administrator")
        await step(hands, "Name")
        await hands.until("[mine ")
        await hands.until("Other than in the answers")


async def test_a_password_that_is_typed_takes_the_place_of_the_found_one(machine: Path) -> None:
    async with console_on(machine) as hands:
        await hands.until("Taken from volume QUANTIX-CFG")
        await step(hands, "Administrator")
        await hands.type("correct horse battery")
        await hands.until("The password has to be typed a second time.")
        await hands.until("Other than in the answers")
        await hands.press("ctrl+u")
        await hands.until("As in the answers")
        await step(hands, "Name")


async def test_answers_that_are_not_right_are_told_with_their_lines(machine: Path) -> None:
    put(machine, f"{VOLUME}/answers.yaml", "name: {hostname: node_7}\n")
    async with console_on(machine) as hands:
        await hands.until("The answers from volume QUANTIX-CFG are not right, and")
        await hands.until("line 1: name.hostname: The name has an underscore in")
        put(machine, f"{VOLUME}/answers.yaml", "name: {hostname: node7}\n")
        await hands.press("right", "right", "enter")
        await hands.until("Taken from volume QUANTIX-CFG: Name.")


async def test_what_is_right_of_answers_with_a_fault_is_taken_and_the_fault_told(machine: Path) -> None:
    text = ANSWERS.replace("node7.example.com", "node_7") + "unattended: true\n"
    put(machine, f"{VOLUME}/answers.yaml", text)
    async with console_on(machine) as hands:
        await hands.until("Of the answers from volume QUANTIX-CFG this is not")
        await hands.until("line 2: name.hostname: The name has an underscore in")
        await hands.until("Taken from volume QUANTIX-CFG: Administrator, Network,")
        # Nobody applies them by themselves.
        assert "unattended" not in hands.text
        await step(hands, "Administrator")
        await hands.until("It is given by the answers from volume QUANTIX-CFG, and")
        await step(hands, "Name")
        await hands.until("[debian ")
        await hands.press("escape", "escape")
        await on(hands, "Welcome")
        put(machine, f"{VOLUME}/answers.yaml", ANSWERS)
        await hands.press("right", "right", "enter")
        await hands.until("Answered here otherwise than in volume QUANTIX-CFG, and")
        assert "not right" not in hands.text


async def test_answers_that_cannot_be_had_are_told_with_the_cure(machine: Path) -> None:
    put(machine, "/proc/cmdline", "quantix.answers=LABEL=OTHER\n")
    async with console_on(machine) as hands:
        await hands.until("Looking for answers: volume OTHER")
        hands.wait(60.0)
        await hands.until("There is no volume OTHER with answers.")
        await hands.until("Plug it in, or name another one.")
        await hands.until("Look for answers")


async def test_without_any_that_is_said_and_nothing_else(tmp_path: Path) -> None:
    async with console_on(tmp_path) as hands:
        await hands.until("No answers came with this boot (volume QUANTIX-CFG).")


async def test_answers_without_secrets_are_taken_and_these_asked_for(machine: Path) -> None:
    put(machine, f"{VOLUME}/answers.yaml", "administrator: {user: root}\nname: {hostname: node7}\n")
    async with console_on(machine) as hands:
        await hands.until("Taken from volume QUANTIX-CFG: Administrator, Name.")
        await step(hands, "Administrator")
        await hands.until("No password has been typed.")
        assert has_wizard(hands)


async def test_what_is_known_of_a_found_cluster_stands_beside_its_labels(tmp_path: Path) -> None:
    make_machine(tmp_path)
    put(tmp_path, f"{VOLUME}/token.txt", f"{TOKEN}\n")
    put(tmp_path, f"{VOLUME}/answers.yaml", "cluster: {address: vdc.example.com, token_file: token.txt}\n")
    async with opened_wizard(tmp_path, finder=Finder(str(tmp_path))) as rig:
        await rig.hands.until("Taken from")
        await to_cluster(rig)
        await rig.hands.until("Token          given by the answers, not shown; ")
