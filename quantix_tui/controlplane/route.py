"""The first steps to a control plane, told in words: every failure is a QuantixError."""

import ssl

from quantix_tui.cluster.address import ControlPlaneAddress
from quantix_tui.cluster.errors import QuantixError
from quantix_tui.controlplane import faults
from quantix_tui.controlplane.limits import Timeouts
from quantix_tui.controlplane.network import Endpoint, open_socket, resolve
from quantix_tui.controlplane.tls import Presented, handshake, probe_context


async def look_up(address: ControlPlaneAddress, timeouts: Timeouts) -> tuple[Endpoint, ...]:
    """The network addresses of a control plane, at least one."""
    try:
        found = await resolve(address, timeouts.resolve)
    except OSError as error:
        raise QuantixError(faults.name_problem(address.host, error, timeouts.resolve)) from None
    if not found:
        raise QuantixError(faults.name_problem(address.host, OSError("it has no address"), timeouts.resolve))
    return found


async def first_answering(
    address: ControlPlaneAddress, endpoints: tuple[Endpoint, ...], timeouts: Timeouts
) -> Endpoint:
    """The first network address that takes a connection; they are tried one after the other."""
    failures: list[tuple[Endpoint, OSError]] = []
    for endpoint in endpoints:
        try:
            (await open_socket(endpoint, timeouts.connect)).close()
        except OSError as error:
            failures.append((endpoint, error))
        else:
            return endpoint
    raise QuantixError(faults.connect_problem(address, failures, timeouts.connect))


async def shake_hands(
    address: ControlPlaneAddress, endpoint: Endpoint, context: ssl.SSLContext, timeouts: Timeouts
) -> Presented:
    """A TLS handshake on a connection of its own.

    Raises ``ssl.SSLCertVerificationError`` when ``context`` does not accept the certificate: what that
    means depends on whom it trusts.
    """
    try:
        opened = await open_socket(endpoint, timeouts.connect)
    except OSError as error:
        raise QuantixError(faults.connect_problem(address, [(endpoint, error)], timeouts.connect)) from None
    try:
        return await handshake(opened, address.host, context, timeouts.tls)
    except ssl.SSLCertVerificationError:
        raise
    except OSError as error:
        raise QuantixError(faults.tls_problem(address, error, timeouts.tls)) from None


async def look_at(address: ControlPlaneAddress, endpoint: Endpoint, timeouts: Timeouts) -> Presented:
    """What the control plane presents, verified by nobody yet."""
    return await shake_hands(address, endpoint, probe_context(), timeouts)
