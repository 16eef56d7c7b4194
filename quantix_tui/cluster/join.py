"""What an administrator asks for when a node is to join: an address, a token, and whom to trust."""

from dataclasses import dataclass, field

from quantix_tui.cluster.address import ControlPlaneAddress
from quantix_tui.cluster.token import RegistrationToken
from quantix_tui.cluster.trust import Trust


@dataclass(frozen=True, slots=True)
class JoinRequest:
    """A join whose shape is right (DESIGN 4.1). ``token`` is None when only the address is checked."""

    address: ControlPlaneAddress
    token: RegistrationToken | None
    trust: Trust = field(default_factory=Trust)
