"""What an answer shows of the daemon behind it: whether it is ours, and how it spells its names (WIRE 1)."""

from collections.abc import Mapping
from dataclasses import dataclass

from quantix_tui.node.gateway.exchange import Head

SERVER = "quantix-node"
"""How our daemon names itself in the Server header, a version behind it."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """A daemon as its status showed it."""

    ours: bool
    camel_case: bool

    @classmethod
    def of(cls, head: Head, status: Mapping[str, object]) -> "Meeting":
        server = head.headers.get("server", "").partition("/")[0]
        return cls(ours=server == SERVER, camel_case="controlPlaneAddress" in status)

    @property
    def kind(self) -> str:
        """The word of :class:`.protocol.DaemonKind`, without that module's imports."""
        return SERVER if self.ours else "limiquantix"

    def spelled(self, body: Mapping[str, str]) -> dict[str, str]:
        """A request's body in the spelling that this daemon's own answer showed."""
        return {camel(name): value for name, value in body.items()} if self.camel_case else dict(body)


def camel(name: str) -> str:
    """``control_plane_address`` as the existing daemon spells it: ``controlPlaneAddress``."""
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)
