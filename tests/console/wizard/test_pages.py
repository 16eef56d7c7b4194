"""Each page of the wizard: what it takes, what it refuses and why, what it offers."""

import shutil
from pathlib import Path

import pytest

from quantix_tui.cluster.checks import CheckResult, Outcome
from quantix_tui.cluster.errors import ErrorCode, Problem
from quantix_tui.console.widgets.formfield import FormField
from quantix_tui.sandbox.machine import make_machine
from quantix_tui.setup.answers import Ipv4Method
from quantix_tui.setup.steps import StepName
from tests.console.wizard.rig import (
    PASSWORD,
    SILENT,
    TOKEN,
    ScriptedTrial,
    ScriptedTrials,
    choose_cluster,
    opened_wizard,
    to_cluster,
    to_name,
)
from tests.host.files.trees import put


async def test_from_the_first_page_to_a_node_that_is_set_up_and_joined(tmp_path: Path) -> None:
    async with opened_wizard(tmp_path) as rig:
        await to_cluster(rig)
        await choose_cluster(rig)
        await rig.hands.press("f8")
        await rig.on("Done")
        assert (tmp_path / "etc/hostname").read_text() == "node1.example.com\n"
        assert (tmp_path / "etc/timezone").read_text() == "Europe/Berlin\n"
        assert (tmp_path / "etc/shadow").read_text().startswith("root:$6$")
        (request,) = rig.joins.asked
        assert request.token is not None
        assert request.token.reveal() == TOKEN
        assert (tmp_path / "var/lib/quantix-tui/setup-completed").exists()
        assert not (tmp_path / "var/lib/quantix-tui/wizard.json").exists()
        await rig.hands.until("Open the dashboard")
        await rig.hands.press("enter")
        await rig.hands.until("THIS NODE")


async def test_a_tree_that_no_machine_runs_has_no_parts_that_could_be_missing(tmp_path: Path) -> None:
    make_machine(tmp_path)
    shutil.rmtree(tmp_path / "sys/block")
    shutil.rmtree(tmp_path / "sys/class/net")
    async with opened_wizard(tmp_path) as rig:
        await rig.hands.until("Disks       unknown")
        assert "Interfaces  unknown" in rig.hands.text
    (tmp_path / "sys/block").mkdir()
    (tmp_path / "sys/class/net").mkdir()
    async with opened_wizard(tmp_path) as rig:
        await rig.hands.until("Disks       none found")
        assert "no network card is seen" in rig.hands.text


async def test_enter_alone_goes_through_a_page_too(tmp_path: Path) -> None:
    async with opened_wizard(tmp_path) as rig:
        await rig.hands.press("enter")
        await rig.on("Administrator")
        await rig.hands.type(PASSWORD)
        await rig.hands.press("enter")
        await rig.hands.type(PASSWORD)
        await rig.hands.press("enter", "enter")
        await rig.on("Name")


async def test_a_field_is_as_high_as_it_stays_from_the_first_picture_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heights: list[int] = []
    fit = FormField.on_resize

    def resized(self: FormField) -> None:
        heights.append(self.outer_size.height)
        fit(self)

    monkeypatch.setattr(FormField, "on_resize", resized)
    async with opened_wizard(tmp_path) as rig:
        await to_name(rig)
        await rig.next("Network")
    assert heights
    assert set(heights) == {2}, heights


async def test_the_page_of_the_administrator_is_skipped_when_there_is_one(tmp_path: Path) -> None:
    make_machine(tmp_path)
    put(tmp_path, "/etc/shadow", f"root:$6${'a' * 16}${'b' * 86}:20000:0:99999:7:::\n", 0o640)
    async with opened_wizard(tmp_path) as rig:
        await rig.hands.until("has a password already")
        text = await rig.next("Name")
        assert "Administrator set" in text
        await rig.hands.press("escape")
        await rig.on("Welcome")
        assert rig.bench.answers.administrator is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("short", "at least 8 characters"),
        (PASSWORD, "typed a second time"),
    ],
)
async def test_a_password_that_will_not_do_says_why(tmp_path: Path, typed: str, said: str) -> None:
    async with opened_wizard(tmp_path) as rig:
        await rig.next("Administrator")
        await rig.hands.until("Next: No password has been typed.")
        await rig.hands.type(typed)
        await rig.hands.until(f"Next: {'It needs ' if said.startswith('at') else 'The password has to be '}{said}")
        await rig.hands.press("f8")
        await rig.hands.until("ADMINISTRATOR  ")
        assert rig.bench.answers.administrator is None


