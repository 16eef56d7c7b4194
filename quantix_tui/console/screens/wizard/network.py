"""Network: the management network of the node. Its settings are tried at once, with a way back."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.widget import Widget

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.console.crash import fault_problem
from quantix_tui.console.lines import Role
from quantix_tui.console.screens.wizard.bench import Bench, PageName
from quantix_tui.console.screens.wizard.page import BACK, LATER, NEXT, Page
from quantix_tui.console.screens.wizard.welcome import link_words
from quantix_tui.console.tale import Paragraph
from quantix_tui.console.widgets.choices import Choice
from quantix_tui.console.widgets.formfield import FormField
from quantix_tui.console.widgets.options import Options
from quantix_tui.console.widgets.picklist import Pick, PickList
from quantix_tui.console.widgets.sentences import Sentences
from quantix_tui.host.network.links import Link
from quantix_tui.setup.answers import (
    Answers,
    Ipv4Answers,
    Ipv4Method,
    Ipv6Answers,
    Ipv6Method,
    NetworkAnswers,
)
from quantix_tui.setup.fault import Fault
from quantix_tui.setup.network_rules import BOTH_OFF
from quantix_tui.setup.steps import StepName
from quantix_tui.setup.typed import MOST, dns_faults, domains_faults, domains_of, servers_of, vlan_faults, vlan_of

_KEEP, _SET, _TAKE = "keep", "set", "take"
IPV4 = (
    Choice(Ipv4Method.DHCP.value, "DHCP"),
    Choice(Ipv4Method.STATIC.value, "fixed"),
    Choice(Ipv4Method.OFF.value, "off"),
)
IPV6 = (
    Choice(Ipv6Method.AUTO.value, "automatic"),
    Choice(Ipv6Method.STATIC.value, "fixed"),
    Choice(Ipv6Method.OFF.value, "off"),
)
_LEARNT = "addresses; empty: those that the network names"
_NO_SERVERS = "addresses; empty: none, and no name is found"
_NO_LINK = "{} has no link now: no cable, or nothing switched on at its other end. Plug it in, or take it all the same."
_OFF = "{} is switched off: whether a cable is in it is not known. Take it all the same, and it is switched on."


class Network(Page):
    NAME: ClassVar[PageName] = PageName.NETWORK
    WORDS: ClassVar[str] = "how this node is reached"
    ABOUT: ClassVar[Sequence[str]] = (
        "The management network: the interface through which administrators and the cluster reach this node. Letters "
        "narrow the list of interfaces down.",
        "Try now puts the settings in force at once, for the pages after this one need a network. What works is shown; "
        "unless you keep them within a minute, the old ones come back by themselves, whatever happens to this console.",
        "A gateway lies in the node's own network. Leave it empty where there is none, and the VLAN where the switch's "
        "port is untagged.",
    )

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._took: set[str] = set()
        """Interfaces without a link that are taken all the same."""
        self._back: Sequence[Paragraph] = ()
        """Why settings went back that were tried before."""

    def compose(self) -> ComposeResult:
        given = self.bench.answers.network
        network = given or NetworkAnswers(interface=likely_interface(self._links))
        # Whoever passed this page without an answer wanted the network left as it is.
        keep = given is None and self.bench.passed(PageName.NETWORK)
        how = (Choice(_SET, "as below"), Choice(_KEEP, "leave as they are"))
        yield Options("Settings", how, _KEEP if keep else _SET, id="how")
        if self._links:
            yield PickList("Interface", picks(self._links), network.interface, id="interfaces")
        else:
            yield FormField("Interface", network.interface, id="interface", help="its name, such as eno1")
        yield Sentences(id="no-link")
        take = (Choice(_KEEP, "choose another one"), Choice(_TAKE, "take it"))
        yield Options("Without a link", take, _KEEP, id="take")
        yield Options("IPv4", IPV4, network.ipv4.method.value, id="ipv4")
        yield FormField("Address", network.ipv4.address, id="address4", help="with its prefix, as 10.20.0.17/24")
        yield FormField("Gateway", network.ipv4.gateway, id="gateway4", help="as 10.20.0.1; empty where there is none")
        yield Options("IPv6", IPV6, network.ipv6.method.value, id="ipv6")
        yield Sentences(id="both-off")
        yield FormField("Address", network.ipv6.address, id="address6", help="with its prefix, as 2001:db8::17/64")
        yield FormField(
            "Gateway", network.ipv6.gateway, id="gateway6", help="as 2001:db8::1; empty where there is none"
        )
        vlan = "" if network.vlan is None else str(network.vlan)
        yield FormField("VLAN", vlan, id="vlan", help="1 to 4094; empty where the port is untagged")
        yield FormField("Name servers", " ".join(network.dns), id="dns", help=_LEARNT)
        yield FormField("Search domains", " ".join(network.search), id="search", help="as example.com; may be empty")

    def on_mount(self) -> None:
        self._arrange()
        self.judge()

    def begins_at(self) -> Widget:
        if self._keeps:
            return self.query_one("#how")
        return self.query_one("#interfaces" if self._lists else "#interface")

    def opened(self) -> None:
        self.run_worker(self._look_back(), group="look-back", exclusive=True)

    @property
    def _links(self) -> Sequence[Link]:
        return self.bench.around.machine.links

    @property
    def _lists(self) -> bool:
        """Whether one is chosen from a list; else its name is typed."""
        return bool(self.query("#interfaces"))

    # What is answered

    @property
    def answers(self) -> Answers:
        network = None if self._keeps else self._network
        return self.bench.answers.model_copy(update={"network": network})

    @property
    def _keeps(self) -> bool:
        return self.query_one("#how", Options).chosen == _KEEP

    @property
    def _interface(self) -> str:
        if self._lists:
            return self.query_one("#interfaces", PickList).chosen
        return self._typed("interface")[:MOST]

    @property
    def _network(self) -> NetworkAnswers:
        ipv4, ipv6 = self.query_one("#ipv4", Options).chosen, self.query_one("#ipv6", Options).chosen
        fixed4, fixed6 = ipv4 == Ipv4Method.STATIC, ipv6 == Ipv6Method.STATIC
        return NetworkAnswers(
            interface=self._interface,
            vlan=vlan_of(self._typed("vlan")),
            ipv4=Ipv4Answers(
                method=Ipv4Method(ipv4),
                address=self._typed("address4")[:MOST] if fixed4 else "",
                gateway=self._typed("gateway4")[:MOST] if fixed4 else "",
            ),
            ipv6=Ipv6Answers(
                method=Ipv6Method(ipv6),
                address=self._typed("address6")[:MOST] if fixed6 else "",
                gateway=self._typed("gateway6")[:MOST] if fixed6 else "",
            ),
            dns=servers_of(self._typed("dns")),
            search=domains_of(self._typed("search")),
        )

    def _typed(self, name: str) -> str:
        return self.query_one(f"#{name}", FormField).typed

    def page_faults(self) -> Sequence[Fault]:
        if self._keeps:
            return ()
        found = list(self.bench.faults_with(self.answers, StepName.NETWORK))
        found += vlan_faults(self._typed("vlan"))
        found += dns_faults(self._typed("dns"))
        found += domains_faults(self._typed("search"))
        if self._without_link:
            found.insert(0, Fault(("network", "interface"), self._about_link))
        return found

    @property
    def _without_link(self) -> bool:
        """Whether the chosen interface has no link, and nobody has said that it is taken all the same."""
        return self._lacks_link and self._interface not in self._took

    @property
    def _lacks_link(self) -> bool:
        return bool(self._about_link)

    @property
    def _about_link(self) -> str:
        """What is to be known of the chosen interface where it has no link."""
        interface = self._interface
        return next((no_link(link) for link in self._links if link.name == interface and not link.carrier), "")

    def fields(self) -> Mapping[tuple[str, ...], str]:
        fields = {
            ("network", "ipv4", "address"): "address4",
            ("network", "ipv4", "gateway"): "gateway4",
            ("network", "ipv6", "address"): "address6",
            ("network", "ipv6", "gateway"): "gateway6",
            ("network", "vlan"): "vlan",
            ("network", "dns"): "dns",
            ("network", "search"): "search",
        }
        return fields if self._lists else {("network", "interface"): "interface", **fields}

    def point_out(self) -> None:
        if self._without_link:
            self.screen.set_focus(self.query_one("#take"))
        elif self.fault is not None and self.fault.message == BOTH_OFF[0]:
            self.screen.set_focus(self.query_one("#ipv6"))
        else:
            super().point_out()

    # What is shown

    def around_changed(self) -> None:
        links, untouched = self._links, self.bench.answers.network is None and not self.is_touched
        if self._lists:
            self.query_one("#interfaces", PickList).show(picks(links))
        elif links:
            # The driver was late.
            self._list_interfaces(links)
        likely = likely_interface(links)
        if untouched and self._lists and self._lacks_link and likely:
            self.query_one("#interfaces", PickList).choose(likely)
        if untouched:
            self.mark_untouched()
        self._arrange()
        self.judge()

    def _list_interfaces(self, links: Sequence[Link]) -> None:
        field, names = self.query_one("#interface"), [link.name for link in links]
        typed, focus = self._interface, field.has_focus
        chosen = typed if typed in names else likely_interface(links)
        interfaces = PickList("Interface", picks(links), chosen, id="interfaces")
        self.mount(interfaces, before=field)
        field.remove()
        if focus:
            self.screen.set_focus(interfaces)

    def on_pick_list_picked(self, event: PickList.Picked) -> None:
        event.stop()
        take = self.query_one("#take", Options)
        take.choose(_TAKE if self._interface in self._took else _KEEP)
        self._arrange()
        self.judge()

    def on_options_chosen(self, event: Options.Chosen) -> None:
        event.stop()
        if event.options.id == "take":
            if event.options.chosen == _TAKE:
                self._took.add(self._interface)
            else:
                self._took.discard(self._interface)
        self._arrange()
        self.judge()

    def _arrange(self) -> None:
        """Only what can be answered now stands there."""
        keeps = self._keeps
        shown = {
            "#no-link": self._lacks_link or bool(self._back),
            "#take": self._lacks_link,
            "#address4, #gateway4": self.query_one("#ipv4", Options).chosen == Ipv4Method.STATIC,
            "#address6, #gateway6": self.query_one("#ipv6", Options).chosen == Ipv6Method.STATIC,
        }
        for child in self.children:
            child.display = not keeps or child.id == "how"
        for query, there in shown.items():
            for child in self.query(query):
                child.display = there and not keeps
        network = self._network
        self.query_one("#dns", FormField).explain(_LEARNT if network.learns_servers else _NO_SERVERS)
        both = network.ipv4.method is Ipv4Method.OFF and network.ipv6.method is Ipv6Method.OFF
        self.query_one("#both-off", Sentences).tell([Paragraph(" ".join(BOTH_OFF), Role.WARN)] if both else [])
        about = self._about_link
        told = [*self._back, *([Paragraph(about, Role.WARN)] if about else [])]
        self.query_one("#no-link", Sentences).tell(told)

    # Trying

    def choices(self) -> Sequence[Choice]:
        first, *rest = super().choices()
        if first is NEXT and self._must_try:
            return (Choice("next", "Try now"), BACK, LATER)
        return (first, *rest)

    @property
    def _must_try(self) -> bool:
        if self._keeps or self.bench.kit.trials is None:
            return False
        return StepName.NETWORK not in self.bench.applied_with(self.answers)

    async def going_on(self) -> bool:
        if not self._must_try or self.bench.kit.trials is None:
            return True
        from quantix_tui.console.screens.wizard.trial import TrialScreen

        screen = TrialScreen(self.bench.kit.trials, self.answers, self.bench.kit.clock)
        await self.app.push_screen(screen, self._tried)
        return False

    async def _tried(self, kept: bool | None) -> None:
        if self.bench.kit.trials is not None:
            self.bench.kit.trials.ended()
        self.post_message(self.Ready() if kept else self.Changed())

    async def _look_back(self) -> None:
        """A trial that outlived the console that began it: it can still be kept."""
        trials = self.bench.kit.trials
        if trials is None:
            return
        try:
            running = await trials.running()
            why = "" if running else await trials.why_gone_back()
        except QuantixError as error:
            self._tell_of_the_way_back(Role.BAD, error.problem.message, error.problem.hint)
        except Exception as error:  # noqa: BLE001 - the worker's border: told in place, with a report kept
            problem = fault_problem(error)
            self._tell_of_the_way_back(Role.BAD, problem.message, problem.hint)
        else:
            if running is not None:
                from quantix_tui.console.screens.wizard.trial import TrialScreen

                screen = TrialScreen(trials, self.answers, self.bench.kit.clock, running=running)
                await self.app.push_screen(screen, self._tried)
            elif why:
                self._tell_of_the_way_back(Role.WARN, f"{why} The old settings are in force again.")

    def _tell_of_the_way_back(self, role: Role, *told: str) -> None:
        self._back = [Paragraph(words, role) for words in told]
        self._arrange()


PAGE = Network


def likely_interface(links: Sequence[Link]) -> str:
    """The first with a link; those with addresses stand first."""
    linked = [link.name for link in links if link.carrier]
    return next(iter(linked), next((link.name for link in links), ""))


def no_link(link: Link) -> str:
    """What is to be known of an interface without a link."""
    return (_NO_LINK if link.up else _OFF).format(link.name)


def picks(links: Sequence[Link]) -> list[Pick]:
    """A row each. On a narrow screen there is no room for an address: the rest is what tells which socket it is."""
    width = max((len(link.name) for link in links), default=0)
    return [
        Pick(
            link.name,
            f"{link.name:<{width}}  {link.mac_address}  {link_words(link)}",
            Role.TEXT if link.carrier else Role.DIM,
            next((address for address, _ in link.addresses), ""),
        )
        for link in links
    ]
