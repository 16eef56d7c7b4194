"""What a program sent to its line: strace's record of it, replayed in a terminal emulator of another make."""

import re
from collections.abc import Iterator

from tests.vm.emulator import VtScreen, ignore, linux_stream

# "write(1, "\x1b\x5b", 2) = 2", also cut in two by another thread's call; with -f each line begins with the thread.
_CALL = re.compile(r'^(?:\d+ +)?write\(\d+, "((?:\\x[0-9a-f]{2})*)", \d+(?:\) += (-?\d+)| <unfinished)')
_RESUMED = re.compile(r"^(?:(\d+) +)?<\.\.\. write resumed>\) += (-?\d+)")
_THREAD = re.compile(r"^(\d+) ")
# What only the Linux console has (console_codes(4)) and the emulator would print: palette, blanking, cursor shape.
_LINUX_ONLY = re.compile(rb"\x1b\]P[0-9A-Fa-f]{7}|\x1b\]R|\x1b\[[0-9;]*\]|\x1b\[\?[0-9;]*c")

STRACE = "strace --follow-forks --seccomp-bpf --trace=write --strings-in-hex=all --string-limit=1000000"
"""How to record; the line's path and the file of the record come after it."""


def sent_bytes(record: str) -> bytes:
    """All bytes that strace saw go out, as far as the kernel took them."""
    return b"".join(_writes(record.splitlines()))


def _writes(lines: list[str]) -> Iterator[bytes]:
    waiting: dict[str, bytes] = {}
    for line in lines:
        thread = found[1] if (found := _THREAD.match(line)) else ""
        if call := _CALL.match(line):
            content = bytes.fromhex(call[1].replace("\\x", ""))
            if call[2] is None:
                waiting[thread] = content
            else:
                yield content[: max(0, int(call[2]))]
        elif (resumed := _RESUMED.match(line)) and thread in waiting:
            yield waiting.pop(thread)[: max(0, int(resumed[2]))]


def replay(sent: bytes, columns: int, rows: int) -> VtScreen:
    """A terminal of that size after it has got ``sent``."""
    screen = VtScreen(columns, rows, ignore)
    linux_stream(screen).feed(_LINUX_ONLY.sub(b"", sent))
    return screen


def differences(meant: tuple[str, ...], shown: tuple[str, ...]) -> list[str]:
    """A sentence for every row that shows something else than it should."""
    return [
        f"row {number}: meant {one.rstrip()!r}, shows {other.rstrip()!r}"
        for number, (one, other) in enumerate(zip(meant, shown, strict=True), start=1)
        if one.rstrip() != other.rstrip()
    ]
