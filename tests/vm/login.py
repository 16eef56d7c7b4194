"""``python -m tests.vm.login``: looking, logging in, changing and locking again, on tty1 and ttyS0 after a fresh boot.

With real PAM and real passwords. Each step is checked as a person would see it; pictures go into ``assets/screens/vm``.
"""

import sys
from collections.abc import Iterator

from tests.support.waiting import wait_until
from tests.vm.consoles import Console, SerialLine, VirtualConsole
from tests.vm.image import PROJECT
from tests.vm.machine import Machine
from tests.vm.program import start_sandbox
from tests.vm.stories import (
    PASSWORD,
    PROGRAM,
    SLOW_SECS,
    reboot,
    sandbox_at_boot,
    set_password,
    settle,
    tell,
    wait_for_console,
)

PICTURES = PROJECT / "assets" / "screens" / "vm"
NEW_PASSWORD = "battery staple 9"


def story(machine: Machine) -> Iterator[str]:
    """Do all of it; yields what was found right. Raises AssertionError or GuestError at the first fault."""
    shell, run = machine.shell, machine.shell.run
    screen, serial = VirtualConsole(machine), SerialLine(machine)
    for user, group in (("alice", "sudo"), ("bob", "users")):
        run(f"useradd --create-home --shell /bin/bash --groups {group} {user}")
        set_password(shell, user)
    set_password(shell, "root")
    sandbox = sandbox_at_boot(shell)
    settle(shell, sandbox, QUANTIX_LOCK_MINUTES="0.5")
    run("systemctl enable serial-getty@ttyS0.service")
    run(f"{PROGRAM} install --tty tty1 --tty ttyS0", SLOW_SECS)
    reboot(machine)
    start_sandbox(shell)  # It is started already; an emulated machine takes its time.
    for console in (screen, serial):
        wait_for_console(shell, console)
        console.wait_for("runs on its own", SLOW_SECS)  # The node daemon answers.
        console.wait_for("locked", SLOW_SECS)
    screen.wait_until_still()
    screen.photograph(PICTURES / "vm-text-locked")
    yield "after a fresh boot the console stands on both lines, and nobody is logged in"

    screen.press("e")
    screen.wait_for("Whole", SLOW_SECS)
    screen.press("esc")
    screen.wait_for("locked", SLOW_SECS)
    yield "everybody may look"

    ask_for_login(screen, "root")
    screen.type("not the password")
    screen.press("enter")
    screen.wait_for("the password is wrong", SLOW_SECS)
    screen.wait_until_still()
    screen.photograph(PICTURES / "vm-text-login-refused")
    yield "a wrong password is told:\n" + screen.text
    assert "Join a cluster" not in screen.text
    log = run("journalctl --no-pager -t quantix-console")
    assert "root on tty1" in log, log
    assert "not the password" not in log
    yield "and is in the log with the line and the user:\n" + log

    screen.type(PASSWORD)
    screen.press("enter")
    screen.wait_for("Control plane", SLOW_SECS)
    screen.wait_for("What happens", SLOW_SECS)
    yield "the right one, and what was asked for opens"
    assert "locked" in serial.text
    yield "the other line stays locked"
    screen.press("esc")
    screen.wait_for("root, locks in", SLOW_SECS)
    screen.photograph(PICTURES / "vm-text-logged-in")
    screen.wait_for("locked", SLOW_SECS)
    screen.wait_for("no key was pressed", SLOW_SECS)
    yield "it counts down, and locks again"

    run("chage --lastday 0 alice")
    ask_for_login(serial, "alice")
    serial.type(PASSWORD)
    serial.press("enter")
    serial.wait_for("Current password", SLOW_SECS)
    serial.wait_until_still()
    serial.photograph(PICTURES / "vm-serial-login-expired")
    for question, answer in (("", PASSWORD), ("New password", NEW_PASSWORD), ("Retype new", NEW_PASSWORD)):
        serial.wait_for(question, SLOW_SECS)
        serial.type(answer)
        serial.press("enter")
    serial.wait_for("What happens", SLOW_SECS)
    yield "an expired password is changed on the way in"
    serial.press("esc")
    serial.wait_for("alice, locks in", SLOW_SECS)
    serial.press("k")
    serial.wait_for("locked", SLOW_SECS)
    ask_for_login(serial, "bob")
    serial.type(PASSWORD)
    serial.press("enter")
    serial.wait_for("no administrator of this", SLOW_SECS)
    yield "a user who is no administrator is told so:\n" + serial.text
    serial.press("esc")
    serial.wait_for("STANDALONE", SLOW_SECS)

    run("echo '<3>quantix: a message of the kernel' >/dev/kmsg; wall 'a message to all' || true")
    assert "a message of the kernel" not in screen.text
    run("echo painted over >/dev/tty1")
    wait_until(lambda: "painted over" not in screen.text, "tty1 to mend itself", SLOW_SECS)
    yield "what was painted over tty1 has gone by itself"

    for console in (screen, serial):
        console.press("q")
        console.wait_for("Login prompt", SLOW_SECS)
        console.press("right", "enter")
        console.wait_for("You asked for the login prompt", SLOW_SECS)
        console.wait_for("login:", SLOW_SECS)
        log_in(console, "alice", NEW_PASSWORD)
        log_out(console)
        wait_for_console(shell, console)
    yield "Q leads to the login prompt, and the console is back after the logout"

    run("mv /etc/pam.d/quantix-console /root/; mv /etc/pam.d/other /root/")
    ask_for_login(screen, "root")
    screen.type(PASSWORD)
    screen.press("enter")
    screen.wait_for("the login prompt of this line", SLOW_SECS)
    yield "with PAM's service file gone it says so, and where the way in is:\n" + screen.text
    run("mv /root/quantix-console /root/other /etc/pam.d/")
    screen.press("esc")

    yield "taken away:\n" + run(f"{PROGRAM} uninstall", SLOW_SECS)
    for console in (screen, serial):
        console.wait_for("login:", SLOW_SECS)
    yield "the login prompts are back"


def ask_for_login(console: Console, user: str) -> None:
    """Want something that needs an administrator, and give the user's name."""
    console.press("j")
    console.wait_for("Password", SLOW_SECS)
    console.press("up", "ctrl+u")
    console.type(user)
    console.press("enter")
    console.wait_until_still()


def log_in(console: Console, user: str, password: str) -> None:
    console.type(user)
    console.press("enter")
    console.wait_for("Password:", SLOW_SECS)
    console.type(password)
    console.press("enter")
    console.wait_for("$", SLOW_SECS)


def log_out(console: Console) -> None:
    console.type("exit")
    console.wait_for("$ exit", SLOW_SECS)
    console.press("enter")


if __name__ == "__main__":
    sys.exit(tell(story, "login", __doc__))
