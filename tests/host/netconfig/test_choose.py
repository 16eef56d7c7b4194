"""What is found to configure the network, by the files of machines that do not run."""

from pathlib import Path

import pytest

from quantix_tui.cluster.errors import ErrorCode, QuantixError
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.netconfig.choose import find_network_back_end
from tests.host.files.trees import link, put

WANTS = "/etc/systemd/system/multi-user.target.wants"


@pytest.mark.parametrize(
    ("paths", "name"),
    [
        ([f"{WANTS}/systemd-networkd.service", "/etc/network/interfaces"], "systemd-networkd"),
        ([f"{WANTS}/NetworkManager.service", "/etc/network/interfaces"], "NetworkManager"),
        (["/etc/runlevels/default/networkmanager"], "NetworkManager"),
        (["/etc/network/interfaces"], "ifupdown (/etc/network/interfaces)"),
        (["/sbin/ifup", "/etc/network/if-up.d"], "ifupdown (/etc/network/interfaces)"),
    ],
)
def test_what_configures_the_network(paths: list[str], name: str, tmp_path: Path) -> None:
    for path in paths:
        if path.startswith((WANTS, "/etc/runlevels")):
            link(tmp_path, path, "/usr/lib/nowhere")
        elif path.endswith(".d"):
            (tmp_path / path.lstrip("/")).mkdir(parents=True)
        else:
            put(tmp_path, path)
    assert find_network_back_end(Tree(str(tmp_path)), "eno1").name == name


# SUSE's wicked and Red Hat's initscripts have a program of that name.
@pytest.mark.parametrize("paths", [[], ["/sbin/ifup", "/etc/sysconfig/network/ifcfg-eno1"]])
def test_nothing_that_is_known(paths: list[str], tmp_path: Path) -> None:
    for path in paths:
        put(tmp_path, path)
    with pytest.raises(QuantixError) as caught:
        find_network_back_end(Tree(str(tmp_path)), "eno1")
    assert caught.value.problem.code is ErrorCode.NOT_SUPPORTED
