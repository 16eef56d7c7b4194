"""What the terminal in front of us can do: found out once, as one frozen value, before Textual is imported."""

from .decide import decide
from .detect import Detection, detect
from .facts import Facts, Overrides, overrides_from
from .profile import Colours, Family, Glyphs, Kind, Size, TerminalProfile, textual_environment

__all__ = [
    "Colours",
    "Detection",
    "Facts",
    "Family",
    "Glyphs",
    "Kind",
    "Overrides",
    "Size",
    "TerminalProfile",
    "decide",
    "detect",
    "overrides_from",
    "textual_environment",
]
