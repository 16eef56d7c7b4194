"""The application: routes, errors and access put together. Whatever serves it brings the sockets."""

import os
from collections.abc import Sequence
from pathlib import Path

from fastapi import FastAPI
from starlette.middleware import Middleware

from quantix_tui.host.administrators import may_administer
from quantix_tui.node.api import errors
from quantix_tui.node.api.access import AccessControl, BodyLimit, read_admin_token
from quantix_tui.node.api.routes_cluster import cluster_routes
from quantix_tui.node.api.routes_host import host_routes
from quantix_tui.node.daemon import Daemon
from quantix_tui.node.version import VERSION
from quantix_tui.settings import ADMIN_GROUPS

BASE = "/api/v1"


def create_app(daemon: Daemon, admin_token_file: Path, administrators: Sequence[str] = ADMIN_GROUPS) -> FastAPI:
    """The node's REST API over ``daemon``. ``administrators`` are the groups whose members may change it."""

    def may_change(uid: int) -> bool:
        return uid == os.geteuid() or may_administer(uid, administrators)

    app = FastAPI(
        title="Quantix node",
        version=VERSION,
        description="Membership and figures of one Quantix-OS node. Reading is free on loopback; changing needs the "
        "unix socket as root or an administrator, or `Authorization: Bearer` with the admin token.",
        docs_url=None,  # its pages would be fetched from the internet
        redoc_url=None,
        redirect_slashes=False,
        middleware=[
            Middleware(AccessControl, admin_token=lambda: read_admin_token(admin_token_file), may_change=may_change),
            Middleware(BodyLimit),
        ],
    )
    errors.install(app)
    app.include_router(cluster_routes(daemon), prefix=BASE)
    app.include_router(host_routes(daemon), prefix=BASE)
    return app
