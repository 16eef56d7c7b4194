"""``/host`` and ``/events``: this machine's identity, health and figures, and the node's journal."""

import asyncio
from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic.alias_generators import to_camel
from starlette.responses import JSONResponse, Response

from quantix_tui.node.api.errors import responses
from quantix_tui.node.api.schemas import EventsBody, HealthBody, HostBody, MetricsBody
from quantix_tui.node.daemon import Daemon
from quantix_tui.node.events import KEPT, timestamp
from quantix_tui.node.version import VERSION


def host_routes(daemon: Daemon) -> APIRouter:
    router = APIRouter()

    @router.get("/host", response_model=HostBody, responses=responses(403), tags=["host"])
    async def host() -> Response:
        """Who this machine is, in our spelling and in the Rust daemon's."""
        facts = {**asdict(await asyncio.to_thread(daemon.machine.facts)), "daemon_version": VERSION}
        # Null where this node cannot know it: it has no hypervisor connection of its own.
        others = {
            "nodeId": daemon.membership.status().node_id,
            "memoryAvailableBytes": None,
            "hypervisorName": None,
            "hypervisorVersion": None,
        }
        return JSONResponse({**facts, **{to_camel(key): value for key, value in facts.items()}, **others})

    @router.get("/host/health", response_model=HealthBody, responses=responses(403), tags=["host"])
    async def health() -> Response:
        """Whether this daemon answers, and which one it is."""
        uptime = (await asyncio.to_thread(daemon.machine.facts)).uptime_seconds
        return JSONResponse(
            {
                "healthy": True,
                "version": VERSION,
                "hypervisor": None,
                "uptime_seconds": uptime,
                "uptimeSeconds": uptime,
            }
        )

    @router.get("/host/metrics", response_model=MetricsBody, responses=responses(403), tags=["host"])
    async def metrics() -> Response:
        """The load now; every figure that could not be read is null."""
        figures = asdict(await asyncio.to_thread(daemon.machine.metrics))
        return JSONResponse({"timestamp": timestamp(), **figures})

    @router.get("/events", response_model=EventsBody, responses=responses(400, 403), tags=["events"])
    async def events(
        level: Annotated[Literal["debug", "info", "warning", "error"] | None, Query()] = None,
        category: Annotated[
            Literal["system", "vm", "storage", "network", "cluster", "security"] | None, Query()
        ] = None,
        limit: Annotated[int, Query(ge=1, le=KEPT)] = 100,
    ) -> Response:
        """What happened on this node, newest first."""
        found = daemon.journal.latest(limit, level, category)
        return JSONResponse(
            {
                "events": [{**asdict(event), "eventId": event.event_id, "source": "quantix-node"} for event in found],
                "total_count": len(found),
                "totalCount": len(found),
            }
        )

    return router
