"""The machine itself: power, and a shell."""

import os
import sys

from quantix_tui.console.screens.power import ThisMachine, guest_sentence
from quantix_tui.console.shell import FORBIDDEN
from quantix_tui.host.audit import record
from quantix_tui.host.power import PowerAct
from quantix_tui.host.shells import run_shell, shell_of
from quantix_tui.line_mode.session import Session


def power(session: Session) -> None:
    talk = session.talk
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
    session.wait_for(record(f"shell {found.program} opened", user=user, line=access.line))
    session.talk.say(f"A shell of {user}. The console returns after: exit")
    session.wait_for(run_shell(found, os.environ))
    session.wait_for(record("shell ended", user=user, line=access.line))
    session.talk.say("Back from the shell.")
