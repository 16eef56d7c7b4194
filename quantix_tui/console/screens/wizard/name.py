"""Name: what the node is called."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.widget import Widget

from quantix_tui.console.lines import BLANK, Role
from quantix_tui.console.screens.wizard.bench import PageName
from quantix_tui.console.screens.wizard.page import Page
from quantix_tui.console.tale import Paragraph
from quantix_tui.console.widgets.formfield import FormField
from quantix_tui.console.widgets.sentences import Sentences, Told
from quantix_tui.setup.answers import Answers, NameAnswers
from quantix_tui.setup.fault import Fault
from quantix_tui.setup.steps import StepName

MOST = 512
_HELP = "letters, digits, hyphens: as node1.example.com"


class Name(Page):
    NAME: ClassVar[PageName] = PageName.NAME
    WORDS: ClassVar[str] = "what this node is called"
    ABOUT: ClassVar[Sequence[str]] = (
        "The name by which the cluster and its administrators know this node. It has letters a to z, digits and "
        "hyphens (RFC 1123); with dots it has its domain too. A name that another node of the cluster has is refused "
        "at the join.",
    )

    def compose(self) -> ComposeResult:
        given = self.bench.answers.name
        yield FormField("Name", given.hostname if given else self.bench.around.name, id="hostname", help=_HELP)
        yield Sentences(self._about(), id="about-name")

    def _about(self) -> Sequence[Told]:
        around = self.bench.around
        where = "from DHCP" if around.offered else "the present one"
        told = f"Offered: {around.name} ({where})." if around.name else "This machine has no name yet."
        where_seen = "It stands in the prompt, in the logs and in the cluster's list of nodes."
        return [BLANK, Paragraph(told, Role.DIM), Paragraph(where_seen, Role.DIM)]

    def around_changed(self) -> None:
        self.query_one("#about-name", Sentences).tell(self._about())
        if self.bench.answers.name is None and not self.is_touched:
            self.query_one("#hostname", FormField).offer(self.bench.around.name)
            self.mark_untouched()

    def on_mount(self) -> None:
        self.judge()

    def begins_at(self) -> Widget:
        return self.query_one(FormField)

    @property
    def answers(self) -> Answers:
        typed = self.query_one("#hostname", FormField).typed[:MOST]
        return self.bench.answers.model_copy(update={"name": NameAnswers(hostname=typed)})

    def page_faults(self) -> Sequence[Fault]:
        return self.bench.faults_with(self.answers, StepName.NAME)

    def fields(self) -> Mapping[tuple[str, ...], str]:
        return {("name", "hostname"): "hostname"}


PAGE = Name
