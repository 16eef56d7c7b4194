"""Which hashes of passwords a machine can check: those that its crypt(3) knows."""

from collections.abc import Iterator

from quantix_tui.host.files.changes import File
from quantix_tui.host.files.tree import Tree

KINDS = {
    "y": "yescrypt",
    "gy": "gost-yescrypt",
    "7": "scrypt",
    "2a": "bcrypt",
    "2b": "bcrypt",
    "2x": "bcrypt",
    "2y": "bcrypt",
    "6": "SHA-512",
    "5": "SHA-256",
}
"""What stands between the first two ``$`` of a hash (crypt(5)), and its name. The weaker ones are not taken."""
_MUSL = frozenset({"2a", "2b", "2x", "2y", "6", "5"})
"""musl has crypt(3) in its C library (src/crypt/crypt_r.c)."""
_FOLDERS = ("/lib", "/usr/lib", "/lib64", "/usr/lib64")
_LIBXCRYPT = b"XCRYPT_2.0"
"""The version of its symbols; it has the beginnings of all hashes that it was built with as texts."""


def known_hashes(tree: Tree) -> frozenset[str] | None:
    """Those of :data:`KINDS` that the machine can check; None where that cannot be told from its files. Blocking."""
    try:
        names = dict(_libraries(tree))
        libraries = [path for path, name in names.items() if name.startswith("libcrypt.so.")]
        # The same one has several names, in folders that are links themselves.
        once = {tree.real(path, follow=True): path for path in libraries}
        contents = [_content(tree, path) for path in once.values()]
    except OSError:
        return None
    if not all(_LIBXCRYPT in content for content in contents):
        return None
    has_musl = any(name.startswith("ld-musl-") for name in names.values())
    found = {kind for kind in KINDS for content in contents if f"${kind}$".encode() in content}
    return frozenset(found | (_MUSL if has_musl else set())) or None


def _libraries(tree: Tree) -> Iterator[tuple[str, str]]:
    """Path and name of what lies where libraries do, below folders of one machine's kind too."""
    for folder in _FOLDERS:
        for name in tree.names(folder):
            yield f"{folder}/{name}", name
            if "-linux-" in name:
                yield from ((f"{folder}/{name}/{inner}", inner) for inner in tree.names(f"{folder}/{name}"))


def _content(tree: Tree, path: str) -> bytes:
    state = tree.read(path, follow=True)
    return state.data if isinstance(state, File) else b""
