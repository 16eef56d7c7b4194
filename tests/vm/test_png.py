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


def test_the_pixels_are_the_same() -> None:
    png = png_of(b"P6\n2 1\n255\n" + RED + BLUE)
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    parts = chunks(png)
    assert list(parts) == [b"IHDR", b"IDAT", b"IEND"]
    assert parts[b"IHDR"] == struct.pack(">IIBBBBB", 2, 1, 8, 2, 0, 0, 0)
    assert zlib.decompress(parts[b"IDAT"]) == b"\0" + RED + BLUE


def test_a_comment_in_the_header_is_no_size() -> None:
    assert png_of(b"P6\n# 9 9\n1 2\n255\n" + RED + BLUE) == png_of(b"P6 1 2 255 " + RED + BLUE)


def test_a_pixel_that_looks_like_white_space_is_a_pixel() -> None:
    parts = chunks(png_of(b"P6\n1 1\n255\n" + b"\n \t"))
    assert zlib.decompress(parts[b"IDAT"]) == b"\0\n \t"


@pytest.mark.parametrize("ppm", [b"", b"P5\n1 1\n255\n\0", b"P6\n1 1\n65535\n" + bytes(6), b"P6\n2 1\n255\n" + RED])
def test_anything_else_is_refused(ppm: bytes) -> None:
    with pytest.raises(ValueError, match=r"picture|PPM"):
        png_of(ppm)
