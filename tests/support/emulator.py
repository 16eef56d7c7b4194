"""A terminal emulator (pyte), with what xterm has and it lacks."""

import pyte


class XtermScreen(pyte.Screen):
    """Repeats characters (REP), and puts the cursor at home when margins are set (DECSTBM)."""

    _last = ""

    def draw(self, data: str) -> None:
        super().draw(data)
        self._last = data[-1:] or self._last

    def repeat_character(self, count: int = 1) -> None:
        """REP: the last character again, ``count`` times."""
        super().draw(self._last * max(1, count))

    def set_margins(self, top: int | None = None, bottom: int | None = None) -> None:
        super().set_margins(top, bottom)
        self.cursor_position()


class XtermStream(pyte.ByteStream):
    """Knows REP."""

    csi: dict[str, str] = {**pyte.ByteStream.csi, "b": "repeat_character"}  # noqa: RUF012 - as pyte declares it
    events: frozenset[str] = pyte.ByteStream.events | {"repeat_character"}
