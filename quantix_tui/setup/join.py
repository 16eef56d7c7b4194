"""The last step: joining a cluster through the node's gateway."""

import time

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.cluster.join import JoinRequest
from quantix_tui.cluster.status import ClusterStatus
from quantix_tui.host.doing import Done, Tell
from quantix_tui.node.gateway.absence import NO_CONFIGURATION
from quantix_tui.node.gateway.protocol import NodeGateway


class GatewayJoining:
    """Joins as the dashboard does: everything is checked again, then saved. Raises :class:`QuantixError`.

    ``restarts``: the node daemon takes it up at once; not for a machine that does not run.
    """

    def __init__(self, gateway: NodeGateway, *, restarts: bool) -> None:
        self._gateway = gateway
        self._restarts = restarts

    async def __call__(self, request: JoinRequest, tell: Tell) -> None:
        status = await self._status()
        # A restart that failed leaves a join that is saved: it is not joined twice.
        if status is None or status.control_plane_address != str(request.address):
            began = time.monotonic()
            status = await self._gateway.join(request)
            tell(Done(f"checked {request.address}, and saved", time.monotonic() - began))
        if self._restarts and status.restart_required:
            began = time.monotonic()
            await self._gateway.restart()
            tell(Done("the node daemon restarts and registers", time.monotonic() - began))

    async def _status(self) -> ClusterStatus | None:
        try:
            return await self._gateway.status()
        except QuantixError as error:
            if error.problem.reason == NO_CONFIGURATION:
                return None
            raise
