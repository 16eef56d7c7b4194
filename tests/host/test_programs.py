"""Programs that are run beside the screen."""

from contextlib import aclosing

import pytest

from quantix_tui.host import programs


async def test_what_was_read_stands_though_the_program_takes_its_time_to_end(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A killed one ends when the kernel lets it, which on a busy machine takes longer than anybody waits."""
    monkeypatch.setattr(programs, "_END_WITHIN", 0.0)
    async with aclosing(programs.chunks(("yes",))) as parts:
        async for chunk in parts:
            assert chunk.startswith(b"y\n")
            break
    assert "yes was killed, and has not ended yet" in caplog.text
