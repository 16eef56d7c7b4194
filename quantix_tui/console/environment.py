"""What Textual reads from the environment when it is imported: set here, before that."""

from collections.abc import MutableMapping

_SETTINGS = {
    "TEXTUAL_ANIMATIONS": "none",
    "TEXTUAL_SMOOTH_SCROLL": "0",
    "TEXTUAL_DISABLE_KITTY_KEY": "1",
    "TEXTUAL_FPS": "30",
}


def prepare(environment: MutableMapping[str, str]) -> None:
    """Nothing moves by itself, no sequence is sent that a console may print. What is already set wins."""
    for name, value in _SETTINGS.items():
        environment.setdefault(name, value)
    # Rich takes an unknown terminal for one with 16 million colours.
    if environment.get("TERM", "dumb") in ("dumb", "unknown", ""):
        environment.setdefault("TEXTUAL_COLOR_SYSTEM", "standard")
