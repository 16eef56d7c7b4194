"""All that identifies a node: versions, the machine, its keys and its certificate, and where it is managed."""

import platform
from dataclasses import dataclass

from quantix_tui.cluster.address import ControlPlaneAddress
from quantix_tui.cluster.errors import Problem, QuantixError
from quantix_tui.cluster.trust import Fingerprint
from quantix_tui.host.facts import HostFacts
from quantix_tui.host.machine import read_uuid
from quantix_tui.host.ssh_keys import HostKey, host_keys
from quantix_tui.node.gateway.background import in_background
from quantix_tui.node.gateway.endpoint import endpoints
from quantix_tui.node.gateway.protocol import NodeGateway
from quantix_tui.node.version import VERSION
from quantix_tui.settings import Settings

MANAGEMENT_PORT = 8443
ASK_SECS = 2.0


@dataclass(frozen=True, slots=True)
class About:
    """``facts`` None where nobody says; ``uuid`` and ``ssh_keys`` are those of the machine that the console runs on,
    and None where the node is another one."""

    facts: HostFacts | None
    problem: Problem | None
    """Why there are no facts."""
    node_id: str | None
    uuid: str | None
    ssh_keys: tuple[HostKey, ...] | None
    certificate: Fingerprint | None
    """Of what answers at the management address; None where nothing does."""
    console_version: str = VERSION
    python_version: str = platform.python_version()

    @property
    def management_address(self) -> str | None:
        """The URL to open in a browser; None where this node has no address that others can reach."""
        place = management_place(self.facts)
        return str(place) if place is not None else None

    def to_json(self) -> dict[str, object]:
        facts = self.facts or HostFacts("")
        return {
            "hostname": facts.hostname or None,
            "console_version": self.console_version,
            "daemon_version": facts.daemon_version,
            "os_name": facts.os_name,
            "os_version": facts.os_version,
            "kernel_version": facts.kernel_version,
            "python_version": self.python_version,
            "vendor": facts.vendor,
            "model": facts.model,
            "serial_number": facts.serial_number,
            "uuid": self.uuid,
            "node_id": self.node_id,
            "management_address": self.management_address,
            "certificate_sha256": str(self.certificate) if self.certificate else None,
            "ssh_host_keys": None if self.ssh_keys is None else [_key(key) for key in self.ssh_keys],
            "problem": self.problem.to_json() if self.problem else None,
        }


def _key(key: HostKey) -> dict[str, object]:
    return {"type": key.kind, "bits": key.bits, "fingerprint": key.fingerprint, "comment": key.comment}


def management_place(facts: HostFacts | None) -> ControlPlaneAddress | None:
    """Where the node is managed. Written as a control plane's address is: scheme, name or address, port."""
    if facts is None or not facts.management_ip:
        return None
    return ControlPlaneAddress("https", facts.management_ip, MANAGEMENT_PORT)


async def read_about(gateway: NodeGateway, settings: Settings, root: str = "/") -> About:
    """Ask the node and look at this machine. Takes up to a few seconds; what cannot be read is unknown."""
    facts: HostFacts | None = None
    problem: Problem | None = None
    node_id: str | None = None
    try:
        facts = await gateway.facts()
        node_id = (await gateway.status()).node_id
    except QuantixError as error:
        problem = error.problem
    here = all(place.local for place in endpoints(settings))
    uuid = await in_background(lambda: read_uuid(root), _nothing) if here else None
    keys = await in_background(lambda: host_keys(root), _nothing) if here else None
    return About(facts, problem, node_id, uuid, keys, await presented(management_place(facts)))


async def presented(place: ControlPlaneAddress | None) -> Fingerprint | None:
    """The fingerprint of the certificate that is shown there; None where nothing answers, or no TLS."""
    if place is None:
        return None
    await in_background(_import, _nothing)
    from quantix_tui.controlplane.limits import Timeouts
    from quantix_tui.controlplane.route import Route
    from quantix_tui.controlplane.tls import fingerprint

    route = Route(place, Timeouts(resolve=ASK_SECS, connect=ASK_SECS, tls=ASK_SECS, request=ASK_SECS))
    try:
        shown = await route.look_at((await route.look_up())[0])
    except QuantixError:
        return None  # There is none: that is the answer, and the network test tells of the network.
    return fingerprint(shown.chain[0])


def _import() -> None:
    import quantix_tui.controlplane.route  # noqa: F401


def _nothing() -> None:
    """Reading a few small files ends by itself."""
