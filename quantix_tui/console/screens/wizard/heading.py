"""The first line of the wizard."""

from quantix_tui.console.clock import clock_words
from quantix_tui.console.guard import Guard
from quantix_tui.console.screens.wizard.bench import Bench
from quantix_tui.console.widgets.header import Heading

SYSTEM = "Quantix-OS"


def heading(bench: Bench, guard: Guard) -> Heading:
    """The system, what goes on, who is logged in, the time."""
    facts, kit = bench.around.machine.facts, bench.kit
    system = " ".join(word for word in (facts.os_name, facts.os_version) if word)
    note = "DEMO" if kit.demo else guard.words
    return Heading(system or SYSTEM, "First boot", note, clock_words(kit.clock.wall()))
