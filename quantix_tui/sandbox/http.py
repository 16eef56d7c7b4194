"""HTTP/1.1 on one connection (h11): requests in, answers out. Who answers is the caller's business."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus

import h11

MAX_BODY = 1 << 20
_READ = 64 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """One request. ``path`` is without the query; header names are lower case."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)

    @property
    def bearer(self) -> str | None:
        """The secret behind ``Authorization: Bearer`` (RFC 6750 2.1)."""
        scheme, _, secret = self.headers.get("authorization", "").partition(" ")
        return secret.strip() or None if scheme.lower() == "bearer" else None


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; a body that is not ready at once comes in pieces."""

    status: int
    content_type: str = "application/json"
    body: bytes | AsyncIterator[bytes] = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Request], Awaitable[Answer]]


class ConnectionCut(Exception):
    """A handler wants the connection to end without an answer."""


def json_answer(body: object, status: int = HTTPStatus.OK, **headers: str) -> Answer:
    return Answer(status, "application/json", json.dumps(body).encode(), headers)


def text_answer(text: str, status: int, content_type: str = "text/plain; charset=utf-8") -> Answer:
    return Answer(status, content_type, text.encode())


async def serve_http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, handler: Handler) -> None:
    """Answer requests until the client goes or the connection cannot go on. Raises OSError when it breaks."""
    connection = h11.Connection(h11.SERVER)
    try:
        while (request := await _next_request(connection, reader)) is not None:
            await _send(connection, writer, await handler(request))
            if connection.our_state is not h11.DONE or connection.their_state is not h11.DONE:
                return
            connection.start_next_cycle()
    except h11.RemoteProtocolError as error:
        if connection.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            await _send(
                connection,
                writer,
                Answer(error.error_status_hint, "text/plain", b"bad request\n", {"Connection": "close"}),
            )
    except ConnectionCut:
        writer.transport.abort()


async def _next_request(connection: h11.Connection, reader: asyncio.StreamReader) -> Request | None:
    head: h11.Request | None = None
    body = bytearray()
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(_READ))
        elif isinstance(event, h11.Request):
            head = event
        elif isinstance(event, h11.Data):
            # What is too long is read all the same, and dropped: who is still sending hears no answer.
            body += event.data[: MAX_BODY + 1 - len(body)]
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            if len(body) > MAX_BODY:
                raise h11.RemoteProtocolError("the body is too long", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return _request(head, bytes(body))
        else:
            return None


def _request(head: h11.Request, body: bytes) -> Request:
    return Request(
        method=head.method.decode("ascii"),
        path=head.target.decode("latin-1").partition("?")[0],
        headers={name.decode("ascii"): value.decode("latin-1") for name, value in head.headers},
        body=body,
    )


async def _send(connection: h11.Connection, writer: asyncio.StreamWriter, answer: Answer) -> None:
    headers = {"Date": formatdate(usegmt=True), "Content-Type": answer.content_type, **answer.headers}
    if isinstance(answer.body, bytes):
        headers["Content-Length"] = str(len(answer.body))
    response = h11.Response(status_code=int(answer.status), headers=list(headers.items()))
    writer.write(connection.send(response) or b"")
    if isinstance(answer.body, bytes):
        writer.write(connection.send(h11.Data(data=answer.body)) or b"")
    else:
        async for piece in answer.body:
            writer.write(connection.send(h11.Data(data=piece)) or b"")
            await writer.drain()
    writer.write(connection.send(h11.EndOfMessage()) or b"")
    await writer.drain()
