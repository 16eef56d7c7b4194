"""Faults on request: everything that can go wrong with a control plane, made to happen over the real wire."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from email.utils import formatdate
from enum import StrEnum
from http import HTTPStatus

from quantix_tui.sandbox.http import Answer, ConnectionCut, Handler, Request, json_answer, text_answer
from quantix_tui.sandbox.refusal import Code, Refusal

HUGE_BYTES = 16 << 20
CLOCK_AHEAD_SECS = 86_400.0

HOSTILE_TEXT = "\x1b[31m\x1b]0;owned\x07[bold red]mark[/] <b>up</b>\r\nsecond line \u202egnirts\u202c \x9b2J \u200b"
HOSTILE_NAME = HOSTILE_TEXT + "long " * 4000
CONTENT_TYPE_HTML = "text/html; charset=utf-8"


class Fault(StrEnum):
    NONE = "none"
    # Before a request.
    REFUSE = "refuse"
    """The listening socket is closed: connection refused."""
    HANG_HANDSHAKE = "hang_handshake"
    """Connections are accepted; not one byte of TLS is answered."""
    PLAINTEXT = "plaintext"
    """Speaks HTTP on the TLS port."""
    WRONG_CERTIFICATE = "wrong_certificate"
    """The sandbox's authority signed it, for another host name."""
    EXPIRED_CERTIFICATE = "expired_certificate"
    NOT_YET_VALID_CERTIFICATE = "not_yet_valid_certificate"
    OTHER_AUTHORITY = "other_authority"
    """Right names, right dates, but another authority: what a pin must not let through."""
    HOSTILE_CERTIFICATE = "hostile_certificate"
    """Another authority whose names hold control characters and markup."""
    # Instead of an answer.
    HANG = "hang"
    """TLS and the request go through; no answer ever comes."""
    SLOW = "slow"
    """The right answer, a byte a second."""
    HTML = "html"
    """Some other web server: a page with 200."""
    NOT_FOUND = "not_found"
    """Some other web server: 404 to everything."""
    ERROR500 = "error500"
    MAINTENANCE = "maintenance"
    REDIRECT = "redirect"
    HUGE = "huge"
    """JSON that goes on for 16 MB."""
    # The right answer, spoilt.
    HOSTILE = "hostile"
    """Names, versions and error messages hold control characters, markup, line breaks, and are very long."""
    INCOMPATIBLE = "incompatible"
    """Speaks a future version of the interface."""
    WRONG_CLOCK = "wrong_clock"
    """The control plane's time is a day ahead of this machine's."""
    NO_CHECK_REGISTRATION = "no_check_registration"
    """A control plane that does not know CheckRegistration (404)."""
    LOST_ANSWER = "lost_answer"
    """A registration is carried out, and the connection is cut instead of the answer."""


async def answer_with(fault: Fault, request: Request, service: Handler, pace_secs: float) -> Answer:  # noqa: PLR0911
    """What comes back for ``request`` under ``fault``; ``pace_secs`` is the time between the bytes of ``slow``."""
    match fault:
        case Fault.HANG:
            await asyncio.Event().wait()
            raise AssertionError("an event that nobody sets was set")
        case Fault.HTML:
            return text_answer("<!doctype html><title>Welcome</title><h1>It works!</h1>", 200, CONTENT_TYPE_HTML)
        case Fault.NOT_FOUND:
            return text_answer("404 page not found\n", HTTPStatus.NOT_FOUND)
        case Fault.ERROR500:
            refusal = Refusal(Code.INTERNAL, "the database is out of order")
            return json_answer(refusal.to_json(), refusal.code.http_status)
        case Fault.MAINTENANCE:
            return maintenance_answer()
        case Fault.REDIRECT:
            return Answer(HTTPStatus.FOUND, headers={"Location": f"/elsewhere{request.path}"})
        case Fault.HUGE:
            return Answer(HTTPStatus.OK, body=_huge())
        case Fault.NO_CHECK_REGISTRATION if request.path.endswith("/CheckRegistration"):
            return text_answer("404 page not found\n", HTTPStatus.NOT_FOUND)
        case _:
            return await _spoil(fault, request, await service(request), pace_secs)


def maintenance_answer() -> Answer:
    """What every path answers during an update (WIRE 2)."""
    body = {"error": "the control plane is being updated", "maintenance": True}
    return json_answer(body, HTTPStatus.SERVICE_UNAVAILABLE, **{"Retry-After": "30"})


async def _spoil(fault: Fault, request: Request, answer: Answer, pace_secs: float) -> Answer:
    match fault:
        case Fault.LOST_ANSWER if request.path.endswith("/RegisterNode"):
            raise ConnectionCut
        case Fault.SLOW if isinstance(answer.body, bytes):
            return replace(answer, body=_trickle(answer.body, pace_secs))
        case Fault.HOSTILE:
            return _altered(answer, {"name": HOSTILE_NAME, "version": HOSTILE_TEXT, "message": HOSTILE_NAME})
        case Fault.INCOMPATIBLE:
            return _altered(answer, {"api_version": "v9"})
        case Fault.WRONG_CLOCK:
            there = time.time() + CLOCK_AHEAD_SECS
            altered = _altered(answer, {"serverTimeUnix": str(int(there))})
            return replace(altered, headers={**altered.headers, "Date": formatdate(there, usegmt=True)})
        case _:
            return answer


def _altered(answer: Answer, values: dict[str, str]) -> Answer:
    """``answer`` with those of its top-level values changed that it has."""
    if answer.content_type != "application/json" or not isinstance(answer.body, bytes):
        return answer
    body = json.loads(answer.body)
    changed = {key: value for key, value in values.items() if key in body}
    return replace(answer, body=json.dumps(body | changed).encode())


async def _trickle(body: bytes, pace_secs: float) -> AsyncIterator[bytes]:
    for place in range(len(body)):
        yield body[place : place + 1]
        await asyncio.sleep(pace_secs)


async def _huge() -> AsyncIterator[bytes]:
    piece = b"A" * 65_536
    yield b'{"name":"'
    for _ in range(HUGE_BYTES // len(piece)):
        yield piece
    yield b'"}'
