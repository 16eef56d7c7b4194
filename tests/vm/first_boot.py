"""``python -m tests.vm.first_boot``: a node that was never set up goes from its first boot to a connected node.

By keyboard, on tty1, with everything real: network with a way back, name, password, timezone, node daemon. With
``--serial`` the same on ttyS0; with ``--interrupted`` the console is killed and the plug pulled on the way. Pictures go
into ``assets/screens/vm``.
"""

import sys
import time
from collections.abc import Callable, Iterator

from tests.support.waiting import wait_until
from tests.vm.consoles import Console, SerialLine, VirtualConsole
from tests.vm.image import PROJECT
from tests.vm.machine import Machine
from tests.vm.new_node import (
    STATE,
    ControlPlane,
    addresses,
    log_in_for_real,
    prepare,
    pull_the_plug,
    secrets_on_disk,
    steps_done,
    wait_for_address,
)
from tests.vm.serial import GuestShell
from tests.vm.stories import SLOW_SECS, reboot, tell, wait_for_console, wait_for_unit
from tests.vm.wizard import (
    ADMINISTRATOR,
    APPLY,
    CLUSTER,
    DONE,
    NAME,
    NETWORK,
    REVIEW,
    TIME,
    WELCOME,
    Wizard,
    wait_until_connected,
)

PASSWORD = "wet paint on friday"
HOST = "node1"
OLD, NEW, OTHER = "10.20.0.17/24", "10.20.0.77/24", "10.20.0.88/24"
APPLY_SECS = 300.0
BACK_SECS = 75.0
"""The minute of the countdown, and what it takes to bring the old settings back."""
SOON_SECS = 30.0
"""Sooner than the dashboard asks again for what hardly changes."""
PICTURES = PROJECT / "assets" / "screens" / "vm"


def on_tty1(machine: Machine) -> Iterator[str]:
    """From one end to the other on the machine's own screen."""
    plane = booted_anew(machine)
    yield from straight_through(machine, plane, VirtualConsole(machine), "vm-text-first-boot", lambda _: True)


def on_ttys0(machine: Machine) -> Iterator[str]:
    """The same on the serial line: a VT220, ASCII."""
    console = SerialLine(machine)
    plane = booted_anew(machine)
    few = ("welcome", "network", "trial", "review", "apply", "done")
    yield from straight_through(machine, plane, console, "vm-serial-first-boot", few.__contains__)


def booted_anew(machine: Machine) -> ControlPlane:
    """A node that was never set up, after its first boot."""
    plane = prepare(machine.shell)
    reboot(machine)
    return plane


def straight_through(
    machine: Machine, plane: ControlPlane, console: Console, prefix: str, wanted: Callable[[str], bool]
) -> Iterator[str]:
    """From Welcome to a login on the node that is set up, over a reboot."""
    shell = machine.shell

    def photograph(name: str) -> None:
        if wanted(name):
            console.photograph(PICTURES / f"{prefix}-{name}")

    wait_for_unit(shell, f"quantix-console@{console.line}.service")
    wizard = Wizard(console, photograph)
    wizard.on(WELCOME)
    wait_for_unit(shell, "limiquantix-node.service")
    wizard.picture("welcome")
    yield "after a fresh boot the wizard stands there:\n" + console.text

    began = time.monotonic()
    yield from to_the_cluster(shell, wizard, photograph)
    wizard.cluster(plane, plane.tokens[0])
    yield from to_the_end(shell, wizard)
    yield f"from Welcome to CONNECTED in {time.monotonic() - began:.0f} s of an emulated machine"

    found = secrets_on_disk(shell, [PASSWORD, plane.tokens[0]])
    assert not found, found
    yield "no secret is in a file or in the log"
    yield from is_set_up(shell)
    reboot(machine)
    wait_for_console(shell, console)
    wait_until_connected(console)
    yield "connected again after a reboot:\n" + console.text
    yield from is_set_up(shell)
    log_in_for_real(console, "root", PASSWORD, HOST)
    photograph("login")
    yield "and the new password opens the real login prompt:\n" + console.text


