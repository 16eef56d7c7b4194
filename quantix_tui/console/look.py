"""A look: everything by which one kind of terminal is drawn differently from another, as one frozen value.

Screens and widgets say what a piece of text is (:class:`~quantix_tui.console.lines.Role`) and which sign they mean;
the look says how that is shown. Nothing else in the console knows which look it is drawn in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rich.segment import Segment
from rich.style import Style
from textual.message_pump import MessagePump
from textual.theme import Theme

from quantix_tui.console.frames import Frame
from quantix_tui.console.lines import Line, Role
from quantix_tui.console.terminal import Colours, TerminalProfile
from quantix_tui.console.terminal.choice import is_plain


@dataclass(frozen=True, slots=True)
class Signs:
    """The characters of a look. What is not named here is drawn as the widgets write it."""

    marks: Mapping[str, str] = field(default_factory=dict)
    """Marks of states, checks and events: from the canonical one (:mod:`~quantix_tui.console.glyphs`)."""
    swaps: Mapping[int, int] = field(default_factory=dict)
    """One character for one, in everything that is drawn."""
    full: str = "█"
    """A filled cell of a gauge."""
    parts: str = ""
    """What fills a cell in part, least first; nothing where only whole cells can be drawn."""
    empty: str = "░"
    halves: bool = True
    """Whether a cell can be filled by half, which is how a QR code is drawn."""
    sparks: str = ""
    """The heights of a history's columns, lowest first; nothing where no history is drawn."""
    cap: str = "{}"
    """How a key stands in the line of keys."""
    cap_indent: str = " "
    """What stands before the first of them."""
    pill: str = "{} {}"
    """Mark and word of the cluster's state."""
    choice: tuple[str, str] = ("[ ", " ]")
    chosen: tuple[str, str] = ("[ ", " ]")
    """What stands around a choice, and around the one that is selected; all of one width."""
    field: tuple[str, str] = ("[", "]")
    field_focused: tuple[str, str] = ("[", "]")
    pointer: str = "▶"


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """``theme`` carries the same colours, and the kind of border, to the style sheets."""

    name: str
    theme: Theme
    styles: Mapping[Role, Style]
    signs: Signs
    frame: Frame
    airy: bool = False
    """Gauges keep their distance where there is room."""

    def text(self, words: str) -> str:
        """The words in this look's characters."""
        return words if words.isascii() or not self.signs.swaps else words.translate(self.signs.swaps)

    def mark(self, canonical: str) -> str:
        return self.signs.marks.get(canonical, canonical)

    def segments(self, line: Line, ground: Style) -> list[Segment]:
        """The line as it is drawn on ``ground``."""
        styles = self.styles
        return [Segment(self.text(words), ground + styles[role]) for words, role in line]


def look_for(profile: TerminalProfile) -> Look:
    """The look that suits this terminal."""
    from quantix_tui.console.looks.console import CONSOLE
    from quantix_tui.console.looks.modern import MODERN
    from quantix_tui.console.looks.plain import PLAIN

    if is_plain(profile):
        return PLAIN
    every_glyph = profile.glyphs.encoding == "utf-8" and profile.glyphs.repertoire is None
    return MODERN if every_glyph and profile.colours >= Colours.MANY else CONSOLE


def look_of(node: MessagePump) -> Look:
    """The look that a widget's program is drawn in: its theme's name says which."""
    return _by_name(node.app.theme)


def _by_name(name: str) -> Look:
    match name:
        case "quantix-modern":
            from quantix_tui.console.looks.modern import MODERN

            return MODERN
        case "quantix-plain":
            from quantix_tui.console.looks.plain import PLAIN

            return PLAIN
        case _:
            from quantix_tui.console.looks.console import CONSOLE

            return CONSOLE
