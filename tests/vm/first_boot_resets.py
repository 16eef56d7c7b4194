"""``python -m tests.vm.first_boot_resets [--steps]``: the machine is reset at each page and during each step.

With ``--from-cluster`` and others only from one moment of the steps on. On tty1. At a page it is QEMU's reset; while
something is done the guest resets itself the moment that it sees a sign of it, with nothing written back either. Each
time the console has to come back where it was, without having failed.
"""

import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial

from tests.support.waiting import wait_until
from tests.vm.consoles import Console, VirtualConsole
from tests.vm.first_boot import (
    APPLY_SECS,
    HOST,
    NEW,
    OLD,
    OTHER,
    PASSWORD,
    booted_anew,
    is_set_up,
)
from tests.vm.machine import Machine
from tests.vm.new_node import STATE, ControlPlane, pull_the_plug, secrets_on_disk, steps_done, wait_for_address
from tests.vm.serial import GuestReset, GuestShell
from tests.vm.stories import SLOW_SECS, Story, tell
from tests.vm.wizard import (
    ADMINISTRATOR,
    CLUSTER,
    DONE,
    NAME,
    NETWORK,
    REVIEW,
    TAKE_OVER,
    TIME,
    WELCOME,
    Wizard,
    wait_until_connected,
)

_TRIAL = f"{STATE}/network-trial"
APPLIED_ON_TRIAL = f"test -e {_TRIAL}/trial.json && ls /etc/systemd/network/05-quantix* >/dev/null 2>&1"
"""The moment when new network settings are being applied."""


@dataclass(frozen=True, slots=True)
class Moment:
    """``sign``: a test of sh(1) that holds from then on; ``what`` is being done."""

    name: str
    what: str
    sign: str


MOMENTS = (
    Moment("password", "the password is set", "grep -q '^root:[^:!*]' /etc/shadow"),
    Moment("administrator", "the administrator's step is noted", f'grep -q \'"administrator": "\' {STATE}/wizard.json'),
    Moment("hosts", "the name stands in /etc/hosts", f"grep -q {HOST} /etc/hosts"),
    Moment("name", "the name's step is noted", f'grep -q \'"name": "\' {STATE}/wizard.json'),
    Moment("time", "the time servers stand in their file", "test -e /etc/systemd/timesyncd.conf.d/quantix-tui.conf"),
    Moment("join", "the join is saved", "grep -q '^control_plane:' /etc/limiquantix/config.yaml"),
    Moment("cluster", "the cluster's step is noted", f'grep -q \'"cluster": "\' {STATE}/wizard.json'),
    Moment("end", "the node is marked as set up", f"test -e {STATE}/setup-completed"),
)


def story(machine: Machine) -> Iterator[str]:
    """From Welcome to a connected node; the machine is reset all the time."""
    plane = booted_anew(machine)
    console = VirtualConsole(machine)
    wizard = Wizard(console)
    yield from at_the_first_pages(machine, wizard)
    yield from while_on_trial(machine, wizard)
    yield from at_the_last_pages(machine, wizard, plane)
    yield from to_the_end(machine, wizard, plane, MOMENTS)


def steps_alone(machine: Machine, moments: Sequence[Moment] = MOMENTS) -> Iterator[str]:
    """The same without a reset before the review."""
    plane = booted_anew(machine)
    wizard = Wizard(VirtualConsole(machine))
    wizard.on(WELCOME)
    wizard.next(ADMINISTRATOR)
    wizard.administrator(PASSWORD)
    wizard.next(NAME)
    wizard.name(HOST)
    wizard.next(NETWORK)
    wizard.network(NEW)
    wizard.trial(NEW)
    wizard.console.press("enter")
    wizard.time()
    wizard.next(CLUSTER)
    wizard.cluster(plane, plane.tokens[0])
    wizard.on(REVIEW)
    yield "everything is answered"
    yield from to_the_end(machine, wizard, plane, moments)


def to_the_end(machine: Machine, wizard: Wizard, plane: ControlPlane, moments: Sequence[Moment]) -> Iterator[str]:
    """From the review."""
    yield from while_applying(machine, wizard, plane, moments)
    yield from is_set_up(machine.shell)
    found = secrets_on_disk(machine.shell, [PASSWORD, *plane.tokens])
    assert not found, found
    yield "no secret is in a file or in the log"


