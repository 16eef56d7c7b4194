"""Configurations as administrators write them: generated in pieces, so that a test knows what is whose."""

from dataclasses import dataclass

from hypothesis import strategies as st

COMMENTS = st.sampled_from(
    ["# plain", "# control_plane:", "#   address: old", "#", "# ünïcödé ☃ 😀", "# 'quote", "# a: [", "# tab\there"]
)
WORDS = st.sampled_from(
    [
        "plain",
        '"double # no comment"',
        "'it''s'",
        "12",
        "0x1f",
        "true",
        "~",
        "2026-01-07",
        "https://a.b:1/c",
        "a # b",
        "é☃😀",
    ]
)


@dataclass(frozen=True)
class Shape:
    """A configuration in three pieces; ``section`` is empty where there is none."""

    before: str
    section: str
    after: str
    kept: tuple[str, ...] = ()
    """Lines or parts inside the section that no edit may touch."""

    @property
    def text(self) -> str:
        return self.before + self.section + self.after

    def with_breaks(self, newline: str) -> "Shape":
        def change(text: str) -> str:
            return text.replace("\n", newline)

        return Shape(change(self.before), change(self.section), change(self.after), tuple(map(change, self.kept)))


@st.composite
def others(draw: st.DrawFn, names: str) -> str:
    """Some sections of other programs, in block style, with unique names out of ``names``."""
    chosen = draw(st.lists(st.sampled_from(names), unique=True, max_size=3))
    return "".join(draw(_other(name)) for name in chosen)


@st.composite
def _other(draw: st.DrawFn, name: str) -> str:
    word, comment = draw(WORDS), draw(COMMENTS)
    body = draw(
        st.sampled_from(
            [
                f"{name}: {word}\n",
                f"{name}:\n  id: {word}\n\n  {comment}\n  labels: {{a: b, 'c': [1, 2]}}\n",
                f"{name}: # {comment}\n- {word}\n- x: 1\n  y: {word}\n",
                f"{name}: |\n  line one\n    {comment}\n\n",
                f"{name}: >+\n  folded\n  text\n\n\n",
                f"{name}: &{name}1 {{k: 1}}\n{name}2: *{name}1\n{name}3:\n  <<: *{name}1\n  z: 2\n",
                f'"{name}": "two\n  lines"\n',
                f"? {name}\n: {word}\n",
                f"{name}:\n",
                f"{name}: !custom {{control_plane: {{address: no}}}}\n",
                f"{name}:\n    control_plane:\n        address: {word}\n",
            ]
        )
    )
    top = draw(
        st.sampled_from(["", "\n", f"{comment}\n", "# control_plane:\n#   registration_enabled: false\n", " \n"])
    )
    return top + body


BLOCK_ENTRIES = {
    "registration_enabled": ["true", "false", "yes", "", "~", '"true"'],
    "address": [
        '"https://old.example:8443"',
        "old.example",
        "",
        "'x'",
        "|\n{indent}  https://old.example:8443",
        "&own y",
    ],
    "heartbeat_interval_secs": ["30", "10", "", "!!int 12"],
    "node_id": ["abc", '"n-1"', "", ">-\n{indent}  folded\n{indent}  id"],
    "ca_file": ["/etc/ca.pem", "~"],
    "pin_sha256": ["sha256:00", "'x'"],
}
UNKNOWN_ENTRIES = {
    "retry": [
        "{times: 3, 'every': 5s}",
        "[1, 2] # list",
        "\n{indent}  deep: 1\n\n{indent}  # deeper\n{indent}  more: [a]",
    ],
    "proxy": ['"http://p:3128"', "&in http://p:1"],
    "note": ["|\n{indent}  literal\n{indent}  # not a comment", "plain over\n{indent}  two lines", '"quoted"'],
    "allow_plaintext": ["false # in so many words"],
}


@st.composite
def block_sections(draw: st.DrawFn) -> tuple[str, tuple[str, ...]]:
    """A section in block style and what of it must stay."""
    indent = " " * draw(st.sampled_from([1, 2, 4]))
    names = draw(st.permutations([*BLOCK_ENTRIES, *UNKNOWN_ENTRIES]))[: draw(st.integers(1, 10))]
    key = draw(st.sampled_from(["control_plane", '"control_plane"', "'control_plane'"]))
    section = f"{key}:{draw(st.sampled_from(['', ' # ours', '   ', ' !!map']))}\n"
    kept: list[str] = [section]
    for name in names:
        for above in draw(
            st.lists(st.sampled_from(["\n", f"{indent}# above {name}\n", "# at the left\n"]), max_size=2)
        ):
            section += above
            kept.append(above)
        known = name in BLOCK_ENTRIES
        value = draw(st.sampled_from((BLOCK_ENTRIES if known else UNKNOWN_ENTRIES)[name])).replace("{indent}", indent)
        spelling = draw(st.sampled_from([name, f'"{name}"', f"'{name}'"]))
        trailing = draw(st.sampled_from(["", f" # why {name}"])) if "\n" not in value and "#" not in value else ""
        line = f"{indent}{spelling}: {value}{trailing}\n"
        section += line
        if not known:
            kept.append(line)
        elif name in ("registration_enabled", "address", "heartbeat_interval_secs") and trailing:
            kept.append(f"{trailing}\n")
    return section, tuple(kept)


