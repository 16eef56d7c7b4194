"""``/cluster``: status, join, leave, configuration, checks, reload, restart."""

import json
from collections.abc import AsyncGenerator, Callable

from fastapi import APIRouter, Depends, Request
from fastapi.security import HTTPBearer
from starlette.responses import JSONResponse, Response, StreamingResponse

from quantix_tui.cluster.checks import CheckResult
from quantix_tui.cluster.errors import QuantixError
from quantix_tui.cluster.join import JoinRequest
from quantix_tui.controlplane.proxy import without_login
from quantix_tui.node.api.errors import ShapeError, responses
from quantix_tui.node.api.schemas import (
    ConfigBody,
    JoinBody,
    StatusBody,
    TestConnectionAnswer,
    TestConnectionBody,
)
from quantix_tui.node.daemon import Daemon

NDJSON = "application/x-ndjson"

# For the OpenAPI document only: who may change is decided before any route (access.py).
_CHANGING = [Depends(HTTPBearer(auto_error=False, description="The admin token; not needed on the unix socket."))]


def cluster_routes(daemon: Daemon) -> APIRouter:
    router = APIRouter(prefix="/cluster", tags=["cluster"])
    membership = daemon.membership

    def status_answer(status: int = 200) -> Response:
        # Not through pydantic: asked for hundreds of times a second, and to_json() is the wire form already.
        return JSONResponse(membership.status().to_json(), status)

    @router.get("/status", response_model=StatusBody, responses=responses(403))
    async def status() -> Response:
        """The node's membership now."""
        return status_answer()

    @router.get("/config", response_model=ConfigBody, responses=responses(403, 500))
    async def config() -> dict[str, object]:
        """The section as it is on disk; never a token, and a proxy without its login."""
        section = daemon.store.load()
        return {
            "enabled": section.enabled,
            "control_plane_address": str(section.address) if section.address else None,
            "node_id": section.node_id,
            "heartbeat_interval_secs": section.heartbeat_interval_secs,
            "ca_file": section.ca_file,
            "pin_sha256": str(section.pin_sha256) if section.pin_sha256 else None,
            "proxy": without_login(section.proxy) if section.proxy else None,
            "allow_plaintext": section.allow_plaintext,
            "config_file": str(daemon.config_file),
        }

    @router.post(
        "/join",
        response_model=StatusBody,
        responses=responses(400, 401, 403, 409, 413, 422, 500, 502, 504),
        dependencies=_CHANGING,
    )
    async def join(body: JoinBody) -> Response:
        """Check, then save configuration and token, both or neither. The daemon then waits for a restart or reload."""
        return JSONResponse((await membership.join(_shaped(body.request))).to_json())

    @router.post("/leave", response_model=StatusBody, responses=responses(401, 403, 413, 500), dependencies=_CHANGING)
    async def leave() -> Response:
        """Leave on this node first, then tell the control plane; what it cannot be told now is retried."""
        return JSONResponse((await membership.leave()).to_json())

    @router.post(
        "/test-connection",
        response_model=TestConnectionAnswer,
        responses={
            **responses(400, 401, 403, 413, 500, 502, 504),
            200: {"content": {NDJSON: {"schema": {"type": "string"}}}, "description": "The verdict, or line by line."},
        },
        dependencies=_CHANGING,
    )
    async def test_connection(body: TestConnectionBody, request: Request) -> Response:
        """Run the checks of a join and change nothing.

        With `Accept: application/x-ndjson` each check is one line of JSON, sent as soon as it is known.
        """
        wanted = _shaped(body.request)
        checks = membership.check(wanted)
        if NDJSON in request.headers.get("accept", ""):
            return StreamingResponse(_lines(checks), media_type=NDJSON)
        results = [check async for check in checks]
        problem = next((check.problem for check in results if check.problem is not None), None)
        name, version = await membership.identify(wanted) if problem is None else (None, None)
        return JSONResponse(
            {
                "success": problem is None,
                "message": problem.message if problem else "All checks passed.",
                "cluster_name": name,
                "cluster_version": version,
                "checks": [check.to_json() for check in results],
            }
        )

    @router.post("/reload", response_model=StatusBody, responses=responses(401, 403, 413, 500), dependencies=_CHANGING)
    async def reload() -> Response:
        """Take up a changed configuration without a restart."""
        await daemon.reload()
        return status_answer()

    @router.post(
        "/restart",
        status_code=202,
        response_model=StatusBody,
        responses=responses(401, 403, 413),
        dependencies=_CHANGING,
    )
    async def restart() -> Response:
        """End cleanly and start anew under the same process id. `instance_id` has changed when it is done."""
        daemon.restart()
        return status_answer(202)

    return router


def _shaped(read: Callable[[], JoinRequest]) -> JoinRequest:
    try:
        return read()
    except QuantixError as error:
        raise ShapeError(error.problem) from None


async def _lines(checks: AsyncGenerator[CheckResult, None]) -> AsyncGenerator[bytes, None]:
    """One JSON object a line. A problem that ends the checks from outside them is the last line (``error``)."""
    try:
        async for check in checks:
            yield json.dumps(check.to_json()).encode() + b"\n"
    except QuantixError as error:
        yield json.dumps(error.problem.to_json()).encode() + b"\n"
