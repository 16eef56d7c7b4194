"""The SSH host keys of this machine: their fingerprints, as a client shows them at its first login (RFC 4253)."""

import base64
import binascii
import glob
import hashlib
import os
from dataclasses import dataclass

from quantix_tui.cluster.text import harmless
from quantix_tui.host.addresses import read_text

_BITS = {"ssh-ed25519": 256, "ecdsa-sha2-nistp256": 256, "ecdsa-sha2-nistp384": 384, "ecdsa-sha2-nistp521": 521}
_MOST = 16


@dataclass(frozen=True, slots=True)
class HostKey:
    """``str()`` gives the line of ``ssh-keygen -lf``. ``bits`` None for a kind of key that is new to us."""

    kind: str
    fingerprint: str
    """``SHA256:`` and base64 without its padding."""
    bits: int | None
    comment: str

    def __str__(self) -> str:
        return f"{self.bits or '?'} {self.fingerprint} {self.comment or 'no comment'} ({self.kind})"


def host_keys(root: str = "/") -> tuple[HostKey, ...]:
    """Those of ``/etc/ssh/ssh_host_*_key.pub`` that can be read, by the file's name."""
    paths = sorted(glob.glob(os.path.join(glob.escape(root), "etc/ssh/ssh_host_*_key.pub")))[:_MOST]
    return tuple(key for key in map(parse_public_key, map(read_text, paths)) if key is not None)


def parse_public_key(line: str) -> HostKey | None:
    """Read ``KIND BASE64 COMMENT``; None when it is none."""
    words = line.split(None, 2)
    try:
        blob = base64.b64decode(words[1], validate=True)
        kind, *fields = _fields(blob)
        if kind != words[0].encode("ascii"):
            return None
        digest = base64.b64encode(hashlib.sha256(blob).digest()).decode("ascii").rstrip("=")
        return HostKey(
            kind=_shown(words[0]),
            fingerprint=f"SHA256:{digest}",
            # An RSA key is its exponent and its modulus.
            bits=int.from_bytes(fields[1], "big").bit_length() if words[0] == "ssh-rsa" else _BITS.get(words[0]),
            comment=harmless(words[2].strip(), 80) if len(words) > 2 else "",
        )
    except (IndexError, ValueError, binascii.Error, UnicodeError):
        return None


def _shown(kind: str) -> str:
    """As ssh-keygen names it."""
    return harmless(kind.removeprefix("ssh-").partition("-")[0].upper(), 20)


def _fields(blob: bytes) -> list[bytes]:
    fields = []
    while blob:
        size = int.from_bytes(blob[:4], "big")
        if len(blob) < 4 + size:
            raise ValueError("cut off")
        fields.append(blob[4 : 4 + size])
        blob = blob[4 + size :]
    return fields
