"""Done: how to reach this node, and what happens next."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult

from quantix_tui.console.lines import BLANK, Line, Role
from quantix_tui.console.screens.wizard.bench import Bench, PageName
from quantix_tui.console.screens.wizard.page import Page
from quantix_tui.console.tale import Paragraph, short_address
from quantix_tui.console.widgets.choices import Choice
from quantix_tui.console.widgets.keybar import Keys
from quantix_tui.console.widgets.sentences import Sentences, Told
from quantix_tui.host.addresses import interface_addresses
from quantix_tui.host.network.links import bound_to_link
from quantix_tui.setup.answers import Answers

LABEL = 13


class Done(Page):
    NAME: ClassVar[PageName] = PageName.DONE
    WORDS: ClassVar[str] = "this node is set up"
    ABOUT: ClassVar[Sequence[str]] = ("The wizard does not come again by itself; quantix-tui wizard --again opens it.",)

    def compose(self) -> ComposeResult:
        yield Sentences(done_lines(self.bench.answers, addresses_now(self.bench)), id="reach")

    def keys(self) -> Keys:
        return (("Enter", "Quit" if self.bench.kit.alone else "Dashboard"), ("F1", "Help"))

    def choices(self) -> Sequence[Choice]:
        return (Choice("dashboard", "Quit" if self.bench.kit.alone else "Open the dashboard"),)


PAGE = Done


def addresses_now(bench: Bench) -> Sequence[str]:
    """The addresses by which others reach the node; of a tree, those that it will have."""
    if bench.means.tree.root == "/":
        return [address for _, address, _ in interface_addresses() if not bound_to_link(address)]
    network = bench.answers.network
    fixed = (network.ipv4.address, network.ipv6.address) if network else ()
    return [address.split("/")[0] for address in fixed if address]


def done_lines(answers: Answers, addresses: Sequence[str]) -> Sequence[Told]:
    """What stands on the page."""
    user = answers.administrator.user if answers.administrator else "root"
    name = answers.name.hostname if answers.name else ""
    where = addresses[0] if addresses else name or "ADDRESS"
    shown = addresses or ["by DHCP: see the dashboard"]
    rows: list[Line] = [_row("Name", name)] if name else []
    rows += [_row("Addresses" if place == 0 else "", address) for place, address in enumerate(shown[:4])]
    rows += [
        _row("This screen", f"log in as {user}"),
        _row("SSH", f"ssh {user}@{where}"),
    ]
    joined = answers.cluster.address if answers.cluster else ""
    if joined:
        after = (
            f"The node daemon registers with {short_address(joined)} and sends heartbeats; the dashboard shows "
            "CONNECTED as soon as the first one is acknowledged."
        )
    else:
        after = "The node runs on its own. J on the dashboard joins a cluster, at any time."
    return [
        Paragraph("This node is set up.", Role.GOOD),
        BLANK,
        *rows,
        BLANK,
        Paragraph(after),
        BLANK,
        Paragraph("The wizard does not come again by itself; quantix-tui wizard --again opens it.", Role.DIM),
    ]


def _row(label: str, value: str) -> Line:
    return ((f"{label:<{LABEL}}", Role.DIM), (value, Role.STRONG))
