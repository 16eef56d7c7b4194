"""The API in this process: as root over the unix socket, and as anybody over TCP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from quantix_tui.node.api.access import PEER
from quantix_tui.node.api.app import create_app
from tests.node.support import Node

ADMIN_TOKEN = "an-admin-token-of-these-tests"  # not one of any node


def app_for(node: Node) -> FastAPI:
    file = node.file("admin-token")
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(ADMIN_TOKEN + "\n")
    return create_app(node.daemon, file)


class AsPeer:
    """Lets requests look as the server makes them for a unix socket with this user at its other end."""

    def __init__(self, app: FastAPI, uid: int) -> None:
        self._app = app
        self._uid = uid

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app({**scope, "state": {PEER: self._uid}}, receive, send)


@asynccontextmanager
async def over_socket(node: Node, uid: int = 0) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(AsPeer(app_for(node), uid), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost/api/v1") as client:
        yield client


@asynccontextmanager
async def over_tcp(
    node: Node, host: str = "127.0.0.1:8080", token: str | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app_for(node), raise_app_exceptions=False)
    headers = {"Host": host} | ({"Authorization": f"Bearer {token}"} if token else {})
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1:8080/api/v1", headers=headers
    ) as client:
        yield client


def problem(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of an error, which must be complete."""
    body: dict[str, Any] = answer.json()
    assert set(body) == {"error", "message", "hint", "details"}, body
    assert body["message"].endswith(".")
    assert body["hint"].endswith(".")
    return answer.status_code, body["error"]


def token_file(node: Node) -> Path:
    return node.file("admin-token")
