"""One HTTP/1.1 request and its answer over one connection, bounded in time and size.

Not ``http.client``: that costs 18 ms of imports (the e-mail parser), which is a third of what
``quantix-tui status`` may take; it has no bound on the whole time of an answer; and it cannot be
stopped from another thread. What is needed of RFC 9112 to read a daemon's answer is little.
"""

import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from quantix_tui.node.gateway.endpoint import Endpoint

MAX_HEAD = 1 << 15
MAX_BODY = 1 << 20
MAX_LINE = 1 << 16
_QUEUE_PAUSE = 0.01


class BadAnswerError(Exception):
    """What came is not HTTP, is larger than the bounds, or ends too soon. The text says which."""


class AbortedError(Exception):
    """The exchange was aborted by :meth:`Exchange.abort`."""


@dataclass(frozen=True, slots=True)
class Head:
    """An answer's status and headers (names in lower case)."""

    status: int
    headers: Mapping[str, str]

    @property
    def content_type(self) -> str:
        """The media type alone, in lower case; empty when none is named."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class Exchange:
    """A request and its answer. ``seconds`` bounds the whole of it, from connecting to the last byte.

    Raises OSError (TimeoutError among them) where the network fails, :class:`BadAnswerError` where the
    answer does, :class:`AbortedError` after :meth:`abort`. Not for use by two threads but for ``abort``.
    """

    def __init__(self, endpoint: Endpoint, seconds: float) -> None:
        self._endpoint = endpoint
        self._deadline = time.monotonic() + seconds
        self._socket: socket.socket | None = None
        self._buffer = b""
        self._head: Head | None = None
        self._aborted = False

    def __enter__(self) -> "Exchange":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()

    def abort(self) -> None:
        """Stop it from any thread: whoever waits for the answer gets :class:`AbortedError` at once."""
        self._aborted = True
        if self._socket is not None:
            # OSError: not connected, or the other side has closed it already. Then nothing waits.
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def send(self, method: str, target: str, headers: Mapping[str, str], body: bytes = b"") -> Head:
        """Connect, send the request, and return the head of the answer."""
        lines = [f"{method} {target} HTTP/1.1", f"Host: {self._endpoint.authority}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if body or method != "GET":
            lines.append(f"Content-Length: {len(body)}")
        request = "\r\n".join([*lines, "", ""]).encode("latin-1") + body
        connection = self._connect()
        self._wait(connection)
        # The daemon may refuse before it has read all: its answer says why.
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(request)
        self._head = self._read_head()
        return self._head

    def read(self) -> bytes:
        """The rest of the answer."""
        return b"".join(self._body())

    def lines(self) -> Iterator[bytes]:
        """The answer line by line as it comes, without line ends and empty lines."""
        rest = b""
        for part in self._body():
            *lines, rest = (rest + part).split(b"\n")
            if len(rest) > MAX_LINE:
                raise BadAnswerError("a line of the answer is too long")
            yield from (line for line in map(bytes.strip, lines) if line)
        if rest.strip():
            yield rest.strip()

    def _connect(self) -> socket.socket:
        end = self._endpoint
        if end.path:
            # Kept before connecting, so that abort() finds it.
            self._socket = socket.socket(socket.AF_UNIX)
            self._connect_unix(self._socket, end.path)
            return self._socket
        self._socket = socket.create_connection((end.host, end.port), self._left())
        if end.tls:
            # Imported here: only a node named by an https URL needs it, and it costs 15 ms.
            import ssl

            context = ssl.create_default_context()
            self._socket = context.wrap_socket(self._socket, server_hostname=end.host)
        return self._socket

    def _connect_unix(self, connection: socket.socket, path: str) -> None:
        while True:
            self._wait(connection)
            try:
                connection.connect(path)
            except BlockingIOError:
                # Its queue is full: a busy daemon, or one that hangs. Unlike TCP's, connect() does not wait.
                time.sleep(_QUEUE_PAUSE)
            else:
                return

    def _read_head(self) -> Head:
        while True:
            text = self._until(b"\r\n\r\n", MAX_HEAD).decode("latin-1")
            first, *rest = text.split("\r\n")
            words = first.split(" ", 2)
            if len(words) < 2 or not words[0].startswith("HTTP/1.") or not words[1].isdecimal():
                raise BadAnswerError("the answer is not HTTP")
            pairs = (line.partition(":") for line in rest)
            head = Head(int(words[1]), {name.strip().lower(): value.strip() for name, _, value in pairs})
            if head.status >= 200:
                return head

    def _body(self) -> Iterator[bytes]:
        """The parts of the body (RFC 9112 section 6) as they come."""
        head = self._head
        if head is None or head.status in (204, 304):
            return
        if head.headers.get("transfer-encoding", "").lower() == "chunked":
            parts = self._chunked()
        elif "content-length" in head.headers:
            parts = self._exactly(_length(head.headers["content-length"], 10))
        else:
            parts = self._to_the_end()
        total = 0
        for part in parts:
            total += len(part)
            if total > MAX_BODY:
                raise BadAnswerError(f"the answer is larger than {MAX_BODY} bytes")
            yield part

    def _chunked(self) -> Iterator[bytes]:
        while size := _length(self._until(b"\r\n", 1024).partition(b";")[0].decode("latin-1"), 16):
            yield from self._exactly(size)
            self._until(b"\r\n", 2)

    def _exactly(self, size: int) -> Iterator[bytes]:
        while size:
            if not self._buffer and not self._fill():
                raise BadAnswerError("the answer ends in the middle")
            part, self._buffer = self._buffer[:size], self._buffer[size:]
            size -= len(part)
            yield part

    def _to_the_end(self) -> Iterator[bytes]:
        while self._buffer or self._fill():
            part, self._buffer = self._buffer, b""
            yield part

    def _until(self, mark: bytes, limit: int) -> bytes:
        """What comes before ``mark``, at most ``limit`` bytes; the mark is taken too."""
        while (end := self._buffer.find(mark)) < 0:
            if len(self._buffer) > limit:
                raise BadAnswerError("the head of the answer is too long")
            if not self._fill():
                raise BadAnswerError("the answer ends in the middle" if self._buffer else "there was no answer")
        found, self._buffer = self._buffer[:end], self._buffer[end + len(mark) :]
        return found

    def _fill(self) -> bool:
        """Wait for more; False at the end of the connection."""
        if self._socket is None:
            return False
        self._wait(self._socket)
        try:
            more = self._socket.recv(1 << 16)
        except OSError:
            if self._aborted:
                raise AbortedError from None
            raise
        if not more and self._aborted:
            raise AbortedError
        self._buffer += more
        return bool(more)

    def _wait(self, connection: socket.socket) -> None:
        if self._aborted:
            raise AbortedError
        connection.settimeout(self._left())

    def _left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        return left


def _length(text: str, base: int) -> int:
    try:
        length = int(text.strip(), base)
    except ValueError:
        raise BadAnswerError("the answer's length is not a number") from None
    if length < 0:
        raise BadAnswerError("the answer's length is not a number")
    return length
