"""Whether the SSH server of this machine takes a password, by its own files (sshd_config(5))."""

import glob
import os
from collections.abc import Iterator

from quantix_tui.host.addresses import read_text

CONFIG = "etc/ssh/sshd_config"
_MOST_FILES = 64
_DEEPEST = 4


def takes_password(user: str, root: str = "/") -> bool | None:
    """Of ``user``. None: no SSH server is configured here. What stands in a ``Match`` is not looked at. Blocking."""
    path = os.path.join(root, CONFIG)
    if not os.path.exists(path):
        return None
    said: dict[str, str] = {}
    for word, value in _settings(path, root, 0):
        # Of several the first one counts.
        said.setdefault(word, value)
    by_pam = said.get("usepam", "no") == "yes" and "no" not in (
        said.get("kbdinteractiveauthentication", "yes"),
        said.get("challengeresponseauthentication", "yes"),
    )
    takes = said.get("passwordauthentication", "yes") == "yes" or by_pam
    return takes and (user != "root" or said.get("permitrootlogin", "prohibit-password") == "yes")


def _settings(path: str, root: str, depth: int) -> Iterator[tuple[str, str]]:
    for line in read_text(path).splitlines():
        word, _, value = line.strip().replace("=", " ", 1).partition(" ")
        word, value = word.lower(), value.strip().strip('"')
        if word == "match":
            return
        if word == "include" and depth < _DEEPEST:
            for pattern in value.split():
                inside = os.path.join(root, os.path.join("/etc/ssh", pattern).lstrip("/"))
                for found in sorted(glob.glob(inside))[:_MOST_FILES]:
                    yield from _settings(found, root, depth + 1)
        elif word and not word.startswith("#"):
            yield word, value.lower()
