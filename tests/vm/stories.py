"""What the stories of a whole machine share: the installed console, its settings, people who log in."""

import argparse
import os
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType

from tests.support.waiting import wait_until
from tests.vm.consoles import Console
from tests.vm.host import HostError
from tests.vm.image import APPLICATION, CACHE, PROJECT, Image, build, image_in
from tests.vm.machine import OFF_SECS, Machine, Video, running, wait_for_boot
from tests.vm.program import Sandbox, archive, put_project, start_sandbox
from tests.vm.serial import GuestShell

PROGRAM = f"/{APPLICATION}/bin/quantix-tui"
SLOW_SECS = 120.0
PASSWORD = "correct horse 7"
SETTINGS = "/etc/limiquantix/console.env"

Story = Callable[[Machine], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Guest:
    """Which machine a story is told on: its image in a cache, which is made where there is none for today's recipe."""

    image_in: Callable[[Path], Image]
    build: Callable[[Path], Image]


DEBIAN = Guest(image_in, partial(build, install=False))


def put_assets(shell: GuestShell) -> None:
    """What ``install`` puts in place; in a wheel these files are beside the package."""
    folder = PROJECT / "assets"
    files = [path for name in ("console", "systemd", "openrc", "pam") for path in (folder / name).iterdir()]
    packages = shell.run(f"echo /{APPLICATION}/lib/python3.*/site-packages").strip()
    shell.put(archive({path.relative_to(PROJECT).as_posix(): path.read_bytes() for path in files}), packages)


def set_password(shell: GuestShell, user: str, password: str = PASSWORD) -> None:
    shell.run(f"echo {shlex.quote(f'{user}:{password}')} | chpasswd")


def settle(shell: GuestShell, sandbox: Sandbox, **more: str) -> None:
    """Write the settings of the consoles: the sandbox's node, and ``more``."""
    settings = {**sandbox.environment, **more}
    text = "".join(f"{name}={value}\n" for name, value in settings.items())
    shell.put(archive({SETTINGS: text.encode()}), "/")


def sandbox_at_boot(shell: GuestShell) -> Sandbox:
    """Start the sandbox, now and at every boot. Its folder is open, as a real node daemon's is; its secrets are not."""
    sandbox = start_sandbox(shell)
    shell.run("systemctl add-wants multi-user.target quantix-sandbox.service; chmod 755 /run/quantix-sandbox")
    return sandbox


def reboot(machine: Machine) -> None:
    """Boot the guest anew and wait for its shell."""
    shell = machine.shell
    boots = shell.boots
    shell.run("sync; systemctl --no-block reboot")
    wait_for_boot(machine, boots)


def switch_off(machine: Machine) -> None:
    """The guest shuts down and its machine goes off: what it has written is on its disk."""
    machine.shell.run("sync; systemctl --no-block poweroff")
    machine.process.wait(OFF_SECS)


def wait_for_console(shell: GuestShell, console: Console) -> None:
    wait_for_unit(shell, f"quantix-console@{console.line}.service")
    console.wait_for("Quantix-OS", SLOW_SECS)
    wait_until(lambda: "login:" not in console.text, "the console to stand alone", SLOW_SECS)


def wait_for_unit(shell: GuestShell, unit: str) -> None:
    wait_until(lambda: shell.run(f"systemctl is-active {unit}; true") == "active\n", f"{unit} to run", SLOW_SECS)


def tell(
    story: Story,
    name: str,
    about: str | None,
    video: Video = Video.TEXT,
    variants: Mapping[str, tuple[Story, str]] = MappingProxyType({}),
    guest: Guest = DEBIAN,
) -> int:
    """Run a story from the command line; the exit code. Each step that was found right is printed.

    ``variants``: other stories by the options that choose them, each with its help; ``guest``: of another machine.
    """
    parser = argparse.ArgumentParser(prog=f"python -m tests.vm.{name}", description=about)
    parser.add_argument("--cache", type=Path, default=CACHE, help=f"where the guest lies (default {CACHE})")
    parser.set_defaults(story=story)
    for option, (other, help_) in variants.items():
        parser.add_argument(f"--{option}", dest="story", action="store_const", const=other, help=help_)
    given = parser.parse_args()
    image = guest.image_in(given.cache)
    os.nice(10)
    try:
        if not image.exists:
            guest.build(given.cache)
        with running(image, video) as machine:
            put_project(machine.shell)
            put_assets(machine.shell)
            for found in given.story(machine):
                print(found, flush=True)
    except HostError as error:
        print(error, file=sys.stderr)
        return 1
    return 0
