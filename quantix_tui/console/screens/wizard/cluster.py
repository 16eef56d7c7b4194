"""Cluster: stay standalone, or choose a cluster to join, by the same form and the same checks as on the dashboard."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.widget import Widget

from quantix_tui.cluster.join import JoinRequest
from quantix_tui.console.draft import Draft
from quantix_tui.console.lines import BLANK, Role, hanging
from quantix_tui.console.screens.wizard.bench import Bench, PageName
from quantix_tui.console.screens.wizard.page import BACK, LATER, Page
from quantix_tui.console.tale import Paragraph, short_address
from quantix_tui.console.widgets.choices import Choice
from quantix_tui.console.widgets.options import Options
from quantix_tui.console.widgets.sentences import Sentences, Told
from quantix_tui.host.addresses import interface_addresses
from quantix_tui.host.network.links import bound_to_link
from quantix_tui.setup.answers import Answers, ClusterAnswers
from quantix_tui.setup.steps import StepName

ALONE, JOIN = "alone", "join"
_WHAT = {
    ALONE: "The node runs on its own. It can join a cluster at any time, from its dashboard.",
    JOIN: "Joining gives live migration, shared storage and central management.",
}
_NEEDS = (
    "You need the control plane's address, and a registration token from your vDC administrator (Hosts > Add host)."
)
_NO_NETWORK = (
    "This node has no network address yet: a control plane cannot be reached. Go back to Network, or stay standalone "
    "and join later from the dashboard."
)
_NOT_CHECKED = "The cluster was not checked yet: Check it opens the form."
_MEMBER = "This node has joined {} already. Leaving it is on the dashboard (L)."
_FOUND = "given by the answers, not shown; checked when the changes are made"
_TOKEN_AGAIN = "The token has to be typed again: it is never kept."


class Cluster(Page):
    NAME: ClassVar[PageName] = PageName.CLUSTER
    WORDS: ClassVar[str] = "standalone, or one of many"
    ABOUT: ClassVar[Sequence[str]] = (
        "The form that opens checks everything, step by step: the name, the connection, the certificate, the control "
        "plane, the token, this node. It is joined when the changes are made, not before.",
        "The token is a secret: it is kept nowhere until then, and has to be typed again after a power cut.",
    )

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        given = bench.answers.cluster
        self._given = given if given and given.address else None
        self._checked = False
        # A token that is there already was found with answers: it is used, and shown to nobody.
        self._draft = Draft(given.address, "", given.ca_file, bool(given.ca_file)) if given else Draft()

    def compose(self) -> ComposeResult:
        how = (Choice(JOIN, "join one"), Choice(ALONE, "stay standalone"))
        given = self.bench.answers.cluster
        joins = self._given is not None or given is None
        yield Options("Cluster", how, JOIN if joins else ALONE, id="how")
        yield Sentences(id="about-cluster")

    def on_mount(self) -> None:
        self._tell()

    def begins_at(self) -> Widget:
        return super().begins_at() if self._is_member else self.query_one(Options)

    def opened(self) -> None:
        self._tell()

    @property
    def answers(self) -> Answers:
        if self._is_member:
            return self.bench.answers.model_copy(update={"cluster": self._given})
        given = self._given if self._joins and self._given else ClusterAnswers()
        return self.bench.answers.model_copy(update={"cluster": given})

    @property
    def _is_member(self) -> bool:
        """Whether the node belongs to a cluster already: to the one that was chosen, or to one from before."""
        return bool(self.bench.member_of) and (self._given is None or self._given.address == self.bench.member_of)

    @property
    def _joins(self) -> bool:
        return self.query_one(Options).chosen == JOIN

    @property
    def _is_done(self) -> bool:
        return StepName.CLUSTER in self.bench.applied

    @property
    def reason(self) -> str:
        if not self._joins or self._is_member:
            return ""
        if self._given is None:
            return _NO_NETWORK if self._lacks_network else _NOT_CHECKED
        return "" if self._given.token is not None or self._is_done else _TOKEN_AGAIN

    @property
    def _lacks_network(self) -> bool:
        if self.bench.means.tree.root != "/":
            return False
        return not any(not bound_to_link(address) for _, address, _ in interface_addresses())

    def standing(self) -> object:
        return super().standing(), self._draft, self._given

    def choices(self) -> Sequence[Choice]:
        if not self._joins or self._is_member:
            return super().choices()
        check = Choice("check", "Check it" if self.reason else "Another one")
        return (check, BACK, LATER) if self.reason else (*super().choices()[:1], check, BACK, LATER)

    def point_out(self) -> None:
        if not self._lacks_network:
            self.chosen("check")

    def chosen(self, key: str) -> None:
        if key == "check":
            self.run_worker(self._open_form(), group="form", exclusive=True)

    async def _open_form(self) -> None:
        from quantix_tui.console.screens.choose_cluster import ChooseClusterScreen

        kit = self.bench.kit
        screen = ChooseClusterScreen(kit.gateway, self._draft, kit.clock, kit.demo)

        def closed(request: JoinRequest | None) -> None:
            self._draft = screen.draft
            if request is not None:
                self._take(request)

        await self.app.push_screen(screen, closed)

    def _take(self, request: JoinRequest) -> None:
        trust = request.trust
        self._given = ClusterAnswers(
            address=str(request.address),
            token=request.token,
            ca_file=trust.ca_file or "",
            pin=str(trust.pin) if trust.pin else "",
        )
        self._checked = True
        self._tell()
        self.post_message(self.Ready())

    def on_options_chosen(self, event: Options.Chosen) -> None:
        event.stop()
        self._tell()
        self.post_message(self.Changed())

    def _tell(self) -> None:
        if self._is_member:
            self.query_one(Options).display = False
            member = Paragraph(_MEMBER.format(short_address(self.bench.member_of)), Role.GOOD)
            self.query_one("#about-cluster", Sentences).tell([member])
            return
        joins = self._joins
        told: list[Told] = [Paragraph(_WHAT[JOIN if joins else ALONE]), BLANK]
        if joins and self._given is not None:
            trust = _trust(self._given, checked=self._checked)
            told += [_row("Control plane", short_address(self._given.address)), _row("Trust", trust)]
            used = "checked, used when the changes are made" if self._checked else _FOUND
            token = used if self._given.token else _TOKEN_AGAIN
            told.append(_row("Token", "used already" if self._is_done else token))
        elif joins:
            told.append(Paragraph(_NO_NETWORK, Role.WARN) if self._lacks_network else Paragraph(_NEEDS))
        self.query_one("#about-cluster", Sentences).tell(told)


PAGE = Cluster


def _row(label: str, value: str) -> Told:
    return lambda width: hanging((f"{label:<15}", Role.DIM), value, width, Role.STRONG)


def _trust(given: ClusterAnswers, *, checked: bool) -> str:
    if given.pin:
        return "the certificate that you compared" if checked else "the certificate that the answers name"
    return f"the CA in {given.ca_file}" if given.ca_file else "public certificate authorities"
