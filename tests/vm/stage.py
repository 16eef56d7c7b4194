"""The machine, the sandbox and the program on one line: everything ready for a walk."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from tests.vm.consoles import Console, SerialLine, VirtualConsole
from tests.vm.image import Image
from tests.vm.machine import Machine, Video, running
from tests.vm.program import COMMAND, Sandbox, put_project, start_console, start_sandbox


class Place(Enum):
    """Where a person sits."""

    FRAMEBUFFER = "framebuffer"
    TEXT = "text"
    SERIAL = "serial"


@dataclass(frozen=True, slots=True)
class Stage:
    machine: Machine
    sandbox: Sandbox
    console: Console
    place: Place


@contextlib.contextmanager
def staged(image: Image, place: Place, command: str = COMMAND) -> Iterator[Stage]:
    """A fresh machine whose node belongs to no cluster, with the program on the line of ``place``."""
    video = Video.FRAMEBUFFER if place is Place.FRAMEBUFFER else Video.TEXT
    with running(image, video) as machine:
        put_project(machine.shell)
        sandbox = start_sandbox(machine.shell)
        console = SerialLine(machine) if place is Place.SERIAL else VirtualConsole(machine)
        start_console(machine.shell, console, sandbox.environment, command)
        yield Stage(machine, sandbox, console, place)
