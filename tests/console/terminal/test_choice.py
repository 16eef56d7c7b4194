"""Rich or plain, chosen by a person and remembered for each kind of line."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantix_tui.console.terminal import Colours, Kind, TerminalProfile
from quantix_tui.console.terminal.choice import Choices, Drawing, drawn, is_plain, read_choices, write_choices
from quantix_tui.console.terminal.profile import ASCII, DRAWING, UNICODE

PROFILES = st.builds(
    TerminalProfile,
    kind=st.sampled_from(Kind).filter(lambda kind: kind is not Kind.DUMB),
    colours=st.sampled_from(Colours),
    glyphs=st.sampled_from([ASCII, DRAWING, UNICODE]),
)


@given(PROFILES)
def test_what_is_chosen_is_what_is_drawn(profile: TerminalProfile) -> None:
    assert is_plain(drawn(profile, Drawing.PLAIN))
    assert not is_plain(drawn(profile, Drawing.RICH))
    assert drawn(profile, Drawing.PLAIN).size == profile.size


def test_a_terminal_that_was_found_to_be_rich_stays_as_it_was_found() -> None:
    profile = TerminalProfile()
    assert drawn(profile, Drawing.RICH) == profile


def test_a_choice_is_kept_for_its_kind_of_line(tmp_path: Path) -> None:
    path = str(tmp_path / "made" / "drawing")
    write_choices(read_choices(path).with_choice(Kind.SERIAL, Drawing.RICH))
    write_choices(read_choices(path).with_choice(Kind.CONSOLE, Drawing.PLAIN))
    assert read_choices(path).chosen == {Kind.SERIAL: Drawing.RICH, Kind.CONSOLE: Drawing.PLAIN}
    assert os.listdir(tmp_path / "made") == ["drawing"]


@pytest.mark.parametrize(
    "content",
    [b"", b"serial", b"serial loud\nmoon plain\n", b"\xff\xfe\x00" * 100, b"x" * 100_000],
    ids=["empty", "one word", "no such look", "no text", "endless"],
)
def test_what_cannot_be_read_is_nothing_chosen(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "drawing").write_bytes(content)
    assert read_choices(str(tmp_path / "drawing")).chosen == {}


def test_a_choice_that_cannot_be_kept_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "drawing").mkdir()
    with pytest.raises(IsADirectoryError):
        write_choices(Choices(str(tmp_path / "drawing"), {Kind.SERIAL: Drawing.PLAIN}))
    assert os.listdir(tmp_path) == ["drawing"]
