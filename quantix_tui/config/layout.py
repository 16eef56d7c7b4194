"""Where the ``control_plane`` section stands in a YAML text, to the character.

PyYAML's events are read, not its nodes: events keep the place of every alias and anchor, and comparing
two texts by their events is linear however deep or entangled they are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

SECTION = "control_plane"
BOM = "\ufeff"
BREAKS = "\r\n\x85\u2028\u2029"
"""What PyYAML (YAML 1.1) ends a line at."""

Meaning = tuple[object, ...]
"""What an event says, without its place and its style."""


class DocumentFault(ValueError):
    """Why a configuration cannot be read or edited. ``what`` and ``cure`` are sentences; ``line`` counts from 1."""

    def __init__(self, reason: str, line: int | None, what: str, cure: str) -> None:
        super().__init__(what)
        self.reason = reason
        self.line = line
        self.what = what
        self.cure = cure


@dataclass(frozen=True, slots=True)
class Node:
    """One YAML node: its events and its characters ``text[start:end]`` (tag and anchor included)."""

    events: Sequence[Event]
    start: int
    end: int

    @property
    def head(self) -> Event:
        return self.events[0]

    @property
    def line(self) -> int:
        return _line(self.head)

    @property
    def flow(self) -> bool:
        """A collection in braces or brackets."""
        return isinstance(self.head, CollectionStartEvent) and self.head.flow_style is True

    @property
    def block_scalar(self) -> bool:
        """Ends in a scalar written with ``|`` or ``>``, whose ``end`` is the start of a line further down."""
        last = self.events[-1]
        for event in reversed(self.events):
            if not isinstance(event, CollectionEndEvent):
                last = event
                break
        return not self.flow and isinstance(last, ScalarEvent) and last.style in ("|", ">")

    @property
    def meaning(self) -> Meaning:
        return tuple(meaning(event) for event in self.events)


@dataclass(frozen=True, slots=True)
class Entry:
    """A key of a mapping and its value."""

    key: Node
    value: Node

    @property
    def name(self) -> str | None:
        """The key, when it is a plain text."""
        head = self.key.head
        if isinstance(head, ScalarEvent) and head.tag is None:
            return str(head.value)
        return None


@dataclass(frozen=True, slots=True)
class Alias:
    """A ``*name`` and the ``&name`` that it stands for."""

    place: int
    line: int
    anchor: ScalarEvent | CollectionStartEvent


@dataclass(frozen=True, slots=True)
class Layout:
    """A configuration taken apart. ``root`` is None in an empty one, ``section`` when there is none.

    ``entries`` are the section's; ``document_end`` is where the document ends (before a ``...``).
    ``rest`` is the meaning of everything but the section.
    """

    text: str
    root: Node | None
    root_entries: tuple[Entry, ...]
    section: Entry | None
    entries: tuple[Entry, ...]
    aliases: tuple[Alias, ...]
    document_end: int
    rest: Meaning

    def entry(self, name: str) -> Entry | None:
        return next((entry for entry in self.entries if entry.name == name), None)

    def aliased(self, place: int) -> ScalarEvent | CollectionStartEvent:
        """The anchored node that the alias at ``place`` stands for."""
        return next(alias.anchor for alias in self.aliases if alias.place == place)


def read_layout(source: bytes) -> Layout:
    """Take a configuration apart. Raises :class:`DocumentFault` for what is not one."""
    text = _decode(source)
    events = _events(text)
    document_end = next(
        (starts_at(event) for event in events if isinstance(event, DocumentEndEvent) and event.explicit),
        len(text),
    )
    document = next((event for event in events if isinstance(event, DocumentStartEvent)), None)
    inside = [event for event in events if isinstance(event, NodeEvent | CollectionEndEvent)]
    aliases = tuple(_aliases(inside))
    root = _root(inside)
    root_entries = tuple(_entries(root.events)) if root else ()
    section = _section(root_entries, inside)
    entries = _section_entries(section) if section else ()
    return Layout(
        text, root, root_entries, section, entries, aliases, document_end, _rest(document, root_entries, section, root)
    )


def meaning(event: Event) -> Meaning:
    """What one event says. Equal meanings, event for event, are equal documents."""
    match event:
        case ScalarEvent():
            return ("scalar", event.anchor, event.tag, tuple(event.implicit), event.value)
        case AliasEvent():
            return ("alias", event.anchor)
        case CollectionStartEvent():
            return (type(event).__name__, event.anchor, event.tag, event.implicit)
        case _:
            return (type(event).__name__,)


def starts_at(event: Event) -> int:
    """The index of its first character."""
    return _mark(event.start_mark).index


def ends_at(event: Event) -> int:
    """The index behind its last character."""
    return _mark(event.end_mark).index


def line_start(text: str, place: int) -> int:
    """Where the line of ``place`` begins."""
    while place > 0 and text[place - 1] not in BREAKS:
        place -= 1
    return place + 1 if text.startswith(BOM, place) else place


def line_end(text: str, place: int) -> int:
    """Where the line behind that of ``place`` begins, or the end of the text."""
    while place < len(text) and text[place] not in BREAKS:
        place += 1
    if text.startswith("\r\n", place):
        return place + 2
    return min(place + 1, len(text))


def _decode(source: bytes) -> str:
    try:
        return source.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DocumentFault(
            "not_utf8",
            source.count(b"\n", 0, error.start) + 1,
            "the text is not UTF-8",
            "Save the file as UTF-8 with an editor.",
        ) from None


def _events(text: str) -> list[Event]:
    try:
        events = list(yaml.parse(text, Loader=yaml.SafeLoader))
    except yaml.reader.ReaderError as error:
        raise DocumentFault(
            "not_yaml",
            text.count("\n", 0, error.position) + 1,
            "there is a control character in the text",
            "Take it out with an editor.",
        ) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        tab = mark is not None and text.startswith("\t", mark.index)
        what = "a tab stands where YAML takes only spaces" if tab else f"this is not valid YAML ({error.problem})"
        raise DocumentFault(
            "not_yaml",
            mark.line + 1 if mark else None,
            what,
            "Replace the tab by spaces." if tab else "Correct that line with an editor.",
        ) from None
    documents = [event for event in events if isinstance(event, DocumentStartEvent)]
    if len(documents) > 1:
        raise DocumentFault(
            "several_documents",
            _line(documents[1]),
            "a second document begins here",
            "Keep one document in the file: take the line with --- out.",
        )
    return events


def _line(event: Event) -> int:
    return _mark(event.start_mark).line + 1


def _mark(mark: object) -> yaml.Mark:
    # The stubs make marks optional for events made by hand; those that the parser makes have them.
    if not isinstance(mark, yaml.Mark):
        raise TypeError("an event that the parser did not make")
    return mark


def _behind(events: Sequence[Event], first: int) -> int:
    """The index behind the node that begins at ``first``."""
    depth = 0
    for place in range(first, len(events)):
        if isinstance(events[place], CollectionStartEvent):
            depth += 1
        elif isinstance(events[place], CollectionEndEvent):
            depth -= 1
        if depth == 0:
            return place + 1
    raise AssertionError("the parser leaves no collection open")


def _node(events: Sequence[Event]) -> Node:
    # A block collection ends at the next token, wherever that is; what it holds ends where it ends.
    end = next(
        ends_at(event)
        for event in reversed(events)
        if not isinstance(event, CollectionEndEvent) or ends_at(event) > starts_at(event)
    )
    return Node(events, starts_at(events[0]), end)


def _entries(events: Sequence[Event]) -> Iterator[Entry]:
    place = 1
    while place < len(events) - 1:
        middle = _behind(events, place)
        behind = _behind(events, middle)
        yield Entry(_node(events[place:middle]), _node(events[middle:behind]))
        place = behind


def _aliases(events: Sequence[Event]) -> Iterator[Alias]:
    anchors: dict[str, ScalarEvent | CollectionStartEvent] = {}
    for event in events:
        if isinstance(event, AliasEvent):
            if event.anchor not in anchors:
                raise DocumentFault(
                    "anchor",
                    _line(event),
                    f"*{event.anchor} refers to something that stands nowhere before it",
                    "Write the value itself there.",
                )
            yield Alias(starts_at(event), _line(event), anchors[event.anchor])
        elif isinstance(event, ScalarEvent | CollectionStartEvent) and event.anchor is not None:
            anchors[event.anchor] = event


def _root(events: Sequence[Event]) -> Node | None:
    if not events or _is_empty(events[0]):
        return None
    if not isinstance(events[0], MappingStartEvent):
        raise DocumentFault(
            "not_a_mapping",
            _line(events[0]),
            "the file does not consist of named sections",
            "It must look like `control_plane:` with indented lines under it.",
        )
    return _node(events)


def _is_empty(event: Event) -> bool:
    return isinstance(event, ScalarEvent) and starts_at(event) == ends_at(event)


def _section(root_entries: Sequence[Entry], events: Sequence[Event]) -> Entry | None:
    found = [entry for entry in root_entries if entry.name == SECTION]
    if len(found) > 1:
        raise DocumentFault(
            "duplicate_section",
            found[1].key.line,
            f"the section {SECTION} stands here a second time (the first is in line {found[0].key.line})",
            "Keep one of the two.",
        )
    merge = next((entry for entry in root_entries if _is_merge(entry)), None)
    named = any(isinstance(event, ScalarEvent) and event.value == SECTION for event in events)
    if merge and named and not found:
        raise DocumentFault(
            "merge_key",
            merge.key.line,
            f"the section {SECTION} is merged in from another place (<<)",
            f"Write the section {SECTION} out.",
        )
    return found[0] if found else None


def _is_merge(entry: Entry) -> bool:
    head = entry.key.head
    return isinstance(head, ScalarEvent) and head.value == "<<" and bool(head.implicit[0])


def _section_entries(section: Entry) -> tuple[Entry, ...]:
    head = section.value.head
    if isinstance(head, ScalarEvent) and head.value in ("", "~", "null", "Null", "NULL") and head.implicit[0]:
        if head.anchor is not None:
            raise _not_a_mapping(section)
        return ()
    if isinstance(head, AliasEvent):
        raise DocumentFault(
            "anchor",
            section.value.line,
            f"the section {SECTION} only refers to another place (*{head.anchor})",
            f"Write the section {SECTION} out.",
        )
    if not isinstance(head, MappingStartEvent) or head.tag not in (None, "!", "tag:yaml.org,2002:map"):
        raise _not_a_mapping(section)
    entries = tuple(_entries(section.value.events))
    seen: dict[Meaning, Entry] = {}
    for entry in entries:
        if _is_merge(entry):
            raise DocumentFault(
                "merge_key",
                entry.key.line,
                f"the section {SECTION} merges in another place (<<)",
                "Write the values themselves there.",
            )
        # The style of a key is not its name: "address" and address are one key.
        name = (entry.name,) if entry.name is not None else entry.key.meaning
        if name in seen:
            raise DocumentFault(
                "duplicate_key",
                entry.key.line,
                f"{entry.name or 'a key'} stands here a second time (the first is in line {seen[name].key.line})",
                "Keep one of the two.",
            )
        seen[name] = entry
    return entries


def _not_a_mapping(section: Entry) -> DocumentFault:
    return DocumentFault(
        "not_a_mapping",
        section.value.line,
        f"the section {SECTION} does not consist of names and values",
        "Write it like `address: ...` in indented lines, or take the section out.",
    )


def _rest(
    document: DocumentStartEvent | None, root_entries: Sequence[Entry], section: Entry | None, root: Node | None
) -> Meaning:
    directives = (document.version, tuple(sorted((document.tags or {}).items()))) if document else (None, ())
    others = tuple((entry.key.meaning, entry.value.meaning) for entry in root_entries if entry is not section)
    # An empty document means the same as an empty mapping.
    head = meaning(root.head) if root else ("MappingStartEvent", None, None, True)
    return (directives, head, others)
