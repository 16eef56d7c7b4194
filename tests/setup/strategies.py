"""Any answers without fault."""

import ipaddress

from hypothesis import strategies as st

from quantix_tui.setup.answers import (
    AdministratorAnswers,
    Answers,
    ClusterAnswers,
    Ipv4Answers,
    Ipv4Method,
    Ipv6Answers,
    Ipv6Method,
    NameAnswers,
    NetworkAnswers,
    TimeAnswers,
)
from quantix_tui.setup.checking import faults

_LABELS = st.from_regex(r"[a-z]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
_NAMES = st.lists(_LABELS, min_size=1, max_size=3).map(".".join).filter(lambda name: not name.startswith("localhost"))
_V4 = st.integers(1, 254).map(lambda number: f"10.20.0.{number}")
_SERVERS = st.lists(_V4, max_size=3, unique=True).map(tuple)


@st.composite
def _networks(draw: st.DrawFn) -> NetworkAnswers:
    ipv4 = draw(
        st.sampled_from(
            [
                Ipv4Answers(),
                Ipv4Answers(method=Ipv4Method.STATIC, address="192.0.2.7/28", gateway="192.0.2.1"),
                Ipv4Answers(method=Ipv4Method.STATIC, address="192.0.2.7/32"),
            ]
        )
    )
    ipv6 = draw(
        st.sampled_from(
            [
                Ipv6Answers(),
                Ipv6Answers(method=Ipv6Method.OFF),
                Ipv6Answers(method=Ipv6Method.STATIC, address=str(ipaddress.ip_interface("2001:db8::7/64"))),
            ]
        )
    )
    vlan = draw(st.none() | st.integers(1, 4094))
    search = tuple(draw(st.lists(_NAMES, max_size=2, unique=True)))
    return NetworkAnswers(interface="eno1", vlan=vlan, ipv4=ipv4, ipv6=ipv6, dns=draw(_SERVERS), search=search)


ANSWERS = st.builds(
    Answers,
    administrator=st.none() | st.builds(AdministratorAnswers, user=st.sampled_from(["root", "admin"])),
    name=st.none() | st.builds(NameAnswers, hostname=_NAMES),
    network=st.none() | _networks(),
    time=st.none() | st.builds(TimeAnswers, timezone=st.sampled_from(["UTC", "Europe/Berlin"]), ntp=_SERVERS),
    cluster=st.none() | st.sampled_from([ClusterAnswers(), ClusterAnswers(address="vdc.example.com", pin="ab" * 32)]),
    unattended=st.booleans(),
).filter(lambda answers: not [fault for fault in faults(answers) if fault.place[-1] not in ("password", "token")])
