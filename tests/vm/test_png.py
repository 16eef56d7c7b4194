import struct
import zlib

import pytest

from tests.vm.png import png_of

RED, BLUE = b"\xff\0\0", b"\0\0\xff"


def chunks(png: bytes) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    place = 8
    while place < len(png):
        length, kind = struct.unpack(">I4s", png[place : place + 8])
        content = png[place + 8 : place + 8 + length]
        (checksum,) = struct.unpack(">I", png[place + 8 + length : place + 12 + length])
        assert checksum == zlib.crc32(kind + content)
        found[kind] = content
        place += 12 + length
    return found


def pixels_of(png: bytes) -> list[bytes]:
    """The rows as red, green and blue, whether the file has a palette or not."""
    parts = chunks(png)
    width, height = struct.unpack(">II", parts[b"IHDR"][:8])
    content = zlib.decompress(parts[b"IDAT"])
    line = 1 + (width if b"PLTE" in parts else 3 * width)
    rows = [content[start + 1 : start + line] for start in range(0, len(content), line)]
    assert len(rows) == height
    if b"PLTE" not in parts:
        return rows
    return [b"".join(parts[b"PLTE"][3 * place : 3 * place + 3] for place in row) for row in rows]


def test_the_pixels_are_the_same() -> None:
    png = png_of(b"P6\n2 2\n255\n" + RED + BLUE + BLUE + BLUE)
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    parts = chunks(png)
    assert list(parts) == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]
    assert parts[b"IHDR"] == struct.pack(">IIBBBBB", 2, 2, 8, 3, 0, 0, 0)
    assert pixels_of(png) == [RED + BLUE, BLUE + BLUE]


def test_more_colours_than_a_palette_holds() -> None:
    rows = [bytes([0, green, 0]) for green in range(256)] + [RED]
    png = png_of(b"P6\n1 257\n255\n" + b"".join(rows))
    assert list(chunks(png)) == [b"IHDR", b"IDAT", b"IEND"]
    assert pixels_of(png) == rows


def test_a_comment_in_the_header_is_no_size() -> None:
    assert png_of(b"P6\n# 9 9\n1 2\n255\n" + RED + BLUE) == png_of(b"P6 1 2 255 " + RED + BLUE)


def test_a_pixel_that_looks_like_white_space_is_a_pixel() -> None:
    assert pixels_of(png_of(b"P6\n1 1\n255\n" + b"\n \t")) == [b"\n \t"]


@pytest.mark.parametrize("ppm", [b"", b"P5\n1 1\n255\n\0", b"P6\n1 1\n65535\n" + bytes(6), b"P6\n2 1\n255\n" + RED])
def test_anything_else_is_refused(ppm: bytes) -> None:
    with pytest.raises(ValueError, match=r"picture|PPM"):
        png_of(ppm)