async def test_the_machines_policy_asks_for_more(tmp_path: Path) -> None:
    make_machine(tmp_path)
    put(tmp_path, "/etc/security/pwquality.conf", "minlen = 14\n")
    async with opened_wizard(tmp_path) as rig:
        await rig.next("Administrator")
        await rig.hands.until("at least 14 characters")
        await rig.hands.type("twelve chars")
        await rig.hands.until("It needs at least 14 characters; 12 so far.")


async def test_two_passwords_that_differ_are_told_and_kept_apart(tmp_path: Path) -> None:
    async with opened_wizard(tmp_path) as rig:
        await rig.next("Administrator")
        await rig.hands.type(PASSWORD)
        await rig.hands.press("tab")
        await rig.hands.type(PASSWORD[:-1])
        assert "not the same; type" not in "\n".join(rig.hands.lines[:10])  # It may yet become the same.
        await rig.hands.press("f8")
        await rig.hands.until("not the same; type")
        await rig.hands.type(PASSWORD[-1])
        await rig.next("Name")
        assert PASSWORD not in repr(rig.bench.answers)


async def test_the_name_that_dhcp_offers_is_the_default(tmp_path: Path) -> None:
    make_machine(tmp_path)
    put(tmp_path, "/run/systemd/netif/leases/2", "HOSTNAME=qx-node-07\n")
    async with opened_wizard(tmp_path) as rig:
        await to_name(rig)
        await rig.hands.until("Offered: qx-node-07 (from DHCP).")
        await rig.next("Network")
        assert rig.bench.answers.name is not None
        assert rig.bench.answers.name.hostname == "qx-node-07"


async def test_what_is_wrong_is_told_under_the_field_once_it_was_left(tmp_path: Path) -> None:
    async with opened_wizard(tmp_path) as rig:
        await to_name(rig)
        await rig.hands.press("ctrl+u")
        await rig.hands.type("node_1")
        await rig.hands.until("Next: The name has an underscore")
        assert "    The name has an underscore" not in rig.hands.text
        await rig.hands.press("tab")
        await rig.hands.until("    The name has an underscore")
        await rig.hands.press("shift+tab", "backspace", "backspace")
        await rig.hands.until("[ Next ]")
        assert "underscore" not in rig.hands.text


async def test_forty_interfaces_scroll_and_are_searched(tmp_path: Path) -> None:
    make_machine(tmp_path)
    for number in range(40):
        folder = f"/sys/class/net/ens{number}f1"
        for name, content in (("flags", "0x1003"), ("address", f"02:00:00:00:00:{number:02x}"), ("carrier", "1")):
            put(tmp_path, f"{folder}/{name}", f"{content}\n")
    async with opened_wizard(tmp_path) as rig:
        await rig.hands.until("and 40 more")
        await to_name(rig)
        await rig.next("Network")
        await rig.hands.until("43  more ↓")
        await rig.hands.press("end")
        await rig.hands.until("43  more ↑")
        # Nothing of that name is there: what stays chosen is told, and the sentence is whole.
        await rig.hands.type("zz")
        await rig.hands.until("0 of 43")
        assert "nothing of that name; Backspace: a letter back" in rig.hands.text
        assert [line for line in rig.hands.text.splitlines() if "(*) e" in line], rig.hands.text
        await rig.hands.press("backspace", "backspace")
        await rig.hands.type("ens37")
        await rig.hands.until("1 of 43")
        await rig.hands.press("f8")
        await rig.hands.until("10.20.0.17/24 on ens37f1")
        await rig.hands.press("enter")
        await rig.on("Time")
        assert rig.bench.answers.network is not None
        assert rig.bench.answers.network.interface == "ens37f1"


async def test_an_interface_without_a_link_is_taken_only_after_saying_so(tmp_path: Path) -> None:
    async with opened_wizard(tmp_path) as rig:
        await to_name(rig)
        await rig.next("Network")
        await rig.hands.press("down", "down")
        await rig.hands.until("Next: eno2 has no link now")
        await rig.hands.press("f8")
        assert rig.hands.focused() == "take"
        assert not rig.trials.begun
        await rig.hands.press("right")
        await rig.hands.until("Try now")
        await rig.hands.press("f8")
        await rig.hands.until("Keep the new ones")


async def test_a_fixed_address_needs_a_gateway_of_its_own_network(tmp_path: Path) -> None:
    async with opened_wizard(tmp_path) as rig:
        await to_name(rig)
        await rig.next("Network")
        await rig.hands.press("tab", "right", "tab")
        await rig.hands.until("Next: No IPv4 address was given.")
        await rig.hands.type("10.20.0.17/24")
        await rig.hands.press("tab")
        await rig.hands.type("10.21.0.1")
        await rig.hands.press("f8")
        await rig.hands.until("is not in this node's network")
        assert not rig.trials.begun
        await rig.hands.press("ctrl+u")
        await rig.hands.type("10.20.0.1")
        await rig.hands.press("f8")
        await rig.hands.until("Keep the new ones")
        (answers,) = rig.trials.begun
        assert answers.network is not None
        assert answers.network.ipv4.method is Ipv4Method.STATIC
        assert answers.network.ipv4.gateway == "10.20.0.1"


