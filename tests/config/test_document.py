"""The section is edited in place, and not one byte outside it."""

import textwrap
from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings

from quantix_tui.config.document import Change, IfAbsent, edit_section
from quantix_tui.config.layout import DocumentFault
from quantix_tui.config.section import left
from tests.config.shapes import Shape, shapes

JOIN: Mapping[str, Change] = {
    "registration_enabled": True,
    "address": "https://vdc.example.com:8443",
    "heartbeat_interval_secs": IfAbsent(30),
    "node_id": None,
    "ca_file": None,
    "pin_sha256": "sha256:" + "ab" * 32,
}
# The same examples every time: whether a change is good must not depend on luck. More of them explore further.
THOROUGH = settings(
    max_examples=100, derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


class AnyTag(yaml.SafeLoader):
    """Reads a custom tag as what it stands on."""


def _as_mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    return loader.construct_mapping(node, deep=True)


AnyTag.add_constructor("!custom", _as_mapping)


def load(source: bytes) -> dict[str, Any]:
    return yaml.load(source.decode(), Loader=AnyTag) or {}


def edited(text: str, changes: Mapping[str, Change] = JOIN) -> str:
    return edit_section(text.encode(), changes).decode()


def dedent(text: str) -> str:
    return textwrap.dedent(text).lstrip("\n")


def applied(section: Mapping[str, Any], changes: Mapping[str, Change]) -> dict[str, Any]:
    result = dict(section)
    for key, change in changes.items():
        if change is None:
            result.pop(key, None)
        elif isinstance(change, IfAbsent):
            result.setdefault(key, change.value)
        else:
            result[key] = change
    return result


@THOROUGH
@given(shapes())
def test_only_the_section_changes_and_means_what_was_meant(shape: Shape) -> None:
    source = shape.text.encode()
    result = edit_section(source, JOIN)

    if shape.section:
        assert result.startswith(shape.before.encode())
        assert result.endswith(shape.after.encode())
        inside = result[len(shape.before.encode()) : len(result) - len(shape.after.encode())].decode()
        for part in shape.kept:
            assert part in inside
    else:
        assert _is_insertion(source, result)

    before, after = load(source), load(result)
    assert after.pop("control_plane") == applied(before.pop("control_plane", None) or {}, JOIN)
    assert after == before

    if "\r\n" in shape.text:
        assert b"\n" not in result.replace(b"\r\n", b"")


def _is_insertion(source: bytes, result: bytes) -> bool:
    same = next((place for place, byte in enumerate(source) if result[place] != byte), len(source))
    return any(result.endswith(source[place:]) for place in range(same + 1))


@settings(THOROUGH, max_examples=50)
@given(shapes())
def test_joining_and_leaving_over_and_over_is_stable(shape: Shape) -> None:
    joined_once = edit_section(shape.text.encode(), JOIN)
    assert edit_section(joined_once, JOIN) == joined_once
    left_once = left(joined_once)
    assert left(left_once) == left_once
    joined_again = edit_section(left_once, JOIN)
    assert load(joined_again) == load(joined_once)
    assert left(joined_again) == left_once
    assert edit_section(left(joined_again), JOIN) == joined_again


@pytest.mark.parametrize("source", ["", "\n", " \n\n", "\ufeff", "# only a comment\n", "---\n", "--- # x"])
def test_an_empty_file_gets_the_section_of_the_document(source: str) -> None:
    expected = dedent("""
        # Cluster Configuration
        control_plane:
          registration_enabled: true
          address: "https://control-plane.example.com:8443"
          heartbeat_interval_secs: 30
        """)
    changes = {**JOIN, "address": "https://control-plane.example.com:8443", "pin_sha256": None}
    result = edited(source, changes)
    assert result.startswith(source)
    assert result.endswith(expected if source == "" or source.endswith(("\n", "\ufeff")) else expected.rstrip())


def test_values_are_replaced_in_place_and_comments_stay() -> None:
    source = dedent("""
        # top
        node: {id: 7} # theirs

        control_plane:   # ours
            # where
            address: old.example   # the old one
            node_id: "n-1" # gone with its line
            # own key
            retry: 5

            registration_enabled: no
            # last words

        # theirs again
        server:
          port: 1
        """)
    assert edited(source) == dedent(f"""
        # top
        node: {{id: 7}} # theirs

        control_plane:   # ours
            # where
            address: "https://vdc.example.com:8443"   # the old one
            # own key
            retry: 5

            registration_enabled: true
            heartbeat_interval_secs: 30
            pin_sha256: "{JOIN["pin_sha256"]}"
            # last words

        # theirs again
        server:
          port: 1
        """)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{a: 1, control_plane: {node_id: x}}", "{a: 1, control_plane: {t: true}}"),
        ("{a: 1, control_plane: {node_id: x, b: 2}, c: 3}", "{a: 1, control_plane: {b: 2, t: true}, c: 3}"),
        ("{a: 1, control_plane: {b: 2, node_id: x}}", "{a: 1, control_plane: {b: 2, t: true}}"),
        ("{control_plane: {b: 2, node_id: x,}}", "{control_plane: {b: 2, t: true,}}"),
        ("{a: 1}\n", "{a: 1, control_plane: {t: true}}\n"),
        ("{a: 1,}", "{a: 1, control_plane: {t: true},}"),
        ("{}", "{control_plane: {t: true}}"),
        ("{control_plane}", "{control_plane: {t: true}}"),
        ("{control_plane: , b: 1}", "{control_plane: {t: true} , b: 1}"),
        ("control_plane: {}\n", "control_plane: {t: true}\n"),
        ("control_plane: null # none\nb: 1\n", "control_plane:  # none\n  t: true\nb: 1\n"),
        ("control_plane:", "control_plane:\n  t: true"),
        ("control_plane:\n  # later\n\nb: 1\n", "control_plane:\n  t: true\n  # later\n\nb: 1\n"),
        ("b: 1\n...\n", "b: 1\n\n# Cluster Configuration\ncontrol_plane:\n  t: true\n...\n"),
        ("b: 1\r\n\r\n", "b: 1\r\n\r\n# Cluster Configuration\r\ncontrol_plane:\r\n  t: true\r\n"),
        ("b: 1\n \n", "b: 1\n \n\n# Cluster Configuration\ncontrol_plane:\n  t: true\n"),
        ("  b: 1\n", "  b: 1\n\n  # Cluster Configuration\n  control_plane:\n    t: true\n"),
        ("b: |+\n  x\n\n", "b: |+\n  x\n\n# Cluster Configuration\ncontrol_plane:\n  t: true\n"),
        ("b: |\n  x", "# Cluster Configuration\ncontrol_plane:\n  t: true\nb: |\n  x"),
        ("control_plane:\n  n: |\n    x\n\nb: 1\n", "control_plane:\n  n: |\n    x\n  t: true\n\nb: 1\n"),
        ("control_plane:\n  n: |+\n    x\n\nb: 1\n", "control_plane:\n  n: |+\n    x\n\n  t: true\nb: 1\n"),
        ("control_plane:\n  n: |\n    x", "control_plane:\n  t: true\n  n: |\n    x"),
        (
            "control_plane: {\n  b: 2, # two\n  node_id: x # id\n}\n",
            "control_plane: {\n  b: 2, # two\n  t: true\n}\n",
        ),
        ("control_plane: {\n  b: 2 # two\n}\n", "control_plane: {\n  b: 2, # two\n  t: true\n}\n"),
    ],
)
def test_every_form_of_section(source: str, expected: str) -> None:
    assert edited(source, {"t": True, "node_id": None}) == expected


