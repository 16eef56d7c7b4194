"""The steps to the control plane: what is tested when the configuration at hand names one, and when not."""

from pathlib import Path

import pytest

from quantix_tui.cluster.checks import CheckResult, Outcome
from quantix_tui.host.network.steps import run_steps
from quantix_tui.node.gateway.network import CHECKS, GROUP, network_steps, resolve
from quantix_tui.sandbox.controlplane import SandboxControlPlane
from quantix_tui.sandbox.faults import Fault
from quantix_tui.settings import Settings


async def lines_of(config: Path, root: Path, node: str | None = None) -> list[CheckResult]:
    """The lines of the control plane; ``root`` is a machine with nothing on it."""
    settings = Settings(node=node or f"unix:{config.parent / 'node.sock'}", config_file=config)
    steps = await network_steps(settings, str(root))
    mine = [step for step in steps if step.group.startswith(GROUP)]
    assert len(mine) == 1
    assert {step.group for step in steps if step not in mine} == {"Interfaces", "Gateway", "DNS", "Time"}
    return [result async for _, result in run_steps(mine)]


def joined(plane: SandboxControlPlane, folder: Path) -> Path:
    config = folder / "config.yaml"
    config.write_text(
        f'control_plane:\n  registration_enabled: true\n  address: "{plane.url}"\n  ca_file: "{plane.ca_file}"\n'
    )
    return config


async def test_the_control_plane_of_the_configuration_is_tested_without_a_token(
    plane: SandboxControlPlane, tmp_path: Path
) -> None:
    results = await lines_of(joined(plane, tmp_path), tmp_path)
    assert [(result.name, result.outcome) for result in results] == [(name, Outcome.PASS) for name in CHECKS]
    assert "127.0.0.1" in results[0].learnt
    await plane.set_fault(Fault.REFUSE)
    results = await lines_of(joined(plane, tmp_path), tmp_path)
    assert [result.outcome.value for result in results] == ["pass", "fail", "skipped", "skipped", "skipped"]


@pytest.mark.parametrize(
    ("config", "node", "outcome", "told"),
    [
        ("node:\n  id: x\n", None, Outcome.SKIPPED, "belongs to no cluster"),
        ("control_plane: [\n", None, Outcome.COULD_NOT_RUN, ""),
        ("", "http://192.0.2.7:8080", Outcome.SKIPPED, "the node that is shown is not this machine"),
    ],
)
async def test_without_a_control_plane_the_line_says_why(
    config: str, node: str | None, outcome: Outcome, told: str, tmp_path: Path
) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(config)
    [result] = await lines_of(file, tmp_path, node)
    assert result.outcome is outcome
    assert told in result.learnt
    assert (result.problem is not None) == (outcome is Outcome.COULD_NOT_RUN)


async def test_names_are_resolved_by_the_system_and_addresses_are_taken_as_they_are() -> None:
    assert await resolve("192.0.2.1") == ["192.0.2.1"]
    assert set(await resolve("localhost")) <= {"127.0.0.1", "::1"}
