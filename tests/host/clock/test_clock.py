"""Timezone and time servers in the files of machines that do not run."""

from pathlib import Path

import pytest

from quantix_tui.cluster.errors import ErrorCode, QuantixError
from quantix_tui.host.clock.service import TIMESYNCD_CONF, find_time_service
from quantix_tui.host.clock.timezone import current_timezone, timezone_work, timezones
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.network.time_servers import time_servers
from tests.host.files.trees import link, picture, put

SERVERS = ("time.example.com", "10.20.0.3")
DEBIAN_CHRONY = "# Welcome\nconfdir /etc/chrony/conf.d\npool 2.debian.pool.ntp.org iburst\nsourcedir /run/chrony-dhcp\n"


def test_the_timezone_of_a_tree(tmp_path: Path) -> None:
    tree = Tree(str(tmp_path))
    link(tmp_path, "/etc/localtime", "/usr/share/zoneinfo/Etc/UTC")
    put(tmp_path, "/etc/timezone", "Etc/UTC\n")
    assert current_timezone(tree) == "Etc/UTC"
    tree.apply(timezone_work(tree, "Europe/Berlin").changes)
    assert (tmp_path / "etc/localtime").readlink() == Path("../usr/share/zoneinfo/Europe/Berlin")
    assert (tmp_path / "etc/timezone").read_text() == "Europe/Berlin\n"
    assert timezone_work(tree, "Europe/Berlin").is_nothing
    with pytest.raises(ValueError, match="no name"):
        timezone_work(tree, "../../etc/shadow")


def test_a_copy_becomes_a_link(tmp_path: Path) -> None:
    put(tmp_path, "/etc/localtime", "TZif")
    tree = Tree(str(tmp_path))
    assert current_timezone(tree) == ""
    tree.apply(timezone_work(tree, "UTC").changes)
    assert current_timezone(tree) == "UTC"
    assert not (tmp_path / "etc/timezone").exists()


def test_the_list_of_timezones(tmp_path: Path) -> None:
    assert timezones(Tree(str(tmp_path))) is None
    put(tmp_path, "/usr/share/zoneinfo/zone.tab", "#\nDE\t+5230+01322\tEurope/Berlin\tmost of Germany\n")
    assert timezones(Tree(str(tmp_path))) == frozenset({"UTC", "Europe/Berlin"})
    table = (
        "# version 2024a\nR d 1916 o - Jun 14 23s 1 S\nZ Europe/Paris 0:9:21 - LMT 1891\nL Europe/Paris Europe/Monaco\n"
    )
    put(tmp_path, "/usr/share/zoneinfo/tzdata.zi", table)
    assert timezones(Tree(str(tmp_path))) == frozenset({"UTC", "Europe/Paris", "Europe/Monaco"})


MACHINES: dict[str, dict[str, str]] = {
    "systemd-timesyncd": {"/usr/lib/systemd/systemd-timesyncd": "", "/etc/systemd/timesyncd.conf": "[Time]\n#NTP=\n"},
    "chrony": {
        "/usr/sbin/chronyd": "",
        "/etc/chrony/chrony.conf": DEBIAN_CHRONY + "sourcedir /etc/chrony/sources.d\n",
        "/usr/lib/systemd/system/chrony.service": "",
    },
    "chrony without folders": {"/usr/sbin/chronyd": "", "/etc/chrony.conf": DEBIAN_CHRONY},
    "busybox ntpd": {"/etc/conf.d/ntpd": '# options\nNTPD_OPTS="-N -p pool.ntp.org"\n'},
    "OpenNTPD": {"/usr/sbin/ntpd": "", "/etc/ntpd.conf": "listen on *\nservers pool.ntp.org\nsensor *\n"},
}


@pytest.mark.parametrize("machine", MACHINES)
def test_the_time_servers_are_the_only_ones_asked(machine: str, tmp_path: Path) -> None:
    for path, text in MACHINES[machine].items():
        put(tmp_path, path, text)
    tree = Tree(str(tmp_path))
    service = find_time_service(tree)
    assert machine.startswith(service.name)
    work = service.work(SERVERS)
    assert not work.before
    assert not work.after
    tree.apply(work.changes)
    # What the network test reads there is what was meant, and nothing else.
    if machine != "OpenNTPD":
        assert sorted(time_servers(str(tmp_path))) == sorted(SERVERS)
    else:
        text = (tmp_path / "etc/ntpd.conf").read_text()
        assert [line for line in text.splitlines() if line.startswith("server")] == [f"server {one}" for one in SERVERS]
        assert "listen on *\n" in text
    after = picture(tmp_path)
    assert service.work(SERVERS).is_nothing
    tree.apply(service.work(SERVERS[:1]).changes)
    tree.apply(service.work(SERVERS).changes)
    assert picture(tmp_path) == after


def test_only_names_get_into_the_files(tmp_path: Path) -> None:
    put(tmp_path, "/usr/lib/systemd/systemd-timesyncd")
    service = find_time_service(Tree(str(tmp_path)))
    for wrong in ((), ("a b",), ("a\nb",), ("-p",)):
        with pytest.raises(ValueError, match="time server"):
            service.work(wrong)
    assert TIMESYNCD_CONF


def test_a_machine_without_a_time_service(tmp_path: Path) -> None:
    with pytest.raises(QuantixError) as caught:
        find_time_service(Tree(str(tmp_path)))
    assert caught.value.problem.code is ErrorCode.NOT_SUPPORTED
