"""chrony (chrony.conf(5)): its file, and those that it has read beside it."""

import fnmatch
import posixpath
import re
from collections.abc import Iterator, Sequence

from quantix_tui.host.files.changes import Change
from quantix_tui.host.files.texts import edited, put, text_of
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.sections import original, switched_off, with_section
from quantix_tui.host.work import Work

_CONFIGURATIONS = ("/etc/chrony/chrony.conf", "/etc/chrony.conf")
_OWN = "quantix-tui.sources"
_SOURCE = re.compile(r"\s*(server|pool|peer)\s", re.IGNORECASE)
_FEWEST_SOURCES = re.compile(r"\s*minsources\s+(\d{1,4})\s*$", re.IGNORECASE)
_READS = re.compile(r"^\s*(sourcedir|confdir|include)\s+(/etc/\S.*?)\s*$", re.MULTILINE | re.IGNORECASE)
_SOURCES = "sourcedir"
_ENDING = {_SOURCES: ".sources", "confdir": ".conf"}


def chrony_work(tree: Tree, servers: Sequence[str], head: str) -> Work:
    """What has it ask ``servers`` alone, but for reference clocks and what DHCP names. Raises OSError."""
    path = next((path for path in _CONFIGURATIONS if text_of(tree, path) is not None), _CONFIGURATIONS[0])
    texts = {path: original(text_of(tree, path) or "")}
    reads = [(word.lower(), named) for word, named in _READS.findall(texts[path])]
    for word, named in reads:
        texts |= {file: original(text_of(tree, file) or "") for file in _files(tree, word, named)}
    texts = {file: switched_off(text, lambda line: _in_the_way(line, len(servers))) for file, text in texts.items()}
    lines = "".join(f"server {server} iburst\n" for server in servers)
    folders = [folder for word, named in reads if word == _SOURCES for folder in named.split()]
    changes: list[Change] = []
    if folders:
        changes += put(tree, f"{folders[0].rstrip('/')}/{_OWN}", head + lines)
    else:
        texts[path] = with_section(texts[path], lines)
    for file, text in texts.items():
        changes += edited(tree, file, text)
    return Work(changes=tuple(changes))


def _in_the_way(line: str, servers: int) -> bool:
    """Other sources; and that it takes more of them to set the clock than there are."""
    fewest = _FEWEST_SOURCES.match(line)
    return bool(_SOURCE.match(line)) or (fewest is not None and int(fewest[1]) > servers)


def _files(tree: Tree, word: str, named: str) -> Iterator[str]:
    for each in named.split():
        folder, pattern = posixpath.split(each) if word == "include" else (each.rstrip("/"), f"*{_ENDING[word]}")
        for name in fnmatch.filter(tree.names(folder), pattern):
            if name != _OWN:
                yield f"{folder}/{name}"
