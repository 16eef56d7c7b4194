"""What may be wanted of a network, by its name."""

import ipaddress

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
