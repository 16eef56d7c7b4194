import pytest

from tests.vm.host import HostError, mirror_in, program


def test_the_mirror_of_either_kind_of_list() -> None:
    assert mirror_in(["# none here\n", "Types: deb\nURIs: https://deb.example.org/debian\n"]) == (
        "https://deb.example.org/debian"
    )
    assert mirror_in(["deb [signed-by=/a] http://mirror.example/debian bookworm main\n"]) == (
        "http://mirror.example/debian"
    )


def test_no_mirror_over_the_network() -> None:
    assert mirror_in(["deb cdrom:[Debian]/ bookworm main\n"]) is None


def test_a_missing_program_is_named() -> None:
    with pytest.raises(HostError, match="no-such-program"):
        program("no-such-program")
