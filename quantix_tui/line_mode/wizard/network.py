"""Network: the settings, question by question. They are tried at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from quantix_tui.console.screens.wizard.bench import PageName
from quantix_tui.console.screens.wizard.network import IPV4, IPV6, likely_interface, no_link
from quantix_tui.console.screens.wizard.welcome import link_words
from quantix_tui.console.widgets.choices import Choice
from quantix_tui.host.network.links import Link
from quantix_tui.line_mode.wizard.desk import Desk
from quantix_tui.line_mode.wizard.questions import Back, Questions
from quantix_tui.line_mode.wizard.trial import outlived, tried
from quantix_tui.setup.answers import Answers, Ipv4Answers, Ipv4Method, Ipv6Answers, Ipv6Method, NetworkAnswers
from quantix_tui.setup.fault import Fault
from quantix_tui.setup.steps import StepName
from quantix_tui.setup.typed import dns_faults, domains_faults, domains_of, servers_of, vlan_faults, vlan_of

_SET, _KEEP = "set", "keep"
_HOW = (Choice(_SET, "as answered now"), Choice(_KEEP, "leave as they are"))
_NONE = "none"
Family = TypeVar("Family", Ipv4Answers, Ipv6Answers)


def network(desk: Desk, questions: Questions) -> Answers:
    """Settings that are in force and kept; or none, where the network is left as it is."""
    bench = desk.bench
    given = bench.answers.network
    if outlived(desk):
        return bench.answers
    keeps = given is None and bench.passed(PageName.NETWORK)
    now = given or NetworkAnswers(interface=likely_interface(bench.around.machine.links))
    while questions.choose("Network settings", _HOW, _KEEP if keeps else _SET) == _SET:
        try:
            now = _Form(desk, questions, now).asked()
        except Back:
            continue
        answers = _with(desk, now)
        if faults := desk.faults(answers, StepName.NETWORK):
            desk.talk.say(str(faults[0]))
        elif tried(desk, answers):
            return answers
    return _with(desk, None)


def _with(desk: Desk, network: NetworkAnswers | None) -> Answers:
    return desk.bench.answers.model_copy(update={"network": network})


@dataclass(frozen=True, slots=True)
class _Text:
    """An answer that is read from what is typed. ``shape``: what is wrong with that before it is read."""

    question: str
    name: str
    read: Callable[[str], object]
    shape: Callable[[str], Sequence[Fault]]


_VLAN = _Text("VLAN, 1 to 4094", "vlan", vlan_of, vlan_faults)
_DNS = _Text("Name servers, addresses", "dns", servers_of, dns_faults)
_SEARCH = _Text("Search domains", "search", domains_of, domains_faults)


class _Form:
    """The questions, and in ``now`` what was answered so far."""

    def __init__(self, desk: Desk, questions: Questions, now: NetworkAnswers) -> None:
        self._desk = desk
        self._questions = questions
        self._now = now

    def asked(self) -> NetworkAnswers:
        self._take("interface", self._interface())
        self._take("ipv4", self._ipv4())
        self._take("ipv6", self._ipv6())
        self._typed(_VLAN, "" if self._now.vlan is None else str(self._now.vlan))
        none = "those that the network names" if self._now.learns_servers else _NONE
        self._typed(_DNS, " ".join(self._now.dns), none)
        self._typed(_SEARCH, " ".join(self._now.search))
        return self._now

    def _take(self, name: str, value: object) -> None:
        self._now = self._now.model_copy(update={name: value})

    def _wrong(self, name: str, value: object, *place: str) -> Sequence[Fault]:
        """What were wrong at this place, were this the answer of this name."""
        answers = _with(self._desk, self._now.model_copy(update={name: value}))
        return self._desk.faults(answers, StepName.NETWORK, name, *place)

    def _typed(self, text: _Text, shown: str, empty: str = _NONE) -> None:
        def wrong(typed: str) -> Sequence[Fault]:
            return text.shape(typed) or self._wrong(text.name, text.read(typed))

        self._take(text.name, text.read(self._questions.field(text.question, shown, wrong, empty=empty)))

    def _interface(self) -> str:
        now, talk = self._now.interface, self._desk.talk
        while True:
            # Whoever is told that there is no link plugs a cable in.
            self._desk.wait(self._desk.bench.look_around())
            links = {link.name: link for link in self._desk.bench.around.machine.links}
            if not links:
                return self._questions.field("Interface, such as eno1", now, partial(self._wrong, "interface"))
            name = self._questions.seek("Interface", list(links), partial(_row_of, links), now)
            if name not in links or links[name].carrier:
                return name
            talk.say(no_link(links[name]))
            if talk.agreed(f"Take {name} all the same?"):
                return name

    def _ipv4(self) -> Ipv4Answers:
        method = Ipv4Method(self._questions.choose("IPv4", IPV4, self._now.ipv4.method.value))
        if method is not Ipv4Method.STATIC:
            return Ipv4Answers(method=method)
        given = self._now.ipv4.model_copy(update={"method": method})
        given = self._fixed("ipv4", given, "address", "IPv4 address with its prefix, as 10.20.0.17/24")
        return self._fixed("ipv4", given, "gateway", "IPv4 gateway, as 10.20.0.1")

    def _ipv6(self) -> Ipv6Answers:
        method = Ipv6Method(self._questions.choose("IPv6", IPV6, self._now.ipv6.method.value))
        if method is not Ipv6Method.STATIC:
            return Ipv6Answers(method=method)
        given = self._now.ipv6.model_copy(update={"method": method})
        given = self._fixed("ipv6", given, "address", "IPv6 address with its prefix, as 2001:db8::17/64")
        return self._fixed("ipv6", given, "gateway", "IPv6 gateway, as 2001:db8::1")

    def _fixed(self, family: str, given: Family, name: str, question: str) -> Family:
        def wrong(typed: str) -> Sequence[Fault]:
            return self._wrong(family, given.model_copy(update={name: typed}), name)

        empty = _NONE if name == "gateway" else ""
        typed = self._questions.field(question, str(getattr(given, name)), wrong, empty=empty)
        return given.model_copy(update={name: typed})


def _row_of(links: Mapping[str, Link], name: str) -> str:
    link = links[name]
    address = [first for first, *_ in link.addresses[:1]]
    return "  ".join([f"{link.name:<8}", link.mac_address, link_words(link), *address])
