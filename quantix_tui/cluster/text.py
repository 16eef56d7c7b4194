"""Text that came from outside (control plane, certificate, DNS, log) made harmless to show."""

import unicodedata

# Categories that move the cursor, hide, reorder or break text: control, format (which holds the
# right-to-left overrides and zero-width marks), surrogate, private use, unassigned, separators.
_HARMFUL = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

REPLACEMENT = "?"


def harmless(text: str, limit: int = 200) -> str:
    """Return ``text`` as one line that can be shown anywhere.

    White space of any kind becomes one space, every other character that a terminal or a reader could
    be misled by becomes ``?``, and what is longer than ``limit`` characters is cut with ``...``.
    Only the first ``limit`` characters are ever looked at, so that a text of 10 MB costs nothing.
    """
    shown: list[str] = []
    for character in text[: limit + 1]:
        if character.isspace():
            if shown and shown[-1] != " ":
                shown.append(" ")
        elif unicodedata.category(character) in _HARMFUL:
            shown.append(REPLACEMENT)
        else:
            shown.append(character)
    line = "".join(shown).strip()
    if len(text) > limit:
        return line[: max(0, limit - 3)].rstrip() + "..."
    return line
