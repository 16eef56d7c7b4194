"""Anything that may be wanted of a network."""

import ipaddress
from typing import Literal

from hypothesis import strategies as st

from quantix_tui.host.netconfig.wanted import Family, Method, Wanted

_NAMES = st.from_regex(r"[a-z0-9][a-z0-9_.-]{0,14}", fullmatch=True)
_DOMAINS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?(\.[a-z]{1,5}){0,2}", fullmatch=True)


@st.composite
def _families(draw: st.DrawFn, version: Literal[4, 6]) -> Family:
    method = draw(st.sampled_from(Method))
    if method is not Method.FIXED:
        return Family(method)
    address = ipaddress.ip_interface(
        (draw(st.ip_addresses(v=version)), draw(st.integers(1, 128 if version == 6 else 32)))
    )
    return Family(method, address, draw(st.none() | st.ip_addresses(v=version)))


WANTED = st.builds(
    Wanted,
    interface=_NAMES,
    vlan=st.none() | st.integers(1, 4094),
    ipv4=_families(4),
    ipv6=_families(6),
    dns=st.lists(st.ip_addresses(), max_size=4, unique=True).map(tuple),
    search=st.lists(_DOMAINS, max_size=3, unique=True).map(tuple),
)
