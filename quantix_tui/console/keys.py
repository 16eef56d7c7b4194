"""The one key map (DESIGN 6): every function key has a plain-letter twin; only what exists is listed."""

from dataclasses import dataclass

from quantix_tui.console.access import Access
from quantix_tui.console.view import NodeView
from quantix_tui.node.gateway.protocol import DaemonKind


@dataclass(frozen=True, slots=True)
class KeyHelp:
    """``keys`` as a person reads them, ``bindings`` as Textual names them, ``action`` on the dashboard."""

    keys: str
    short: str
    bindings: str
    action: str
    help: str


KEY_MAP: tuple[KeyHelp, ...] = (
    KeyHelp("F1 ?", "Help", "f1,question_mark", "help", "this page"),
    KeyHelp("J", "Join", "j,J", "join", "join a cluster: address, token, checks, save, restart"),
    KeyHelp("L", "Leave", "l,L", "leave", "leave the cluster; asks before it does anything"),
    KeyHelp("R", "Restart", "r,R", "restart", "restart the node daemon and follow it to the first heartbeat"),
    KeyHelp("F4 C", "Cluster", "f4,c,C", "cluster", "join a cluster, or all about the one this node is in"),
    KeyHelp("Enter", "Details", "enter", "details", "every value whole, nothing cut"),
    KeyHelp("E", "Events", "e,E", "events", "all events, newest first"),
    KeyHelp("F2 N", "Network", "f2,n,N", "open('network')", "test interfaces, gateway, DNS, time, control plane"),
    KeyHelp("F6 S", "Services", "f6,s,S", "open('services')", "how the services are; restart, start or stop one"),
    KeyHelp("F7 G", "Logs", "f7,g,G", "open('logs')", "the journal and the log files: follow, search, narrow down"),
    KeyHelp("F10 W", "Power", "f10,w,W", "open('power')", "restart the node or switch it off; asks twice"),
    KeyHelp("F12 X", "Shell", "f12,x,X", "shell", "a shell; the console returns after exit"),
    KeyHelp("A", "About", "a,A", "open('about')", "versions, serial number, fingerprints, QR code"),
    KeyHelp("T", "Set up", "t,T", "open('wizard')", "the first-boot wizard, on a node that is not set up"),
    KeyHelp("U", "Log in", "u,U", "log_in", "log in as an administrator, on a line of the node"),
    KeyHelp("K", "Lock", "k,K", "lock", "lock the console again"),
    KeyHelp("F5 F", "Refresh", "f5,f,F", "refresh_view", "ask the node again now"),
    KeyHelp("Ctrl-L", "Repaint", "ctrl+l", "repaint", "draw the screen anew, when something wrote over it"),
    KeyHelp("B", "Bundle", "b,B", "open('bundle')", "support bundle: state and logs in a file, no secrets"),
    KeyHelp("P", "Plain", "p,P", "switch_drawing", "draw plainly, or richly again; kept for this kind of line"),
    KeyHelp("Q", "Quit", "q,Q", "leave_console", "quit (also Ctrl-C); on a line of the node: its login prompt"),
)


def dashboard_keys(view: NodeView, access: Access) -> list[tuple[str, str]]:
    """The keys for the dashboard's last line: what somebody comes for, and what does something here and now.

    Letters where there are two: a serial client eats function keys, and help names both. What the state of the
    cluster asks for stands with it, in its panel.
    """
    status = view.status.value if view.status else None
    wanted = ["Help"]
    if status is not None and status.joined:
        wanted.append("Leave")
    elif status is not None and view.kind is not DaemonKind.LIMIQUANTIX:
        wanted.append("Join")
    if access.line is not None:
        # Before what may have no room: without it nobody sees how anything is changed here.
        wanted.append("Log in" if access.locked else "Lock")
    wanted += ["Network", "Services", "Logs", "Events", "Power", "Quit"]
    letters = {entry.short: entry.keys.split()[-1] for entry in KEY_MAP}
    return [(letters[short], short) for short in wanted if short in letters]
