"""Our part in the administrator's files comes and goes without a trace."""

from hypothesis import given, settings
from hypothesis import strategies as st

from quantix_tui.host.sections import (
    BEGIN,
    END,
    OFF,
    original,
    section_of,
    switched_off,
    switched_on,
    with_section,
    without_section,
)

TEXTS = st.text(st.characters(codec="latin-1"), max_size=80).filter(
    lambda text: OFF not in text and "quantix" not in text
)
BODIES = st.lists(st.text("abc =\t", max_size=9), max_size=3).map(lambda lines: "".join(f"{line}\n" for line in lines))


@settings(deadline=None)
@given(TEXTS, BODIES, BODIES)
def test_it_comes_and_goes(text: str, body: str, other: str) -> None:
    ended = text if not text or text.endswith("\n") else text + "\n"
    once = with_section(text, body)
    assert once == f"{ended}{BEGIN}\n{body}{END}\n"
    assert section_of(once) == body
    assert without_section(once) == ended
    assert with_section(once, other) == with_section(text, other)


@settings(deadline=None)
@given(TEXTS, st.text("aeiou", min_size=1, max_size=1))
def test_lines_go_out_of_force_and_back(text: str, sign: str) -> None:
    off = switched_off(text, lambda line: sign in line)
    assert switched_on(off) == text
    assert all(line.startswith(OFF) for line in off.split("\n") if sign in line.removeprefix(OFF) and sign in line[14:])
    assert original(with_section(off, "x\n")) == (text if not text or text.endswith("\n") else text + "\n")


def test_a_section_without_its_end_is_nobodys() -> None:
    text = f"a\n{BEGIN}\nb\n"
    assert without_section(text) == text
    assert section_of(text) == ""
