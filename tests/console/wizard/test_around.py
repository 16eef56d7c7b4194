"""What changes around the machine while the wizard is open, which after a boot is so before networks are up."""

import shutil
from pathlib import Path

import pytest

from quantix_tui.console.screens.wizard import stack
from quantix_tui.console.widgets.formfield import FormField
from quantix_tui.sandbox.machine import make_machine
from tests.console.wizard.rig import Rig, ScriptedTrials, opened_wizard, to_cluster, to_name
from tests.host.files.trees import put


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stack, "LOOK_AROUND_EVERY", 0.1)


def _lease(folder: Path, text: str) -> None:
    put(folder, "/run/systemd/netif/leases/2", text)


def _carrier(folder: Path, name: str, carrier: str) -> None:
    (folder / "sys/class/net" / name / "carrier").write_text(f"{carrier}\n")


def _name(rig: Rig) -> str:
    return rig.screen.query_one("#hostname", FormField).value


async def test_a_name_that_dhcp_offers_later_is_the_default_still(tmp_path: Path) -> None:
    async with opened_wizard(tmp_path) as rig:
        await to_name(rig)
        await rig.hands.until("Offered: debian (the present one).")
        _lease(tmp_path, "HOSTNAME=qx-node-07\nNTP=10.20.0.3\n")
        await rig.hands.until("Offered: qx-node-07 (from DHCP).")
        assert _name(rig) == "qx-node-07"
        # And until somebody types one.
        await rig.hands.type("a")
        _lease(tmp_path, "HOSTNAME=qx-node-08\n")
        await rig.hands.until("Offered: qx-node-08 (from DHCP).")
        assert _name(rig) == "qx-node-07a"


async def test_a_name_that_was_answered_stays(tmp_path: Path) -> None:
    async with opened_wizard(tmp_path) as rig:
        await to_name(rig)
        await rig.next("Network")
        _lease(tmp_path, "HOSTNAME=qx-node-07\n")
        await rig.hands.press("escape")
        await rig.hands.until("Offered: qx-node-07 (from DHCP).")
        assert _name(rig) == "debian"


async def test_a_name_that_no_machine_may_have_is_not_offered(tmp_path: Path) -> None:
    make_machine(tmp_path)
    _lease(tmp_path, "HOSTNAME=localhost\n")
    async with opened_wizard(tmp_path) as rig:
        await to_name(rig)
        await rig.hands.until("Offered: debian (the present one).")


async def test_a_cable_that_is_plugged_in_is_seen(tmp_path: Path) -> None:
    make_machine(tmp_path)
    for name in ("eno1", "ens1f0"):
        _carrier(tmp_path, name, "0")
    async with opened_wizard(tmp_path) as rig:
        await rig.hands.until("eno1  3c:ec:ef:12:34:56  no link")
        await to_name(rig)
        await rig.next("Network")
        await rig.hands.until("Next: eno1 has no link now")
        _carrier(tmp_path, "ens1f0", "1")
        # Nobody has chosen one yet: the one that has a link is the likely one.
        await rig.hands.until("(*) ens1f0")
        await rig.hands.until("[ Try now ]")
        await rig.hands.press("home")
        await rig.hands.type("eno2")
        await rig.hands.until("eno2 has no link now")
        _carrier(tmp_path, "eno2", "1")
        await rig.hands.until("[ Try now ]")
        assert "(*) eno2" in rig.hands.text
        # And gone again.
        _carrier(tmp_path, "eno2", "0")
        await rig.hands.until("Next: eno2 has no link now")
        assert "(*) eno2" in rig.hands.text


async def test_an_interface_that_is_switched_off_is_not_said_to_have_no_cable(tmp_path: Path) -> None:
    make_machine(tmp_path)
    folder = tmp_path / "sys/class/net/eno2"
    (folder / "flags").write_text("0x1002\n")
    (folder / "carrier").unlink()
    async with opened_wizard(tmp_path) as rig:
        await to_name(rig)
        await rig.next("Network")
        await rig.hands.type("eno2")
        await rig.hands.until("eno2 is switched off: whether a cable is in it is not")
        await rig.hands.until("[ Next (not yet) ]")


async def test_an_interface_whose_driver_is_late_comes_into_the_list(tmp_path: Path) -> None:
    make_machine(tmp_path)
    there = tmp_path / "sys/class/net"
    shutil.move(there, tmp_path / "kept")
    there.mkdir()
    async with opened_wizard(tmp_path) as rig:
        await rig.hands.until("no network card is seen")
        await to_name(rig)
        await rig.next("Network")
        await rig.hands.until("its name, such as eno1")
        shutil.copytree(tmp_path / "kept", there, dirs_exist_ok=True)
        await rig.hands.until("(*) eno1")
        await rig.hands.until("[ Try now ]")
        assert rig.hands.focused() == "interfaces"
        await rig.hands.press("f8")
        await rig.hands.until("Keep the new ones")


async def test_why_settings_went_back_stands_there_while_the_old_ones_come_up(tmp_path: Path) -> None:
    async with opened_wizard(tmp_path) as rig:
        await to_name(rig)
        await rig.next("Network")
    trials = ScriptedTrials(why="Nobody confirmed the new network settings in time.")
    async with opened_wizard(tmp_path, trials=trials) as rig:
        await rig.hands.until("Nobody confirmed the new network settings in time.")
        _carrier(tmp_path, "ens1f0", "0")
        await rig.hands.until("ens1f0  3c:ec:ef:9a:00:01  no link")
        assert "Nobody confirmed the new network settings in time." in rig.hands.words


async def test_time_servers_that_dhcp_names_later_are_asked(tmp_path: Path) -> None:
    async with opened_wizard(tmp_path) as rig:
        await to_cluster(rig)
        await rig.hands.press("escape")
        await rig.on("Time")
        # What was answered stays.
        _lease(tmp_path, "NTP=10.20.0.3\n")
        await rig.hands.settle()
        assert "10.20.0.3" not in rig.hands.text
    async with opened_wizard(tmp_path / "other") as rig:
        await to_name(rig)
        await rig.next("Network")
        await rig.hands.press("f8")
        await rig.hands.until("Keep the new ones")
        await rig.hands.press("enter")
        await rig.on("Time")
        _lease(tmp_path / "other", "NTP=10.20.0.3\n")
        await rig.hands.until("10.20.0.3 answers")
