"""What the wizard sets up: this machine, or a folder that stands for one. Light: it is known before the first paint."""

import os
from dataclasses import dataclass

from quantix_tui.settings import STATE, Settings
from quantix_tui.setup.first_boot import is_first_boot


@dataclass(frozen=True, slots=True)
class Setup:
    """``root``: where the machine's files are. ``daemon``: its node daemon runs, and takes a join up at once.

    ``alone``: there is no dashboard after it. ``permitted``: this session may set the machine up. ``answers``: a file
    of answers to begin with, in place of those that come with the boot.
    """

    root: str = "/"
    daemon: bool = True
    alone: bool = False
    permitted: bool = True
    answers: str = ""


def setup_wanted(settings: Settings) -> Setup | None:
    """Whether the console begins with the wizard: on a node that was never set up, in front of the node itself.

    Whoever names a node (``--node``) wants that one's console. Who is not root is told at most.
    """
    if settings.node is not None:
        return None
    is_root = os.geteuid() == 0
    state = settings.state if is_root else STATE
    if not is_root and os.path.isdir(state) and not os.access(state, os.X_OK):
        return None  # It cannot be known.
    return Setup(permitted=is_root) if is_first_boot(state, str(settings.config_file)) else None
