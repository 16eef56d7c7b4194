"""The control port: plain HTTP on loopback through which a test or a curious person steers the sandbox.

=============================  ===============================================================
GET /nodes                     the registered nodes
GET /requests                  the last requests that the control plane saw, without secrets
GET /fault                     the present fault
POST /fault                    {"fault": NAME}; see :class:`.faults.Fault`
POST /tokens                   {"ttl_secs": 3600, "kind": "code" | "jwt"} -> {"token": TEXT}
POST /revoke                   {"token": TEXT}
POST /remove_node              {"node_id": ID}
POST /vms                      {"node_id": ID, "vm_ids": [NAME, ...]}
POST /heartbeat_interval       {"secs": 5}; nodes hear of it with their next heartbeat
GET /daemon                    {"running": bool, "pid": int | null}
POST /daemon                   {"action": "start" | "stop" | "kill"}
=============================  ===============================================================

Refusals are answered like the control plane's own: {"code", "message"}.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from enum import StrEnum
from http import HTTPStatus
from typing import Protocol, Self, TypeVar

from quantix_tui.sandbox.controlplane import SandboxControlPlane
from quantix_tui.sandbox.directory import SandboxError
from quantix_tui.sandbox.faults import Fault
from quantix_tui.sandbox.http import Answer, Request, json_answer, serve_http
from quantix_tui.sandbox.listener import Listener
from quantix_tui.sandbox.refusal import Code, RefusedError, refused
from quantix_tui.sandbox.tokens import DEFAULT_TTL_SECS, TokenKind

Body = Mapping[str, object]
Word = TypeVar("Word", bound=StrEnum)


class Daemon(Protocol):
    """What is steered of the node daemon."""

    @property
    def running(self) -> bool: ...

    @property
    def pid(self) -> int | None: ...

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def kill(self) -> None: ...


class ControlPort:
    """Serves the table above on a free loopback port between :meth:`start` and :meth:`stop`."""

    def __init__(self, plane: SandboxControlPlane, daemon: Daemon) -> None:
        self._plane = plane
        self._daemon = daemon
        self._listener = Listener(self._serve, lambda: None)
        self._reads: dict[str, Callable[[], object]] = {
            "/nodes": self._nodes,
            "/requests": lambda: [asdict(request) for request in plane.requests],
            "/fault": lambda: {"fault": plane.fault.value},
            "/daemon": self._daemon_state,
        }
        self._acts: dict[str, Callable[[Body], Awaitable[object]]] = {
            "/fault": self._set_fault,
            "/tokens": self._issue,
            "/revoke": self._revoke,
            "/remove_node": self._remove_node,
            "/vms": self._place_vms,
            "/heartbeat_interval": self._set_interval,
            "/daemon": self._steer_daemon,
        }

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.port}"

    async def __aenter__(self) -> Self:
        self._listener.reserve()
        self._listener.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._listener.stop()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await serve_http(reader, writer, self._answer)

    async def _answer(self, request: Request) -> Answer:
        try:
            if request.method == "POST" and request.path in self._acts:
                return json_answer(await self._acts[request.path](_body(request)))
            if request.method == "GET" and request.path in self._reads:
                return json_answer(self._reads[request.path]())
        except RefusedError as error:
            return json_answer(error.refusal.to_json(), error.refusal.code.http_status)
        except SandboxError as error:
            return json_answer({"code": "internal", "message": str(error)}, HTTPStatus.INTERNAL_SERVER_ERROR)
        return json_answer({"code": "not_found", "message": "no such path"}, HTTPStatus.NOT_FOUND)

    def _nodes(self) -> object:
        return [
            {
                "id": node.id,
                "hostname": node.hostname,
                "phase": self._plane.nodes.phase(node).value,
                "vm_ids": list(node.vm_ids),
            }
            for node in self._plane.nodes.all()
        ]

    def _daemon_state(self) -> object:
        return {"running": self._daemon.running, "pid": self._daemon.pid}

    async def _set_fault(self, body: Body) -> object:
        await self._plane.set_fault(_one_of(Fault, body, "fault"))
        return {"fault": self._plane.fault.value}

    async def _issue(self, body: Body) -> object:
        kind = _one_of(TokenKind, body, "kind") if "kind" in body else TokenKind.CODE
        ttl_secs = _number(body, "ttl_secs") if "ttl_secs" in body else DEFAULT_TTL_SECS
        return {"token": self._plane.tokens.issue(ttl_secs, kind)}

    async def _revoke(self, body: Body) -> object:
        self._plane.tokens.revoke(_text(body, "token"))
        return {}

    async def _remove_node(self, body: Body) -> object:
        self._plane.nodes.remove(_text(body, "node_id"))
        return {}

    async def _place_vms(self, body: Body) -> object:
        names = body.get("vm_ids")
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise refused(Code.INVALID_ARGUMENT, "vm_ids is not a list of names")
        self._plane.nodes.place_vms(_text(body, "node_id"), tuple(names))
        return {}

    async def _set_interval(self, body: Body) -> object:
        secs = _number(body, "secs")
        if secs <= 0:
            raise refused(Code.INVALID_ARGUMENT, "secs is not above nought")
        self._plane.service.heartbeat_interval_secs = secs
        return {"secs": secs}

    async def _steer_daemon(self, body: Body) -> object:
        match body.get("action"):
            case "start":
                await self._daemon.start()
            case "stop":
                await self._daemon.stop()
            case "kill":
                await self._daemon.kill()
            case _:
                raise refused(Code.INVALID_ARGUMENT, "action is start, stop or kill")
        return self._daemon_state()


def _body(request: Request) -> Body:
    # Only what a browser never sends by itself: a web page must not be able to steer the sandbox.
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise refused(Code.INVALID_ARGUMENT, "Content-Type is application/json")
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        raise refused(Code.INVALID_ARGUMENT, "the body is not JSON") from None
    if not isinstance(body, dict):
        raise refused(Code.INVALID_ARGUMENT, "the body is not an object")
    return body


def _one_of(words: type[Word], body: Body, name: str) -> Word:
    try:
        return words(_text(body, name))
    except ValueError:
        raise refused(Code.INVALID_ARGUMENT, f"{name} is one of {', '.join(words)}") from None


def _text(body: Body, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise refused(Code.INVALID_ARGUMENT, f"{name} is missing")
    return value


def _number(body: Body, name: str) -> float:
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise refused(Code.INVALID_ARGUMENT, f"{name} is not a number")
    return float(value)
