"""The control plane's calls, made with httpx."""

import asyncio
from collections.abc import Callable

import httpx

from quantix_tui.sandbox.service import NODE_SERVICE


async def call(
    client: httpx.AsyncClient, method: str, body: dict[str, object] | None = None, secret: str | None = None
) -> httpx.Response:
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    return await client.post(f"{NODE_SERVICE}{method}", json=body or {}, headers=headers)


async def register(client: httpx.AsyncClient, token: str | None, hostname: str = "node-1") -> httpx.Response:
    return await call(client, "RegisterNode", {"hostname": hostname, "managementIp": "10.0.0.1:9090"}, token)


def refusal(response: httpx.Response) -> tuple[int, str, str]:
    """HTTP status, Connect code and the reason for programs."""
    body = response.json()
    return response.status_code, body["code"], body["details"][0]["reason"]


async def eventually(condition: Callable[[], bool]) -> None:
    """Wait, five seconds at most, until the condition holds."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 (the parts under test announce nothing)
            await asyncio.sleep(0.005)