FLOW_ENTRIES = {
    "registration_enabled": "false",
    "address": '"https://old.example:8443"',
    "node_id": "n-1",
    "pin_sha256": "'x'",
    "retry": "{times: 3, list: [a, b]}",
    "note": "plain text",
    "proxy": "http://p:3128",
}


@st.composite
def flow_mappings(draw: st.DrawFn) -> str:
    """A section's value in flow style, on one line or on several."""
    names = draw(st.lists(st.sampled_from(sorted(FLOW_ENTRIES)), unique=True))
    entries = [f"{draw(st.sampled_from([name, chr(34) + name + chr(34)]))}: {FLOW_ENTRIES[name]}" for name in names]
    last = draw(st.sampled_from(["", ","])) if entries else ""
    if draw(st.booleans()):
        return (
            "{" + draw(st.sampled_from(["", " "])) + ", ".join(entries) + last + draw(st.sampled_from(["", " "])) + "}"
        )
    lines = [f"  {entry}, # about {name}\n" for entry, name in zip(entries[:-1], names, strict=False)]
    lines += [f"  {entry}{last} # the last\n" for entry in entries[-1:]]
    return "{\n" + "".join(lines) + "  }"


@st.composite
def shapes(draw: st.DrawFn) -> Shape:
    """A configuration that can be edited."""
    top = draw(st.sampled_from(["", "# head of the file\n", "%YAML 1.1\n---\n", "--- # first\n", "\n\n"]))
    before, after = draw(others("abcd")), draw(others("efgh"))
    kept: tuple[str, ...] = ()
    match draw(st.sampled_from(["none", "commented", "null", "block", "block", "block", "flow", "root"])):
        case "none":
            section = ""
        case "commented":
            section, before = "", before + "# control_plane:\n#   registration_enabled: true\n"
        case "null":
            section = (
                "control_plane:" + draw(st.sampled_from(["", " ~", " null # none yet", " # none", "\n  null"])) + "\n"
            )
        case "flow":
            section = f"control_plane: {draw(flow_mappings())}\n"
        case "root":
            return draw(_flow_roots(top))
        case _:
            section, kept = draw(block_sections())
    ends = ["", "\n", "# the end\n"]
    if any(line and not line.startswith("#") for line in (top + before + section + after).split("\n")):
        ends.append("...\n")  # which ends a document: PyYAML takes none without a beginning
    after += draw(st.sampled_from(ends))
    return _finished(draw, Shape(top + before, section, after, kept))


@st.composite
def _flow_roots(draw: st.DrawFn, top: str) -> Shape:
    head, tail = draw(st.sampled_from(["", "a: 1, ", '"b": [1, {c: d}], ', "\n  a: 1, # one\n"])), ""
    section = draw(st.one_of(st.just(""), flow_mappings(), st.sampled_from(["null", "~"])))
    if section:
        section = f"control_plane: {section}"
        tail = draw(st.sampled_from(["", ", z: 1", ",", "\n"]))
    return _finished(draw, Shape(f"{top}{{{head}", section, f"{tail}}}\n"))


def _finished(draw: st.DrawFn, shape: Shape) -> Shape:
    shape = shape.with_breaks(draw(st.sampled_from(["\n", "\n", "\r\n", "\r"])))
    if draw(st.integers(0, 3)) == 0 and not shape.after.endswith("...\n"):
        last = shape.after or shape.section or shape.before
        cut = last.rstrip("\r\n")
        if last is shape.after:
            shape = Shape(shape.before, shape.section, cut, shape.kept)
        elif last is shape.section:
            shape = Shape(shape.before, cut, "", tuple(part.rstrip("\r\n") for part in shape.kept))
        else:
            shape = Shape(cut, "", "", ())
    if draw(st.integers(0, 3)) == 0 and shape.text:
        shape = Shape("\ufeff" + shape.before, shape.section, shape.after, shape.kept)
    return shape
