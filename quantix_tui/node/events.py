"""The node's journal: a bounded ring of events, kept over restarts in a small file beside the socket."""

import json
import logging
import os
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from quantix_tui.cluster.text import harmless
from quantix_tui.node.gateway.protocol import NodeEvent

KEPT = 200
LEVELS = ("debug", "info", "warning", "error")
CATEGORIES = ("system", "vm", "storage", "network", "cluster", "security")

log = logging.getLogger(__name__)


def timestamp() -> str:
    """Now, RFC 3339 in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Journal:
    """What happened on this node, newest last. Losing its file never stops the node: it is told in the log."""

    def __init__(self, file: Path | None = None, clock: Callable[[], str] = timestamp) -> None:
        self._file = file
        self._clock = clock
        self._events: deque[NodeEvent] = deque(_read(file) if file else (), maxlen=KEPT)
        self._lines = len(self._events)
        self._write(self._rewrite)

    def add(self, level: str, category: str, message: str) -> NodeEvent:
        """Keep one event and tell it in the log. ``message`` is made harmless here."""
        event = NodeEvent(uuid4().hex[:12], self._clock(), level, category, harmless(message, 400))
        self._events.append(event)
        log.log(logging.getLevelNamesMapping()[level.upper()], "%s", event.message)
        self._write(lambda file: self._append(file, event))
        return event

    def latest(self, limit: int = 100, level: str | None = None, category: str | None = None) -> Sequence[NodeEvent]:
        """Newest first, at most ``limit``, only of this level and category where given."""
        wanted = [
            event
            for event in reversed(self._events)
            if (level is None or event.level == level) and (category is None or event.category == category)
        ]
        return wanted[: max(limit, 0)]

    def _write(self, action: Callable[[Path], None]) -> None:
        if self._file is None:
            return
        try:
            action(self._file)
        except OSError as error:
            log.warning("Events are kept in memory only: %s cannot be written (%s).", self._file, error.strerror)
            self._file = None

    def _append(self, path: Path, event: NodeEvent) -> None:
        if self._lines >= 2 * KEPT:
            self._rewrite(path)
            return
        with open(path, "a", encoding="utf-8", opener=_private) as file:
            file.write(_line(event))
        self._lines += 1

    def _rewrite(self, path: Path) -> None:
        fresh = path.with_name(path.name + ".new")
        with open(fresh, "w", encoding="utf-8", opener=_private) as file:
            file.writelines(_line(event) for event in self._events)
        os.replace(fresh, path)
        self._lines = len(self._events)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)


def _line(event: NodeEvent) -> str:
    return (
        json.dumps(
            {
                "event_id": event.event_id,
                "timestamp": event.timestamp,
                "level": event.level,
                "category": event.category,
                "message": event.message,
            }
        )
        + "\n"
    )


def _read(file: Path) -> list[NodeEvent]:
    """The events of earlier starts. A line that a crash cut short, or that is none of ours, is left out."""
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()[-KEPT:]
    except OSError:
        # None yet, or not readable: the first write tells which.
        return []
    return [event for line in lines if (event := _event(line)) is not None]


def _event(line: str) -> NodeEvent | None:
    try:
        body = json.loads(line)
    except ValueError:
        return None
    if not isinstance(body, dict) or body.get("level") not in LEVELS:
        return None

    def text(key: str) -> str:
        return harmless(str(body.get(key) or ""), 400)

    return NodeEvent(text("event_id"), text("timestamp"), text("level"), text("category"), text("message"))
