"""Reading backwards and forwards gives the same lines, wherever blocks, ends and line feeds fall."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quantix_tui.host.logs import blocks
from quantix_tui.host.logs.blocks import RawLine, line_at, lines_after, lines_before

contents = st.lists(st.sampled_from([b"\n", b"a", b"bb", b"word", b"\xff\0", b"\r\n"]), max_size=60).map(b"".join)


@contextmanager
def written(path: Path, content: bytes) -> Iterator[int]:
    path.write_bytes(content)
    descriptor = os.open(path, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def told(content: bytes) -> list[tuple[int, int, bytes]]:
    """Start, end and text of every line, the plain way."""
    lines = []
    start = 0
    for line in content.splitlines(keepends=True) if b"\r" not in content else _split(content):
        lines.append((start, start + len(line), line.removesuffix(b"\n")))
        start += len(line)
    return lines


def _split(content: bytes) -> list[bytes]:
    pieces = content.split(b"\n")
    return [piece + b"\n" for piece in pieces[:-1]] + ([pieces[-1]] if pieces[-1] else [])


def plain(line: RawLine) -> tuple[int, int, bytes]:
    return line.start, line.end, line.text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
@given(content=contents, block=st.integers(1, 9))
def test_both_directions_give_every_line_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, block: int
) -> None:
    monkeypatch.setattr(blocks, "BLOCK", block)
    expected = told(content)
    with written(tmp_path / "log", content) as descriptor:
        assert [plain(line) for line in lines_before(descriptor, len(content))] == expected[::-1]
        assert [plain(line) for line in lines_after(descriptor, 0)] == expected
        for start, end, text in expected:
            assert [plain(line) for line in lines_before(descriptor, start)] == told(content[:start])[::-1]
            assert line_at(descriptor, start) == RawLine(start, end, text, complete=content[end - 1 : end] == b"\n")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100, deadline=None)
@given(content=contents, block=st.integers(1, 9), words=st.sampled_from([b"a", b"word", b"bb", b"nowhere"]))
def test_what_is_passed_over_holds_nothing_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, block: int, words: bytes
) -> None:
    monkeypatch.setattr(blocks, "BLOCK", block)
    expected = [line for line in told(content) if words in line[2]]
    with written(tmp_path / "log", content) as descriptor:
        found = [plain(line) for line in lines_before(descriptor, len(content), 0, lambda piece: words in piece)]
        assert [line for line in found[::-1] if words in line[2]] == expected
        found = [plain(line) for line in lines_after(descriptor, 0, None, lambda piece: words in piece)]
        assert [line for line in found if words in line[2]] == expected


def test_of_an_endless_line_only_the_beginning_is_held(tmp_path: Path) -> None:
    content = b"first\n" + b"x" * (3 * blocks.KEPT_BYTES) + b"\nlast\n"
    with written(tmp_path / "log", content) as descriptor:
        last, long, first = lines_before(descriptor, len(content))
        assert (last.text, first.text) == (b"last", b"first")
        assert long.text == b"x" * blocks.KEPT_BYTES
        assert list(lines_after(descriptor, 0)) == [first, long, last]


def test_a_file_that_is_cut_short_meanwhile_ends_there(tmp_path: Path) -> None:
    with written(tmp_path / "log", b"one\ntwo\n") as descriptor:
        assert list(lines_before(descriptor, 4000)) == []
