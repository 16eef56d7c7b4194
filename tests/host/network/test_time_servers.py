"""Where the machine's time servers stand."""

from pathlib import Path

import pytest

from quantix_tui.host.network.time_servers import busybox, dhclient, server_lines, time_servers


@pytest.mark.parametrize(
    ("path", "content", "expected"),
    [
        ("etc/systemd/timesyncd.conf", "[Time]\n#NTP=no\nNTP=a.example b.example\n", ("a.example", "b.example")),
        ("etc/systemd/timesyncd.conf.d/x.conf", "[Time]\nNTP=10.0.0.1\n", ("10.0.0.1",)),
        ("etc/systemd/timesyncd.conf", "[Time]\nFallbackNTP=f.example\n", ("f.example",)),
        ("etc/chrony/chrony.conf", "pool p.example\n! server no\nserver 2001:db8::1\n", ("p.example", "2001:db8::1")),
        ("run/systemd/netif/leases/2", "ADDRESS=10.0.0.9\nNTP=10.0.0.2 10.0.0.3\n", ("10.0.0.2", "10.0.0.3")),
        ("etc/conf.d/ntpd", 'NTPD_OPTS="-N -p pool.ntp.org -p b.example"\n', ("pool.ntp.org", "b.example")),
        ("etc/ntp.conf", "server 127.127.1.0\nserver $(reboot)\nserver c.example iburst\n", ("c.example",)),
    ],
)  # fmt: skip
def test_each_place_is_read(path: str, content: str, expected: tuple[str, ...], tmp_path: Path) -> None:
    place = tmp_path / path
    place.parent.mkdir(parents=True)
    place.write_text(content)
    assert time_servers(str(tmp_path)) == expected


def test_dhcp_comes_first_each_once_and_not_too_many(tmp_path: Path) -> None:
    for path, content in (
        ("etc/chrony.conf", "".join(f"server s{number}.example\n" for number in range(9))),
        ("run/systemd/netif/leases/2", "NTP=s3.example\n"),
        ("etc/systemd/timesyncd.conf", "FallbackNTP=never.example\n"),
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(content)
    assert time_servers(str(tmp_path)) == ("s3.example", "s0.example", "s1.example", "s2.example")


def test_the_forms_of_the_others() -> None:
    assert server_lines("SERVER -6 a.example\nservers pool.example\nserverx b\n") == ["a.example", "pool.example"]
    leases = "lease {\n option ntp-servers 10.0.0.1;\n}\nlease {\n option ntp-servers 10.0.0.2, 10.0.0.3;\n}\n"
    assert dhclient(leases) == ["10.0.0.2", "10.0.0.3"]
    assert busybox("# -p no\nOPTS='-p yes.example'") == ["yes.example"]


def test_none_is_none(tmp_path: Path) -> None:
    assert time_servers(str(tmp_path)) == ()
