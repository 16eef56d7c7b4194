import pytest

from tests.vm.keys import keyboard_name, keyboard_names, serial_bytes


@pytest.mark.parametrize(
    ("key", "name"),
    [("enter", "ret"), ("backtab", "shift-tab"), ("ctrl+t", "ctrl-t"), ("f1", "f1"), ("j", "j"), ("?", "shift-slash")],
)
def test_qemus_names(key: str, name: str) -> None:
    assert keyboard_name(key) == name


def test_text_is_typed_with_shift_where_needed() -> None:
    assert keyboard_names("aB:_ 7") == ["a", "shift-b", "shift-semicolon", "shift-minus", "spc", "7"]


def test_what_no_us_keyboard_has_is_refused() -> None:
    with pytest.raises(ValueError, match="ü"):
        keyboard_names("für")


@pytest.mark.parametrize(
    ("key", "sent"), [("enter", b"\r"), ("f1", b"\x1bOP"), ("f5", b"\x1b[15~"), ("left", b"\x1b[D"), ("j", b"j")]
)
def test_bytes_of_a_serial_terminal(key: str, sent: bytes) -> None:
    assert serial_bytes(key) == sent


def test_a_key_that_nobody_knows_is_not_typed_out() -> None:
    with pytest.raises(ValueError, match="f99"):
        serial_bytes("f99")
