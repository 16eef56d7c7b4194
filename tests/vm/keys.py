"""Keys: their names here, on QEMU's keyboard (US layout) and as bytes of a serial terminal."""

from tests.support.terminal import KEYS

_QEMU_NAMES = {
    "enter": "ret",
    "backtab": "shift-tab",
    "pageup": "pgup",
    "pagedown": "pgdn",
    "space": "spc",
}
_VT220 = {
    "left": "\x1b[D",
    "right": "\x1b[C",
    "pageup": "\x1b[5~",
    "f2": "\x1bOQ",
    "f3": "\x1bOR",
    "f4": "\x1bOS",
    "f5": "\x1b[15~",
    "f6": "\x1b[17~",
    "f7": "\x1b[18~",
    "f8": "\x1b[19~",
    "f10": "\x1b[21~",
    "f12": "\x1b[24~",
}
_UNSHIFTED = {
    " ": "spc",
    "-": "minus",
    "=": "equal",
    "[": "bracket_left",
    "]": "bracket_right",
    ";": "semicolon",
    "'": "apostrophe",
    "`": "grave_accent",
    "\\": "backslash",
    ",": "comma",
    ".": "dot",
    "/": "slash",
}
_SHIFTED = dict(zip('_+{}:"~|<>?', "-=[];'`\\,./", strict=True)) | dict(zip("!@#$%^&*()", "1234567890", strict=True))


def keyboard_name(key: str) -> str:
    """QEMU's name of a key: ``ctrl+t`` is ``ctrl-t`` there, ``enter`` is ``ret``."""
    if len(key) == 1:
        return keyboard_names(key)[0]
    return _QEMU_NAMES.get(key, key).replace("+", "-")


def keyboard_names(text: str) -> list[str]:
    """The keys that type ``text``. Raises ValueError for what a US keyboard hasn't got."""
    return [_typed(character) for character in text]


def _typed(character: str) -> str:
    if character.isascii() and character.isalnum():
        return f"shift-{character.lower()}" if character.isupper() else character
    if character in _UNSHIFTED:
        return _UNSHIFTED[character]
    if character in _SHIFTED:
        return f"shift-{_typed(_SHIFTED[character])}"
    raise ValueError(f"a US keyboard can't type {character!r}")


def serial_bytes(key: str) -> bytes:
    """What a VT220 sends for a key. Raises ValueError for a name nobody knows."""
    known = KEYS | _VT220
    if key not in known and len(key) > 1:
        raise ValueError(f"no key is called {key!r}")
    return known.get(key, key).encode()
