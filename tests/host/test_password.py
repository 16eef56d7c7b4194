"""How strong a password is, and the first one set by the real chpasswd, on an /etc of the test."""

from pathlib import Path

import pytest

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.cluster.secret import Secret
from quantix_tui.host.password import answer_problem, set_first_password, strength_of
from quantix_tui.host.ways_in import PasswordState, Way, read_administrators
from tests.support.own_etc import own_etc

GROUPS = ("sudo",)


@pytest.mark.parametrize("text", ["", "short", "1234567", "a\nbcdefghij", "tab\tbed here", "nul\0nul nul", "q" * 512])
def test_what_is_never_taken(text: str) -> None:
    assert strength_of(text).problem


@pytest.mark.parametrize(
    "text", ["aaaaaaaaaaaa", "12345678", "abcdefghijkl", "password", "qx-node-07!", "abababababab"]
)
def test_what_is_weak(text: str) -> None:
    found = strength_of(text, ["qx-node-07"])
    assert found.is_weak
    assert not found.problem


@pytest.mark.parametrize(
    ("text", "words"), [("Tr0ub4dor&", "fair"), ("correct horse battery", "good"), ("ключ от квартиры", "good")]
)
def test_what_is_better(text: str, words: str) -> None:
    found = strength_of(text)
    assert found.words.startswith(words)
    assert not found.is_weak


def test_what_pam_cannot_be_given() -> None:
    assert answer_problem("") == answer_problem("a\tb \x07 é" + "x" * 490) == ""
    assert "NUL" in answer_problem("a\0b")
    assert "511 bytes" in answer_problem("é" * 256)


async def test_the_first_password_is_set_once(tmp_path: Path) -> None:
    machine = own_etc(tmp_path)
    there = machine.command("chpasswd")
    assert read_administrators(GROUPS, str(tmp_path)).way() is Way.SET_FIRST
    await set_first_password(Secret("correct: horse"), GROUPS, root=str(tmp_path), command=there)
    assert dict(read_administrators(GROUPS, str(tmp_path)).passwords)["root"] is PasswordState.SET
    before = machine.field("root")
    with pytest.raises(QuantixError, match="set meanwhile"):
        await set_first_password(Secret("another horse"), GROUPS, root=str(tmp_path), command=there)
    assert machine.field("root") == before


@pytest.mark.parametrize("root", ["!", "*", "!!"])
async def test_a_locked_root_is_never_given_a_password(tmp_path: Path, root: str) -> None:
    tree(tmp_path, root)
    with pytest.raises(QuantixError):
        await set_first_password(Secret("correct horse"), GROUPS, root=str(tmp_path), command=["false"])


def tree(folder: Path, root: str) -> None:
    (folder / "etc").mkdir()
    for name, text in (("passwd", "root:x:0:0::/:/bin/sh\n"), ("group", ""), ("shadow", f"root:{root}:1::::::\n")):
        (folder / "etc" / name).write_text(text)


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["sh", "-c", "cat >/dev/null; echo BAD PASSWORD: too simple; exit 1"], "BAD PASSWORD: too simple."),
        (["false"], "exit status 1"),
        (["/no/such/program"], "cannot be run"),
        (["true"], "but it is not"),
    ],
)
async def test_what_goes_wrong_is_told(tmp_path: Path, command: list[str], told: str) -> None:
    tree(tmp_path, "")
    with pytest.raises(QuantixError, match=told) as caught:
        await set_first_password(Secret("correct horse"), GROUPS, root=str(tmp_path), command=command)
    assert caught.value.problem.hint
    assert "correct horse" not in repr(caught.value.problem)
