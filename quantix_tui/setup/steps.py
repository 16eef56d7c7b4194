"""The steps that set a node up, and the work that each of them is on a machine."""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from quantix_tui.cluster.address import parse_address
from quantix_tui.cluster.join import JoinRequest
from quantix_tui.cluster.trust import Trust, parse_fingerprint
from quantix_tui.host.accounts import password_work
from quantix_tui.host.clock.service import find_time_service
from quantix_tui.host.clock.timezone import timezone_work
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.identity.renaming import find_renaming
from quantix_tui.host.netconfig.choose import find_network_back_end
from quantix_tui.host.netconfig.wanted import Family, Method, NetworkWork, Wanted
from quantix_tui.host.wayback.record import Watched
from quantix_tui.host.work import Work
from quantix_tui.setup.answers import (
    Answers,
    ClusterAnswers,
    Ipv4Answers,
    Ipv6Answers,
    NetworkAnswers,
    Section,
    TimeAnswers,
)


class StepName(StrEnum):
    """In the order in which they are made; each has the answers of its name."""

    ADMINISTRATOR = "administrator"
    NAME = "name"
    NETWORK = "network"
    TIME = "time"
    CLUSTER = "cluster"


@dataclass(frozen=True, slots=True)
class Step:
    """``network`` where there is a way back to keep, ``join`` where a cluster is joined; else ``work`` is all of it.

    ``watched``: what the new network has to reach.
    """

    name: StepName
    work: Work = field(default_factory=Work)
    network: NetworkWork | None = None
    join: JoinRequest | None = None
    watched: Watched = field(default_factory=Watched)


def answered(answers: Answers) -> Iterator[tuple[StepName, Section]]:
    """The sections that were answered."""
    for name in StepName:
        section: Section | None = getattr(answers, name.value)
        if section is not None:
            yield name, section


def make_step(name: StepName, answers: Answers, tree: Tree) -> Step:
    """The step as the machine is now. The answers are without fault. Raises :class:`QuantixError`, OSError."""
    match name, getattr(answers, name.value):
        case StepName.ADMINISTRATOR, administrator if administrator is not None:
            given = administrator.password, administrator.password_hash
            return Step(name, password_work(tree, administrator.user, *given))
        case StepName.NAME, named if named is not None:
            return Step(name, find_renaming(tree).work(named.hostname))
        case StepName.NETWORK, network if network is not None:
            work = find_network_back_end(tree, network.interface).work(wanted_network(network))
            return Step(name, work.there, network=work, watched=watched_of(network, answers.cluster))
        case StepName.TIME, time if time is not None:
            return Step(name, _time(tree, time))
        case StepName.CLUSTER, cluster if cluster is not None and cluster.address:
            return Step(name, join=join_request(cluster))
    return Step(name)


def wanted_network(network: NetworkAnswers) -> Wanted:
    """Raises ValueError for answers that have a fault."""
    return Wanted(
        interface=network.interface,
        vlan=network.vlan,
        ipv4=_family(network.ipv4),
        ipv6=_family(network.ipv6),
        dns=tuple(ipaddress.ip_address(server) for server in network.dns),
        search=network.search,
    )


def watched_of(network: NetworkAnswers, cluster: ClusterAnswers | None) -> Watched:
    """What ought to answer once the network is up. Raises :class:`QuantixError` for answers that have a fault."""
    wanted = wanted_network(network)
    fixed = tuple(str(family.gateway) for family in (wanted.ipv4, wanted.ipv6) if family.gateway)
    only_ipv6 = network.ipv4.method == "off" and network.ipv6.method == "auto"
    address = parse_address(cluster.address) if cluster is not None and cluster.address else None
    return Watched(
        gateway=bool(fixed) or network.ipv4.method == "dhcp" or only_ipv6,
        control_plane=(address.host, address.port) if address else None,
        device=wanted.device,
        gateways=fixed,
    )


def join_request(cluster: ClusterAnswers) -> JoinRequest:
    """Raises :class:`QuantixError` for answers that have a fault."""
    pin = parse_fingerprint(cluster.pin) if cluster.pin else None
    return JoinRequest(parse_address(cluster.address), cluster.token, Trust(ca_file=cluster.ca_file or None, pin=pin))


def _time(tree: Tree, time: TimeAnswers) -> Work:
    work = timezone_work(tree, time.timezone)
    return work + find_time_service(tree).work(time.ntp) if time.ntp else work


_METHODS = {"dhcp": Method.AUTOMATIC, "auto": Method.AUTOMATIC, "static": Method.FIXED, "off": Method.OFF}


def _family(family: Ipv4Answers | Ipv6Answers) -> Family:
    method = _METHODS[family.method]
    if method is not Method.FIXED:
        return Family(method)
    gateway = ipaddress.ip_address(family.gateway) if family.gateway else None
    return Family(method, ipaddress.ip_interface(family.address), gateway)
