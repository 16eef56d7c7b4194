import struct

import pytest

from tests.vm.screen import REPLACEMENT, parse_font, parse_screen, unshown


def cells(text: str) -> bytes:
    return b"".join(struct.pack("=I", ord(character)) for character in text)


def test_the_rows_and_the_cursor_are_read() -> None:
    screen = parse_screen(bytes([2, 3, 1, 0]) + b"a\x07" * 6, cells("│ab─ ") + bytes(4))
    assert screen.rows == ("│ab", "─  ")
    assert screen.attributes == (b"\x07\x07\x07",) * 2
    assert screen.cursor == (1, 0)
    assert screen.size == (3, 2)
    assert screen.text == "│ab\n─"


def test_a_screen_that_changed_its_size_meanwhile_is_refused() -> None:
    with pytest.raises(ValueError, match="3x2"):
        parse_screen(bytes([2, 3, 0, 0]), cells("abc"))


def test_what_the_font_lacks_is_counted() -> None:
    font = parse_font("[97, 9472]")
    assert unshown(["a─ a", "✓a✓"], font) == {"✓": 2}


def test_a_replacement_mark_is_a_fault_even_where_the_font_has_one() -> None:
    assert unshown([f"a{REPLACEMENT}"], frozenset({"a", REPLACEMENT})) == {REPLACEMENT: 1}
