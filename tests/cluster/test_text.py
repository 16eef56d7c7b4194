"""Hostile text becomes one harmless line."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantix_tui.cluster.text import harmless


@given(st.text(), st.integers(4, 300))
def test_one_bounded_line_without_control_characters(text: str, limit: int) -> None:
    line = harmless(text, limit)
    assert len(line) <= limit
    assert line.isprintable()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Quantix-vDC 1.9.2", "Quantix-vDC 1.9.2"),
        ("\x1b]0;owned\x07", "?]0;owned?"),
        ("one\r\ntwo\tthree", "one two three"),
        ("safe\u202eexe.txt", "safe?exe.txt"),
        ("[bold red]markup[/]", "[bold red]markup[/]"),
        ("\u00fcml\u00e4ut \u6f22\u5b57", "\u00fcml\u00e4ut \u6f22\u5b57"),
    ],
)
def test_examples(text: str, shown: str) -> None:
    assert harmless(text) == shown


def test_ten_megabytes_cost_nothing() -> None:
    text = "\x1b" * 10_000_000
    start = time.process_time()
    assert len(harmless(text)) == 200
    assert time.process_time() - start < 0.1
