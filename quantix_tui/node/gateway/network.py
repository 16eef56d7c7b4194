"""The network test as one list of steps: this machine's own, and those to the control plane of its cluster."""

import asyncio
import ipaddress
import os
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from quantix_tui.cluster.address import ControlPlaneAddress
from quantix_tui.cluster.checks import CheckName, CheckResult, Finding, Outcome
from quantix_tui.cluster.errors import QuantixError
from quantix_tui.cluster.join import JoinRequest
from quantix_tui.config.paths import ConfigPaths
from quantix_tui.config.section import ControlPlaneSection
from quantix_tui.config.store import ConfigStore
from quantix_tui.host.network.steps import Step, host_steps, told
from quantix_tui.node.gateway.background import in_background
from quantix_tui.node.gateway.endpoint import endpoints
from quantix_tui.settings import Settings

GROUP = "Control plane"
CHECKS = (CheckName.RESOLVE, CheckName.CONNECT, CheckName.TLS, CheckName.IDENTITY, CheckName.CONTROL_PLANE)
"""Those of a join that need no token and ask nothing about a join."""
RESOLVE_SECS = 2.0
STEP_SECS = 5.0

_ELSEWHERE = Finding(Outcome.SKIPPED, "not tested: the node that is shown is not this machine")
_STANDALONE = Finding(Outcome.SKIPPED, "this node belongs to no cluster")


async def network_steps(settings: Settings, root: str = "/") -> Sequence[Step]:
    """What there is to test on this machine, in the order in which it is shown. Reads files only.

    The control plane is the one that the configuration at hand names.
    """
    if not all(place.local for place in endpoints(settings)):
        return [*await _of_this_machine(None, root), told(GROUP, CheckName.CONTROL_PLANE, _ELSEWHERE)]
    try:
        section = await in_background(ConfigStore(ConfigPaths(settings.config_file)).load, _nothing)
    except QuantixError as error:
        unread = Finding(Outcome.COULD_NOT_RUN, problem=error.problem)
        return [*await _of_this_machine(None, root), told(GROUP, CheckName.CONTROL_PLANE, unread)]
    address = section.address
    if address is None:
        return [*await _of_this_machine(None, root), told(GROUP, CheckName.CONTROL_PLANE, _STANDALONE)]
    needed = None if address.ip is not None else address.host
    steps = await _of_this_machine(needed, root)
    return [*steps, control_plane_step(section, address)]


async def _of_this_machine(needed: str | None, root: str) -> list[Step]:
    return await in_background(lambda: host_steps(resolve, needed, root), _nothing)


def control_plane_step(section: ControlPlaneSection, address: ControlPlaneAddress) -> Step:
    """The way to the control plane at ``address``, which the section names, as a join checks it."""

    async def run() -> AsyncGenerator[CheckResult, None]:
        # Beside the event loop: what talks to a control plane takes 100 ms to import.
        await in_background(_import, _nothing)
        from quantix_tui.controlplane.limits import Timeouts
        from quantix_tui.controlplane.preflight import ThisNode, preflight

        checks = preflight(
            JoinRequest(address, None, section.trust),
            ThisNode(os.uname().nodename, address),
            allow_plaintext=section.allow_plaintext,
            timeouts=Timeouts(resolve=STEP_SECS, connect=STEP_SECS / 2, tls=STEP_SECS, request=STEP_SECS),
            proxy=section.proxy,
        )
        async with aclosing(checks) as results:
            async for result in results:
                if result.name in CHECKS:
                    yield result
                if result.name == CHECKS[-1]:
                    return

    return Step(f"{GROUP} {address.authority}", CHECKS, run, STEP_SECS * (len(CHECKS) + 1), "looking the name up")


async def resolve(name: str) -> Sequence[str]:
    """The addresses of a name, by the system's resolver. Raises OSError."""
    from quantix_tui.controlplane.network import look_up

    try:
        return [str(ipaddress.ip_address(name))]
    except ValueError:
        async with asyncio.timeout(RESOLVE_SECS):
            return [endpoint.ip for endpoint in await look_up(name, 0)]


def _import() -> None:
    import quantix_tui.controlplane.preflight  # noqa: F401


def _nothing() -> None:
    """Reading a few small files ends by itself."""
