"""Commands that need root, from a session that may not be root's."""

import os
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
    return " ".join(command if user == 0 else ("sudo", *command))
