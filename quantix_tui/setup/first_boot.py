"""Whether this node was ever set up. Asked before the first paint: it costs microseconds and imports nothing."""

import os

COMPLETED = "setup-completed"
BEFORE = "setup-completed.before"
"""What :data:`COMPLETED` becomes when the wizard is begun anew, until something is answered."""
STATE = "wizard.json"
_MEMBER = ("node-credential", "registration-token")
_MOST_BYTES = 1 << 16


def is_first_boot(state: str, config_file: str) -> bool:
    """``state``: the folder of the console's state (Settings.state); ``config_file``: the node's configuration.

    A node that joined a cluster before there was a wizard is set up; one that is in the middle of it is not.
    """
    if is_set_up(state):
        return False
    if os.path.exists(os.path.join(state, STATE)):
        return True
    beside = os.path.dirname(config_file)
    return not any(os.path.exists(os.path.join(beside, name)) for name in _MEMBER) and not _names_cluster(config_file)


def is_set_up(state: str) -> bool:
    """Whether the wizard was completed, and nothing was answered since it was begun anew, if it was."""
    completed, before, kept = (os.path.exists(os.path.join(state, name)) for name in (COMPLETED, BEFORE, STATE))
    return completed or (before and not kept)


def _names_cluster(config_file: str) -> bool:
    """Whether the configuration has an address in its control_plane section: by its look alone, YAML costs 30 ms."""
    try:
        with open(config_file, "rb") as file:
            lines = file.read(_MOST_BYTES).splitlines()
    except OSError:
        return False
    inside = False
    for line in lines:
        if line[:1] not in (b" ", b"\t", b"#", b""):
            inside = line.startswith(b"control_plane:")
        name, _, value = line.strip().partition(b":")
        if inside and name == b"address" and value.strip(b" \t\"'"):
            return True
    return False
