"""PNG from the PPM pictures that QEMU takes of a screen."""

import re
import struct
import zlib

_HEADER = re.compile(rb"P6\s+(?:#[^\n]*\s+)*(\d+)\s+(\d+)\s+255\s")
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def png_of(ppm: bytes) -> bytes:
    """Convert a binary PPM with 8 bits a colour. Raises ValueError for anything else."""
    header = _HEADER.match(ppm)
    if header is None:
        raise ValueError("not a binary PPM with 8 bits a colour")
    width, height = int(header[1]), int(header[2])
    line = width * 3
    pixels = ppm[header.end() :]
    if len(pixels) != line * height:
        raise ValueError(f"a picture of {width}x{height} with {len(pixels)} bytes")
    unfiltered = b"".join(b"\0" + pixels[start : start + line] for start in range(0, len(pixels), line))
    facts = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)  # 8 bits, red green blue, not interlaced
    return _SIGNATURE + _chunk(b"IHDR", facts) + _chunk(b"IDAT", zlib.compress(unfiltered, 9)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
