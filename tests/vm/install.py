"""``python -m tests.vm.install``: the console installed on tty1 and ttyS0 under a real systemd, killed, and taken away.

Each step is checked as a person would see it, on the screens themselves; a step that went wrong ends the run.
"""

import sys
from collections.abc import Iterator

from tests.support.waiting import wait_until
from tests.vm.consoles import Console, SerialLine, VirtualConsole
from tests.vm.image import PROJECT
from tests.vm.machine import Machine
from tests.vm.serial import GuestShell
from tests.vm.stories import PROGRAM, SLOW_SECS, reboot, tell, wait_for_console, wait_for_unit

KILLS = 10
PICTURES = PROJECT / "assets" / "screens" / "vm"
_TREE = "cd /; find etc usr/local -printf '%p %y %m %u %l\\n' -type f -exec md5sum {} + | sort | md5sum"
_KERNEL_LEVEL = "cut -f1 /proc/sys/kernel/printk"


def story(machine: Machine) -> Iterator[str]:
    """Do all of it; yields what was found right. Raises AssertionError or GuestError at the first fault."""
    shell, run = machine.shell, machine.shell.run
    screen, serial = VirtualConsole(machine), SerialLine(machine)
    # A node that was set up long ago: the wizard has a story of its own.
    run("mkdir -p /var/lib/quantix-tui; touch /var/lib/quantix-tui/setup-completed")
    run("systemctl enable --now serial-getty@ttyS0.service")
    serial.wait_for("login:", SLOW_SECS)
    log_in(screen)
    refusal = run(f"! {PROGRAM} install --tty tty1 2>&1", SLOW_SECS)
    assert "Somebody is logged in on tty1" in refusal
    log_out(screen)
    screen.wait_for("login:", SLOW_SECS)
    yield "refused while somebody works there: " + refusal

    tree, level = run(_TREE), run(_KERNEL_LEVEL)

    said = run(f"{PROGRAM} install --tty tty1 --tty ttyS0", SLOW_SECS)
    yield "installed:\n" + said
    for console in (screen, serial):
        wait_for_console(shell, console)
    yield "the console stands on both lines"

    wait_until(lambda: run(_KERNEL_LEVEL) != level, "the kernel to be quiet", SLOW_SECS)
    run("echo '<3>quantix: a message of the kernel' >/dev/kmsg")
    assert "a message of the kernel" in run("dmesg")
    assert "a message of the kernel" not in screen.text
    yield "the kernel's messages stay away from tty1 and are in its log"

    painting = r"printf '\033[9;9H\033[31mpainted over\n'"
    assert run(f"{painting} >/dev/tty1; grep -c 'painted over' /dev/vcs1") == "1\n"
    wait_until(lambda: run("grep -c 'painted over' /dev/vcs1; true") == "0\n", "tty1 to be mended", SLOW_SECS)
    run("echo '<0>quantix: an emergency of the kernel' >/dev/kmsg")
    wait_until(lambda: "an emergency" not in screen.text, "tty1 to be mended", SLOW_SECS)
    yield "what else paints on tty1 is painted over again without a key"

    shell.run("systemctl kill --kill-whom=main --signal=KILL quantix-console@tty1.service")
    screen.wait_for("ended without a word", SLOW_SECS)
    yield f"the next start says that the console was killed\n{screen.text}"

    for console in (screen, serial):
        ask_for_login(console)
        console.press("ctrl+d")
        wait_for_console(shell, console)
        ask_for_login(console)
        log_in(console)
        log_out(console)
        wait_for_console(shell, console)
        yield f"{console.line}: the login prompt comes when it is asked for, and the console returns after it"

    run("! systemctl start autovt@tty1.service getty@tty1.service")
    assert run("systemctl is-active quantix-console@tty1; true").strip() == "active"
    yield "nobody can start a login prompt in its place"

    for console, other in ((serial, screen), (screen, serial)):
        restarts = f"systemctl show --property=NRestarts --value quantix-console@{other.line}"
        before = run(restarts)
        killed = kill(shell, console.line)
        console.wait_for("has ended again and again", SLOW_SECS)
        console.wait_for("login:", SLOW_SECS)
        assert "signal 9" in console.text
        console.photograph(PICTURES / f"vm-{'text' if console is screen else 'serial'}-page")
        assert run(restarts) == before
        yield f"{console.line}: killed {killed} times, then the plain page with a login prompt\n{console.text}"
        if console is screen:
            wait_until(lambda: run(_KERNEL_LEVEL) == level, "the kernel's level to return", SLOW_SECS)
            yield "the kernel's messages are as they were while no console stands on a virtual console"
        log_in(console)
        log_out(console)
        wait_for_console(shell, console)
        yield f"{console.line}: after the login session the console is there again"

    for _ in range(2):
        kill(shell, "tty1")
        screen.wait_for("login:", SLOW_SECS)
        run("systemctl kill --kill-whom=main --signal=TERM quantix-console-page@tty1")
        wait_for_console(shell, screen)
    yield "however often: it recovers whenever the login prompt ends"

    reboot(machine)
    for console in (screen, serial):
        wait_for_console(shell, console)
        assert run(f"systemctl is-active {console.getty}; true").strip() == "inactive"
    yield "a fresh boot brings the console to both lines, and no login prompt"

    yield "taken away:\n" + run(f"{PROGRAM} uninstall", SLOW_SECS)
    assert run(_TREE) == tree
    assert run(_KERNEL_LEVEL) == level
    for console in (screen, serial):
        wait_for_unit(shell, console.getty)
        console.wait_for("login:", SLOW_SECS)
    units = "systemctl list-units --all --plain --no-legend 'quantix-console*'"
    wait_until(lambda: not run(units).strip(), f"no unit to be left; there is {run(units)}", SLOW_SECS)
    yield "no file differs, no unit is left, the login prompts are back"


def kill(shell: GuestShell, line: str) -> int:
    """Kill the console on ``line`` as soon as it runs, until it is not started again; how often that was."""
    unit = f"quantix-console@{line}.service"
    for count in range(KILLS):
        state = wait_until(lambda: _settled(shell, unit), f"{unit} to run or to have failed", SLOW_SECS)
        if state != "active":
            return count
        shell.run(f"systemctl kill --kill-whom=main --signal=KILL {unit}; true")
    raise AssertionError(f"{unit} was started again after {KILLS} kills")


def _settled(shell: GuestShell, unit: str) -> str | None:
    state = shell.run(f"systemctl is-active {unit}; true").strip()
    return state if state in ("active", "failed", "inactive") else None


def ask_for_login(console: Console) -> None:
    """As somebody does who does not want the console."""
    console.press("q")
    console.wait_for("Leave this line", SLOW_SECS)
    console.press("right", "enter")
    console.wait_for("You asked for the login prompt", SLOW_SECS)
    console.wait_for("login:", SLOW_SECS)


def log_in(console: Console) -> None:
    """Root has no password in the guest."""
    console.wait_for("login:", SLOW_SECS)
    console.type("root")
    console.wait_for("login: root", SLOW_SECS)
    console.press("enter")
    console.wait_for("#", SLOW_SECS)


def log_out(console: Console) -> None:
    console.type("exit")
    console.wait_for("# exit", SLOW_SECS)
    console.press("enter")


if __name__ == "__main__":
    sys.exit(tell(story, "install", __doc__))
