"""A real OpenRC brings a machine up, in namespaces of its own."""

import json
import os
import shutil
import subprocess
import sys

import pytest


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    return tell(tmp_path_factory)


def tell(tmp_path_factory: pytest.TempPathFactory, *kind: str) -> dict[str, object]:
    if os.geteuid() != 0 or not all(map(shutil.which, ("openrc", "rc-service", "unshare"))):
        pytest.skip("it takes root and OpenRC")
    folder = tmp_path_factory.mktemp("openrc")
    command = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    # A shell in init's place takes the processes that nobody waits for.
    init = ["sh", "-c", '"$@" & wait $!', "init"]
    inside = [*init, sys.executable, "-m", "tests.host.node_services.on_openrc", str(folder), *kind]
    done = subprocess.run([*command, *inside], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_old_network_settings_come_back_before_the_network_comes_up(told: dict[str, list[str]]) -> None:
    assert [line for line in told["boot with a trial left"] if line != "ntpd"] == [
        "localmount",
        "setup --network-back boot",
        "networking",
        "setup --found",
    ]
    # Where there is nothing left, the program is not even started.
    assert told["boot"] == ["localmount", "networking", "setup --found"]


def test_they_come_back_before_it_on_debian_too(tmp_path_factory: pytest.TempPathFactory) -> None:
    assert tell(tmp_path_factory, "debian")["boot with a trial left"] == [
        "mountall",
        "setup --network-back boot",
        "networking",
        "setup --found",
    ]


def test_the_node_daemon_is_kept_running_with_its_words_in_a_file(told: dict[str, list[object]]) -> None:
    running, command, same, other, again, stopped = told["daemon"]
    assert running == again == ["RUNNING", "", True]
    assert "quantix-node" in str(command)
    assert "supervise-daemon" not in str(command)
    assert (same, other) == (True, True)
    assert stopped == ["STOPPED", "", True]


def test_a_service_through_its_life(told: dict[str, object]) -> None:
    assert told["life"] == [["STOPPED", "", False], ["DONE", "", False], ["STOPPED", "", False]]


def test_a_service_that_does_not_start(told: dict[str, object]) -> None:
    assert told["refused"] == [True, ["STOPPED", "", False]]


def test_the_time_service_will_start_with_the_machine(told: dict[str, list[object]]) -> None:
    assert told["time"] == [["busybox ntpd", False], 0, 0, True]
    assert "ntpd" in told["boot with a trial left"]
