"""Items collected for real: commands and files, those that fail among them."""

import asyncio
import os
from pathlib import Path

import pytest

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.host.bundle.collecting import Collected, collect, whole_lines
from quantix_tui.host.bundle.items import MOST, Item, content_of, machine_items, output_of
from quantix_tui.host.bundle.secrets import REMOVED, Redactor

SECRET = "s3cret-of-this-node"


async def collected(*items: Item) -> dict[str, Collected]:
    return {item.name: item async for item in collect(items, Redactor([SECRET]))}


async def test_each_is_cleaned_and_a_failing_one_leaves_its_reason() -> None:
    async def good() -> str:
        return f"before {SECRET} after"

    async def missing() -> str:
        raise FileNotFoundError(2, f"No such file: {SECRET}")

    async def refused() -> str:
        raise QuantixError(Problem(ErrorCode.INTERNAL, f"It says {SECRET}."))

    async def endless() -> str:
        await asyncio.Event().wait()
        return ""

    found = await collected(
        Item("good", good), Item("missing", missing), Item("refused", refused), Item("endless", endless, 0.01)
    )
    assert found["good"] == Collected("good", f"before {REMOVED} after")
    assert found["missing"].error == f"No such file: {REMOVED}."
    assert found["refused"].error == f"It says {REMOVED}."
    assert found["endless"].error == "It did not end within 0.01 s."


async def test_commands_files_and_what_is_not_installed(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("content\n")
    assert await content_of(str(tmp_path / "file")) == "content\n"
    assert "Linux" in await content_of("/proc/version")
    assert await output_of(("echo", "hello")) == "hello\n"
    assert (await output_of(("sh", "-c", "echo half; exit 3"))).endswith("[exit status 3]\n")
    with pytest.raises(QuantixError) as caught:
        await output_of(("no-such-command-here",))
    assert caught.value.problem.message == "It was not collected: no-such-command-here is not installed."


async def test_of_a_large_file_its_end(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"old\n" * MOST + b"newest\n")
    text = await content_of(str(tmp_path / "log"))
    assert len(text) == MOST
    assert text.endswith("old\nnewest\n")


def test_a_secret_is_never_cut_in_half() -> None:
    cut = f"{SECRET[5:]} in the line that was cut\nwhole line\n"
    assert whole_lines("x" * (MOST - len(cut)) + cut) == "whole line\n"
    assert whole_lines("y" * (MOST + 5)) == ""
    assert whole_lines("short") == "short"


def test_what_is_collected_of_a_machine(tmp_path: Path) -> None:
    (tmp_path / "run/systemd/system").mkdir(parents=True)
    (tmp_path / "quantix-tui-crash-1.txt").write_text("report")
    names = [item.name for item in machine_items(str(tmp_path), str(tmp_path))]
    assert {"logs/node-daemon-journal.txt", "crashes/quantix-tui-crash-1.txt", "machine/processes.txt"} <= set(names)
    assert len(names) == len(set(names))
    os.rmdir(tmp_path / "run/systemd/system")
    assert "logs/node-daemon-journal.txt" not in [item.name for item in machine_items(str(tmp_path), str(tmp_path))]
