"""PNG from the PPM pictures that QEMU takes of a screen; small, because a console has few colours."""

import re
import struct
import zlib

_HEADER = re.compile(rb"P6\s+(?:#[^\n]*\s+)*(\d+)\s+(\d+)\s+255\s")
_COLOURS = 256
"""As many as a PNG's palette holds."""
_TRUE_COLOUR, _INDEXED = 2, 3
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
    palette = sorted({pixels[start : start + 3] for start in range(0, len(pixels), 3)})
    if len(palette) > _COLOURS:
        return _file(width, height, _TRUE_COLOUR, b"", pixels)
    index = {colour: bytes([place]) for place, colour in enumerate(palette)}
    indexed = b"".join(index[pixels[start : start + 3]] for start in range(0, len(pixels), 3))
    return _file(width, height, _INDEXED, b"".join(palette), indexed)


def _file(width: int, height: int, kind: int, palette: bytes, pixels: bytes) -> bytes:
    line = len(pixels) // height
    unfiltered = b"".join(b"\0" + pixels[start : start + line] for start in range(0, len(pixels), line))
    facts = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)  # 8 bits, not interlaced
    return b"".join(
        [
            _SIGNATURE,
            _chunk(b"IHDR", facts),
            _chunk(b"PLTE", palette) if palette else b"",
            _chunk(b"IDAT", zlib.compress(unfiltered, 9)),
            _chunk(b"IEND", b""),
        ]
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
