"""Welcome: what this node is, and what will be asked."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult

from quantix_tui.cluster.text import harmless
from quantix_tui.console import words
from quantix_tui.console.lines import BLANK, Line, Role, hanging
from quantix_tui.console.screens.wizard.bench import PageName
from quantix_tui.console.screens.wizard.page import LATER, NEXT, Page
from quantix_tui.console.tale import Paragraph
from quantix_tui.console.widgets.choices import Choice
from quantix_tui.console.widgets.sentences import Sentences, Told
from quantix_tui.host.inventory import Disk
from quantix_tui.host.network.links import Link, speed
from quantix_tui.setup.ground import Machine

LABEL = 12
MOST_SHOWN = 4
TICK = 0.5
_ASKED = "Asked for now: the administrator's password, the node's name, its network, the time, and a cluster to join."
_SET = "An administrator has a password already: that page is skipped."


class Welcome(Page):
    NAME: ClassVar[PageName] = PageName.WELCOME
    WORDS: ClassVar[str] = "this node"
    ABOUT: ClassVar[Sequence[str]] = (
        "What this machine is made of, as its own kernel tells it. What cannot be read is shown as unknown.",
        "Compare the serial number with the one on the case: this is the node that will be set up.",
        "Answers may come with the boot: answers.yaml on a volume with the label QUANTIX-CFG, or from where the "
        "kernel's command line says (quantix.answers=). They fill in the pages; what was answered here already stays.",
    )
    _told: Sequence[Paragraph] = ()

    def compose(self) -> ComposeResult:
        yield Sentences(id="answers")
        yield Sentences(self._about(), id="machine")

    def _about(self) -> Sequence[Told]:
        machine = self.bench.around.machine
        asked = [Paragraph(_ASKED, Role.STRONG)]
        if not self.bench.needs_password:
            asked.append(Paragraph(_SET))
        return [lambda width: machine_lines(machine, width), BLANK, *asked]

    def around_changed(self) -> None:
        self.query_one("#machine", Sentences).tell(self._about())

    def on_mount(self) -> None:
        self._tell()
        if self.bench.kit.search is not None:
            self.set_interval(TICK, self._tell)

    def _tell(self) -> None:
        """What became of the search for answers, while it goes on with its time."""
        search, place = self.bench.kit.search, self.query_one("#answers", Sentences)
        told = search.told(self.bench.answers) if search is not None else []
        if told == self._told:
            return
        self._told = told
        place.display = bool(told)
        place.tell([*told, BLANK])
        self.post_message(self.Changed())

    def opened(self) -> None:
        self._tell()

    def choices(self) -> Sequence[Choice]:
        search = self.bench.kit.search
        again = search is not None and search.may_find_more
        return (NEXT, LATER, *([Choice("look", "Look for answers")] if again else []))

    def chosen(self, key: str) -> None:
        if key == "look":
            self.post_message(self.LookAgain())


PAGE = Welcome


def machine_lines(machine: Machine, width: int) -> Sequence[Line]:
    """Label and value, a row each; long lists say how many more there are."""
    rows = _rows(machine)
    return [
        line for label, value, role in rows for line in hanging((f"{label:<{LABEL}}", Role.DIM), value, width, role)
    ]


def _rows(machine: Machine) -> list[tuple[str, str, Role]]:
    facts, inventory = machine.facts, machine.inventory
    unknown = words.UNKNOWN
    model = " ".join(word for word in (facts.vendor, facts.model) if word)
    memory = inventory.memory_total_bytes
    rows = [
        ("Machine", model or unknown, Role.STRONG),
        ("Serial no.", facts.serial_number or unknown, Role.STRONG),
        ("Processors", _processors(machine), Role.TEXT),
        ("Memory", words.size(memory) if memory else unknown, Role.TEXT),
    ]
    disks = [_disk(disk) for disk in inventory.disks]
    rows += _list("Disks", [(disk, Role.TEXT) for disk in disks], "none found" if machine.knows_disks else unknown)
    none = "none found: no network card is seen" if machine.knows_links else unknown
    return rows + _list("Interfaces", [_link(link) for link in machine.links], none)


def _processors(machine: Machine) -> str:
    cpu = machine.inventory.cpu
    if not cpu.cores:
        return words.UNKNOWN
    sockets = f"{cpu.sockets} x " if cpu.sockets and cpu.sockets > 1 else ""
    cores = f"{cpu.cores} cores" if cpu.cores != 1 else "1 core"
    return f"{sockets}{cpu.model or 'processor'}, {cores}"


def _disk(disk: Disk) -> str:
    name = disk.path.removeprefix("/dev/")
    return f"{name}  {words.size(disk.size_bytes)} {disk.type}  {harmless(disk.model)}".rstrip()


def _link(link: Link) -> tuple[str, Role]:
    return f"{link.name}  {link.mac_address}  {link_words(link)}", Role.TEXT if link.carrier else Role.DIM


def link_words(link: Link) -> str:
    """What is known of its link: ``10 Gb/s``, ``no link``, ``off``."""
    if link.carrier:
        return speed(link) or "link"
    return "no link" if link.carrier is False else "switched off"


def _list(label: str, values: Sequence[tuple[str, Role]], none: str) -> list[tuple[str, str, Role]]:
    shown = list(values if len(values) <= MOST_SHOWN else values[: MOST_SHOWN - 1])
    if len(values) > len(shown):
        shown.append((f"and {len(values) - len(shown)} more", Role.DIM))
    shown = shown or [(none, Role.WARN)]
    return [(label if place == 0 else "", value, role) for place, (value, role) in enumerate(shown)]
