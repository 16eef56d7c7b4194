"""The first steps to a control plane, told in words: every failure is a QuantixError."""

from quantix_tui.cluster.address import ControlPlaneAddress
from quantix_tui.cluster.errors import QuantixError
from quantix_tui.controlplane import faults
from quantix_tui.controlplane.limits import Timeouts
from quantix_tui.controlplane.network import Endpoint, open_socket, resolve
from quantix_tui.controlplane.tls import Presented, probe


async def look_up(address: ControlPlaneAddress, timeouts: Timeouts) -> tuple[Endpoint, ...]:
    """The network addresses of a control plane, at least one."""
    try:
        found = await resolve(address, timeouts.resolve)
    except OSError as error:
        raise QuantixError(faults.name_problem(address.host, error, timeouts.resolve)) from None
    if not found:
        raise QuantixError(faults.name_problem(address.host, OSError("no address"), timeouts.resolve))
    return found


async def first_answering(endpoints: tuple[Endpoint, ...], timeouts: Timeouts) -> Endpoint:
    """The first address that takes a connection; they are tried one after the other."""
    failures: list[tuple[Endpoint, OSError]] = []
    for endpoint in endpoints:
        try:
            (await open_socket(endpoint, timeouts.connect)).close()
        except OSError as error:
            failures.append((endpoint, error))
        else:
            return endpoint
    raise QuantixError(faults.connect_problem(failures, timeouts.connect))


async def look_at(address: ControlPlaneAddress, endpoint: Endpoint, timeouts: Timeouts) -> Presented:
    """What the control plane presents in a TLS handshake, verified by nobody yet."""
    try:
        return await probe(endpoint, address.host, timeouts)
    except OSError as error:
        raise QuantixError(faults.tls_problem(address, error, timeouts.tls)) from None