async def test_the_network_may_stay_as_it_is(tmp_path: Path) -> None:
    async with opened_wizard(tmp_path) as rig:
        await to_name(rig)
        await rig.next("Network")
        await rig.hands.press("shift+tab", "right")
        await rig.next("Time")
        assert rig.bench.answers.network is None
        assert not rig.trials.begun


async def test_settings_that_are_not_kept_leave_one_on_the_page(tmp_path: Path) -> None:
    async with opened_wizard(tmp_path) as rig:
        await to_name(rig)
        await rig.next("Network")
        await rig.hands.press("f8")
        await rig.hands.until("Going back to the old settings in 47 s.")
        rig.trials.trial.left = 12.3
        await rig.hands.until("in 13 s.", 300)
        await rig.hands.press("escape")
        await rig.hands.until("The old settings are in force again.")
        assert rig.trials.trial.gone_back
        await rig.hands.press("enter")
        await rig.on("Network")
        assert StepName.NETWORK not in rig.bench.applied


NOT_BACK = Problem(
    ErrorCode.MACHINE_REFUSED, "The old network settings are not all in force again yet.", "It is tried."
)


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ("Nobody confirmed the new network settings in time.", "in time. The old settings are in force again."),
        ("Neither the gateway nor the control plane could be reached.", "be reached. The old settings are in force"),
        ("", "Another console has ended the trial"),
        (NOT_BACK, "not all in force again yet."),
    ],
)
async def test_a_trial_that_ends_by_itself_says_why(tmp_path: Path, why: str | Problem, said: str) -> None:
    async with opened_wizard(tmp_path, trials=ScriptedTrials(ScriptedTrial(why=why))) as rig:
        await to_name(rig)
        await rig.next("Network")
        await rig.hands.press("f8")
        await rig.hands.until("Keep the new ones")
        rig.trials.trial.left = None
        await rig.hands.until(said, 300)
        await rig.hands.until("Close")
        # Whoever sits at another line goes on, though nobody closes this.
        assert rig.trials.ends == 1


async def test_a_confirmation_that_came_too_late_is_told(tmp_path: Path) -> None:
    late = Problem(ErrorCode.MACHINE_REFUSED, "The time was up. The old ones are in force again.", "Try them again.")
    async with opened_wizard(tmp_path, trials=ScriptedTrials(ScriptedTrial(refusal=late))) as rig:
        await to_name(rig)
        await rig.next("Network")
        await rig.hands.press("f8")
        await rig.hands.until("Keep the new ones")
        await rig.hands.press("enter")
        await rig.hands.until("Try them again.")
        await rig.hands.press("enter")
        await rig.on("Network")
        assert StepName.NETWORK not in rig.bench.applied


async def test_settings_that_cannot_be_applied_say_why(tmp_path: Path) -> None:
    refusal = Problem(ErrorCode.MACHINE_REFUSED, "ifup failed: no lease.", "Look at the cable.")
    async with opened_wizard(tmp_path, trials=ScriptedTrials(refusal=refusal)) as rig:
        await to_name(rig)
        await rig.next("Network")
        await rig.hands.press("f8")
        await rig.hands.until("ifup failed: no lease.")
        await rig.hands.press("enter")
        await rig.on("Network")


async def test_a_trial_that_outlived_its_console_can_still_be_kept(tmp_path: Path) -> None:
    async with opened_wizard(tmp_path) as rig:
        await to_name(rig)
        await rig.next("Network")
        await rig.hands.press("f8")
        await rig.hands.until("Keep the new ones")
    outlived = ScriptedTrial(left=20.0)
    async with opened_wizard(tmp_path, trials=ScriptedTrials(outlived=outlived)) as rig:
        await rig.hands.until("Going back to the old settings in 20 s.")
        await rig.hands.until("Keep the new ones")
        await rig.hands.press("enter")
        await rig.on("Time")
        assert outlived.kept
        assert StepName.NETWORK in rig.bench.applied


async def test_why_settings_went_back_while_nobody_looked_is_said(tmp_path: Path) -> None:
    async with opened_wizard(tmp_path) as rig:
        await to_name(rig)
        await rig.next("Network")
    trials = ScriptedTrials(why="Nobody confirmed the new network settings in time.")
    async with opened_wizard(tmp_path, trials=trials) as rig:
        await rig.hands.until("Nobody confirmed the new network settings in time.")


