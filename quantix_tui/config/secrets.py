"""Secrets in files of their own, 0600: one line of text each."""

import os
import secrets

from quantix_tui.cluster.secret import AdminToken
from quantix_tui.config.atomic import locked, read_file, remove_file, replace_file
from quantix_tui.config.paths import temporary


def read_secret(path: str) -> str | None:
    """The secret in ``path``, None when there is none. Raises OSError."""
    state = read_file(path)
    if state is None:
        return None
    return state.data.decode("utf-8", "surrogateescape").removesuffix("\n") or None


def write_secret(path: str, text: str) -> None:
    """Keep a secret in ``path``; the caller holds the lock. Raises OSError."""
    # Never an error about the text: a journal that could not be carried out would be in the way for ever.
    replace_file(path, f"{text}\n".encode("utf-8", "backslashreplace"))


def ensure_admin_token(path: str) -> AdminToken:
    """The admin token in ``path``, made when there is none yet (256 bits). Raises OSError."""
    directory, name = os.path.split(path)
    with locked(os.path.join(directory, f".{name}.lock")):
        kept = read_secret(path)
        if kept is None:
            kept = secrets.token_urlsafe(32)
            remove_file(temporary(path))
            write_secret(path, kept)
    return AdminToken(kept)
