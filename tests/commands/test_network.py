"""``quantix-tui network`` on this very machine: whatever its network is, the answer is whole, the exit code right."""

import pytest

from quantix_tui.cluster.checks import Finding, Outcome
from quantix_tui.commands.network import show
from tests.console.test_network import SILENT
from tests.support.sandbox import Sandbox


def test_every_group_is_there_and_the_exit_code_says_whether_something_failed(sandbox: Sandbox) -> None:
    told = sandbox.run("network", "--json")
    body = told.json()
    groups = list(dict.fromkeys(check["group"] for check in body["checks"]))
    assert groups == ["Interfaces", "Gateway", "DNS", "Time", "Control plane"]
    failed = [check for check in body["checks"] if check["outcome"] == "fail"]
    assert told.code == (1 if failed else 0)
    assert body["success"] == (not failed)
    assert all(check["problem"]["hint"] for check in failed)
    assert body["checks"][-1]["learnt"] == "this node belongs to no cluster"


def test_a_line_for_each_under_the_title_of_its_group(capsys: pytest.CaptureFixture[str]) -> None:
    results = [Finding(Outcome.PASS, "10.20.0.2 answers").after("server 1", 3)]
    results.append(Finding(Outcome.FAIL, problem=SILENT).after("server 2", 4400))
    for place, result in enumerate(results):
        show(["DNS", "DNS"], place, result)
    assert capsys.readouterr().out.splitlines() == [
        "DNS",
        "  OK    server 1       10.20.0.2 answers  3 ms",
        f"  FAIL  server 2       {SILENT.message}  4400 ms",
        f"                       {SILENT.hint}",
    ]
