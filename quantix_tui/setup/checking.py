"""The one validation: what is wrong with the answers, told with what to type. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from quantix_tui.cluster.address import parse_address
from quantix_tui.cluster.errors import QuantixError
from quantix_tui.cluster.text import harmless
from quantix_tui.cluster.trust import parse_fingerprint
from quantix_tui.host.netconfig.wanted import device_name
from quantix_tui.host.password_policy import OURS, PasswordPolicy
from quantix_tui.setup.account_rules import administrator_faults
from quantix_tui.setup.answers import Answers, ClusterAnswers, NetworkAnswers
from quantix_tui.setup.fault import Fault
from quantix_tui.setup.names import hostname_problem
from quantix_tui.setup.network_rules import interface_problem, network_faults
from quantix_tui.setup.time_rules import time_faults


@dataclass(frozen=True, slots=True)
class Ground:
    """What is known of the machine that the answers are for; None: not known, and then nothing is held against it.

    ``interfaces``: whether each has a link (None: not told). ``ports``: the bridge or bond of those that belong to one.
    ``addresses``: interface and address of the others. ``barred``: users whom no password lets in, and why.
    ``hashes``: the kinds of them that it can check.
    """

    interfaces: Mapping[str, bool | None] | None = None
    zones: frozenset[str] | None = None
    addresses: tuple[tuple[str, str], ...] = ()
    users: frozenset[str] | None = None
    barred: Mapping[str, str] = field(default_factory=dict)
    ports: Mapping[str, str] = field(default_factory=dict)
    passwords: PasswordPolicy = OURS
    hashes: frozenset[str] | None = None
    done: frozenset[str] = field(default_factory=frozenset)
    """Sections that were applied already: a secret that they need need not be given again."""


def faults(answers: Answers, ground: Ground | None = None) -> tuple[Fault, ...]:
    """Everything that is wrong, in the order of the pages. Nothing: they can be applied."""
    return tuple(_faults(answers, ground or Ground()))


def _faults(answers: Answers, ground: Ground) -> Iterator[Fault]:
    if answers.administrator is not None:
        yield from administrator_faults(answers.administrator, ground.passwords, ground.hashes)
        user = answers.administrator.user
        if ground.users is not None and user not in ground.users:
            known = "There is no user of that name on this machine."
            yield Fault(("administrator", "user"), known, "Type root, or a user that this machine has.")
        elif user in ground.barred:
            why = f"{user} could not log in with any password: {ground.barred[user]}."
            yield Fault(("administrator", "user"), why, "Type another user, or mend that (usermod -s, chage -E -1).")
    if answers.name is not None and (problem := hostname_problem(answers.name.hostname)):
        yield Fault(("name", "hostname"), problem)
    if answers.network is not None:
        yield from network_faults(answers.network)
        yield from _on_machine(answers.network, ground)
    if answers.time is not None:
        yield from time_faults(answers.time, ground.zones)
    if answers.cluster is not None:
        yield from cluster_faults(answers.cluster)
    yield from missing_secrets(answers, ground.done)


def cluster_faults(cluster: ClusterAnswers) -> Iterator[Fault]:
    if not cluster.address:
        for name, given in (("token", cluster.token), ("ca_file", cluster.ca_file), ("pin", cluster.pin)):
            if given:
                what = f"A {name.replace('_', ' ')} is given, but no control plane to use it for."
                yield Fault(("cluster", name), what, "Type the control plane's address, or leave it out.")
        return
    try:
        parse_address(cluster.address)
    except QuantixError as error:
        yield Fault(("cluster", "address"), error.problem.message, error.problem.hint)
    if cluster.pin and cluster.ca_file:
        yield Fault(("cluster", "pin"), "A fingerprint and a CA file are both given.", "Give one of them.")
    if cluster.pin:
        try:
            parse_fingerprint(cluster.pin)
        except QuantixError as error:
            yield Fault(("cluster", "pin"), error.problem.message, error.problem.hint)
    if cluster.ca_file and not cluster.ca_file.startswith("/"):
        yield Fault(("cluster", "ca_file"), "The CA file's path does not begin with /.", "Give its whole path.")


def missing_secrets(answers: Answers, done: frozenset[str]) -> Iterator[Fault]:
    """Secrets are never kept: after a restart they have to be given again for what was not applied yet."""
    administrator, cluster = answers.administrator, answers.cluster
    if administrator is not None and "administrator" not in done and not administrator.has_secret:
        what = f"There is no password for {harmless(administrator.user, 40)}."
        yield Fault(("administrator", "password"), what, "Type one.")
    if cluster is not None and cluster.address and cluster.token is None and "cluster" not in done:
        what = "A join needs a registration token."
        yield Fault(("cluster", "token"), what, "Ask your vDC administrator for one (Hosts > Add host).")


def _on_machine(network: NetworkAnswers, ground: Ground) -> Iterator[Fault]:
    known = ground.interfaces
    if known is not None and not interface_problem(network.interface) and network.interface not in known:
        there = ", ".join(harmless(name, 20) for name in list(known)[:6]) or "none"
        yield Fault(
            ("network", "interface"),
            f"This machine has no interface {network.interface}.",
            f"It has: {there}.",
        )
    if network.interface in ground.ports:
        owner = harmless(ground.ports[network.interface], 20)
        what = f"{network.interface} is a port of {owner}, and has no addresses of its own."
        yield Fault(("network", "interface"), what, f"Choose {owner}, or take {network.interface} out of it.")
    yield from _taken(network, ground)


def _taken(network: NetworkAnswers, ground: Ground) -> Iterator[Fault]:
    devices = {network.interface, device_name(network.interface, network.vlan)}
    for family, address in (("ipv4", network.ipv4.address), ("ipv6", network.ipv6.address)):
        own = address.split("/")[0]
        for name, taken in ground.addresses:
            if own and taken == own and name not in devices:
                what = f"{harmless(own, 50)} is already this machine's address on {harmless(name, 20)}."
                yield Fault(("network", family, "address"), what, "Type another one.")
