"""Over real sockets: what a daemon, or something else at its place, may send."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantix_tui.node.gateway.endpoint import Endpoint
from quantix_tui.node.gateway.exchange import MAX_BODY, MAX_LINE, AbortedError, BadAnswerError, Exchange


@contextmanager
def answering(*parts: bytes, hold: bool = False) -> Iterator[Endpoint]:
    """A server that reads a request, sends ``parts`` and closes; with ``hold`` it keeps the connection open."""
    server = socket.create_server(("127.0.0.1", 0))
    leave = threading.Event()

    def serve() -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(65536)
            try:
                for part in parts:
                    connection.sendall(part)
            except OSError:
                return  # The client has seen enough.
            if hold:
                leave.wait(10)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield Endpoint(host="127.0.0.1", port=server.getsockname()[1])
    finally:
        leave.set()
        thread.join(5)
        server.close()


def get(endpoint: Endpoint, seconds: float = 5.0) -> tuple[int, str, bytes]:
    with Exchange(endpoint, seconds) as exchange:
        head = exchange.send("GET", "/", {})
        return head.status, head.content_type, exchange.read()


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: Application/JSON; charset=utf-8\r\n"


@pytest.mark.parametrize(
    "parts",
    [
        (HEAD + b"Content-Length: 5\r\n\r\nhello",),
        (HEAD + b"Content-Length: 5\r\n\r\n", b"he", b"llo"),
        (HEAD + b"Connection: close\r\n\r\n", b"hel", b"lo"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n",),
        (b"HTTP/1.1 100 Continue\r\n\r\n", HEAD + b"content-length:5\r\n\r\nhello"),
        tuple(bytes([byte]) for byte in HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
    ],
)
def test_every_way_to_frame_an_answer(parts: tuple[bytes, ...]) -> None:
    with answering(*parts) as endpoint:
        assert get(endpoint) == (200, "application/json", b"hello")


def test_an_answer_without_a_body_needs_no_end_of_the_connection() -> None:
    with answering(b"HTTP/1.1 204 No Content\r\n\r\n", hold=True) as endpoint:
        assert get(endpoint) == (204, "", b"")


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (b"", "there was no answer"),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "not HTTP"),
        (b"HTTP/1.1 abc\r\n\r\n", "not HTTP"),
        (b"HTTP/1.1 \xb2\xb2\xb2 OK\r\n\r\n", "not HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Le", "ends in the middle"),
        (HEAD + b"Content-Length: 9\r\n\r\nhello", "ends in the middle"),
        (HEAD + b"Content-Length: -9\r\n\r\nhello", "not a number"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n", "not a number"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhel", "ends in the middle"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20000, "too long"),
        (HEAD + b"Content-Length: 99999999\r\n\r\n" + b"x" * (MAX_BODY + 70000), "larger than"),
        (HEAD + b"\r\n" + b"x" * (MAX_BODY + 70000), "larger than"),
    ],
)
def test_what_is_no_answer_is_told_and_bounded(answer: bytes, what: str) -> None:
    with answering(answer) as endpoint, pytest.raises(BadAnswerError, match=what):
        get(endpoint)


class FromBytes(Exchange):
    """Answered by what a socket already holds."""

    def __init__(self, answer: bytes) -> None:
        super().__init__(Endpoint(path="/none"), 5)
        self._answer = answer

    def _connect(self) -> socket.socket:
        self._socket, other = socket.socketpair()
        with other:
            other.sendall(self._answer)
        return self._socket


ANSWERS = st.one_of(
    st.binary(max_size=300),
    st.builds(lambda rest: HEAD + rest, st.binary(max_size=300)),
    st.builds(lambda rest: HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + rest, st.text("0a5\r\n;xz").map(str.encode)),
    st.builds(lambda size: HEAD + f"Content-Length: {size}\r\n\r\nabc".encode(), st.integers(-5, 1 << 70) | st.text()),
)


@given(ANSWERS)
def test_whatever_comes_is_an_answer_or_told_to_be_none(answer: bytes) -> None:
    for read in (Exchange.read, lambda exchange: list(exchange.lines())):
        with FromBytes(answer) as exchange:
            try:
                assert exchange.send("GET", "/", {}).status >= 200
                read(exchange)
            except (BadAnswerError, ConnectionError):
                continue


def test_lines_come_as_they_are_sent() -> None:
    gate = threading.Event()
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(HEAD + b'\r\n{"one": 1}\n{"tw')
            gate.wait(5)
            connection.sendall(b'o": 2}\r\n\n{"three": 3}')

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    with Exchange(Endpoint(host="127.0.0.1", port=server.getsockname()[1]), 5) as exchange:
        exchange.send("GET", "/", {})
        lines = exchange.lines()
        assert next(lines) == b'{"one": 1}'
        gate.set()
        assert list(lines) == [b'{"two": 2}', b'{"three": 3}']
    thread.join(5)
    server.close()


def test_a_line_without_an_end_is_bounded() -> None:
    with answering(HEAD + b"\r\n" + b"x" * (2 * MAX_LINE)) as endpoint, Exchange(endpoint, 5) as exchange:
        exchange.send("GET", "/", {})
        with pytest.raises(BadAnswerError, match="line"):
            list(exchange.lines())


def test_the_whole_time_is_bounded_however_often_something_comes() -> None:
    """A daemon that sends a byte now and then would defeat a timeout for each read."""
    server = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def drip() -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(HEAD + b"Content-Length: 1000\r\n\r\n")
            while not stop.wait(0.02):
                connection.sendall(b"x")

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    begun = time.monotonic()
    with pytest.raises(TimeoutError):
        get(Endpoint(host="127.0.0.1", port=server.getsockname()[1]), seconds=0.2)
    assert time.monotonic() - begun < 2
    stop.set()
    thread.join(5)
    server.close()


def test_another_thread_can_abort_it_at_once() -> None:
    with answering(HEAD + b"Content-Length: 10\r\n\r\n", hold=True) as endpoint, Exchange(endpoint, 60) as exchange:
        exchange.send("GET", "/", {})
        threading.Timer(0.05, exchange.abort).start()
        begun = time.monotonic()
        with pytest.raises(AbortedError):
            exchange.read()
        assert time.monotonic() - begun < 5


def test_what_was_aborted_before_it_began_asks_nobody() -> None:
    with Exchange(Endpoint(path="/nowhere.sock"), 60) as exchange:
        exchange.abort()
        with pytest.raises(AbortedError):
            exchange.send("GET", "/", {})


def test_a_refusal_before_the_request_was_read_is_still_heard() -> None:
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = server.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(1 << 16):
                pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    with Exchange(Endpoint(host="127.0.0.1", port=server.getsockname()[1]), 5) as exchange:
        assert exchange.send("POST", "/", {}, b"x" * 3_000_000).status == 413
    thread.join(5)
    server.close()


def test_a_socket_whose_queue_is_full_is_waited_for(tmp_path: Path) -> None:
    path = str(tmp_path / "s")
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as first:
        server.bind(path)
        server.listen(0)
        first.connect(path)
        with pytest.raises(TimeoutError):
            get(Endpoint(path=path), seconds=0.1)
