"""``quantix-tui network``: test the network of this machine, line by line."""

import asyncio
from collections.abc import Sequence

from quantix_tui.cluster.checks import CheckResult, Outcome
from quantix_tui.commands import ends
from quantix_tui.commands.lines import check_line
from quantix_tui.commands.options import GlobalOptions, NodeParser, add_json_option, settings_of
from quantix_tui.host.network.steps import run_steps
from quantix_tui.node.gateway.network import network_steps
from quantix_tui.settings import Settings


def run(words: Sequence[str], options: GlobalOptions) -> int:
    parser = NodeParser(
        "network",
        "Test the network of this machine: interfaces, gateways, name and time servers, and the control plane of its "
        "cluster. Changes nothing. Exit code 1 when something failed; a warning, or what could not be tried, is 0.",
    )
    add_json_option(parser)
    given = parser.read(words)
    lines = asyncio.run(_test(settings_of(given, options), shown=not given.json))
    failed = any(result.outcome is Outcome.FAIL for _, result in lines)
    if given.json:
        checks = [{"group": group, **result.to_json()} for group, result in lines]
        ends.put_json({"success": not failed, "checks": checks})
    return ends.FAILED if failed else ends.DONE


async def _test(settings: Settings, *, shown: bool) -> list[tuple[str, CheckResult]]:
    """Group and result of every line, in their order; shown as soon as it is a line's turn."""
    steps = await network_steps(settings)
    groups = [step.group for step in steps for _ in step.names]
    known: dict[int, CheckResult] = {}
    turn = 0
    async for place, result in run_steps(steps):
        known[place] = result
        while shown and turn in known:
            show(groups, turn, known[turn])
            turn += 1
    return [(group, known[place]) for place, group in enumerate(groups)]


def show(groups: Sequence[str], place: int, result: CheckResult) -> None:
    """Print one line, the title of its group before the first of it, its cure below it."""
    if place == 0 or groups[place - 1] != groups[place]:
        print(groups[place])
    print(f"  {check_line(result)}", flush=True)
    if result.problem is not None and result.problem.hint:
        print(f"  {'':<21}{result.problem.hint}", flush=True)
