"""Lines: cutting, wrapping, bars; and how figures are said."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from quantix_tui.console import words
from quantix_tui.console.lines import Role, clip, cut, opening, paragraph, plain, rule, spread, width_of, wrap
from quantix_tui.console.widgets.field import mask

TEXT = st.text(st.characters(exclude_categories=("C", "M", "Z")), max_size=60)


@given(TEXT, st.integers(1, 40))
def test_cut_fits_and_keeps_what_fits(text: str, width: int) -> None:
    shown = cut(text, width)
    assert cell_len(shown) <= width
    assert cell_len(text) > width or shown == text


def test_cut_keeps_both_ends() -> None:
    assert cut("28113561-2e72-490d-8bd7-050d2a4b9c01", 22) == "28113561-2..0d2a4b9c01"


@given(st.text(st.characters(exclude_categories=("C", "M")), max_size=200), st.integers(2, 30))
def test_wrap_loses_nothing(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_pieces() -> None:
    left, right = (("left", Role.TEXT),), (("right", Role.DIM),)
    assert plain(spread(left, right, 12)) == "left   right"
    assert plain(spread(left, right, 8)) == "le right"
    assert plain(clip((("abc", Role.TEXT), ("def", Role.DIM)), 4)) == "abcd"
    assert plain(rule(6, marks=((2, "┬"),))) == "──┬───"
    assert [plain(line) for line in paragraph("one two three", 9)] == [" one two", " three"]
    assert width_of((("日本", Role.TEXT),)) == 4


def test_other_figures() -> None:
    assert [words.elapsed(value) for value in (0.04, 12.4, 3210)] == ["0.0 ms", "12 ms", "3.2 s"]
    assert [words.interval(value) for value in (0.5, 30, 300)] == ["0.5 s", "30 s", "5 min"]
    assert [words.size(value) for value in (512, 256 << 30, 3 << 40)] == ["512 B", "256 GiB", "3.0 TiB"]
    today = datetime(2026, 3, 2, tzinfo=UTC)
    assert words.clock_time("2026-03-02T09:41:02Z", today) == "09:41:02"
    assert words.clock_time("2026-03-01T09:41:02Z", today) == "  01 Mar"
    assert words.clock_time("never", today) == "--:--:--"


@pytest.mark.parametrize(
    ("secret", "focused", "shown"),
    [
        ("QUANTIX-7KQ2-M9XT-LXWJ", True, "*******-****-****-****"),
        ("QUANTIX-7KQ2-M9XT-LXWJ", False, "*******-****-****-LXWJ"),
        ("short-abcd", False, "*****-****"),
        ("eyJhbGciOiJIUzI1NiJ9.abc", False, "*" * 24),
        ("", False, ""),
    ],
)
def test_mask(secret: str, focused: bool, shown: str) -> None:
    assert mask(secret, focused) == shown


@given(TEXT, st.integers(0, 80))
def test_an_opening_fits(text: str, width: int) -> None:
    assert cell_len(opening(text, width)) <= width


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("This token has expired.", 40, "This token has expired."),
        ('This token has expired. The control plane says: "at 09:00".', 40, "This token has expired."),
        ("localhost answers with a web page: it is no control plane.", 40, "localhost answers with a web page: it .."),
        ("registered as 28113561-2e72-490d-8bd7-050d2a4b9c01", 40, "registered as 28113561-2e72-490d-8bd7-.."),
    ],
)
def test_an_opening_ends_with_a_sentence_or_a_word(text: str, width: int, shown: str) -> None:
    assert opening(text, width) == shown
