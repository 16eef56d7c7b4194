"""Our part in a file that belongs to the administrator: a marked section, and lines of theirs put out of force. Pure.

What is taken away again leaves the file as it was, to the byte, but for a missing newline at its end.
"""

from collections.abc import Callable

from quantix_tui.host.files.texts import lines_of

BEGIN = "# BEGIN quantix-tui: written by the console, changes in here are lost"
END = "# END quantix-tui"
OFF = "#quantix-tui# "
"""Before a line of the administrator's that is out of force while ours stands."""


def with_section(text: str, body: str) -> str:
    """``text`` with ``body`` as our only section, at its end."""
    clean = without_section(text)
    if clean and not clean.endswith("\n"):
        clean += "\n"
    return f"{clean}{BEGIN}\n{body}{END}\n"


def without_section(text: str) -> str:
    """``text`` without our section; one whose end is missing is left alone, nobody knows what else is in it."""
    return _split(text)[0]


def section_of(text: str) -> str:
    """What stands in our section; empty when there is none."""
    return _split(text)[1]


def _split(text: str) -> tuple[str, str]:
    """What is not ours, and what is, without the two lines around it."""
    kept: list[str] = []
    ours: list[str] = []
    held: list[str] | None = None
    for line in lines_of(text):
        bare = line.rstrip("\r\n")
        if held is None and bare == BEGIN:
            held = [line]
        elif held is None:
            kept.append(line)
        elif bare == END:
            ours += held[1:]
            held = None
        else:
            held.append(line)
    return "".join(kept + (held or [])), "".join(ours)


def switched_off(text: str, is_meant: Callable[[str], bool]) -> str:
    """``text`` with the lines that are meant put out of force."""
    return "".join(OFF + line if is_meant(line) else line for line in lines_of(text))


def switched_on(text: str) -> str:
    """``text`` with all lines in force again."""
    return "".join(line.removeprefix(OFF) for line in lines_of(text))


def original(text: str) -> str:
    """``text`` as it was before we came."""
    return switched_on(without_section(text))