def at_the_first_pages(machine: Machine, wizard: Wizard) -> Iterator[str]:
    """Ends on the network page, half filled in."""
    console = wizard.console
    wizard.on(WELCOME)
    reset_on(machine, wizard, WELCOME)
    yield "reset on Welcome: it begins there"
    wizard.next(ADMINISTRATOR)
    wizard.administrator(PASSWORD)
    reset_on(machine, wizard, ADMINISTRATOR)
    assert "***" not in console.text, console.text
    yield "reset on Administrator: it goes on there, and the password is not kept"
    wizard.administrator(PASSWORD)
    wizard.next(NAME)
    wizard.name("lost")
    reset_on(machine, wizard, NAME)
    assert "lost" not in console.text, console.text
    yield "reset on Name: it goes on there, without what was typed on that page"
    wizard.name(HOST)
    wizard.next(NETWORK)
    reset_on(machine, wizard, NETWORK)
    wizard.back(NAME)
    console.wait_for(HOST, SLOW_SECS)
    wizard.next(NETWORK)
    yield "reset on Network: it goes on there, with the name of the page before"


def while_on_trial(machine: Machine, wizard: Wizard) -> Iterator[str]:
    """Begins on the network page, ends on the page after it with the new settings kept."""
    shell, console = machine.shell, wizard.console
    with reset_when(machine, console, APPLIED_ON_TRIAL):
        wizard.network(OTHER)
    wait_for_address(shell, OLD)
    wizard.on(NETWORK)
    wizard.on("in force again")
    yield "reset while new network settings were being applied: the old ones are in force, and it says so"

    wizard.network(OTHER)
    wizard.trial(OTHER)
    wait_for_address(shell, OTHER)
    reset_on(machine, wizard, NETWORK)
    wait_for_address(shell, OLD)
    wizard.on("in force again")
    yield "reset while they were on trial: the same"

    wizard.network(NEW)
    wizard.trial(NEW)
    with reset_when(machine, console, f"! test -e {_TRIAL}/trial.json"):
        console.press("enter")
    wait_for_address(shell, NEW)
    wizard.on("SET UP")
    console.wait_until_still()
    kept = "network" in steps_done(shell)
    if NETWORK in console.text:
        assert "in force again" not in console.text, console.text
        console.press("f8")
        if not kept:
            wizard.trial(NEW)
            console.press("enter")
    wizard.on(TIME)
    yield f"reset while they were kept: they stay{'' if kept else ', though it was not noted yet'}"


def at_the_last_pages(machine: Machine, wizard: Wizard, plane: ControlPlane) -> Iterator[str]:
    """Begins on the page Time, ends on the review with everything answered."""
    console = wizard.console
    wizard.time()
    reset_on(machine, wizard, TIME)
    yield "reset on Time: it goes on there"
    wizard.time()
    wizard.next(CLUSTER)
    console.press("f8")
    console.wait_for("Choose a cluster", SLOW_SECS)
    console.wait_until_still()
    console.type(plane.address)
    reset_on(machine, wizard, CLUSTER)
    assert "Choose a cluster" not in console.text, console.text
    yield "reset in the form of Cluster: it goes on on its page"
    wizard.cluster(plane, plane.tokens[0])
    mend(wizard, plane, "Mend: Administrator")
    wizard.on(REVIEW)
    reset_on(machine, wizard, "the exact changes")
    console.wait_for("secrets are not kept: Administrator, Cluster", SLOW_SECS)
    yield "reset on Review: it goes on there, and both secrets are asked for again:\n" + console.text


def while_applying(machine: Machine, wizard: Wizard, plane: ControlPlane, moments: Sequence[Moment]) -> Iterator[str]:
    """From the review to the dashboard of a connected node."""
    shell, console = machine.shell, wizard.console
    for moment in moments:
        if holds(shell, moment.sign):
            yield f"{moment.what}: so it is already"
            continue
        with reset_when(machine, console, moment.sign):
            go_on(wizard, plane)
        done = ", ".join(steps_done(shell)) or "none"
        there = "is there" if holds(shell, moment.sign) else "was lost with what the disk had not yet"
        yield f"reset when {moment.what}, which {there}; steps noted as done: {done}"
        if holds(shell, f"test -e {STATE}/setup-completed"):
            break
        log_in(console)
        console.wait_until_still()
        yield "it goes on there:\n" + console.text
    if not holds(shell, f"test -e {STATE}/setup-completed"):
        go_on(wizard, plane)
        wizard.on(DONE, APPLY_SECS)
        console.press("enter")
    wait_until_connected(console)
    yield "to the end:\n" + console.text