def to_the_cluster(shell: GuestShell, wizard: Wizard, photograph: Callable[[str], None]) -> Iterator[str]:
    """From Welcome; the network is set up on the way."""
    console = wizard.console
    wizard.next(ADMINISTRATOR)
    wizard.administrator(PASSWORD)
    wizard.next(NAME)
    wizard.name(HOST)
    wizard.next(NETWORK)
    wizard.network(NEW)
    wizard.trial(NEW)
    wait_for_address(shell, NEW)
    console.wait_for("10.20.0.2 does not answer", SLOW_SECS)
    photograph("trial")
    yield "new network settings are on trial:\n" + console.text
    console.press("enter")
    wizard.on(TIME)
    wait_until(lambda: "network" in steps_done(shell), "the network to be kept", SLOW_SECS)
    yield "and are kept"
    wizard.time()
    yield "a time server that does not answer is told, and does not block:\n" + console.text
    wizard.next(CLUSTER)


def to_the_end(shell: GuestShell, wizard: Wizard) -> Iterator[str]:
    """From the review to the dashboard."""
    console = wizard.console
    wizard.on(REVIEW)
    wizard.picture("review")
    yield "the changes, before they are made:\n" + console.text
    console.press("f8")
    wizard.on(APPLY)
    console.wait_for("each step ends by itself", SLOW_SECS)
    wizard.picture("apply")
    wizard.on(DONE, APPLY_SECS)
    wizard.picture("done")
    yield "done:\n" + console.text
    console.press("enter")
    wait_until_connected(console)
    for words in (HOST, NEW, shell.run("date +' %H:'").strip("\n")):
        console.wait_for(words, SOON_SECS)
    wizard.picture("connected")
    yield "the dashboard:\n" + console.text


def is_set_up(shell: GuestShell) -> Iterator[str]:
    """What the wizard said is what the machine is."""
    run = shell.run
    assert run("hostname; cat /etc/hostname; hostnamectl --static").split() == [HOST] * 3
    assert addresses(shell) == [NEW], addresses(shell)
    assert "via 10.20.0.1 " in run("ip route show default") + " "
    assert "10.20.0.2" in run("cat /etc/resolv.conf")
    assert "Timezone=Europe/Berlin" in run("timedatectl show --property=Timezone")
    assert run("date +%Z").strip() in ("CET", "CEST")
    assert "NTP=10.20.0.1" in run("cat /etc/systemd/timesyncd.conf.d/quantix-tui.conf")
    assert run(f"stat -c %a {STATE}/setup-completed").strip() == "600"
    assert run(f"ls {STATE}/wizard.json 2>&1; true").endswith("No such file or directory\n")
    assert run("getent shadow root").split(":")[1].startswith("$")
    yield "name, address, route, name server, timezone, time server, password and marker are what was asked for"


def interrupted(machine: Machine) -> Iterator[str]:
    """The console killed and the plug pulled, on tty1: nothing is lost but what was never kept."""
    yield from with_interruptions(machine, booted_anew(machine))


def with_interruptions(machine: Machine, plane: ControlPlane) -> Iterator[str]:
    shell = machine.shell
    console = VirtualConsole(machine)
    wizard = Wizard(console)
    wizard.on(WELCOME)
    wizard.next(ADMINISTRATOR)
    wizard.administrator(PASSWORD)
    wizard.next(NAME)
    wizard.name(HOST)
    wizard.next(NETWORK)

    pull_the_plug(machine)
    wizard.on(NETWORK)
    assert "secrets are not kept" in console.text, console.text
    wizard.back(NAME)
    console.wait_for(HOST, SLOW_SECS)
    wizard.next(NETWORK)
    yield "the plug pulled on the network page: there it goes on, with the name that was typed"

    yield from killed_while_on_trial(shell, wizard)
    yield from reset_while_on_trial(machine, wizard)
    yield from reset_on_the_way_to_the_end(machine, wizard, plane)

    yield from is_set_up(shell)
    found = secrets_on_disk(shell, [PASSWORD, plane.tokens[0]])
    assert not found, found
    yield "no secret is in a file or in the log"


