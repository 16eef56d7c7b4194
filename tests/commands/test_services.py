"""The services on the command line."""

import pytest

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.commands.options import GlobalOptions
from quantix_tui.commands.services import meaning, named, run, service_lines
from quantix_tui.host.node_services.known import KNOWN
from quantix_tui.host.node_services.state import Act, Run, Service, State

DAEMON = Service(KNOWN[0], "limiquantix-node.service", State(Run.FAILED, 180.0, why="exit status 1"))
SSH = Service(KNOWN[1], "ssh.service", State(Run.RUNNING, 3600.0))


def test_one_a_line_with_what_it_is_for() -> None:
    daemon, ssh = service_lines([DAEMON, SSH])
    assert " ".join(daemon.split()) == "Node daemon failed 3 min keeps this node in its cluster (exit status 1)"
    assert "running" in ssh
    assert service_lines([]) == ["None of the services that matter on a node is installed here."]


@pytest.mark.parametrize("name", ["SSH", "ssh", "ssh.service"])
def test_it_is_found_by_every_name_it_has(name: str) -> None:
    assert named([DAEMON, SSH], name) is SSH


def test_one_that_there_is_not_is_refused() -> None:
    with pytest.raises(QuantixError, match="no such service"):
        named([DAEMON, SSH], "nonsense")


def test_what_it_means_is_said_before() -> None:
    assert meaning(DAEMON, Act.RESTART).startswith("Restart Node daemon? VMs keep running.")


def test_of_a_node_elsewhere_they_are_not_this_machines() -> None:
    with pytest.raises(QuantixError, match="another machine"):
        run(["restart", "SSH"], GlobalOptions(node="https://qx-node-08:8443"))
