"""Answers for a machine that boots: on a volume, or on a server that its kernel's command line names."""

import contextlib
import subprocess
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from quantix_tui.sandbox.authority import Authority, server_context, valid_now
from tests.vm.host import program
from tests.vm.machine import SERVER

URL = f"https://{SERVER}/answers.yaml"
_BYTES = 16 << 20


def make_volume(folder: Path, label: str, files: Mapping[str, str]) -> Path:
    """A disk with this label and these files on it."""
    content, volume = folder / "content", folder / "volume"
    content.mkdir(parents=True)
    for name, text in files.items():
        (content / name).write_text(text)
        (content / name).chmod(0o600)
    with volume.open("wb") as file:
        file.truncate(_BYTES)
    mke2fs = (program("mke2fs"), "-q", "-t", "ext4", "-m", "0", "-L", label, "-d", str(content), str(volume))
    subprocess.run(mke2fs, check=True)
    return volume


@contextlib.contextmanager
def served(folder: Path, authority: Authority, text: str) -> Iterator[int]:
    """``text`` at :data:`URL`, under a certificate of ``authority``; the port of this host."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = text.encode()
            self.send_response(200 if self.path == "/answers.yaml" else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            """The story tells what happened."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = server_context(authority.issue([SERVER], valid_now(datetime.now(UTC))), folder)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
