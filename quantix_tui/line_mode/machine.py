"""The machine itself: network, services, logs, power, a shell."""

import os
import sys
from dataclasses import replace

from quantix_tui.commands import about as about_command
from quantix_tui.commands import bundle as bundle_file
from quantix_tui.commands import logs as log_lines
from quantix_tui.commands import network as network_test
from quantix_tui.commands import services as service_lines
from quantix_tui.console.machine_here import elsewhere
from quantix_tui.console.screens.power import ThisMachine, guest_sentence
from quantix_tui.console.shell import FORBIDDEN
from quantix_tui.host.audit import record
from quantix_tui.host.logs.entry import Which
from quantix_tui.host.node_services.control import MachineServices
from quantix_tui.host.node_services.state import acts
from quantix_tui.host.power import PowerAct
from quantix_tui.host.shells import run_shell, shell_of
from quantix_tui.line_mode.login import may_change
from quantix_tui.line_mode.session import Session

LINES_SHOWN = 20


def network(session: Session) -> None:
    """Every line of the test, as ``quantix-tui network`` prints it."""
    network_test.run([], session.options)


def about(session: Session) -> None:
    about_command.run([], session.options)


def bundle(session: Session) -> None:
    path = session.talk.ask("File to write, or Enter for the usual place")
    bundle_file.run(["--output", path] if path else [], session.options)


def services(session: Session) -> None:
    """The list; a name then opens what can be done with that service."""
    talk, machine = session.talk, MachineServices()
    found = session.wait_for(machine.read())
    talk.show([f"{number:>3}  {line}" for number, line in enumerate(service_lines.service_lines(found), 1)])
    answer = talk.ask("Number of a service to restart, start or stop, or Enter for none")
    if not answer.isdigit() or not 1 <= int(answer) <= len(found):
        return
    service = found[int(answer) - 1]
    possible = acts(service)
    if why := elsewhere(session.settings):
        talk.say(why)
        return
    for act in possible:
        if talk.agreed(service_lines.meaning(service, act)):
            if may_change(session):
                session.wait_for(service_lines.carry_out(machine, service, act, session.access))
                talk.say(f"{service.name}: {act.value} done.")
            return
    talk.say("Nothing was done." if possible else f"{service.name} is not installed.")


def logs(session: Session) -> None:
    """The last lines; older ones with each Enter."""
    talk = session.talk
    words = talk.ask("Words to look for, or Enter for all lines").lower()
    source = log_lines.readable_log()
    entries = session.wait_for(log_lines.last_entries(source, Which(), LINES_SHOWN, words))
    talk.show([log_lines.entry_line(entry) for entry in entries] or ["There is no such line."])
    while len(entries) == LINES_SHOWN and talk.ask("o for older lines, or Enter for the menu").lower() == "o":
        entries = session.wait_for(log_lines.last_entries(source, Which(), LINES_SHOWN, words, before=entries[0].place))
        talk.show([log_lines.entry_line(entry) for entry in entries] or ["There are no older ones."])


def power(session: Session) -> None:
    talk = session.talk
    if why := elsewhere(session.settings):
        talk.say(why)
        return
    machine = ThisMachine(session.access)
    talk.say(guest_sentence(session.wait_for(machine.guests()), PowerAct.REBOOT).text)
    answer = talk.ask("1 restart the node, 2 switch it off, Enter alone goes back")
    act = {"1": PowerAct.REBOOT, "2": PowerAct.SHUT_DOWN}.get(answer)
    if act is None:
        return
    reason = talk.ask("Reason, for the log of this node")
    if not talk.agreed("Restart now?" if act is PowerAct.REBOOT else "Switch it off now?"):
        talk.say("Nothing was done.")
        return
    session.wait_for(machine.order(act, reason))
    talk.say("It has been ordered. The services end first; then this ends too.")


def shell(session: Session) -> None:
    access = session.access
    user = access.user or "root"
    found = shell_of(user, session.settings.shell, sys.argv[0])
    if found is None:
        session.talk.say(FORBIDDEN)
        return
    if access.line is not None:
        found = replace(found, idle=session.settings.lock_after)
    session.wait_for(record(f"shell {found.program} opened", user=user, line=access.line))
    session.talk.say(f"A shell of {user}. The console returns after: exit")
    session.wait_for(run_shell(found, os.environ))
    session.wait_for(record("shell ended", user=user, line=access.line))
    session.talk.say("Back from the shell.")
