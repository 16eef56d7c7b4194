"""What the trial of network settings tells while it runs."""

from pathlib import Path

import pytest

from quantix_tui.cluster.checks import CheckResult, Outcome
from quantix_tui.cluster.errors import ErrorCode, Problem
from tests.console.wizard.rig import ScriptedTrials, opened_wizard, to_name

_GATEWAY = Problem(
    ErrorCode.NETWORK_UNREACHABLE,
    "The gateway 10.20.0.1 on eno1 does not answer: no machine on this network has its address.",
    "Look whether the address of the gateway is right, and at the cable and the VLAN.",
)


@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
async def test_what_does_not_work_is_told_whole_with_what_to_do(tmp_path: Path, size: tuple[int, int]) -> None:
    wrong = CheckResult("gateway", Outcome.FAIL, 3500.0, problem=_GATEWAY)
    async with opened_wizard(tmp_path, trials=ScriptedTrials(gateway=wrong), size=size) as rig:
        await to_name(rig)
        await rig.next("Network")
        await rig.hands.press("f8")
        # On the smallest screen too one sees first how long one has, and what one can do.
        await rig.hands.until("Going back to the old settings in 47 s.")
        assert "Keep the new ones" in rig.hands.text
        await rig.hands.until("The gateway 10.20.0.1 on eno1 does not")
        await rig.hands.press("pagedown")
        await rig.hands.until("Look whether the address of the gateway is right, and at the cable and the VLAN.")


async def test_help_in_front_of_a_trial_is_that_of_its_page(tmp_path: Path) -> None:
    async with opened_wizard(tmp_path) as rig:
        await to_name(rig)
        await rig.next("Network")
        await rig.hands.press("f8")
        await rig.hands.until("Keep the new ones")
        await rig.hands.press("f1")
        await rig.hands.until("Try now puts the settings in force at once")
        await rig.hands.press("f1", "escape")
        await rig.hands.until("Keep the new ones")
        assert rig.trials.begun
        assert not rig.trials.trial.gone_back
