"""The application: routes, errors and access put together. Whatever serves it brings the sockets."""

from pathlib import Path

from fastapi import FastAPI
from starlette.middleware import Middleware

from quantix_tui.node.api import errors
from quantix_tui.node.api.access import AccessControl, BodyLimit, read_admin_token
from quantix_tui.node.api.routes_cluster import cluster_routes
from quantix_tui.node.api.routes_host import host_routes
from quantix_tui.node.daemon import Daemon
from quantix_tui.node.version import VERSION

BASE = "/api/v1"


def create_app(daemon: Daemon, admin_token_file: Path) -> FastAPI:
    """The node's REST API over ``daemon``."""
    app = FastAPI(
        title="Quantix node",
        version=VERSION,
        description="Membership and figures of one Quantix-OS node. Reading is free on loopback; changing needs the "
        "unix socket as root, or `Authorization: Bearer` with the admin token.",
        docs_url=None,  # its pages would be fetched from the internet
        redoc_url=None,
        redirect_slashes=False,
        middleware=[
            Middleware(AccessControl, admin_token=lambda: read_admin_token(admin_token_file)),
            Middleware(BodyLimit),
        ],
    )
    errors.install(app)
    app.include_router(cluster_routes(daemon), prefix=BASE)
    app.include_router(host_routes(daemon), prefix=BASE)
    return app
