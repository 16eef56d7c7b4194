"""``python -m tests.vm.unattended``: a node that sets itself up at its first boot, with answers that came with it.

On a volume with the known label, on one that the kernel's command line names, and on a server that it names; each from
cold, with the real unit, network, password and cluster. Then a set-up that a reset ends half-way, and answers that are
for the wizard. An option does one of them alone. Pictures go into ``assets/screens/vm``.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from quantix_tui.sandbox.authority import Authority
from tests.support.waiting import wait_until
from tests.vm.answers import URL, make_volume, served
from tests.vm.consoles import Console, SerialLine, VirtualConsole
from tests.vm.first_boot import APPLY_SECS, HOST, NEW, OLD, PASSWORD, PICTURES, is_set_up
from tests.vm.first_boot_resets import APPLIED_ON_TRIAL, reset_when
from tests.vm.machine import Extra, Machine, switched_on
from tests.vm.new_node import (
    ControlPlane,
    log_in_for_real,
    prepare,
    secrets_on_disk,
    steps_done,
    wait_for_address,
)
from tests.vm.program import archive
from tests.vm.serial import GuestShell
from tests.vm.stories import SLOW_SECS, reboot, switch_off, tell, wait_for_console, wait_for_unit
from tests.vm.wizard import (
    ADMINISTRATOR,
    CLUSTER,
    DNS,
    GATEWAY,
    NAME,
    NETWORK,
    NTP,
    TIME,
    WELCOME,
    Wizard,
    wait_until_connected,
)

KNOWN, NAMED = "QUANTIX-CFG", "SITE-7"
UNIT = "quantix-setup.service"
_HASH = "$6$quantixstory$0GXC0Mv17NvykhWqWN88gO3LdwrgJZHUTKv7watVIC5yVLyFHoE8x8cOGpRelj3UaOU98CjWVoOzET396VWfg0"
"""Of the password."""
_ANSWERS = f"""\
name: {{hostname: {HOST}}}
network:
  interface: eno1
  ipv4: {{method: static, address: {NEW}, gateway: {GATEWAY}}}
  ipv6: {{method: off}}
  dns: [{DNS}]
time: {{timezone: Europe/Berlin, ntp: [{NTP}]}}
"""
_UNATTENDED = "unattended: true\n"


@dataclass(frozen=True, slots=True)
class Site:
    """``off``: the machine before its first boot; ``authority``: one that it trusts."""

    off: Machine
    plane: ControlPlane
    authority: Authority
    folder: Path
    """Where a case puts its files."""


Case = Callable[[Site], Iterator[str]]


def all_of_it(machine: Machine) -> Iterator[str]:
    """Each case on a machine of its own, which were the same one before their first boot."""
    yield from told(machine, *CASES.values())


def told(machine: Machine, *cases: Case) -> Iterator[str]:
    plane, authority = prepare(machine.shell), Authority()
    trust(machine.shell, authority)
    switch_off(machine)
    yield "a node that was never set up is prepared, and off"
    for case in cases:
        with tempfile.TemporaryDirectory(prefix="quantix-answers-") as folder:
            yield from case(Site(machine, plane, authority, Path(folder)))


def from_the_volume(site: Site) -> Iterator[str]:
    """With the label that is looked for: to the login prompts, over a reboot."""
    token = site.plane.tokens[0]
    with switched_on(site.off, Extra(volume=volume(site, KNOWN, token))) as machine:
        shell, screen, serial = machine.shell, VirtualConsole(machine), SerialLine(machine)
        yield from applies(machine, screen, f"volume {KNOWN}")
        wait_until_connected(screen)
        yield from holds(machine, [PASSWORD, token])
        screen.wait_until_still()
        screen.photograph(PICTURES / "vm-text-unattended-connected")
        yield "the dashboard stands on tty1:\n" + screen.text
        wait_until_connected(serial)
        yield "and on ttyS0:\n" + serial.text

        reboot(machine)
        for console in (screen, serial):
            wait_for_console(shell, console)
            wait_until_connected(console)
        assert shown(shell, "ConditionResult") == "no", shown(shell, "ConditionResult")
        yield from is_set_up(shell)
        yield "connected again after a reboot, though the volume is still there: it is not set up again"
        log_in_for_real(screen, "root", PASSWORD, HOST)
        yield "and the password opens the real login prompt:\n" + screen.text


def from_the_named_volume(site: Site) -> Iterator[str]:
    """With another label, which the kernel's command line says."""
    token = site.plane.tokens[1]
    extra = Extra(f"quantix.answers=LABEL={NAMED}", volume(site, NAMED, token))
    with switched_on(site.off, extra) as machine:
        screen = VirtualConsole(machine)
        yield from applies(machine, screen, f"volume {NAMED}")
        wait_until_connected(screen)
        yield from holds(machine, [PASSWORD, token])
        yield "the dashboard stands on tty1:\n" + screen.text
        log_in_for_real(screen, "root", PASSWORD, HOST)
        yield "and the password opens the real login prompt"


