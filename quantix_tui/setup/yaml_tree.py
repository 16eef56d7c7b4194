"""A YAML document as plain mappings, lists and texts, with the line of everything in it. Safe for any text.

Scalars are kept as they are written: ``off`` is a method, and ``0123`` a name.
"""

from dataclasses import dataclass

import yaml

from quantix_tui.cluster.text import harmless
from quantix_tui.setup.fault import Fault, Place

MOST_BYTES = 1 << 16
_DEEPEST = 8
_EMPTY = ("", "~", "null", "Null", "NULL")

Plain = str | list["Plain"] | dict[str, "Plain"]


@dataclass(frozen=True, slots=True)
class Document:
    """``lines``: where each place is, counted from 1. With ``fault`` there is nothing to read."""

    content: dict[str, Plain]
    lines: dict[Place, int]
    fault: Fault | None = None


class _Refused(Exception):
    def __init__(self, message: str, hint: str, line: int) -> None:
        super().__init__(message)
        self.fault = Fault((), message, hint, line)


def parse(data: bytes) -> Document:
    """Read a document; what cannot be read safely is its ``fault``."""
    lines: dict[Place, int] = {}
    try:
        if len(data) > MOST_BYTES:
            raise _Refused(f"The file is larger than {MOST_BYTES >> 10} KiB.", "Take what is no answer out.", 1)
        content = _plain(_node(data), (), lines)
        if not isinstance(content, dict):
            raise _Refused("The file holds no answers by their names.", "Begin it like: name:", 1)
    except _Refused as error:
        return Document({}, {}, error.fault)
    return Document(content, lines)


def _node(data: bytes) -> yaml.Node | None:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _Refused("The file is not UTF-8.", "Save it as UTF-8.", line) from None
    try:
        loader = yaml.SafeLoader(text)
        try:
            # Aliases share nodes: a few lines of them can mean more than fits the memory.
            for token in yaml.scan(text, yaml.SafeLoader):
                if isinstance(token, yaml.AliasToken):
                    hint = "Write out what it stands for."
                    raise _Refused("An answer refers to another one (*).", hint, token.start_mark.line + 1)
            return loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        why = harmless(", ".join(filter(None, (error.context, error.problem))) or "it cannot be read", 120)
        raise _Refused(f"This is no YAML: {why}.", "Mend the line.", mark.line + 1 if mark else 1) from None
    except RecursionError:
        raise _too_deep(1) from None
    except (yaml.YAMLError, ValueError) as error:
        raise _Refused(f"This is no YAML: {harmless(str(error), 120)}.", "Mend the file.", 1) from None


def _too_deep(line: int) -> _Refused:
    return _Refused("The answers are nested too deeply.", "Compare them with the sample.", line)


def _plain(node: yaml.Node | None, place: Place, lines: dict[Place, int]) -> Plain:
    if node is None:
        return {}
    line = node.start_mark.line + 1
    lines.setdefault(place, line)
    if len(place) > _DEEPEST:
        raise _too_deep(line)
    if isinstance(node, yaml.ScalarNode):
        return "" if node.style is None and node.value in _EMPTY else str(node.value)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*place, number), lines) for number, item in enumerate(node.value)]
    found: dict[str, Plain] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise _Refused("A name is no plain word.", "Compare it with the sample.", key.start_mark.line + 1)
        name = str(key.value)
        if name in found:
            said = f"{harmless(name, 40)} is answered twice."
            raise _Refused(said, "Take one of them out.", key.start_mark.line + 1)
        lines[(*place, name)] = key.start_mark.line + 1
        found[name] = _plain(value, (*place, name), lines)
    return found
