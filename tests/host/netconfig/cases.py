"""What may be wanted of a network, by its name; and any of it."""

import ipaddress
from typing import Literal

from hypothesis import strategies as st

from quantix_tui.host.netconfig.wanted import Family, Method, Wanted

OFF = Family(Method.OFF)


def fixed(address: str, gateway: str) -> Family:
    return Family(Method.FIXED, ipaddress.ip_interface(address), ipaddress.ip_address(gateway))


FIXED4 = fixed("10.20.0.17/24", "10.20.0.1")
FIXED6 = fixed("2001:db8::17/64", "fe80::1")
DNS = (ipaddress.ip_address("10.20.0.2"), ipaddress.ip_address("2001:db8::53"))

CASES = {
    "automatic": Wanted("eno1"),
    "automatic-own-dns": Wanted("eno1", dns=DNS, search=("example.com", "lan")),
    "fixed": Wanted("eno1", ipv4=FIXED4, ipv6=FIXED6, dns=DNS, search=("example.com",)),
    "fixed-no-gateway": Wanted("eno1", ipv4=Family(Method.FIXED, FIXED4.address), ipv6=OFF),
    "ipv6-only": Wanted("eno1", ipv4=OFF),
    "vlan": Wanted("eno1", vlan=100, ipv4=FIXED4, ipv6=OFF, dns=DNS[:1]),
    "vlan-long-name": Wanted("enp129s0f0np0", vlan=4094),
}

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
