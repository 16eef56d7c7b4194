"""Rich or plain, as somebody chose it with the key: a wrong guess is mended once for each kind of line.

A line of the file is a kind of line and what was chosen for it. What cannot be read is nothing chosen: a console that
does not start because of a wish would be worse than a wish forgotten.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum

from .profile import ASCII, DRAWING, Colours, Kind, TerminalProfile

_MOST = 4096
"""Bytes: many times what the file holds."""


class Drawing(Enum):
    RICH = "rich"
    PLAIN = "plain"


def is_plain(profile: TerminalProfile) -> bool:
    """Whether nothing but ASCII, bold and reverse is used on this terminal."""
    glyphs = profile.glyphs
    lines = glyphs.line_drawing or glyphs.repertoire is not None or glyphs.encoding == "utf-8"
    colourless = profile.colours is Colours.NONE
    return not lines or profile.kind is Kind.DUMB or (colourless and profile.kind is Kind.SERIAL)


def drawn(profile: TerminalProfile, drawing: Drawing) -> TerminalProfile:
    """``profile`` as it is drawn so. Rich on a line that was found to be plain is what most terminals there can do."""
    if drawing is Drawing.PLAIN:
        return replace(profile, glyphs=ASCII, colours=Colours.NONE)
    if not is_plain(profile):
        return profile
    glyphs = DRAWING if profile.glyphs == ASCII else profile.glyphs
    return replace(profile, glyphs=glyphs, colours=max(profile.colours, Colours.SIXTEEN))


@dataclass(frozen=True, slots=True)
class Choices:
    """What was chosen, in ``path``."""

    path: str
    chosen: Mapping[Kind, Drawing]

    def with_choice(self, kind: Kind, drawing: Drawing) -> "Choices":
        return Choices(self.path, {**self.chosen, kind: drawing})


def read_choices(path: str) -> Choices:
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            lines = file.read(_MOST).splitlines()
    except OSError:
        lines = []
    kinds, drawings = {kind.value: kind for kind in Kind}, {drawing.value: drawing for drawing in Drawing}
    words = [line.split() for line in lines]
    known = [pair for pair in words if len(pair) == 2 and pair[0] in kinds and pair[1] in drawings]
    return Choices(path, {kinds[kind]: drawings[drawing] for kind, drawing in known})


def write_choices(choices: Choices) -> None:
    """Keep them. Raises OSError; the file is then the old one."""
    os.makedirs(os.path.dirname(choices.path), mode=0o755, exist_ok=True)
    # Two consoles on two lines may choose at the same moment: each has a file of its own until it takes the name.
    fresh = f"{choices.path}.{os.getpid()}"
    try:
        with open(fresh, "w", encoding="ascii") as file:
            file.writelines(f"{kind.value} {drawing.value}\n" for kind, drawing in choices.chosen.items())
        os.replace(fresh, choices.path)
    except OSError:
        if os.path.exists(fresh):
            os.unlink(fresh)
        raise
