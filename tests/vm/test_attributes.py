import pytest
from pyte.screens import Char

from tests.vm.attributes import attribute_faults, attribute_of, parse_attributes


@pytest.mark.parametrize(
    ("cell", "attribute"),
    [
        (Char("a"), 0x07),
        (Char("a", bold=True), 0x0F),
        (Char("a", fg="red"), 0x04),
        (Char("a", fg="brightred"), 0x0C),
        (Char("a", fg="blue", bg="brown"), 0x61),
        (Char("a", reverse=True), 0x70),
        (Char("a", reverse=True, bold=True), 0x78),
        (Char("a", underscore=True), 0x03),
    ],
)
def test_the_attribute_is_the_one_of_the_kernel(cell: Char, attribute: int) -> None:
    assert attribute_of(cell) == attribute


def test_the_attributes_are_read_row_by_row() -> None:
    assert parse_attributes(bytes([2, 2, 0, 0]) + b"a\x07b\x70c\x0fd\x01") == (b"\x07\x70", b"\x0f\x01")


def test_another_colour_is_told() -> None:
    assert attribute_faults(["ab"], [b"\x07\x70"], [b"\x07\x07"]) == [
        "row 1: 1 cells drawn otherwise, the first at column 2 ('b') 0x07 for 0x70"
    ]


def test_the_colour_of_what_a_blank_does_not_show_is_no_fault() -> None:
    assert attribute_faults(["  "], [b"\x07\x07"], [b"\x0f\x04"]) == []
    assert attribute_faults([" "], [b"\x07"], [b"\x17"]) != []