def test_a_commented_out_section_is_left_and_a_fresh_one_added() -> None:
    source = "# control_plane:\n#   address: x\nnode: 1\n"
    assert edited(source, {"t": True}) == source + "\n# Cluster Configuration\ncontrol_plane:\n  t: true\n"


def test_anchors_inside_the_section_are_fine_as_long_as_their_value_stays() -> None:
    source = "control_plane:\n  a: &x 1\n  node_id: *x\n  b: *x\n"
    assert edited(source, {"node_id": None}) == "control_plane:\n  a: &x 1\n  b: *x\n"
    assert edited(source, {"node_id": "n"}) == 'control_plane:\n  a: &x 1\n  node_id: "n"\n  b: *x\n'


@pytest.mark.parametrize(
    "text", ['quote " and \\', "é ☃ 😀", "line\nbreak\ttab", "\x00\x1b[31m\x7f\x85\u2028\ufeff", "", "~", "true", "1"]
)
def test_every_text_comes_back(text: str) -> None:
    result = edit_section(b"a: 1\n", {"node_id": text})
    assert yaml.safe_load(result)["control_plane"]["node_id"] == text
    assert result.count(b"\n") == 5


@pytest.mark.parametrize(
    ("source", "reason", "line"),
    [
        (b"a: 1\nb: \xff\n", "not_utf8", 2),
        ("a: 1\n".encode("utf-16"), "not_utf8", 1),
        (b"a: 1\nb: \x07\n", "not_yaml", 2),
        (b"- 1\n", "not_a_mapping", 1),
        (b"just text\n", "not_a_mapping", 1),
        (b"a: 1\nb: [1\n", "not_yaml", 3),
        (b"a: 1\n\tb: 1\n", "not_yaml", 2),
        (b"control_plane:\n\taddress: x\n", "not_yaml", 2),
        (b"a: 1\n---\nb: 1\n", "several_documents", 2),
        (b"control_plane: {}\na: 1\ncontrol_plane: {}\n", "duplicate_section", 3),
        (b'control_plane: {}\n"control_plane": {}\n', "duplicate_section", 2),
        (b"control_plane:\n  node_id: a\n  x: 1\n  'node_id': b\n", "duplicate_key", 4),
        (b"control_plane: text\n", "not_a_mapping", 1),
        (b"a: 1\ncontrol_plane:\n- 1\n", "not_a_mapping", 3),
        (b"control_plane: !custom {}\n", "not_a_mapping", 1),
        (b"control_plane: &x\nb: *x\n", "not_a_mapping", 1),
        (b"a: &x {}\ncontrol_plane: *x\n", "anchor", 2),
        (b"a: &x 1\ncontrol_plane:\n  b: *x\n", "anchor", 3),
        (b"control_plane:\n  b: &x 1\na: *x\n", "anchor", 3),
        (b"control_plane: &x {b: 1}\na: *x\n", "anchor", 2),
        (b"a: *nowhere\n", "anchor", 1),
        (b"control_plane:\n  node_id: &x 1\n  b: *x\n", "anchor", 3),
        (b"d: &d {b: 1}\ncontrol_plane:\n  <<: *d\n", "merge_key", 3),
        (b"d: &d {control_plane: {b: 1}}\n<<: *d\n", "merge_key", 2),
        (b"control_plane:\n  ? node_id\n  : x\n", "not_editable", 2),
    ],
)
def test_what_cannot_be_edited_safely_is_refused_with_its_line(source: bytes, reason: str, line: int) -> None:
    with pytest.raises(DocumentFault) as refusal:
        edit_section(source, JOIN)
    assert (refusal.value.reason, refusal.value.line) == (reason, line)
    assert refusal.value.what
    assert refusal.value.cure


def test_others_may_use_anchors_merges_tags_and_even_duplicates() -> None:
    source = "a: &a {x: 1}\nb:\n  <<: *a\nc: !custom [*a]\nd: {e: 1, e: 2}\n"
    assert edited(source, {"t": True}).startswith(source)


def test_deep_nesting_is_no_problem() -> None:
    source = "a: " + "[" * 600 + "]" * 600 + "\n"
    assert edited(source, {"t": True}).startswith(source)


def test_aliases_of_aliases_do_not_explode() -> None:
    source = "a0: &a0 [1, 1]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
    assert edited(source, {"t": True}).startswith(source)


def test_a_lone_surrogate_is_no_text() -> None:
    with pytest.raises(DocumentFault, match="bytes that are no text"):
        edit_section(b"", {"ca_file": "/etc/\udcff.pem"})
