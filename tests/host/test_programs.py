"""Programs that are run beside the screen."""

import asyncio
import os
from contextlib import aclosing
from typing import Any

import pytest

from quantix_tui.host import programs


async def test_what_was_read_stands_though_the_program_takes_its_time_to_end(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A killed one ends when the kernel lets it, which on a busy machine takes longer than anybody waits."""
    begin, begun = asyncio.create_subprocess_exec, []

    async def noted(*command: Any, **options: Any) -> asyncio.subprocess.Process:
        begun.append(await begin(*command, **options))
        return begun[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", noted)
    monkeypatch.setattr(programs, "_END_WITHIN", 0.0)
    async with aclosing(programs.chunks(("yes",))) as parts:
        async for chunk in parts:
            assert chunk.startswith(b"y\n")
            break
    assert "yes was killed, and has not ended yet" in caplog.text
    # What has not ended when the loop does would trouble the next test.
    await begun[0].communicate()


async def test_nothing_is_left_open_of_a_program_that_nobody_reads_to_its_end() -> None:
    before = set(os.listdir("/proc/self/fd"))
    for _ in range(3):
        async with aclosing(programs.chunks(("yes",))) as parts:
            await anext(parts)
            # So much that its pipe is not read any more.
            for _ in range(50):
                await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert set(os.listdir("/proc/self/fd")) == before
