"""Commands that need root, from a session that may not be root's."""

import os
import shutil
from collections.abc import Sequence


def as_root(command: Sequence[str], uid: int | None = None) -> tuple[str, ...]:
    """The command as it has to be run for the user ``uid`` (this process's own where left out).

    Through sudo, which must not ask: there is nowhere to answer.
    """
    user = os.geteuid() if uid is None else uid
    return tuple(command) if user == 0 else ("sudo", "-n", *command)


def typed_as_root(command: Sequence[str], uid: int | None = None) -> str:
    """What an administrator types for it."""
    user = os.geteuid() if uid is None else uid
    words = " ".join(command)
    if user == 0:
        return words
    return f"sudo {words}" if shutil.which("sudo") else f"su -c '{words}'"


def why_not_run(command: Sequence[str], error: OSError) -> str:
    """Why ``command``, as :func:`as_root` has made it, could not even be started; a sentence's end."""
    if isinstance(error, FileNotFoundError):
        return f"there is no {command[0]} on this node"
    return (error.strerror or "it cannot be run").lower()
