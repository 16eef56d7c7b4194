"""Characters and what may stand for each where the font lacks it: the nearest first, ASCII last.

Order of the columns in mind: the Linux console's Lat15 and Uni2 fonts, CP437, DEC line drawing, ASCII.
"""

import unicodedata

LINES = {
    # Corners, tees and crosses of any weight, by their light form's name in Unicode.
    "HORIZONTAL": "─-",
    "VERTICAL": "│|",
    "DOWN AND RIGHT": "┌+",
    "DOWN AND LEFT": "┐+",
    "UP AND RIGHT": "└+",
    "UP AND LEFT": "┘+",
    "VERTICAL AND RIGHT": "├+",
    "VERTICAL AND LEFT": "┤+",
    "DOWN AND HORIZONTAL": "┬+",
    "UP AND HORIZONTAL": "┴+",
    "VERTICAL AND HORIZONTAL": "┼+",
    "LEFT": "─-",
    "RIGHT": "─-",
    "UP": "│|",
    "DOWN": "│|",
    "DIAGONAL UPPER RIGHT TO LOWER LEFT": "/",
    "DIAGONAL UPPER LEFT TO LOWER RIGHT": "\\",
    "DIAGONAL CROSS": "X",
}

WEIGHTS = ("LIGHT", "HEAVY", "DOUBLE", "SINGLE", "ARC", "DASH", "TRIPLE", "QUADRUPLE", "SINGLE")


def _box_drawing() -> dict[str, str]:
    """U+2500 to U+257F, each with its light form first."""
    found = {}
    for code in range(0x2500, 0x2580):
        words = unicodedata.name(chr(code)).removeprefix("BOX DRAWINGS ").split()
        shape = " ".join(word for word in words if word not in WEIGHTS)
        found[chr(code)] = LINES.get(shape) or _mixed(shape)
    return found


def _mixed(shape: str) -> str:
    """The light form of a character whose arms differ in weight, from the directions its name lists."""
    words = set(shape.split())
    across = {"HORIZONTAL"} & words or ({"LEFT", "RIGHT"} if {"LEFT", "RIGHT"} <= words else set())
    along = {"VERTICAL"} & words or ({"UP", "DOWN"} if {"UP", "DOWN"} <= words else set())
    if across and along:
        return LINES["VERTICAL AND HORIZONTAL"]
    if along and not words & {"LEFT", "RIGHT"}:
        return LINES["VERTICAL"]
    if across and not words & {"UP", "DOWN"}:
        return LINES["HORIZONTAL"]
    if along:
        return LINES[f"VERTICAL AND {'LEFT' if 'LEFT' in words else 'RIGHT'}"]
    return LINES[f"{'UP' if 'UP' in words else 'DOWN'} AND HORIZONTAL"]


def _each(characters: str, nearest: str) -> dict[str, str]:
    return dict.fromkeys(characters, nearest)


BLOCKS = {
    # Thin edges are drawn as lines, half blocks as whole ones: a frame stays a frame.
    **_each("▁▔🭶🭷🭸🭹🭺🭻⎺⎻⎼⎽", "─-"),
    **_each("▏▕▎▍▊▋▉🮇🮈🮉🮊🮋", "│|"),
    **_each("▂▃", "▄▒="),
    **_each("▅▆▇", "▄█#"),
    **_each("▄▀▌▐▛▜▙▟▚▞", "█#"),
    **_each("▘▝▖▗", "·."),
    "█": "#",
    "▓": "▒#",
    "▒": "░#",
    "░": "▒:",
}

MARKS = {
    **_each("✓✔🗸", "√v"),
    **_each("✗✘✕✖╳❌⨯", "×x"),
    **_each("●⬤⚫🔴🟢🟡", "•*"),
    **_each("○◯◌⚪◦", "ºo"),
    **_each("◉◎⊙◍", "¤@"),
    **_each("◐◑◒◓◔◕", "◘%"),
    **_each("■▪◼◾⬛", "■█#"),
    **_each("□▫◻◽⬜☐", "¤o"),
    **_each("☑☒", "×x"),
    **_each("◆♦◈⯁", "♦*"),
    **_each("◇◊", "♦o"),
    **_each("▶►▸▷▹⏵❯›»➜➤⮞", "►>"),
    **_each("◀◄◂◁◃⏴❮‹«⮜", "◄<"),
    **_each("▲▴△▵⏶", "▲^"),
    **_each("▼▾▽▿⏷", "▼v"),
    **_each("←⟵⇐⬅", "←<"),
    **_each("→⟶⇒➡⇨", "→>"),
    **_each("↑⇑⬆", "↑^"),
    **_each("↓⇓⬇", "↓v"),
    **_each("↔⇔", "↔-"),
    **_each("↕", "↕|"),
    **_each("⏎↵↩", "←<"),
    **_each("⇥↹⭾", "→>"),
    **_each("⇧", "↑^"),
    **_each("⌫", "←<"),
    **_each("↻↺⟳⟲🗘", "°@"),
    **_each("★☆✦✧✱✶✻", "*"),
    **_each("⚠❗❕", "‼!"),
    **_each("ℹ", "i"),
    **_each("⭘", "O"),
    **_each("⚡", "!"),
    **_each("🔒🔓🔑", "#"),
    **_each("☰≡⋮⁝", "≡="),
    **_each("∞", "~"),
    **_each("√", "v"),
    **_each("≈≃∼", "≈~"),
    **_each("≤", "<"),
    **_each("≥", ">"),
    **_each("≠", "#"),
    **_each("π", "p"),
    **_each("Δ", "^"),
    **_each("Ω", "O"),
    **_each("∙⋅‧", "·."),
    **_each("⣿", "█#"),
}

TEXT = {
    **_each("‐‑‒–—―−⸺", "-"),
    **_each("‘’‚‛′", "'"),
    **_each("“”„‟″", '"'),
    **_each("…⋯", "."),
    **_each("•∙", "·*"),
    **_each("·", "."),
    **_each("°", "o"),
    **_each("º", "o"),
    **_each("ª", "a"),
    **_each("×", "x"),
    **_each("÷", "/"),
    **_each("±", "~"),
    **_each("¬", "-"),
    **_each("¦", "|"),
    **_each("§¶", "S"),
    **_each("©", "c"),
    **_each("®", "r"),
    **_each("™", "t"),
    **_each("¤", "o"),
    **_each("€", "E"),
    **_each("£", "L"),
    **_each("¥", "Y"),
    **_each("¢", "c"),
    **_each("µμ", "u"),
    **_each("ß", "s"),
    **_each("æ", "a"),
    **_each("Æ", "A"),
    **_each("œ", "o"),
    **_each("Œ", "O"),
    **_each("øð", "o"),
    **_each("Ø", "O"),
    **_each("Ðđ", "D"),
    **_each("þ", "p"),
    **_each("Þ", "P"),
    **_each("łŁ", "l"),
    **_each("ı", "i"),
    **_each("¿", "?"),
    **_each("¡", "!"),
    **_each("\xa0\u2002\u2003\u2007\u2009\u200a\u202f", " "),
}

NEAREST: dict[str, str] = {**TEXT, **MARKS, **BLOCKS, **_box_drawing()}
