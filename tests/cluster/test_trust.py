"""Fingerprints: every spelling tools print is read, one is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.cluster.trust import Fingerprint, Trust, parse_fingerprint

DIGEST = "7f3a91c40b6ed2a855f13c90e7b24d16a03f6e8c19d572b4cc08f5e13a9760db"


@pytest.mark.parametrize(
    "text",
    [
        f"sha256:{DIGEST}",
        DIGEST.upper(),
        "SHA256 Fingerprint=" + ":".join(DIGEST[place : place + 2].upper() for place in range(0, 64, 2)),
        "SHA-256: " + " ".join(DIGEST[place : place + 4] for place in range(0, 64, 4)),
    ],
)
def test_spellings(text: str) -> None:
    assert str(parse_fingerprint(text)) == f"sha256:{DIGEST}"


@pytest.mark.parametrize("text", ["", "sha256:", DIGEST[:-1], DIGEST + "0", "g" * 64, "sha1:" + DIGEST])
def test_refused(text: str) -> None:
    with pytest.raises(QuantixError):
        parse_fingerprint(text)


def test_rows_are_as_in_the_sketch() -> None:
    assert Fingerprint(DIGEST).rows() == (
        "7F3A 91C4  0B6E D2A8  55F1 3C90  E7B2 4D16",
        "A03F 6E8C  19D5 72B4  CC08 F5E1  3A97 60DB",
    )


@given(st.binary(min_size=32, max_size=32))
def test_rows_read_back(digest: bytes) -> None:
    fingerprint = Fingerprint(digest.hex())
    assert parse_fingerprint(" ".join(fingerprint.rows())) == fingerprint


def test_described_in_words() -> None:
    assert Trust().describe() == "public CA"
    assert Trust(ca_file="/etc/ssl/vdc.pem").describe() == "CA file /etc/ssl/vdc.pem"
    assert Trust(pin=Fingerprint(DIGEST)).describe() == "pinned certificate"