def go_on(wizard: Wizard, plane: ControlPlane) -> None:
    """From the review or the page Apply until the changes are being made; secrets are typed again on the way."""
    console = wizard.console

    def ready() -> bool:
        return any(words in console.text for words in ("Mend: ", "Apply now ]", "Go on ]", "Try again ]"))

    while True:
        wait_until(ready, "the wizard to say what it waits for", SLOW_SECS)
        console.wait_until_still()
        text = console.text
        assert "FAIL" not in text, text
        mended = next((words for words in ("Mend: Administrator", "Mend: Cluster") if words in text), None)
        if mended is None:
            console.press("f8")
            return
        # From the page Apply too it leads to the review.
        mend(wizard, plane, mended)
        wizard.on("the exact changes")


def mend(wizard: Wizard, plane: ControlPlane, words: str) -> None:
    console = wizard.console
    console.wait_for(words, SLOW_SECS)
    console.press("f8")
    if words == "Mend: Administrator":
        wizard.administrator(PASSWORD)
        console.press("f8")
    else:
        wizard.cluster(plane, plane.tokens[0])


def log_in(console: Console) -> None:
    """Where there is a password by now, nobody goes on without it."""
    signs = ("Password", "SET UP", TAKE_OVER)
    wait_until(lambda: any(sign in console.text for sign in signs), "the console to begin", SLOW_SECS)
    console.wait_until_still()
    if "Password" in console.text and "SET UP" not in console.text:
        console.type(PASSWORD)
        console.press("enter")
    Wizard(console).on("SET UP")


def reset_on(machine: Machine, wizard: Wizard, page: str) -> None:
    """Ends on the same page, after the boot."""
    pull_the_plug(machine)
    healthy(machine.shell, wizard.console)
    wizard.on(page)
    wizard.console.wait_until_still()


@contextmanager
def reset_when(machine: Machine, console: Console, sign: str) -> Iterator[None]:
    """The guest resets itself the moment that ``sign`` holds, as if the plug were pulled; ends after the boot."""
    shell = machine.shell
    assert not holds(shell, sign), sign
    loop = f"until {sign}; do sleep 0.05; done; echo b >/proc/sysrq-trigger"
    shell.run(f"systemd-run --quiet --collect --unit=reset-when sh -c {shlex.quote(loop)}")
    boots = shell.boots
    with suppress(GuestReset):
        yield
    try:
        wait_until(lambda: shell.boots > boots, "the guest to reset itself and boot", APPLY_SECS)
    except AssertionError as late:
        said = shell.run("systemctl list-units 'reset-when*'; journalctl -q -b --no-pager -t quantix-tui -n 40; true")
        raise AssertionError(f"{late}: {sign}; the console shows\n{console.text}\n{said}") from None
    healthy(shell, console)


def healthy(shell: GuestShell, console: Console) -> None:
    """The console came with the boot, and none has failed."""
    unit = f"quantix-console@{console.line}.service"
    wait_until(lambda: shell.run(f"systemctl is-active {unit}; true") == "active\n", f"{unit} to run", SLOW_SECS)
    failed = shell.run(
        "cat /tmp/quantix-tui-crash-* 2>/dev/null; systemctl show --property=NRestarts --value quantix-console@tty1 "
        "quantix-console@ttyS0 | grep -v '^0\\?$'; true"
    )
    assert not failed, failed


def holds(shell: GuestShell, sign: str) -> bool:
    return shell.run(f"if {sign}; then echo yes; fi") == "yes\n"


def _variants() -> Iterator[tuple[str, tuple[Story, str]]]:
    yield "steps", (steps_alone, "no reset before the review")
    for place, moment in enumerate(MOMENTS):
        later = partial(steps_alone, moments=MOMENTS[place:])
        yield f"from-{moment.name}", (later, f"no reset before the moment when {moment.what}")


if __name__ == "__main__":
    sys.exit(tell(story, "first_boot_resets", __doc__, variants=dict(_variants())))
