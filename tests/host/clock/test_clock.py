"""Timezone and time servers in the files of machines that do not run."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from quantix_tui.cluster.errors import ErrorCode, QuantixError
from quantix_tui.host.clock import service, timezone
from quantix_tui.host.clock.service import TIMESYNCD_CONF, find_time_service
from quantix_tui.host.clock.timezone import current_timezone, timezone_work, timezones
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.network.time_servers import time_servers
from quantix_tui.host.sections import OFF
from quantix_tui.host.services import OPENRC, SYSTEMD, ServiceManager
from quantix_tui.host.work import Work
from tests.host.files.trees import link, picture, put

DEBIAN_NTPSEC = (
    "driftfile /var/lib/ntpsec/ntp.drift\ntos maxclock 11\ntos minclock 4 minsane 3\n"
    "pool 0.debian.pool.ntp.org iburst\nserver 127.127.1.0\nrestrict default kod nomodify\n"
)
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


def test_debians_file_is_kept_in_step_where_systemd_sets_the_zone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "has_systemd_daemons", lambda tree: True)
    link(tmp_path, "/etc/localtime", "/usr/share/zoneinfo/Etc/UTC")
    put(tmp_path, "/etc/timezone", "Etc/UTC\n")
    work = timezone_work(Tree(str(tmp_path)), "Europe/Berlin")
    assert [str(act) for act in (*work.changes, *work.after)] == [
        "write /etc/timezone",
        "timedatectl set-timezone Europe/Berlin",
    ]


def test_a_zone_whose_rules_are_not_installed() -> None:
    with pytest.raises(QuantixError) as caught:
        timezone_work(Tree("/"), "Mars/Olympus_Mons")
    assert "tzdata" in caught.value.problem.hint


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
    "chrony of Ubuntu": {
        "/usr/sbin/chronyd": "",
        "/etc/chrony/chrony.conf": "confdir /etc/chrony/conf.d\nsourcedir /etc/chrony/sources.d\nminsources 3\n",
        "/etc/chrony/sources.d/ubuntu-ntp-pools.sources": "pool 1.ntp.ubuntu.com iburst maxsources 1 nts prefer\n",
        "/etc/chrony/conf.d/more.conf": "Server 192.0.2.1\nrefclock PHC /dev/ptp0\n",
    },
    "chrony of Red Hat": {
        "/usr/sbin/chronyd": "",
        "/etc/chrony.conf": "pool 2.rhel.pool.ntp.org iburst\ninclude /etc/chrony.d/*.conf\n",
        "/etc/chrony.d/site.conf": "server 192.0.2.2\n",
        "/etc/chrony.d/off.disabled": "pool off.example.com\n",
    },
    "ntpd": {"/usr/sbin/ntpd": "", "/etc/ntpsec/ntp.conf": DEBIAN_NTPSEC},
    "OpenNTPD": {
        "/usr/sbin/ntpd": "",
        "/etc/ntpd.conf": 'listen on *\nservers pool.ntp.org\nsensor *\nconstraints from "https://www.google.com"\n',
    },
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
        assert "\nconstraint" not in text
    after = picture(tmp_path)
    assert service.work(SERVERS).is_nothing
    tree.apply(service.work(SERVERS[:1]).changes)
    tree.apply(service.work(SERVERS).changes)
    assert picture(tmp_path) == after


@pytest.mark.parametrize(
    ("machine", "in_force", "out_of_force"),
    [
        ("chrony of Ubuntu", ["refclock PHC /dev/ptp0"], ["minsources 3", "Server 192.0.2.1"]),
        ("chrony of Red Hat", ["pool off.example.com"], ["server 192.0.2.2"]),
        ("ntpd", ["tos maxclock 11", "server 127.127.1.0"], ["tos minclock 4 minsane 3"]),
    ],
)
def test_what_would_be_in_the_way_is_out_of_force(
    machine: str, in_force: list[str], out_of_force: list[str], tmp_path: Path
) -> None:
    for path, text in MACHINES[machine].items():
        put(tmp_path, path, text)
    tree = Tree(str(tmp_path))
    tree.apply(find_time_service(tree).work(SERVERS).changes)
    lines = {line for path in MACHINES[machine] for line in (tmp_path / path.lstrip("/")).read_text().splitlines()}
    assert lines >= {*in_force, *(OFF + line for line in out_of_force)}


WANTS = "/etc/systemd/system/multi-user.target.wants"


def test_of_several_the_one_that_starts_with_the_machine(tmp_path: Path) -> None:
    tree = Tree(str(tmp_path))
    for machine in ("chrony", "systemd-timesyncd", "busybox ntpd"):
        for path, text in MACHINES[machine].items():
            put(tmp_path, path, text)
    found = find_time_service(tree)
    assert (found.name, found.service, found.starts) == ("chrony", "chrony", False)
    link(tmp_path, "/etc/runlevels/default/ntpd", "/etc/init.d/ntpd")
    found = find_time_service(tree)
    assert (found.name, found.starts) == ("busybox ntpd", True)
    (tmp_path / "etc/runlevels/default/ntpd").unlink()
    # What an administrator has put away is not started again.
    link(tmp_path, "/etc/systemd/system/chrony.service", "/dev/null")
    assert find_time_service(tree).name == "systemd-timesyncd"


@pytest.mark.parametrize(("manager", "acts"), [(SYSTEMD, "systemctl enable"), (OPENRC, "rc-update add")])
def test_what_does_not_start_with_the_machine_will_from_now_on(
    manager: ServiceManager, acts: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "find_service_manager", lambda: manager)
    made = service.TimeService(Tree("/"), "some", "no-such-ntpd", lambda tree, servers: Work())
    commands = [str(command) for command in made.work(SERVERS).after]
    assert [acts in commands[0], commands[1:]] == [True, [" ".join(manager.command("restart", "no-such-ntpd"))]]


@pytest.mark.parametrize("servers", [SERVERS, SERVERS[1:]])
def test_the_real_chrony_asks_them_alone(servers: tuple[str, ...], tmp_path: Path) -> None:
    chronyd = shutil.which("chronyd", path=f"{os.environ['PATH']}:/usr/sbin")
    if chronyd is None:
        pytest.skip("it takes chronyd")
    machine = MACHINES["chrony of Ubuntu"]
    for path, text in machine.items():
        put(tmp_path, path, text)
    tree = Tree(str(tmp_path))
    tree.apply(find_time_service(tree).work(servers).changes)
    for file in filter(Path.is_file, tmp_path.rglob("*.*")):
        file.write_text(file.read_text().replace(" /etc/", f" {tmp_path}/etc/"))
    # Prints the configuration as it has read it, and those of sources.
    command = [chronyd, "-p", "-f", str(tmp_path / "etc/chrony/chrony.conf")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "pool" not in done.stdout
    assert "minsources" not in done.stdout
    sources = (tmp_path / "etc/chrony/sources.d/quantix-tui.sources").read_text()
    assert [line for line in sources.splitlines() if line[0] != "#"] == [f"server {one} iburst" for one in servers]


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
