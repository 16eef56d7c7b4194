"""``python -m tests.bench.logs``: a log of 100,000 lines beside one of 1,000, and a flood while it is followed."""

import sys
import tempfile
import threading
import time
from pathlib import Path

from tests.bench.measure import Figure, PtyProgram, cpu_seconds, resident_mb, table
from tests.support.logs import add, write_log

PROGRAM = (sys.executable, "-m", "tests.support.logs_program")
SHORT, LONG = 1_000, 100_000
PAGES = 40
PAGE_UP, HOME, END = b"\x1b[5~", b"\x1b[H", b"\x1b[F"
QUIET = 0.12
"""Seconds without output after which a key has been dealt with."""
PER_SECOND, SECONDS = 10_000, 5.0


class Reader:
    """The program with a log of so many lines open."""

    def __init__(self, folder: Path, count: int) -> None:
        self.log = folder / f"log-{count}"
        write_log(self.log, count)
        self.program = PtyProgram((*PROGRAM, str(self.log)))
        self.opened = self.program.read_until(lambda text: "following" in text)
        self.program.read(1.0)

    def key(self, key: bytes) -> float:
        """Milliseconds from the key to the last of what it changes."""
        began = time.perf_counter()
        before = len(self.program._pieces)
        self.program.press(key)
        while True:
            seen = len(self.program._pieces)
            self.program.read(QUIET)
            if len(self.program._pieces) == seen and seen > before:
                return (self.program._pieces[-1][0] - began) * 1000

    def pages(self) -> tuple[float, ...]:
        return tuple(self.key(PAGE_UP) for _ in range(PAGES))


def log_figures(folder: Path) -> list[Figure]:
    short, long = Reader(folder, SHORT), Reader(folder, LONG)
    small = short.pages()
    large = long.pages()
    ends = tuple(long.key(HOME if number % 2 else END) for number in range(8))
    short_ends = tuple(short.key(HOME if number % 2 else END) for number in range(8))
    memory = Figure(
        "memory with 100,000 lines",
        "MB",
        (resident_mb(long.program.pid),),
        "<= 1.1 x that of 1,000",
        1.1,
        (resident_mb(short.program.pid),),
    )
    flood = _flood(long)
    for reader in (short, long):
        reader.program.close()
    return [
        Figure("page in 100,000 lines", "ms", large, "<= 1.3 x that in 1,000", 1.3, small),
        Figure("slowest page in 100,000 lines", "ms", (max(large),), "<= 100 ms", 100.0),
        Figure("Home and End in 100,000 lines", "ms", ends, "<= 3 x that in 1,000", 3.0, short_ends),
        memory,
        *flood,
    ]


def _flood(reader: Reader) -> list[Figure]:
    """Followed while 10,000 lines a second are written; then keys in the middle of it."""
    reader.key(END)
    stop = threading.Event()

    def write() -> None:
        first = LONG
        while not stop.wait(0.1):
            add(reader.log, first, PER_SECOND // 10)
            first += PER_SECOND // 10

    writer = threading.Thread(target=write)
    writer.start()
    try:
        before, began = cpu_seconds(reader.program.pid), time.perf_counter()
        reader.program.read(SECONDS)
        share = (cpu_seconds(reader.program.pid) - before) / (time.perf_counter() - began) * 100
        echoes = []
        for key, shown in ((b"\x1b[A", "paused"), (END, "following")) * 4:
            pressed = time.perf_counter()
            reader.program.press(key)
            reader.program.read_until(lambda text, shown=shown: f"{shown}" in text.splitlines()[1])  # type: ignore[misc]
            echoes.append((time.perf_counter() - pressed) * 1000)
    finally:
        stop.set()
        writer.join()
    return [
        Figure("following 10,000 lines a second", "% core", (share,), "<= 50 %", 50.0),
        Figure("slowest key meanwhile, seen", "ms", (max(echoes),), "<= 500 ms", 500.0),
        Figure("memory after the flood", "MB", (resident_mb(reader.program.pid),), "<= 120 MB", 120.0),
    ]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        print(table(log_figures(Path(folder))))


if __name__ == "__main__":
    main()
