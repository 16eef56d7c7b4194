"""How long and how much a control plane may take: nothing it does can hang this node or fill its memory."""

from dataclasses import dataclass

MAX_ANSWER = 1 << 20
"""Bytes of an answer's body; real ones have a few hundred."""
MAX_NODE_LIST = 8 << 20
"""Bytes of a list of nodes: a large cluster's is longer than any other answer."""
MAX_PROXY_ANSWER = 1 << 14
"""Bytes of a proxy's answer to CONNECT: a status and a few headers."""
MAX_CA_FILE = 1 << 20
"""Bytes of a CA file; the largest public bundles have a quarter of it."""
MAX_CA_PEM = 1 << 15
"""Characters of the certificates that travel to the node: some fifteen, where a control plane has one or two."""
MAX_ADDRESSES = 4
"""Addresses of one name that are tried, in the order of the resolver (RFC 6724)."""
CLOCK_TOLERANCE_SECS = 300
"""Clocks further apart than this make tokens and certificates fail in ways that nobody understands."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Bounds in seconds. ``request`` is the whole of one call, its connection included."""

    resolve: float = 5.0
    connect: float = 3.0
    """For each address that is tried."""
    tls: float = 6.0
    request: float = 10.0
