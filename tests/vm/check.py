"""The walk again, each view compared with what was meant: no replacement mark, no cell that nobody sent,
none in other colours."""

from collections.abc import Iterator
from string import printable

from pyte.charsets import VT100_MAP

from tests.support.waiting import wait_until
from tests.vm.attributes import attribute_faults, attributes_of
from tests.vm.image import Image
from tests.vm.program import COMMAND, recorded
from tests.vm.recording import differences, replay, sent_bytes
from tests.vm.screen import VirtualScreen, read_font, screen_command, screen_in, unshown
from tests.vm.serial import GuestShell
from tests.vm.stage import Place, Stage, staged
from tests.vm.walk import walk

VT220 = frozenset(printable) | frozenset(VT100_MAP[0x5F:0x7F])
"""What the terminal at the serial line can show: ASCII, and the line drawing set where all terminals agree on it.

Some, the Linux console and the emulator here among them, also draw ``0 + , - .`` as a block and arrows while the line
drawing set is switched on, so that plain text that is sent without switching back shows up as a fault."""


def faults(image: Image, place: Place) -> Iterator[tuple[str, list[str]]]:
    """Walk at one place; yields each view's name and a sentence for every fault in it."""
    command, record = (COMMAND, "") if place is Place.SERIAL else recorded("tty1")
    with staged(image, place, command) as stage:
        font = VT220 if place is Place.SERIAL else read_font(stage.machine.shell)
        for view in walk(stage):
            yield (
                view,
                _faults_on_line(stage, font) if place is Place.SERIAL else _faults_on_console(stage, font, record),
            )


def _faults_on_line(stage: Stage, font: frozenset[str]) -> list[str]:
    return _unshown_faults(stage.console.rows(), font)


def _faults_on_console(stage: Stage, font: frozenset[str], record: str) -> list[str]:
    sent, screen = wait_until(lambda: _at_rest(stage.machine.shell, record), "a moment without output")
    meant = replay(sent, *screen.size)
    return [
        *_unshown_faults(screen.rows, font),
        *differences(tuple(meant.display), screen.rows),
        *attribute_faults(screen.rows, attributes_of(meant), screen.attributes),
    ]


def _at_rest(shell: GuestShell, record: str) -> tuple[bytes, VirtualScreen] | None:
    """What was sent and what it made of the screen; None when more was sent meanwhile."""
    size = f"stat -c %s {record}"
    before, drawn, cells, after = shell.run(f"{size}; {screen_command()}; {size}").splitlines()
    if before != after:
        return None
    return sent_bytes(shell.run(f"head -c {before} {record}")), screen_in(drawn, cells)


def _unshown_faults(rows: tuple[str, ...], font: frozenset[str]) -> list[str]:
    return [
        f"{count} x {character!r} (U+{ord(character):04X}) can't be shown"
        for character, count in unshown(rows, font).items()
    ]
