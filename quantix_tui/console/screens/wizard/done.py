"""Done: how to reach this node, and what happens next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult

from quantix_tui.console.lines import BLANK, Role, hanging
from quantix_tui.console.screens.wizard.bench import Bench, PageName
from quantix_tui.console.screens.wizard.page import Page
from quantix_tui.console.tale import Paragraph, short_address
from quantix_tui.console.widgets.choices import Choice
from quantix_tui.console.widgets.keybar import Keys
from quantix_tui.console.widgets.sentences import Sentences, Told
from quantix_tui.host.addresses import interface_addresses
from quantix_tui.host.network.links import bound_to_link
from quantix_tui.host.ssh_keys import host_keys
from quantix_tui.host.ssh_logins import takes_password
from quantix_tui.setup.answers import Answers

LABEL = 13
NO_ADDRESS = "none now; N on the dashboard tests the network"


class Done(Page):
    NAME: ClassVar[PageName] = PageName.DONE
    WORDS: ClassVar[str] = "this node is set up"
    ABOUT: ClassVar[Sequence[str]] = ("The wizard does not come again by itself; quantix-tui wizard --again opens it.",)

    def compose(self) -> ComposeResult:
        yield Sentences(done_lines(self.bench.answers, reach_now(self.bench)), id="reach")

    def keys(self) -> Keys:
        return (("Enter", "Quit" if self.bench.kit.alone else "Dashboard"), ("F1", "Help"))

    def choices(self) -> Sequence[Choice]:
        return (Choice("dashboard", "Quit" if self.bench.kit.alone else "Open the dashboard"),)


PAGE = Done


@dataclass(frozen=True, slots=True)
class Reach:
    """``addresses``: those by which others reach the node. ``takes_password``: whether its SSH server takes one of the
    administrator; None where there is no server. ``host_key``: kind and fingerprint, empty while there is none."""

    addresses: Sequence[str]
    takes_password: bool | None
    host_key: tuple[str, str] | None
    none: str
    """What is said where there is no address."""


def reach_now(bench: Bench) -> Reach:
    """Of a tree, as it will be. Blocking, for a few small files."""
    root = bench.means.tree.root
    keys = host_keys(root)
    key = next((key for key in keys if key.kind == "ED25519"), next(iter(keys), None))
    return Reach(
        addresses_now(bench),
        takes_password(_user(bench.answers), root),
        (key.kind, key.fingerprint) if key else None,
        NO_ADDRESS if root == "/" else "those that the network gives it",
    )


def addresses_now(bench: Bench) -> Sequence[str]:
    """The addresses by which others reach the node; of a tree, those that it will have."""
    if bench.means.tree.root == "/":
        return [address for _, address, _ in interface_addresses() if not bound_to_link(address)]
    network = bench.answers.network
    fixed = (network.ipv4.address, network.ipv6.address) if network else ()
    return [address.split("/")[0] for address in fixed if address]


def _user(answers: Answers) -> str:
    return answers.administrator.user if answers.administrator else "root"


def done_lines(answers: Answers, reach: Reach) -> Sequence[Told]:
    """What stands on the page."""
    user = _user(answers)
    name = answers.name.hostname if answers.name else ""
    shown = reach.addresses or [reach.none]
    rows: list[Told] = [_row("Name", name)] if name else []
    rows += [_row("Addresses" if place == 0 else "", address) for place, address in enumerate(shown[:4])]
    rows += [_row("This screen", f"log in as {user}"), _row("SSH", _ssh_words(user, name, reach))]
    if reach.host_key is not None:
        kind, fingerprint = reach.host_key
        rows += [_row("SSH host key", kind), ((f"  {fingerprint}", Role.TEXT),)]
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
        Paragraph("To do it again: quantix-tui wizard --again", Role.DIM),
    ]


def _ssh_words(user: str, name: str, reach: Reach) -> str:
    if reach.takes_password is None:
        return "there is no SSH server on this node"
    how = f"ssh {user}@{reach.addresses[0] if reach.addresses else name or 'ADDRESS'}"
    return how if reach.takes_password else f"{how} with a key; its server takes no password of {user}"


def _row(label: str, value: str) -> Told:
    return lambda width: hanging((f"{label:<{LABEL}}", Role.DIM), value, width, Role.STRONG)
