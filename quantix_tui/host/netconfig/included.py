"""The files that ``/etc/network/interfaces`` has read beside itself (interfaces(5), "INCLUDING OTHER FILES")."""

import fnmatch
import os
import posixpath
import re
from collections.abc import Iterator

from quantix_tui.host.files.texts import text_of
from quantix_tui.host.files.tree import Tree

_SOURCE = re.compile(r"^[ \t]*(source(?:-directory|-dir)?)[ \t]+(\S.*?)[ \t]*$", re.MULTILINE)
_OF_A_FOLDER = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_MOST = 200
"""Of files that name one another in a circle there is no end."""


def included(tree: Tree, path: str, text: str) -> list[str]:
    """The files that ``text``, standing at ``path``, has read, and those that they do. Raises OSError."""
    found: list[str] = []
    waiting = list(_named(tree, path, text))
    while waiting and len(found) < _MOST:
        each = waiting.pop(0)
        if each not in found and each != path:
            found.append(each)
            waiting += _named(tree, each, text_of(tree, each) or "")
    return found


def would_include(text: str, path: str, file: str) -> bool:
    """Whether ``text``, standing at ``path``, has a ``file`` read that may have yet to be made."""
    folder, name = posixpath.split(file)
    for pattern in _patterns(path, text):
        if _matches(folder, posixpath.dirname(pattern)) and _is_meant(name, posixpath.basename(pattern)):
            return True
    return False


def _named(tree: Tree, path: str, text: str) -> Iterator[str]:
    for pattern in _patterns(path, text):
        above, last = posixpath.split(pattern)
        for folder in _folders(tree, above):
            for name in tree.names(folder):
                file = posixpath.join(folder, name)
                if _is_meant(name, last) and os.path.isfile(tree.real(file, follow=True)):
                    yield file


def _patterns(path: str, text: str) -> Iterator[str]:
    """Of files, with the place of the one that names them before (a folder stands for ``FOLDER/<plain>``)."""
    for word, operand in _SOURCE.findall(text):
        for each in operand.split():
            named = posixpath.normpath(posixpath.join(posixpath.dirname(path), each.strip("\"'")))
            yield named if word == "source" else f"{named}/{_PLAIN}"


_PLAIN = "<plain>"


def _is_meant(name: str, pattern: str) -> bool:
    if pattern == _PLAIN:
        return _OF_A_FOLDER.fullmatch(name) is not None
    # As for a shell, a dot before the name has to be asked for.
    return fnmatch.fnmatchcase(name, pattern) and (pattern.startswith(".") or not name.startswith("."))


def _matches(folder: str, pattern: str) -> bool:
    parts, wanted = folder.split("/"), pattern.split("/")
    return len(parts) == len(wanted) and all(map(fnmatch.fnmatchcase, parts, wanted))


def _folders(tree: Tree, pattern: str) -> list[str]:
    found = ["/"]
    for part in pattern.strip("/").split("/"):
        if _is_plain(part):
            found = [posixpath.join(folder, part) for folder in found]
        else:
            found = [
                posixpath.join(folder, name)
                for folder in found
                for name in tree.names(folder)
                if _is_meant(name, part) and tree.is_folder(posixpath.join(folder, name))
            ]
    return found


def _is_plain(part: str) -> bool:
    return not any(sign in part for sign in "*?[")
