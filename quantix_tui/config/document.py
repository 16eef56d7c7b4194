"""Edit the ``control_plane`` section of a configuration and not one byte outside it. Bytes in, bytes out.

One key is changed at a time, each time the text is parsed again and compared, as a whole, with what was
meant. What cannot be edited so is refused with its line (DESIGN 5).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from quantix_tui.config.layout import (
    BOM,
    BREAKS,
    SECTION,
    DocumentFault,
    Entry,
    Layout,
    Meaning,
    Node,
    line_end,
    line_start,
    read_layout,
    starts_at,
)

COMMENT = "# Cluster Configuration"
"""The line that the document puts above the section."""

Scalar = bool | int | str


@dataclass(frozen=True, slots=True)
class IfAbsent:
    """A value for a key that the section does not have yet."""

    value: Scalar


Change = Scalar | IfAbsent | None
"""What becomes of a key: a value, a value when there is none, or (None) its removal."""


def edit_section(source: bytes, changes: Mapping[str, Change]) -> bytes:
    """Return ``source`` with ``changes`` made to its section; new keys go to the end, in their order.

    A value that is already there is not touched; one that changes is replaced in place; a removed key
    goes with its lines. Raises :class:`DocumentFault` when that cannot be done safely.
    """
    layout = read_layout(source)
    _refuse_crossing(layout)
    for key, change in changes.items():
        layout = _changed(layout, key, change)
    return layout.text.encode("utf-8")


def _changed(layout: Layout, key: str, change: Change) -> Layout:
    entry = layout.entry(key)
    if change is None:
        return layout if entry is None else _first_good(layout, _removed(layout, entry), _without(layout, entry), entry)
    if isinstance(change, IfAbsent):
        if entry is not None:
            return layout
        change = change.value
    written, value = _written(change)
    if entry is None:
        plain = (("scalar", None, None, (True, False), key),)
        wanted = {**_meanings(layout), plain: value}
        return _first_good(layout, _added(layout, f"{key}: {written}"), wanted, layout.section)
    if _says(entry.value, change):
        return layout
    wanted = {**_meanings(layout), entry.key.meaning: value}
    return _first_good(layout, _replaced(layout, entry, written), wanted, entry)


def _refuse_crossing(layout: Layout) -> None:
    if layout.section is None:
        return
    section = range(layout.section.key.start, layout.section.value.end)
    for alias in layout.aliases:
        anchor = alias.anchor
        if (alias.place in section) != (starts_at(anchor) in section):
            where = "from inside" if alias.place in section else "from outside"
            raise DocumentFault(
                "anchor",
                alias.line,
                f"*{anchor.anchor} refers {where} the section {SECTION} across its border",
                "Write the value itself there.",
            )


def _meanings(layout: Layout) -> dict[Meaning, Meaning]:
    return {entry.key.meaning: entry.value.meaning for entry in layout.entries}


def _without(layout: Layout, gone: Entry) -> dict[Meaning, Meaning]:
    return {entry.key.meaning: entry.value.meaning for entry in layout.entries if entry is not gone}


def _first_good(
    layout: Layout, candidates: Iterator[str], wanted: dict[Meaning, Meaning], place: Entry | None
) -> Layout:
    """The first text that means what is wanted, parsed back; the rest of the document unchanged."""
    for text in candidates:
        try:
            parsed = read_layout(text.encode("utf-8"))
        except DocumentFault:
            continue
        if parsed.rest == layout.rest and _meanings(parsed) == wanted:
            return parsed
    raise _unfamiliar(place.key.line if place else None)


def _unfamiliar(line: int | None) -> DocumentFault:
    return DocumentFault(
        "not_editable",
        line,
        f"the section {SECTION} is written in a form that cannot be changed safely",
        f"Write it as in the manual: `{SECTION}:` with one indented line for each value.",
    )


def _written(value: Scalar) -> tuple[str, Meaning]:
    """A value as it is written, and what that means. Text is always quoted: no word of it can be mistaken."""
    if isinstance(value, str):
        return _quoted(value), (("scalar", None, None, (False, True), value),)
    text = str(value).lower()
    return text, (("scalar", None, None, (True, False), text),)


def _quoted(text: str) -> str:
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise DocumentFault("not_utf8", None, "a value holds bytes that are no text", "Give it in plain letters.")
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    number = ord(character)
    return f"\\x{number:02x}" if number <= 0xFF else f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"


def _says(node: Node, value: Scalar) -> bool:
    """Whether the value is there already, in a spelling that every reader understands alike."""
    head = node.head
    tag, implicit, text = getattr(head, "tag", None), getattr(head, "implicit", None), getattr(head, "value", None)
    if tag is not None or implicit is None or len(node.events) > 1:
        return False
    if isinstance(value, str):
        return text == value and implicit == (False, True)
    return text == str(value).lower() and implicit == (True, False)


def _splice(text: str, start: int, end: int, new: str) -> str:
    return text[:start] + new + text[end:]


def _solid_end(text: str, node: Node) -> int:
    """The end of what is seen of a node: a block scalar reaches over the blank lines below it."""
    if not node.block_scalar:
        return node.end
    return node.start + len(text[node.start : node.end].rstrip(" " + BREAKS))


def _newline(text: str) -> str:
    """The line break in use."""
    found = re.search(r"\r\n|[\r\n]", text)
    return found.group() if found else "\n"


def _indent(text: str, node: Node) -> str | None:
    """What stands before a node that begins its line, None when it does not."""
    before = text[line_start(text, node.start) : node.start]
    return None if before.strip(" ") else before


def _lines_at(text: str, place: int, lines: list[str]) -> str:
    """Insert whole lines at ``place``, the beginning of a line or the end of a text without a final break."""
    newline = _newline(text)
    if place == 0 or text[place - 1] in BREAKS + BOM:
        return _splice(text, place, place, "".join(line + newline for line in lines))
    return _splice(text, place, place, newline + newline.join(lines))


def _without_lines(text: str, start: int, end: int) -> str:
    """Take whole lines out. A file without a final line break stays one."""
    if end == len(text) and text[end - 1] not in BREAKS:
        start = len(text[:start].removesuffix("\n").removesuffix("\r"))
    return _splice(text, start, end, "")


# Replacing and removing


def _replaced(layout: Layout, entry: Entry, written: str) -> Iterator[str]:
    text, value = layout.text, entry.value
    if value.start == value.end:
        colon = ":" in text[entry.key.end : value.start]
        yield _splice(text, value.start, value.start, f" {written}")
        if not colon:
            yield _splice(text, entry.key.end, entry.key.end, f": {written}")
        return
    _refuse_shared(layout, value)
    if value.block_scalar:
        header = re.search(r"[ \t]#[^\r\n]*", text[value.start : line_end(text, value.start)])
        written += header.group() if header else ""
    yield _splice(text, value.start, _solid_end(text, value), written)


def _refuse_shared(layout: Layout, value: Node) -> None:
    own = range(value.start, value.end)
    for alias in layout.aliases:
        if starts_at(alias.anchor) in own and alias.place not in own:
            raise DocumentFault(
                "anchor",
                alias.line,
                f"*{alias.anchor.anchor} refers to a value (line {value.line}) that has to change",
                "Write the value itself there.",
            )


def _removed(layout: Layout, entry: Entry) -> Iterator[str]:
    text = layout.text
    _refuse_shared(layout, entry.value)
    if layout.section is not None and layout.section.value.flow:
        yield _removed_from_flow(layout, entry)
    elif _indent(text, entry.key) is not None:
        end = max(_solid_end(text, entry.value), entry.key.end)
        yield _without_lines(text, line_start(text, entry.key.start), line_end(text, end))


def _removed_from_flow(layout: Layout, entry: Entry) -> str:
    text, start, end = layout.text, entry.key.start, entry.value.end
    place = layout.entries.index(entry)
    before = _next_sign(text, layout.entries[place - 1].value.end) if place > 0 else None
    comma = _next_sign(text, end)
    behind = comma + 1 if text[comma] == "," else end
    rest = text[behind : line_end(text, behind)].strip(" " + BREAKS)
    if _indent(text, entry.key) is not None and (not rest or rest.startswith("#")):
        shorter = _splice(text, line_start(text, start), line_end(text, behind), "")
        return shorter if before is None or behind > end else _splice(shorter, before, before + 1, "")
    if before is not None and not text[before + 1 : start].strip(" "):
        return _splice(text, before, end, "")
    return _splice(text, start, behind + len(text[behind:]) - len(text[behind:].lstrip(" ")), "")


def _next_sign(text: str, place: int) -> int:
    """The next character in a flow collection that is neither space nor comment."""
    found = re.compile(r"(?:[\s\x85]|#[^\r\n\x85\u2028\u2029]*)*").match(text, place)
    return found.end() if found else place


# Adding


def _added(layout: Layout, pair: str) -> Iterator[str]:
    text, section, root = layout.text, layout.section, layout.root
    if section is not None and layout.entries and not section.value.flow:
        yield from _added_to_block(text, layout.entries, pair)
    elif section is not None and section.value.flow:
        yield _added_to_flow(text, section.value, layout.entries, pair)
    elif section is not None and root is not None and root.flow:
        yield from _replaced(layout, section, f"{{{pair}}}")
    elif section is not None:
        yield _section_filled(text, section, pair)
    elif root is not None and root.flow:
        yield _added_to_flow(text, root, layout.root_entries, f"{SECTION}: {{{pair}}}")
    else:
        yield from _section_appended(layout, pair)


def _added_to_block(text: str, entries: tuple[Entry, ...], pair: str) -> Iterator[str]:
    indent = _indent(text, entries[0].key)
    if indent is None:
        raise _unfamiliar(entries[0].key.line)
    last = entries[-1].value
    yield _lines_at(text, line_end(text, _solid_end(text, last)), [indent + pair])
    # A block scalar may count the blank lines behind it as its own, and where the file's end cuts it off,
    # a line more would change it.
    if last.block_scalar:
        yield _lines_at(text, last.end, [indent + pair])
        first = line_start(text, entries[0].key.start)
        yield _splice(text, first, first, indent + pair + _newline(text))


def _added_to_flow(text: str, mapping: Node, entries: tuple[Entry, ...], pair: str) -> str:
    if not entries:
        brace = text.index("{", mapping.start) + 1
        return _splice(text, brace, brace, pair)
    last = entries[-1]
    indent = _indent(text, last.key)
    comma = _next_sign(text, last.value.end)
    followed = text[comma] == ","
    end = comma + 1 if followed else last.value.end
    behind = text[end : line_end(text, end)]
    own_line = not behind.strip(" " + BREAKS) or behind.lstrip(" ").startswith("#")
    if indent is None or not own_line or behind == "":
        return _splice(text, last.value.end, last.value.end, f", {pair}")
    text = _lines_at(text, line_end(text, end), [indent + pair + ("," if followed else "")])
    return text if followed else _splice(text, end, end, ",")


def _section_filled(text: str, section: Entry, pair: str) -> str:
    """A section that is there but empty (``control_plane:`` or ``control_plane: null``)."""
    indent = (_indent(text, section.key) or "") + "  "
    value = section.value
    place = line_end(text, section.key.end)
    text = _lines_at(text, place, [indent + pair])
    if value.start >= place:
        moved = len(indent + pair) + len(_newline(text))
        return _splice(text, value.start + moved, value.end + moved, "")
    return _splice(text, value.start, value.end, "")


def _section_appended(layout: Layout, pair: str) -> Iterator[str]:
    text, end = layout.text, layout.document_end
    first = layout.root_entries[0].key if layout.root_entries else None
    indent = (_indent(text, first) if first else "") or ""
    lines = [indent + COMMENT, f"{indent}{SECTION}:", f"{indent}  {pair}"]
    before = text[:end].replace("\r\n", "\n").replace("\r", "\n")
    if before.strip(" \n" + BOM) and not before.endswith("\n\n"):
        yield _lines_at(text, end, ["", *lines])
    yield _lines_at(text, end, lines)
    # A block scalar at the end may take a blank line, or any line break, for its own.
    if first is not None:
        start = line_start(text, first.start)
        yield _splice(text, start, start, "".join(line + _newline(text) for line in lines))
