"""What the management network is to be. Nothing in it can be more than one word in any file that it is written into."""

import ipaddress
import re
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from quantix_tui.host.work import Command, Work

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,14}", re.ASCII)
_DOMAIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?", re.ASCII)


class Method(Enum):
    AUTOMATIC = "automatic"
    """DHCP for IPv4; for IPv6 the routers' announcements, with DHCPv6 where they name it."""
    FIXED = "fixed"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Family:
    """``address`` with its prefix and ``gateway`` are there when the method is fixed; the latter may be missing."""

    method: Method = Method.AUTOMATIC
    address: ipaddress.IPv4Interface | ipaddress.IPv6Interface | None = None
    gateway: ipaddress.IPv4Address | ipaddress.IPv6Address | None = None

    def __post_init__(self) -> None:
        if (self.method is Method.FIXED) != (self.address is not None) or (self.gateway and not self.address):
            raise ValueError("an address goes with the fixed method, and a gateway with an address")

    @property
    def fixed(self) -> ipaddress.IPv4Interface | ipaddress.IPv6Interface:
        """The address of the fixed method."""
        if self.address is None:
            raise ValueError("no fixed address")
        return self.address


@dataclass(frozen=True, slots=True)
class Wanted:
    """``device`` carries the addresses: ``interface`` itself, or its VLAN. Raises ValueError for what fits no file."""

    interface: str
    vlan: int | None = None
    device: str = ""
    ipv4: Family = Family()
    ipv6: Family = Family()
    dns: tuple[ipaddress.IPv4Address | ipaddress.IPv6Address, ...] = ()
    search: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.device:
            object.__setattr__(self, "device", device_name(self.interface, self.vlan))
        for name in (self.interface, self.device):
            if not _NAME.fullmatch(name):
                raise ValueError(f"no name of an interface: {name!r}")
        if self.vlan is not None and not 1 <= self.vlan <= 4094:
            raise ValueError(f"no number of a VLAN: {self.vlan}")
        if not all(_DOMAIN.fullmatch(domain) for domain in self.search):
            raise ValueError("no name of a domain")

    @property
    def devices(self) -> tuple[str, ...]:
        """What is set up, in its order."""
        return (self.device,) if self.vlan is None else (self.interface, self.device)


def device_name(interface: str, vlan: int | None) -> str:
    """The interface that carries the addresses; a VLAN's own has at most 15 characters (IFNAMSIZ)."""
    if vlan is None:
        return interface
    name = f"{interface}.{vlan}"
    return name if len(name) <= 15 else f"vlan{vlan}"


@dataclass(frozen=True, slots=True)
class NetworkWork:
    """``there``: what sets it up. Back: ``back_before``, then the files as they were, then ``back_after``.

    ``devices``: the interfaces that it changes.
    """

    there: Work
    back_before: tuple[Command, ...] = ()
    back_after: tuple[Command, ...] = ()
    devices: tuple[str, ...] = ()


class NetworkBackEnd(Protocol):
    """What configures the network of a machine."""

    @property
    def name(self) -> str:
        """As administrators know it."""
        ...

    def work(self, wanted: Wanted) -> NetworkWork:
        """What sets it up; files of ours that it needs no more go. Raises OSError."""
        ...
