"""The answers that set a node up: the same for the wizard's pages and for an answer file.

A section that is None was not answered: what it is about stays as it is. The models hold the shape; whether the
answers make sense is said by :mod:`.checking`. No secret is ever dumped: a dump can be kept and shown.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from quantix_tui.cluster.secret import Secret
from quantix_tui.cluster.token import RegistrationToken

MOST_SERVERS = 8
MOST_DOMAINS = 16

_Line = Annotated[str, Field(max_length=512)]
_Servers = Annotated[tuple[_Line, ...], Field(max_length=MOST_SERVERS)]
_Domains = Annotated[tuple[_Line, ...], Field(max_length=MOST_DOMAINS)]
_Secret = Field(default=None, exclude=True, repr=False)


class Section(BaseModel):
    """What all of them are: frozen, strict about names, with secrets that never print themselves."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, hide_input_in_errors=True)

    @property
    def has_secret(self) -> bool:
        """Whether a secret was given with it."""
        return False


class Ipv4Method(StrEnum):
    DHCP = "dhcp"
    STATIC = "static"
    OFF = "off"


class Ipv6Method(StrEnum):
    AUTO = "auto"
    """By the routers' announcements, and DHCPv6 where they name it."""
    STATIC = "static"
    OFF = "off"


class AdministratorAnswers(Section):
    """``password_hash`` is one of crypt(5); either it or ``password``."""

    user: _Line = "root"
    password: Secret | None = _Secret
    password_hash: Secret | None = _Secret

    @property
    def has_secret(self) -> bool:
        return self.password is not None or self.password_hash is not None


class NameAnswers(Section):
    hostname: _Line


class Ipv4Answers(Section):
    """``address`` with its prefix, as ``10.20.0.17/24``; both empty unless the method is static."""

    method: Ipv4Method = Ipv4Method.DHCP
    address: _Line = ""
    gateway: _Line = ""


class Ipv6Answers(Section):
    """``address`` with its prefix, as ``2001:db8::17/64``; both empty unless the method is static."""

    method: Ipv6Method = Ipv6Method.AUTO
    address: _Line = ""
    gateway: _Line = ""


class NetworkAnswers(Section):
    """The management network. Without ``dns`` the servers are those that DHCP or the router names."""

    interface: _Line
    vlan: int | None = None
    ipv4: Ipv4Answers = Ipv4Answers()
    ipv6: Ipv6Answers = Ipv6Answers()
    dns: _Servers = ()
    search: _Domains = ()

    @property
    def learns_servers(self) -> bool:
        """Whether something on the network names the name servers."""
        return self.ipv4.method is Ipv4Method.DHCP or self.ipv6.method is Ipv6Method.AUTO


class TimeAnswers(Section):
    """Without ``ntp`` the time servers stay as they are."""

    timezone: _Line
    ntp: _Servers = ()


class ClusterAnswers(Section):
    """Without an ``address`` the node stays standalone. ``pin`` as ``sha256:`` and 64 digits, ``ca_file`` a path."""

    address: _Line = ""
    token: RegistrationToken | None = _Secret
    ca_file: _Line = ""
    pin: _Line = ""

    @property
    def has_secret(self) -> bool:
        return self.token is not None


class Answers(Section):
    """All of them. ``unattended``: they may be applied without anybody looking at them first."""

    administrator: AdministratorAnswers | None = None
    name: NameAnswers | None = None
    network: NetworkAnswers | None = None
    time: TimeAnswers | None = None
    cluster: ClusterAnswers | None = None
    unattended: bool = False