@pytest.mark.parametrize("stuck", [SILENT, RuntimeError("nobody expected it")])
async def test_a_way_back_that_fails_is_told_and_the_wizard_goes_on(tmp_path: Path, stuck: Problem | Exception) -> None:
    async with opened_wizard(tmp_path) as rig:
        await to_name(rig)
        await rig.next("Network")
    async with opened_wizard(tmp_path, trials=ScriptedTrials(stuck=stuck)) as rig:
        await rig.hands.until("does not answer" if stuck is SILENT else "A report")
        await rig.hands.press("escape")
        await rig.on("Name")


async def test_time_servers_are_asked_when_the_field_is_left(tmp_path: Path) -> None:
    async with opened_wizard(tmp_path) as rig:
        await to_cluster(rig)
        await rig.hands.press("escape")
        await rig.on("Time")
        await rig.hands.press("tab", "ctrl+u")
        await rig.hands.type("silent.example.com, time.example.com")
        assert "silent.example.com answers" not in rig.hands.text
        await rig.hands.press("tab")
        await rig.hands.until("this clock is 0.012 s")
        await rig.hands.until("answer: nothing came")
        # A server that is silent now may be the right one all the same.
        await rig.next("Cluster")
        assert rig.bench.answers.time is not None
        assert rig.bench.answers.time.ntp == ("silent.example.com", "time.example.com")


async def test_a_server_that_cannot_be_one_is_refused(tmp_path: Path) -> None:
    async with opened_wizard(tmp_path) as rig:
        await to_cluster(rig)
        await rig.hands.press("escape")
        await rig.on("Time")
        await rig.hands.press("tab", "ctrl+u")
        await rig.hands.type("10.20.0")
        await rig.hands.press("f8")
        await rig.hands.until("10.20.0 is no address.")
        await rig.on("Time")


async def test_a_node_may_stay_standalone(tmp_path: Path) -> None:
    async with opened_wizard(tmp_path) as rig:
        await to_cluster(rig)
        await rig.hands.press("right")
        await rig.hands.until("The node runs on its own.")
        await rig.next("Review")
        await rig.hands.until("Apply now")
        await rig.hands.press("f8")
        text = await rig.on("Done")
        assert "The node runs on its own." in text
        assert rig.joins.asked == []


async def test_a_cluster_that_is_refused_is_not_taken(tmp_path: Path) -> None:
    expired = Problem(ErrorCode.INVALID_TOKEN, "This token expired.", "Ask for a new one.")
    refused = [CheckResult("token", Outcome.FAIL, 1.0, problem=expired)]
    async with opened_wizard(tmp_path, checks=refused) as rig:
        await to_cluster(rig)
        await rig.hands.press("f8")
        await rig.hands.until("Choose a cluster")
        await rig.hands.type("vdc.example.com")
        await rig.hands.press("tab")
        await rig.hands.type(TOKEN)
        await rig.hands.press("enter")
        await rig.hands.until("This token expired.")
        await rig.hands.press("escape")
        await rig.on("Cluster")
        assert rig.screen._page.reason
        # What was typed is there again.
        await rig.hands.press("f8")
        await rig.hands.until("[vdc.example.com ")


async def test_on_the_smallest_screen_one_sees_what_is_chosen_in_a_list(tmp_path: Path) -> None:
    make_machine(tmp_path)
    for number in range(12):
        folder = f"/sys/class/net/ens{number}f0"
        for name, content in {"flags": "0x1003", "address": "3c:ec:ef:00:00:01", "carrier": "1"}.items():
            put(tmp_path, f"{folder}/{name}", f"{content}\n")
    async with opened_wizard(tmp_path, size=(40, 12)) as rig:
        await to_name(rig)
        await rig.next("Network")
        for key, name in (("end", "eno2"), ("pageup", "ens"), ("up", "ens"), ("home", "eno1"), ("down", "ens")):
            await rig.hands.press(key)
            await rig.hands.until(f"(*) {name}")
        await rig.hands.press("f8")
        await rig.hands.until("Keep the new ones")
        await rig.hands.press("enter")
        await rig.on("Time")
        await rig.hands.until("(*) Etc/UTC")
        await rig.hands.press("end")
        await rig.hands.until(f"(*) {max(rig.bench.zones or set())}")


async def test_on_the_smallest_screen_each_page_can_be_answered(tmp_path: Path) -> None:
    async with opened_wizard(tmp_path, size=(40, 12)) as rig:
        await to_cluster(rig)
        await choose_cluster(rig)
        await rig.hands.press("f8")
        text = await rig.on("Done")
        assert "This node is set up." in text
