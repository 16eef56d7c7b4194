"""A terminal emulator (pyte), mended where it departs from a VT220 and from the Linux console."""

from collections.abc import Callable

import pyte


class VtScreen(pyte.Screen):
    """Answers what it is asked through ``answer``."""

    def __init__(self, columns: int, rows: int, answer: Callable[[bytes], None]) -> None:
        self._answer = answer
        super().__init__(columns, rows)

    def set_margins(self, top: int | None = None, bottom: int | None = None) -> None:
        """DECSTBM puts the cursor at home, also when it takes the margins away (VT220 manual, 4.13)."""
        super().set_margins(top, bottom)
        self.cursor_position()

    def write_process_input(self, data: str) -> None:
        self._answer(data.encode())


def ignore(answer: bytes) -> None:
    """For who only looks: the program's questions were answered by another terminal."""


def linux_stream(screen: VtScreen) -> pyte.ByteStream:
    """The Linux console speaks UTF-8, and then knows no other character set."""
    return pyte.ByteStream(screen)


def vt220_stream(screen: VtScreen) -> pyte.ByteStream:
    """8 bits, DEC line drawing, no UTF-8."""
    stream = pyte.ByteStream(screen)
    stream.select_other_charset("@")
    return stream
