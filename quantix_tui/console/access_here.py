"""Who is at this console, as the settings and the process tell."""

import os

from quantix_tui.console.access import Access, own_session, owned_line
from quantix_tui.console.first_paint import is_this_machine
from quantix_tui.host.administrators import may_administer, user_name
from quantix_tui.settings import Settings


def access_here(settings: Settings, *, demo: bool) -> Access:
    """On a line of this node nobody is logged in yet; elsewhere the process's own user counts.

    A node elsewhere decides by itself, and a demo's belongs to whoever started it.
    """
    if settings.line is not None and not demo:
        return owned_line(settings.line)
    uid = os.geteuid()
    may = demo or not is_this_machine(settings) or may_administer(uid, settings.admin_groups) or _is_owner(settings)
    return own_session(user_name(uid), administrator=may)


def _is_owner(settings: Settings) -> bool:
    """Whether the node daemon runs as this very user, as one does that somebody tries out."""
    socket = (settings.node or "").removeprefix("unix:").removeprefix("//") or settings.socket_path
    try:
        return os.stat(socket).st_uid == os.geteuid()
    except OSError:
        return False