def from_the_server(site: Site) -> Iterator[str]:
    """Over the network that the machine has at its first boot; such answers name no token."""
    text = f'{_UNATTENDED}administrator: {{password_hash: "{_HASH}"}}\n{_ANSWERS}cluster: {{}}\n'
    with (
        served(site.folder, site.authority, text) as port,
        switched_on(site.off, Extra(f"quantix.answers={URL}", server=port)) as machine,
    ):
        screen = VirtualConsole(machine)
        yield from applies(machine, screen, URL)
        screen.wait_for("STANDALONE", SLOW_SECS)
        yield from holds(machine, [PASSWORD, _HASH])
        assert "SET UP" not in screen.text, screen.text
        yield "the dashboard stands on tty1:\n" + screen.text
        log_in_for_real(screen, "root", PASSWORD, HOST)
        yield "and the password of the hash opens the real login prompt"


def over_a_reset(site: Site) -> Iterator[str]:
    """The plug pulled while new network settings are tried: the next boot goes on with it."""
    token = site.plane.tokens[2]
    with switched_on(site.off, Extra(volume=volume(site, KNOWN, token))) as machine:
        shell, screen = machine.shell, VirtualConsole(machine)
        with reset_when(machine, screen, APPLIED_ON_TRIAL):
            pass
        done = steps_done(shell)
        assert "name" in done, done
        assert "network" not in done, done
        yield f"reset while new network settings were tried; noted as done: {', '.join(done)}"
        yield from applies(machine, screen, f"volume {KNOWN}")
        wait_until_connected(screen)
        yield from holds(machine, [PASSWORD, token])
        yield "it went on by itself at the next boot, and to the end:\n" + screen.text


def for_the_wizard(site: Site) -> Iterator[str]:
    """Answers that do not say that nobody is there."""
    token = site.plane.tokens[3]
    with switched_on(site.off, Extra(volume=volume(site, KNOWN, token, ""))) as machine:
        shell, console = machine.shell, VirtualConsole(machine)
        wait_for_unit(shell, f"quantix-console@{console.line}.service")
        wizard = Wizard(console)
        wizard.on(WELCOME)
        console.wait_for(f"Taken from volume {KNOWN}", SLOW_SECS)
        wait_until(lambda: shown(shell, "ActiveState") == "inactive" and has_run(shell), f"{UNIT} to end", APPLY_SECS)
        assert shown(shell, "Result", "ExecMainStatus") == "success 0"
        assert "they do not say unattended: true" in said(shell)
        assert shell.run("hostname").strip() != HOST
        wait_for_address(shell, OLD)
        console.wait_until_still()
        console.photograph(PICTURES / "vm-text-first-boot-answers")
        yield f"without unattended: true the wizard stands there, and {UNIT} has changed nothing:\n" + console.text
        wizard.next(ADMINISTRATOR)
        console.wait_for("It is given by the answers", SLOW_SECS)
        wizard.next(NAME)
        console.wait_for(HOST, SLOW_SECS)
        wizard.next(NETWORK)
        for words in ("(*) fixed", NEW, GATEWAY):
            console.wait_for(words, SLOW_SECS)
        console.wait_for("Try now", SLOW_SECS)
        yield "its fields are filled in:\n" + console.text
        console.press("f8")
        wizard.trial(NEW)
        console.press("enter")
        wizard.on(TIME)
        console.wait_for("(*) Europe/Berlin", SLOW_SECS)
        wizard.next(CLUSTER)
        console.wait_for("given by the answers, not shown", SLOW_SECS)
        found = secrets_on_disk(shell, [PASSWORD, token])
        assert not found, found
        yield "up to the token, and no secret is in a file or in the log:\n" + console.text


