"""A field of a page: its help under it, and what is wrong with it once it was left, whole."""

from typing import ClassVar

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip

from quantix_tui.console.join_form import Note
from quantix_tui.console.lines import Role, wrap
from quantix_tui.console.look import look_of
from quantix_tui.console.widgets.field import NOTE_INDENT, Field

MOST_ROWS = 4


class FormField(Field):
    """``help`` says what to type. It grows by as many rows as what is wrong needs."""

    PAIRED: ClassVar[bool] = False

    def __init__(self, label: str, value: str, *, id: str, help: str) -> None:  # noqa: A002 (Textual's names)
        super().__init__(label, value, id=id)
        # What stands there already was not typed: it is judged by the reason why there is no Next.
        self.left = False
        self._high = 1
        self._help = Note(help)
        self.tell(self._help)

    @property
    def typed(self) -> str:
        return self.value.strip()

    def offer(self, value: str) -> None:
        """This stands there now; what is typed next comes behind it."""
        self.value = value
        self.cursor_position = len(value)

    def explain(self, help: str) -> None:  # noqa: A002 (Textual's names)
        """Say something else from now on, where nothing is wrong."""
        note = Note(help)
        if self.note == self._help:
            self.tell(note)
        self._help = note

    def judge(self, problem: str, good: str = "") -> None:
        """Say ``problem`` once the field was left, and at once no more when it is mended; ``good`` in its place."""
        if problem:
            self.tell(Note(problem, Role.BAD) if self.left else self._help)
        else:
            self.tell(Note(good, Role.TEXT) if good else self._help)

    def tell(self, note: Note) -> None:
        super().tell(note)
        self._fit()

    def on_resize(self) -> None:
        self._fit()

    def _fit(self) -> None:
        # Before its first layout nothing is known of the room.
        rows = len(self._rows) if self.outer_size.width else 1
        if self._high != rows:
            self._high = rows
            self.styles.height = 1 + rows
            if self.has_focus:
                self.call_after_refresh(self.scroll_visible, animate=False)

    @property
    def _rows(self) -> list[str]:
        room = max(10, self.outer_size.width - NOTE_INDENT - 1)
        rows = wrap(self.note.text, room)
        return rows[:MOST_ROWS] or [""]

    def render_lines(self, crop: Region) -> list[Strip]:
        strips = super().render_lines(Region(0, 0, *self.outer_size))
        rows = self._rows
        if len(rows) > 1:
            ground = self.rich_style
            style = ground + look_of(self).styles[self.note.role]
            told = [Strip([Segment(" " * NOTE_INDENT, ground), Segment(row, style)]) for row in rows]
            wide = [strip.adjust_cell_length(self.outer_size.width, ground) for strip in told]
            strips[1 : 1 + len(rows)] = wide[: len(strips) - 1]
        return [strip.crop(crop.x, crop.right) for strip in strips[crop.y : crop.bottom]]
