"""Runs in the guest: print the code points that the font of a virtual console can show, as JSON."""

import array
import fcntl
import json
import os
import struct
import sys

GIO_UNIMAP = 0x4B66
_MOST_PAIRS = 8192


def code_points(console: int) -> list[int]:
    """Ask the kernel for the console's map of code points to glyphs (struct unimapdesc of linux/kd.h)."""
    pairs = array.array("H", bytes(_MOST_PAIRS * 4))
    question = bytearray(struct.pack("@HP", _MOST_PAIRS, pairs.buffer_info()[0]))
    fcntl.ioctl(console, GIO_UNIMAP, question)
    count, _ = struct.unpack("@HP", question)
    return sorted(set(pairs[: count * 2 : 2]))


if __name__ == "__main__":
    print(json.dumps(code_points(os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY))))
