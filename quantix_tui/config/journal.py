"""What binds the files beside the configuration to its content.

The configuration and its side files change as one although a rename moves one file only: the journal says
what the side files become *when the configuration has the content with this SHA-256*. The configuration's
rename then changes all of them at once; whoever comes next carries the rest out, or drops the journal.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from quantix_tui.config.atomic import FileState


@dataclass(frozen=True, slots=True, repr=False)
class Journal:
    """``files`` maps the name of a side file to its text, or to None when it is to go. Holds secrets."""

    config_sha256: str
    files: Mapping[str, str | None]

    def binds(self, config: FileState | None) -> bool:
        """Whether the configuration is the one that this journal belongs to."""
        return self.config_sha256 == digest(config.data if config else b"")

    def to_bytes(self) -> bytes:
        return json.dumps({"config_sha256": self.config_sha256, "files": dict(self.files)}).encode()


def digest(config: bytes) -> str:
    return hashlib.sha256(config).hexdigest()


def journal_from_bytes(data: bytes, names: frozenset[str]) -> Journal:
    """Read a journal about the side files ``names``. Raises ValueError when it is none."""
    body = json.loads(data)
    files = body.get("files") if isinstance(body, dict) else None
    if not isinstance(files, dict) or not isinstance(body.get("config_sha256"), str):
        raise ValueError("not a journal")
    if not files.keys() <= names or not all(text is None or isinstance(text, str) for text in files.values()):
        raise ValueError("a journal about other files")
    return Journal(body["config_sha256"], files)
