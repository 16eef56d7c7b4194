"""Text files of a machine, and how one becomes another."""

from quantix_tui.host.files.changes import Change, Edit, File, Put
from quantix_tui.host.files.tree import Tree


def text_of(tree: Tree, path: str) -> str | None:
    """The file's text, byte for byte (Latin-1 keeps them all); None when there is none. Raises OSError."""
    state = tree.read(path, follow=True)
    return state.data.decode("latin-1") if isinstance(state, File) else None


def lines_of(text: str) -> list[str]:
    """With their ends, at newlines alone: to :meth:`str.splitlines` a byte of some letters ends one in Latin-1."""
    lines = [f"{line}\n" for line in text.split("\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


def edited(tree: Tree, path: str, text: str) -> tuple[Change, ...]:
    """What gives the file at ``path`` this text, keeping its mode, its owner and a link to it; made when missing."""
    before = tree.read(path, follow=True)
    data = text.encode("latin-1")
    if not isinstance(before, File):
        return (Put(path, File(data)),)
    return (Edit(path, data),) if before.data != data else ()


def put(tree: Tree, path: str, text: str, mode: int = 0o644) -> tuple[Change, ...]:
    """What puts a file of ours at ``path``; nothing when it stands there."""
    file = File(text.encode(), mode)
    return (Put(path, file),) if tree.read(path) != file else ()
