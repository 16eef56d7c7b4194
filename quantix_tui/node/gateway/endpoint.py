"""Where a node's daemon answers: a unix socket, or a host and port with or without TLS."""

from dataclasses import dataclass

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.settings import TCP_PORT, Settings

_LOOPBACK = ("localhost", "::1")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One place to ask. ``path`` is set for a unix socket, ``host`` and ``port`` otherwise."""

    path: str = ""
    host: str = ""
    port: int = 0
    tls: bool = False

    def __str__(self) -> str:
        if self.path:
            return f"unix:{self.path}"
        return f"{'https' if self.tls else 'http'}://{self.authority}"

    @property
    def authority(self) -> str:
        """What stands in the Host header."""
        if self.path:
            return "localhost"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def local(self) -> bool:
        """Whether it can only be this machine."""
        # A name may begin with 127. too; parse_address leaves digits and dots to IPv4 addresses alone.
        loopback = self.host.startswith("127.") and self.host.replace(".", "").isdigit()
        return bool(self.path) or self.host in _LOOPBACK or loopback

    @property
    def private(self) -> bool:
        """Whether a secret may be sent to it: nothing on the way can read along."""
        return self.local or self.tls


def parse_endpoint(text: str) -> Endpoint:
    """Read ``unix:PATH`` or a URL (ports: 8080 for http, 8443 for https).

    Raises :class:`QuantixError` with ``invalid_request`` and the reason.
    """
    if text.startswith("unix:"):
        path = text.removeprefix("unix:").removeprefix("//")
        if not path.startswith("/") or "\0" in path:
            raise _refusal("A unix socket is named by its whole path.")
        return Endpoint(path=path)
    if not text.startswith(("http://", "https://")):
        raise _refusal("The node is neither unix:PATH nor a URL.")
    # Imported here: most calls go to the socket, and the rules for addresses cost 5 ms.
    from quantix_tui.cluster.address import parse_address

    try:
        address = parse_address(text)
    except QuantixError as refused:
        raise _refusal(f"The node's URL is not usable: {refused.problem.message}") from None
    explicit = text.rstrip("/").endswith(f":{address.port}")
    port = address.port if explicit or address.encrypted else TCP_PORT
    return Endpoint(host=address.host, port=port, tls=address.encrypted)


def endpoints(settings: Settings) -> tuple[Endpoint, ...]:
    """Where to look for the daemon, in this order: what was named, or the socket and then TCP loopback."""
    if settings.node:
        return (parse_endpoint(settings.node),)
    return (Endpoint(path=settings.socket_path), Endpoint(host=settings.tcp_host, port=settings.tcp_port))


def _refusal(message: str) -> QuantixError:
    hint = "Write it like unix:/run/limiquantix/node.sock or http://127.0.0.1:8080."
    return QuantixError(Problem(ErrorCode.INVALID_REQUEST, message, hint, "node"))
