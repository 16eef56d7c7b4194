"""What is done to the machine that the console runs on, where the node on the screen may be another one."""

import os

from quantix_tui.console.first_paint import is_this_machine
from quantix_tui.settings import Settings


def elsewhere(settings: Settings, *, demo: bool = False) -> str:
    """Why nothing is done to this machine from here, as a sentence; empty where it is the node that is shown."""
    if demo:
        return "This is a demo: the machine that it runs on is left alone."
    if not is_this_machine(settings):
        return "Use that node's own console for this: it is another machine than this one."
    return ""


def titled(title: str, settings: Settings, *, demo: bool = False) -> str:
    """The title of what shows this machine; with its name where the node on the screen is another one."""
    return f"{title} of {os.uname().nodename}" if elsewhere(settings, demo=demo) else title
