"""Secrets in files of their own."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from quantix_tui.config.paths import temporary
from quantix_tui.config.secrets import ensure_admin_token, read_secret


def test_the_admin_token_is_made_once(tmp_path: Path) -> None:
    path = str(tmp_path / "admin-token")
    first = ensure_admin_token(path)
    assert ensure_admin_token(path) == first
    assert read_secret(path) == first.reveal()
    assert len(first.reveal()) >= 43
    assert stat.S_IMODE(Path(path).stat().st_mode) == 0o600
    assert first.reveal() not in repr(first)


def test_two_that_make_it_at_once_get_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(ensure_admin_token, [str(tmp_path / "admin-token")] * 8))
    assert len({token.reveal() for token in made}) == 1


def test_an_empty_file_and_what_a_crash_left_are_replaced(tmp_path: Path) -> None:
    path = tmp_path / "admin-token"
    path.touch()
    Path(temporary(str(path))).write_text("half")
    assert ensure_admin_token(str(path)).reveal() == path.read_text().strip()
    assert sorted(os.listdir(tmp_path)) == [".admin-token.lock", "admin-token"]


@pytest.mark.parametrize(("content", "secret"), [("", None), ("x", "x"), ("x\n", "x"), ("\n", None)])
def test_one_line_of_text(tmp_path: Path, content: str, secret: str | None) -> None:
    path = tmp_path / "node-credential"
    assert read_secret(str(path)) is None
    path.write_text(content)
    assert read_secret(str(path)) == secret
