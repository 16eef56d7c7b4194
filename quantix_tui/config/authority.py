"""The node's own copy of the CA certificates that a join named: beside the configuration, 0644.

Its first line says whose it is. A file of the same name that an administrator put there is never removed.
"""

import os

from quantix_tui.config.atomic import FileState, read_file, replace_file

MARK = "# Kept by the Quantix node daemon: the CA of its control plane, from the join until the leave."
_MODE = 0o644


def marked(pem: str) -> str:
    """The copy's text."""
    return f"{MARK}\n{pem.strip()}"


def read_copy(path: str) -> str | None:
    """The text of the copy, None when there is none of ours. Raises OSError."""
    state = read_file(path)
    text = state.data.decode("ascii", "replace") if state else ""
    return text if text.startswith(MARK) else None


def write_copy(path: str, text: str) -> None:
    """Keep the certificates in ``path``; the caller holds the lock. Raises OSError."""
    replace_file(path, f"{text}\n".encode("ascii", "replace"), FileState(b"", _MODE, os.geteuid(), os.getegid()))
