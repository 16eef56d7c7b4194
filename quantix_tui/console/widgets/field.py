"""One field of a form: label, flat brackets, what is typed, and a line under it that answers while one types."""

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer
from textual.widgets import Input

from quantix_tui.console.join_form import Note
from quantix_tui.console.lines import Role, cut, opening
from quantix_tui.console.look import look_of

LABEL = 18
NOTE_INDENT = 4
ROOMY = 70
"""Columns from which the line under a field stands under what is typed."""
PAUSE = 0.8
"""Seconds without a key after which one counts as looking, not typing: longer than between two keys."""
MOST = 9000
"""Characters: more than the longest token; what a mistaken paste brings beyond that is not kept."""


class Field(Input):
    """Label and brackets are drawn in the padding, so that a field is one widget and needs no container."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
    ]

    PAIRED: ClassVar[bool] = True
    """Whether a paste of two lines is for this field and the next one."""

    class Paused(Message):
        """What is being typed has stood still for a moment."""

    class PastedLines(Message):
        """A paste of several lines: more than one field's worth. None of it has been inserted."""

        def __init__(self, lines: Sequence[str]) -> None:
            super().__init__()
            self.lines = lines

    def __init__(self, label: str, value: str, *, id: str, secret: bool = False) -> None:  # noqa: A002 (Textual's name)
        super().__init__(
            value, password=secret, id=id, compact=True, select_on_focus=False, max_length=MOST, classes="field"
        )
        self.cursor_blink = False
        self._label = label
        self._secret = secret
        self._note = Note("")
        self.left = bool(value)
        """Whether the field was left once, or filled by a paste: what was typed counts as whole only then."""
        self.paused = False
        """Whether the keys have rested since the last change."""
        self._rest: Timer | None = None

    @property
    def note(self) -> Note:
        return self._note

    def tell(self, note: Note) -> None:
        if note != self._note:
            self._note = note
            self.refresh()

    def changed(self) -> None:
        """A key has changed what is typed: wait for the next one."""
        self.paused = False
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(PAUSE, self._pause)

    def _pause(self) -> None:
        self.paused = True
        self.post_message(self.Paused())

    @property
    def _key_help(self) -> str:
        if not self._secret:
            return ""
        return f"Ctrl-T {'shows' if self.password else 'hides'} it"

    @property
    def _value(self) -> Text:
        """Masked with a character that every console has."""
        shown = mask(self.value, self.has_focus) if self.password else _harmless(self.value)
        return Text(shown, no_wrap=True, overflow="ignore", end="")

    def _on_paste(self, event: events.Paste) -> None:
        """All of a paste, not its first line: what cannot be part of the value is told, not dropped."""
        event.stop()
        event.prevent_default()
        lines = [line.strip() for line in event.text[: MOST * 2].splitlines() if line.strip()]
        self.left = True
        if len(lines) == 2 and self.PAIRED and not self._secret:
            self.post_message(self.PastedLines(lines))
            return
        # Never longer than the field: Textual would drop all of it then, and nobody would know why.
        room = MOST - len(self.value) + len(self.selected_text)
        words = " ".join(" ".join(lines).split())[:room]
        selection = self.selection
        if selection.is_empty:
            self.insert_text_at_cursor(words)
        else:
            self.replace(words, *selection)

    def render_line(self, y: int) -> Strip:
        """What is too long and not being typed in loses its middle: its end alone would look like another value."""
        room = self.scrollable_content_region.width
        if y or self.has_focus or self.content_width <= room + 1:
            return super().render_line(y)
        words = cut(self._value.plain, room)
        return Strip([Segment(words)]).extend_cell_length(room + 1).apply_style(self.rich_style)

    def render_lines(self, crop: Region) -> list[Strip]:
        strips = super().render_lines(Region(0, 0, *self.outer_size))
        ground = self.rich_style
        strips = [self._framed(strips[0], ground), self._note_strip(ground), *strips[2:]]
        return [strip.crop(crop.x, crop.right) for strip in strips[crop.y : crop.bottom]]

    def _framed(self, strip: Strip, ground: Style) -> Strip:
        focus = self.has_focus
        styles, signs = look_of(self).styles, look_of(self).signs
        edge = ground + styles[Role.FIELD_FOCUSED if focus else Role.FIELD]
        opened, closed = signs.field_focused if focus else signs.field
        pointer = signs.pointer if focus else " "
        head = f"{pointer} {self._label:<{LABEL - 4}} {opened}"
        width = strip.cell_length
        inner = _on(edge, strip.crop(len(head), width - 1), ground)
        return Strip(
            [
                Segment(head[:2], ground + styles[Role.KEY]),
                Segment(head[2:-1], ground + styles[Role.STRONG if focus else Role.DIM]),
                Segment(opened, edge),
                *inner,
                Segment(closed, edge),
            ]
        )

    def _note_strip(self, ground: Style) -> Strip:
        styles = look_of(self).styles
        width = self.outer_size.width
        # Where there is little room the line begins under the label: a sentence is worth more than an indent.
        indent = LABEL if width >= ROOMY else NOTE_INDENT
        room = width - indent - 1
        # What the note says comes first: the key's help stands beside it where there is room for both.
        help_fits = len(self._note.text) + len(self._key_help) + 2 <= room
        shorten = cut if self._note.ends_matter else opening
        note = shorten(self._note.text, max(1, room))
        key_help = self._key_help if help_fits else ""
        gap = max(0, room - len(note) - len(key_help))
        return Strip(
            [
                Segment(" " * indent, ground),
                Segment(note, ground + styles[self._note.role]),
                Segment(" " * gap, ground),
                Segment(key_help, ground + styles[Role.DIM]),
            ]
        ).adjust_cell_length(width, ground)


def _harmless(value: str) -> str:
    """Character for character: a paste may bring what moves the cursor, and the terminal must never see it."""
    return value if value.isprintable() else "".join(one if one.isprintable() else "?" for one in value)


def _on(edge: Style, strip: Strip, ground: Style) -> Strip:
    """The strip on the background of the field's edges, but for what has one of its own."""
    if edge.bgcolor == ground.bgcolor:
        return strip
    under = Style(bgcolor=edge.bgcolor)
    return Strip(
        Segment(words, style + under if style and style.bgcolor == ground.bgcolor else style)
        for words, style, _ in strip
    )


def mask(secret: str, focused: bool) -> str:
    """Stars for every character but the hyphens between groups.

    The last group of a long token in groups is shown once the field is left, to tell two tokens apart; while it is
    typed, the last character would be the one just typed.
    """
    tail = 4 if not focused and len(secret) >= 16 and secret[-5:-4] == "-" and "-" not in secret[-4:] else 0
    hidden = secret[: len(secret) - tail]
    return "".join("-" if character == "-" else "*" for character in hidden) + secret[len(hidden) :]
