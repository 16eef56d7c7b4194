"""Runs in the guest: the sandbox's control plane alone, which is the same one again after the guest has been reset.

Called with the folder in which it keeps its authority, its nodes and its tokens. ``facts.json`` there is for the story.
"""

import asyncio
import json
import os
import pickle
import sys
from dataclasses import replace
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from quantix_tui.sandbox.authority import Authority
from quantix_tui.sandbox.controlplane import SandboxControlPlane
from quantix_tui.sandbox.http import Answer, Request

PORT = 9443
TOKENS = 4
_DAY_SECS = 24 * 3600.0


class LastingControlPlane(SandboxControlPlane):
    """What it has answered is on the disk before the answer is sent."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, port=PORT, heartbeat_interval_secs=5.0)
        self._file = folder / "nodes"
        self._saved = b""
        _take_up(self._authority, folder)
        if self._file.exists():
            self._saved = self._file.read_bytes()
            self.nodes._nodes, self.tokens._records = pickle.loads(self._saved)

    async def _answer(self, request: Request) -> Answer:
        answer = await super()._answer(request)
        self.keep()
        return answer

    def keep(self) -> None:
        """Heartbeats are times of a clock that begins anew with each boot."""
        nodes = {name: replace(node, heartbeat=None) for name, node in self.nodes._nodes.items()}
        state = pickle.dumps((nodes, self.tokens._records))
        if state != self._saved:
            self._saved = state
            write(self._file, state)


def write(path: Path, data: bytes) -> None:
    """The old one or the new one, also when the power goes now."""
    new = path.with_suffix(".new")
    with new.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.rename(path)
    descriptor = os.open(path.parent, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def _take_up(authority: Authority, folder: Path) -> None:
    key_file, certificate_file = folder / "authority.key", folder / "authority.pem"
    if certificate_file.exists():
        key = load_pem_private_key(key_file.read_bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        authority._key = key
        authority._key_id = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        authority.certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
        return
    write(key_file, authority._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    write(certificate_file, authority.pem)


async def main(folder: Path) -> None:
    facts = folder / "facts.json"
    async with LastingControlPlane(folder) as plane:
        if not await asyncio.to_thread(facts.exists):
            tokens = [plane.tokens.issue(_DAY_SECS) for _ in range(TOKENS)]
            plane.keep()
            said = {"address": plane.url, "fingerprint": str(plane.fingerprint), "tokens": tokens}
            write(facts, json.dumps(said).encode())
        await asyncio.Event().wait()


if __name__ == "__main__":
    place = Path(sys.argv[1])
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    asyncio.run(main(place))