CASES: dict[str, Case] = {
    "volume": from_the_volume,
    "named": from_the_named_volume,
    "server": from_the_server,
    "interrupted": over_a_reset,
    "wizard": for_the_wizard,
}


def applies(machine: Machine, console: Console, source: str) -> Iterator[str]:
    """From the boot until the unit has ended well."""
    shell, began = machine.shell, time.monotonic()
    wait_for_unit(shell, f"quantix-console@{console.line}.service")
    seen = ""

    def ended() -> bool:
        nonlocal seen
        text = console.text
        seen = text if "sets this node up" in text else seen
        return has_run(shell) and shown(shell, "ActiveState") in ("inactive", "failed")

    try:
        wait_until(ended, f"{UNIT} to end", APPLY_SECS)
    except AssertionError as late:
        raise AssertionError(f"{late}; it says\n{said(shell)}; the console shows\n{console.text}") from None
    assert shown(shell, "Result", "ExecMainStatus") == "success 0", said(shell)
    assert "The node is set up." in said(shell), said(shell)
    took = time.monotonic() - began
    yield f"{UNIT} has set the node up with the answers from {source}, {took:.0f} s after its boot:\n" + said(shell)
    assert seen, console.text
    yield "meanwhile the console told so:\n" + seen


def holds(machine: Machine, secrets: list[str]) -> Iterator[str]:
    """The machine is what the answers say, and has kept no secret of them."""
    shell = machine.shell
    yield from is_set_up(shell)
    found = secrets_on_disk(shell, secrets)
    assert not found, found
    assert not shell.run("ls -d /tmp/quantix-answers-* 2>/dev/null; grep vdb /proc/mounts; true")
    failed = shell.run("ls /tmp/quantix-tui-crash-* 2>/dev/null; systemctl --failed --plain --no-legend; true")
    assert not failed, failed
    yield "no secret is in a file or in the log, the volume was let go, and no unit has failed"


def volume(site: Site, label: str, token: str, beginning: str = _UNATTENDED) -> Path:
    """Answers that join the cluster, with their secrets beside them."""
    cluster = f'cluster: {{address: "{site.plane.address}", token_file: token.txt, pin: "{site.plane.fingerprint}"}}\n'
    text = f"{beginning}administrator: {{password_file: password.txt}}\n{_ANSWERS}{cluster}"
    files = {"answers.yaml": text, "password.txt": f"{PASSWORD}\n", "token.txt": f"{token}\n"}
    return make_volume(site.folder, label, files)


def trust(shell: GuestShell, authority: Authority) -> None:
    """As an image of a site has it: its authority is one of the machine's own."""
    path = shell.run("python3 -c 'import ssl; print(ssl.get_default_verify_paths().openssl_cafile)'").strip()
    shell.put(archive({path.lstrip("/"): authority.pem}), "/")


def shown(shell: GuestShell, *names: str) -> str:
    """Properties of the unit."""
    shows = [f"systemctl show --value --property={name} {UNIT}" for name in names]
    return " ".join(shell.run("; ".join(shows)).split())


def has_run(shell: GuestShell) -> bool:
    """In this boot."""
    return shown(shell, "ExecMainExitTimestampMonotonic") not in ("", "0")


def said(shell: GuestShell) -> str:
    return shell.run(f"journalctl -q -b --no-pager --output=cat --unit={UNIT}")


def _alone(case: Case) -> Callable[[Machine], Iterator[str]]:
    return lambda machine: told(machine, case)


if __name__ == "__main__":
    helps = {name: (_alone(case), (case.__doc__ or name).strip().splitlines()[0]) for name, case in CASES.items()}
    sys.exit(tell(all_of_it, "unattended", __doc__, variants=helps))
