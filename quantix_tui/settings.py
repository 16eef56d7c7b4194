"""Where things are. The environment and the paths of the machine are read here and nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CONFIG_FILE = Path("/etc/limiquantix/config.yaml")
SOCKET = Path("/run/limiquantix/node.sock")
TCP_HOST = "127.0.0.1"
TCP_PORT = 8080


@dataclass(frozen=True, slots=True)
class Settings:
    """Paths and addresses of the console and of the daemon.

    ``node`` is where the daemon answers, ``unix:PATH`` or a URL; None lets the program find it (the
    socket, then TCP loopback). Environment: ``QUANTIX_NODE``, ``QUANTIX_CONFIG``,
    ``QUANTIX_ADMIN_TOKEN_FILE``.
    """

    node: str | None = None
    config_file: Path = CONFIG_FILE
    socket: Path = SOCKET
    tcp_host: str = TCP_HOST
    tcp_port: int = TCP_PORT
    admin_token_file: Path | None = None
    """None: ``admin-token`` beside the configuration."""

    @property
    def admin_token(self) -> Path:
        return self.admin_token_file or self.config_file.with_name("admin-token")


def settings_from(environment: Mapping[str, str]) -> Settings:
    """Read the settings that the environment gives; options given on the command line come on top."""
    admin = environment.get("QUANTIX_ADMIN_TOKEN_FILE")
    return Settings(
        node=environment.get("QUANTIX_NODE") or None,
        config_file=Path(environment.get("QUANTIX_CONFIG") or CONFIG_FILE),
        admin_token_file=Path(admin) if admin else None,
    )
