"""Texts that are compared with files; ``UPDATE_GOLDEN=1`` writes them anew, to be looked at as a difference."""

import os
from collections.abc import Iterable
from pathlib import Path

from quantix_tui.host.files.changes import Change, Edit, File, Put


def compare(path: Path, text: str) -> None:
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert text == path.read_text()


def told(changes: Iterable[Change]) -> str:
    """All of them with their texts."""
    return "\n".join(f"==> {change}{_mode(change)}\n{_text(change)}" for change in changes)


def _mode(change: Change) -> str:
    return f" ({change.state.mode:04o})" if isinstance(change, Put) and isinstance(change.state, File) else ""


def _text(change: Change) -> str:
    if isinstance(change, Edit):
        return change.data.decode()
    return change.state.data.decode() if isinstance(change, Put) and isinstance(change.state, File) else ""
