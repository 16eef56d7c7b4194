"""Lines of text with a meaning for each piece: what panels draw and what tests read. Pure functions only."""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from rich.cells import cell_len, set_cell_size

from quantix_tui.console import glyphs


class Role(StrEnum):
    """What a piece of text is; the look decides how that is drawn."""

    TEXT = "text"
    DIM = "dim"
    TITLE = "title"
    STRONG = "strong"
    KEY = "key"
    FRAME = "frame"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    CURSOR = "cursor"
    GAUGE = "gauge"
    GAUGE_WARN = "gauge-warn"
    GAUGE_BAD = "gauge-bad"
    TRACK = "track"
    """What a gauge has not filled."""
    SPARK = "spark"
    BAR = "bar"
    """On the first and the last line of the screen."""
    BAR_STRONG = "bar-strong"
    BAR_FRAME = "bar-frame"
    CAP = "cap"
    """A key in the line of keys."""
    STATE_CALM = "state-calm"
    """The cluster's state."""
    STATE_GOOD = "state-good"
    STATE_WARN = "state-warn"
    STATE_BAD = "state-bad"
    EDGE_GOOD = "edge-good"
    """The frame around it."""
    EDGE_WARN = "edge-warn"
    EDGE_BAD = "edge-bad"
    CHOICE = "choice"
    CHOSEN = "chosen"
    """The choice that is selected while something else has the focus."""
    FIELD = "field"
    """The edges of a field."""
    FIELD_FOCUSED = "field-focused"
    CODE = "code"
    """A QR code: dark on light, so that a camera can tell them apart."""


Span = tuple[str, Role]
Line = tuple[Span, ...]

BLANK: Line = ()


def text(words: str, role: Role = Role.TEXT) -> Line:
    """A line of one piece."""
    return ((words, role),)


def plain(line: Line) -> str:
    """The line's text alone."""
    return "".join(words for words, _ in line)


def width_of(line: Line) -> int:
    return sum(cell_len(words) for words, _ in line)


def cut(words: str, width: int) -> str:
    """``words`` in at most ``width`` cells: what is too long loses its middle, never its end.

    Addresses, names and ids differ at both ends, so both stay readable.
    """
    if cell_len(words) <= width:
        return words
    room = width - len(glyphs.CUT)
    if room < 2:
        return set_cell_size(words, max(0, width)).rstrip()
    tail = room // 2
    end = words[-tail:]
    while cell_len(end) > tail:
        end = end[1:]
    return set_cell_size(words, room - tail) + glyphs.CUT + end


LONG_WORD = 10
"""Cells that a shortened text would rather not leave empty."""


def opening(words: str, width: int) -> str:
    """The beginning of a text that stands in full elsewhere: whole sentences where they fit, else whole words.

    A word that would leave much of the line empty (a node id) is begun all the same.
    """
    if cell_len(words) <= width:
        return words
    sentence = words.partition(". ")[0] + "."
    if cell_len(sentence) <= width:
        return sentence
    first = wrap(words, max(1, width - len(glyphs.CUT) - 1))[0]
    if width - cell_len(first) - len(glyphs.CUT) - 1 >= LONG_WORD:
        return f"{set_cell_size(words, width - len(glyphs.CUT)).rstrip()}{glyphs.CUT}"
    return set_cell_size(f"{first} {glyphs.CUT}", max(0, width)).rstrip()


def wrap(words: str, width: int) -> list[str]:
    """``words`` in lines of at most ``width`` cells; a word that is longer than a line is broken."""
    width = max(1, width)
    lines: list[str] = []
    line = ""
    for word in (piece for whole in words.split() for piece in _broken(whole, width)):
        if line and cell_len(line) + 1 + cell_len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    if line:
        lines.append(line)
    return lines


def _broken(word: str, width: int) -> list[str]:
    """The word in pieces that fit a line each."""
    pieces: list[str] = []
    while cell_len(word) > width:
        head = set_cell_size(word, width).rstrip() or word[0]
        pieces.append(head)
        word = word[len(head) :]
    return [*pieces, word] if word else pieces


def paragraph(words: str, width: int, role: Role = Role.TEXT, indent: str = " ") -> list[Line]:
    """Wrapped text, each line with the same indent."""
    return [((indent + line, role),) for line in wrap(words, width - cell_len(indent) - 1)]


def hanging(label: Span, words: str, width: int, role: Role = Role.TEXT) -> list[Line]:
    """``words`` beside a label; what does not fit goes on under them, not under the label."""
    indent = cell_len(label[0])
    first, *rest = [words] if cell_len(words) <= width - indent else wrap(words, width - indent)
    return [(label, (first, role)), *((((" " * indent), role), (line, role)) for line in rest)]


def clip(line: Line, width: int) -> Line:
    """The line in at most ``width`` cells, cut at its end."""
    if width_of(line) <= width:
        return line
    spans: list[Span] = []
    room = width
    for words, role in line:
        if room <= 0:
            break
        size = cell_len(words)
        spans.append((words if size <= room else set_cell_size(words, room), role))
        room -= size
    return tuple(spans)


def spread(left: Line, right: Line, width: int) -> Line:
    """``left`` and ``right`` at the two ends of a line; the left gives way when there is no room."""
    room = width - width_of(right)
    if room <= 0:
        return clip(right, width)
    left = clip(left, max(0, room - 1))
    return (*left, (" " * (room - width_of(left)), Role.TEXT), *right)


def rule(width: int, title: str = "", marks: Iterable[tuple[int, str]] = ()) -> Line:
    """A horizontal line, with a title in it or joints (column, glyph) on it."""
    cells = [glyphs.LINE] * width
    for column, glyph in marks:
        if 0 <= column < width:
            cells[column] = glyph
    drawn = "".join(cells)
    if not title:
        return ((drawn, Role.FRAME),)
    head = f"{glyphs.LINE}{glyphs.LINE} "
    tail = max(0, width - len(head) - cell_len(title) - 1)
    return ((head, Role.FRAME), (title, Role.TITLE), (f" {glyphs.LINE * tail}", Role.FRAME))


def fields(rows: Sequence[tuple[str, str]], width: int, label_width: int, indent: str = " ") -> list[Line]:
    """Label and value, one row each; a value that is too long is cut in the middle."""
    room = width - cell_len(indent) - label_width
    return [
        ((indent + set_cell_size(label, label_width), Role.DIM), (cut(value, max(1, room)), Role.TEXT))
        for label, value in rows
    ]