def reset_on_the_way_to_the_end(machine: Machine, wizard: Wizard, plane: ControlPlane) -> Iterator[str]:
    """From the network page: the plug pulled on a later page, and while the changes are made."""
    shell, run, console = machine.shell, machine.shell.run, wizard.console
    wizard.network(NEW)
    wizard.trial(NEW)
    console.press("enter")
    wizard.on(TIME)
    wizard.time()
    wizard.next(CLUSTER)
    pull_the_plug(machine)
    wizard.on(CLUSTER)
    wait_for_address(shell, NEW)
    assert run("cat /etc/hostname").strip() != HOST
    yield "the plug pulled on the cluster page: there it goes on, and the network that was kept is in force"

    wizard.cluster(plane, plane.tokens[0])
    console.wait_for("Mend: Administrator", SLOW_SECS)
    console.press("f8")
    wizard.administrator(PASSWORD)
    wizard.next(REVIEW)
    yield "before the changes are made, the password is asked for again"
    yield from reset_while_applying(machine, wizard, plane)


def killed_while_on_trial(shell: GuestShell, wizard: Wizard) -> Iterator[str]:
    """Begins and ends on the network page with the old settings in force."""
    console = wizard.console
    wizard.network(OTHER)
    wizard.trial(OTHER)
    wait_for_address(shell, OTHER)
    shell.run(f"systemctl kill --kill-whom=main --signal=KILL quantix-console@{console.line}")
    began = time.monotonic()
    wait_for_address(shell, OLD, BACK_SECS)
    yield f"the console killed: the old settings were back by themselves after {time.monotonic() - began:.0f} s"
    wizard.on("in force again")
    yield "and the console says so:\n" + console.text
    if "Trying the new settings" in console.text:
        console.press("enter")
    wizard.on(NETWORK)


def reset_while_on_trial(machine: Machine, wizard: Wizard) -> Iterator[str]:
    """The same with the plug pulled."""
    wizard.network(OTHER)
    wizard.trial(OTHER)
    wait_for_address(machine.shell, OTHER)
    pull_the_plug(machine)
    wait_for_address(machine.shell, OLD)
    wizard.on(NETWORK)
    wizard.on("in force again")
    yield "the plug pulled: the machine came up with the old settings, and says so:\n" + wizard.console.text


def reset_while_applying(machine: Machine, wizard: Wizard, plane: ControlPlane) -> Iterator[str]:
    """From the review; ends on the dashboard of a connected node."""
    shell, console = machine.shell, wizard.console
    console.press("f8")
    wizard.on(APPLY)
    wait_until(lambda: "name" in steps_done(shell), "the name to be set", APPLY_SECS)
    pull_the_plug(machine)
    done = steps_done(shell)
    assert "administrator" in done, done
    yield f"the plug pulled while the changes were made; done by then: {', '.join(done)}"
    # The password is set by now: nobody goes on without it.
    console.wait_for("Password", SLOW_SECS)
    console.wait_until_still()
    console.type(PASSWORD)
    console.press("enter")
    wizard.on("were begun, and not ended")
    yield "after the login it goes on where it was:\n" + console.text
    if "Mend: Cluster" in console.text:
        console.press("f8")
        wizard.cluster(plane, plane.tokens[0])
        wizard.on(REVIEW)
    console.press("f8")
    wizard.on(DONE, APPLY_SECS)
    console.press("enter")
    wait_until_connected(console)
    yield "and to the end: what was done is not done again\n" + console.text


if __name__ == "__main__":
    variants = {"serial": (on_ttys0, "on ttyS0"), "interrupted": (interrupted, "with the plug pulled on the way")}
    sys.exit(tell(on_tty1, "first_boot", __doc__, variants=variants))
