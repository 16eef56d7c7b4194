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
from quantix_tui.console.widgets.sentences import Sentences
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
        around, given = self.bench.around, self.bench.answers.name
        where = "from DHCP" if around.offered else "the present one"
        told = f"Offered: {around.name} ({where})." if around.name else "This machine has no name yet."
        yield FormField("Name", given.hostname if given else around.name, id="hostname", help=_HELP)
        yield Sentences(
            [
                BLANK,
                Paragraph(told, Role.DIM),
                Paragraph("It stands in the prompt, in the logs and in the cluster's list of nodes.", Role.DIM),
            ],
            id="about-name",
        )

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
