"""``quantix-tui setup`` as an administrator types it, on trees of machines that do not run."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from quantix_tui.host.files.changes import Edit
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.wayback.back import arm
from quantix_tui.host.wayback.record import Record
from quantix_tui.host.wayback.trying import place_in
from quantix_tui.host.work import Command
from quantix_tui.setup.answers import Answers, NameAnswers
from quantix_tui.setup.state import SetupState, load, save
from tests.host.files.trees import link, picture, put
from tests.setup.machines import MACHINES, debian

SAMPLE = Path(__file__).parents[2] / "assets/setup/answers.yaml"
ANSWERS = """\
administrator:
  password_file: password.txt
name: {hostname: node1.example.com}
network: {interface: eno1, dns: [10.20.0.2]}
time: {timezone: Europe/Berlin, ntp: [10.20.0.3]}
"""


def quantix_tui(*words: object, **more: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "quantix_tui", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env={**os.environ, **more})
    assert "Traceback" not in done.stderr
    assert "correct horse" not in done.stdout + done.stderr
    return done


HERE = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
"""For a command that is run in another folder."""


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    put(tmp_path, "answers/answers.yaml", ANSWERS)
    put(tmp_path, "answers/password.txt", "correct horse\n", 0o600)
    return tmp_path / "answers/answers.yaml"


@pytest.fixture(params=MACHINES)
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    made: Callable[[Path], Path] = MACHINES[request.param]
    return made(tmp_path / "machine")


def test_a_tree_is_set_up_and_says_each_step(machine: Path, answers: Path) -> None:
    before = picture(machine)
    checked = quantix_tui("setup", "--answers", answers, "--check", "--root", machine)
    assert checked.returncode == 0, checked.stderr
    assert "are right" in checked.stdout
    assert picture(machine) == before

    done = quantix_tui("setup", "--answers", answers, "--root", machine)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines if not line.startswith(" ")] == [
        *("administrator", "name", "network", "time", "The"),
    ]
    assert "  edit /etc/hosts" in lines
    assert (machine / "etc/hostname").read_text() == "node1.example.com\n"
    assert (machine / "var/lib/quantix-tui/setup-completed").exists()

    again = quantix_tui("setup", "--answers", answers, "--root", machine, "--json")
    assert again.returncode == 0
    body = json.loads(again.stdout)
    assert body["success"] is True
    assert [(step["name"], step["outcome"]) for step in body["steps"]] == [
        *(("administrator", "done"), ("name", "done"), ("network", "done"), ("time", "done")),
    ]


def test_wrong_answers_are_told_with_their_lines_and_change_nothing(tmp_path: Path) -> None:
    machine = debian(tmp_path / "machine")
    before = picture(machine)
    put(tmp_path, "a.yaml", "name: {hostname: a b}\nnetwork:\n  interface: eno1\n  ipv4: {method: static}\n")
    done = quantix_tui("setup", "--answers", tmp_path / "a.yaml", "--root", machine)
    assert done.returncode == 1
    first, second, last = done.stderr.splitlines()
    assert first.startswith("a.yaml:1: name.hostname: The name has a space in it")
    assert second.startswith("a.yaml:4: network.ipv4.address: No IPv4 address was given.")
    assert last == "invalid_request: 2 answers are not right. Nothing was changed."
    body = json.loads(quantix_tui("setup", "--answers", tmp_path / "a.yaml", "--root", machine, "--json").stdout)
    assert [(fault["place"], fault["line"]) for fault in body["faults"]] == [
        *(("name.hostname", 1), ("network.ipv4.address", 4)),
    ]
    assert picture(machine) == before


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--answers", "nowhere.yaml"], 1, "cannot be read"),
        ([], 2, "--answers"),
        (["--network-back", "now", "--check"], 2, "does what it says"),
        (["--answers", "/dev/null", "--check"], 1, "answers nothing"),
        (["--answers", "a", "--root", "/nowhere"], 1, "no folder"),
    ],
)
def test_what_else_is_wrong(words: list[str], code: int, said: str) -> None:
    done = quantix_tui("setup", *words)
    assert done.returncode == code
    assert said in done.stderr


def test_the_step_that_fails_is_named_and_the_next_run_goes_on_with_it(tmp_path: Path, answers: Path) -> None:
    machine = debian(tmp_path / "machine")
    service = machine / "usr/lib/systemd/systemd-timesyncd"
    service.unlink()
    done = quantix_tui("setup", "--answers", answers, "--root", machine)
    assert done.returncode == 1
    assert done.stderr.startswith("not_supported: This machine has no time service")
    assert not (machine / "var/lib/quantix-tui/setup-completed").exists()
    service.touch()
    body = json.loads(quantix_tui("setup", "--answers", answers, "--root", machine, "--json").stdout)
    # The password is kept nowhere, so whether it is the same is not known: it is set once more.
    assert {step["name"]: step["outcome"] for step in body["steps"]} == {
        **{"administrator": "done", "name": "already done", "network": "already done", "time": "done"},
    }


def test_answers_on_standard_input(tmp_path: Path) -> None:
    machine = debian(tmp_path / "machine")
    put(tmp_path, "password.txt", "correct horse\n", 0o600)
    command = [sys.executable, "-m", "quantix_tui", "setup", "--answers", "-", "--root", str(machine)]
    for given, code, said in (
        ("name: {hostname: a b}\n", 1, "standard input:1: name.hostname: The name has a space"),
        ("administrator: {password_file: password.txt}\nname: {hostname: node1}\n", 0, "The node is set up."),
    ):
        done = subprocess.run(
            command, input=given, capture_output=True, text=True, check=False, timeout=60, cwd=tmp_path, env=HERE
        )
        assert (done.returncode, said in done.stdout + done.stderr) == (code, True), done
    assert (machine / "etc/hostname").read_text() == "node1\n"


def test_a_pipe_in_place_of_a_secrets_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    machine = debian(tmp_path / "machine")
    put(tmp_path, "a.yaml", "administrator: {password_file: pipe}\ncluster: {address: vdc, token_file: folder}\n")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    done = quantix_tui("setup", "--answers", tmp_path / "a.yaml", "--root", machine)
    assert done.returncode == 1
    first, second, _ = done.stderr.splitlines()
    assert first.startswith(
        "a.yaml:1: administrator.password_file: The file of this name cannot be read: it is no file."
    )
    assert second.startswith("a.yaml:2: cluster.token_file: The file of this name cannot be read: Is a directory.")


@pytest.mark.parametrize("lines", [1, 3, 5, 8])
def test_killed_after_any_line_the_next_run_goes_on(lines: int, tmp_path: Path, answers: Path) -> None:
    whole = debian(tmp_path / "whole")
    assert quantix_tui("setup", "--answers", answers, "--root", whole).returncode == 0
    machine = debian(tmp_path / "machine")
    command = [sys.executable, "-m", "quantix_tui", "setup", "--answers", str(answers), "--root", str(machine)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for _ in range(lines):
            process.stdout.readline()
        process.kill()
    assert not (machine / "var/lib/quantix-tui/setup-completed").exists() or lines == 8
    done = quantix_tui("setup", "--answers", answers, "--root", machine)
    assert done.returncode == 0, done.stderr
    mine, theirs = picture(machine), picture(whole)
    differing = [path for path in mine if mine[path] != theirs.get(path)]
    # The hash of the password has a salt of its own.
    assert differing == ["etc/shadow"]
    assert mine.keys() == theirs.keys()


def test_old_network_settings_come_back_by_the_boot_unit(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root sets this machine up")
    file = tmp_path / "interfaces"
    file.write_text("old\n")
    state = tmp_path / "state"
    place = place_in(str(state))
    changes = (Edit(str(file), b"new\n"),)
    arm(place, Tree("/"), changes, Record("an earlier boot", (), (), (Command(("touch", str(tmp_path / "ran"))),)), 60)
    Tree("/").apply(changes)
    done = quantix_tui("setup", "--network-back", "boot", QUANTIX_STATE=str(state))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("The machine restarted before anybody confirmed")
    assert file.read_text() == "old\n"
    assert not (tmp_path / "ran").exists()
    again = quantix_tui("setup", "--network-back", "boot", QUANTIX_STATE=str(state))
    assert again.stdout == "There is nothing to bring back.\n"


def test_what_came_with_the_boot_is_applied_only_on_a_node_that_was_never_set_up(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root sets this machine up")
    put(tmp_path, "setup-completed")
    done = quantix_tui("setup", "--found", QUANTIX_STATE=str(tmp_path))
    assert (done.returncode, done.stdout) == (0, "This node is set up already.\n")


def test_the_sample_is_right() -> None:
    text = SAMPLE.read_text()
    folder = SAMPLE.parent
    assert "token_file: token.txt" in text
    done = quantix_tui("setup", "--answers", SAMPLE, "--check", "--root", folder)
    # But for the token, which nobody has yet.
    assert [line for line in done.stderr.splitlines() if "answers.yaml:" in line] == [
        line for line in done.stderr.splitlines() if "cluster.token_file: The file of this name cannot be read" in line
    ]
    assert "1 answer" in done.stderr or "An answer" in done.stderr


def test_nothing_outside_the_tree_is_touched_or_run(machine: Path, answers: Path, tmp_path: Path) -> None:
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("it takes strace")
    outside = tmp_path / "outside"
    put(outside, "/interfaces", "auto lo\n")
    # Links that lead out of the tree, were they followed as this machine has them.
    (machine / "etc/resolv.conf").symlink_to(outside / "resolv.conf")
    link(machine, "/var/lib/quantix-tui", "/var/lib/elsewhere")
    before = picture(outside)
    log = tmp_path / "trace"
    calls = "trace=execve,execveat,fork,vfork,clone,clone3,sethostname,connect,%file"
    done = subprocess.run(
        [
            *(strace, "-f", "-qq", "-e", calls, "-o", str(log), sys.executable, "-B", "-m", "quantix_tui"),
            *("setup", "--answers", str(answers), "--root", str(machine)),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    trace = log.read_text().splitlines()
    assert len([line for line in trace if " execve(" in line]) == 1
    assert not [line for line in trace if "sethostname(" in line or " connect(" in line]
    assert not [line for line in trace if "clone(" in line and "CLONE_VM" not in line]
    written = [line for line in trace if any(word in line for word in WRITES) and " = -1 " not in line]
    assert written
    assert [line for line in written if str(machine) not in line and "/dev/null" not in line] == []
    assert picture(outside) == before
    assert (machine / "var/lib/elsewhere/setup-completed").exists()


WRITES = (
    *("O_WRONLY", "O_RDWR", "O_CREAT", " rename", " unlink", " mkdir", " rmdir", " link(", " linkat(", " symlink"),
    *(" chmod(", " fchmodat(", " chown", " lchown", " truncate", " utime", " mknod"),
)


VOLUME = "/dev/disk/by-label/QUANTIX-CFG"


def found_on(machine: Path, text: str, *words: str) -> "subprocess.CompletedProcess[str]":
    put(machine, f"{VOLUME}/answers.yaml", text)
    return quantix_tui("setup", "--found", "--root", machine, *words)


def test_answers_of_a_boot_are_applied_by_themselves_only_when_they_say_so(machine: Path) -> None:
    nothing = quantix_tui("setup", "--found", "--root", machine)
    assert (nothing.returncode, nothing.stdout) == (0, "No answers came with this boot.\n")
    done = found_on(machine, "name: {hostname: node1}\n")
    assert "are for the wizard" in done.stdout
    before = (machine / "etc/hostname").read_text()
    assert before != "node1\n"
    done = found_on(machine, "name: {hostname: node1}\nunattended: true\n")
    assert done.returncode == 0, done.stderr
    assert "The node is set up." in done.stdout
    assert (machine / "etc/hostname").read_text() == "node1\n"
    again = found_on(machine, "name: {hostname: node2}\nunattended: true\n")
    assert again.stdout == "This node is set up already.\n"


def test_answers_of_a_boot_with_one_fault_are_refused_whole(machine: Path) -> None:
    put(machine, f"{VOLUME}/answers.yaml", "name: {hostname: node1}\ntime: {timezone: UTC, ntp: x}\nunattended: true\n")
    before = picture(machine)
    done = quantix_tui("setup", "--found", "--root", machine)
    assert done.returncode == 1
    assert "Nothing was changed." in done.stderr
    assert picture(machine) == before


def test_whoever_has_begun_with_the_wizard_is_not_overtaken_and_what_failed_goes_on(tmp_path: Path) -> None:
    machine = debian(tmp_path / "machine")
    state = str(machine / "var/lib/quantix-tui")
    answers = "name: {hostname: node1}\ntime: {timezone: Europe/Berlin, ntp: [10.20.0.3]}\nunattended: true\n"
    save(state, SetupState(page="administrator"))
    assert "Somebody has begun with the wizard" in found_on(machine, answers).stdout
    save(state, SetupState(page="welcome"))
    service = machine / "usr/lib/systemd/systemd-timesyncd"
    service.unlink()
    failed = found_on(machine, answers)
    assert failed.returncode == 1
    kept = load(state).state
    # The wizard opens where it stopped, and says why.
    assert kept.page == "apply"
    assert kept.failed is not None
    assert kept.failed.who == "quantix-tui setup with the answers from volume QUANTIX-CFG"
    assert "no time service" in kept.failed.problem.message
    service.touch()
    assert "already done" in found_on(machine, answers).stdout
    assert (machine / "var/lib/quantix-tui/setup-completed").exists()


def test_what_somebody_has_mended_in_the_wizard_is_not_applied_over(tmp_path: Path) -> None:
    machine = debian(tmp_path / "machine")
    state = str(machine / "var/lib/quantix-tui")
    save(state, SetupState(Answers(name=NameAnswers(hostname="mended")), "apply"))
    assert "Somebody has begun" in found_on(machine, "name: {hostname: node1}\nunattended: true\n").stdout
