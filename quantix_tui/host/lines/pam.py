"""PAM's service file of the console: put in place with the first line, taken away with the last one.

Its first line says what the rest of it was when it was written. A file that says otherwise, or says nothing, is the
administrator's own: it is neither replaced nor removed.
"""

import hashlib
import re

from quantix_tui.host.files.changes import Change, File, Put, Remove, Sweep
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.lines.pieces import piece
from quantix_tui.host.login.service import SERVICE, SERVICE_FOLDERS

FOLDER = SERVICE_FOLDERS[0]
SERVICE_FILE = f"{FOLDER}/{SERVICE}"
_MARK = '# Put here by "quantix-tui install" as {}; once changed, it is left alone.\n'
_MARKED = re.compile(rb'# Put here by "quantix-tui install" as ([0-9a-f]{16});[^\n]*\n(.*)', re.DOTALL)
_KINDS = ("auth", "account", "password")
_STACKS = (
    ("common-auth", "common-account", "common-password"),  # Debian, SUSE
    ("base-auth", "base-account", "base-password"),  # Alpine
    ("system-auth", "system-auth", "system-auth"),  # Red Hat, Arch
)
"""What a distribution's own services include, for each of the kinds."""
_WITHOUT = "required pam_unix.so"


def has_pam(tree: Tree) -> bool:
    """Whether programs of that machine can ask PAM. Raises nothing."""
    return any(tree.is_folder(folder) for folder in SERVICE_FOLDERS)


def service_file(tree: Tree, program: str) -> File:
    """The file for that machine: by what its other services do. Raises OSError."""
    there = {name for folder in SERVICE_FOLDERS for name in tree.names(folder)}
    stack = next((stack for stack in _STACKS if there.issuperset(stack)), None)
    text = piece(f"pam/{SERVICE}", program).data.decode()
    for place, kind in enumerate(_KINDS):
        text = text.replace(f"@{kind.upper()}@", f"include   {stack[place]}" if stack else _WITHOUT)
    return File(_MARK.format(_digest(text.encode())).encode() + text.encode())


def install(tree: Tree, program: str) -> list[Put]:
    """What is to be written, on a machine that has PAM. Raises OSError."""
    now = tree.read(SERVICE_FILE)
    if not has_pam(tree) or (now is not None and not _is_ours(now)):
        return []
    wanted = service_file(tree, program)
    return [] if now == wanted else [Put(SERVICE_FILE, wanted)]


def uninstall(tree: Tree) -> list[Change]:
    """Raises OSError."""
    return [Remove(SERVICE_FILE)] if _is_ours(tree.read(SERVICE_FILE)) else []


def unfinished(tree: Tree) -> list[Sweep]:
    """What an attempt that was cut short has left. Raises OSError."""
    return [Sweep(path) for path in tree.unfinished([FOLDER]) if path.startswith(SERVICE_FILE)]


def _is_ours(state: object) -> bool:
    marked = _MARKED.fullmatch(state.data) if isinstance(state, File) else None
    return marked is not None and marked[1].decode() == _digest(marked[2])


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()[:16]
