"""Where things are. The environment and the paths of the machine are read here and nowhere else."""

import math
import os
from collections.abc import Mapping

# For the types only: pathlib and dataclasses cost 20 ms, half of what may pass until the node's name is on the screen.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    StrPath = str | os.PathLike[str]

CONFIG_FILE = "/etc/limiquantix/config.yaml"
SOCKET = "/run/limiquantix/node.sock"
TCP_HOST = "127.0.0.1"
TCP_PORT = 8080
STATE = "/var/lib/quantix-tui"
ADMIN_GROUPS = ("quantix-admin", "sudo", "wheel")
"""Members of the latter two become root by their own password on most systems anyway."""
LOCK_MINUTES = 5.0
CONSOLE_SETTINGS = "/etc/limiquantix/console.env"
_OF_EVERY_SESSION = ("QUANTIX_NODE", "QUANTIX_CONFIG", "QUANTIX_ADMIN_GROUPS", "QUANTIX_SHELL")
"""What else stands there is about the machine's own lines."""


class Settings:
    """Paths and addresses of the console and of the daemon; not changed once made.

    ``node`` is where the daemon answers, ``unix:PATH`` or a URL; None lets the program find it (the
    socket, then TCP loopback). Environment: ``QUANTIX_NODE``, ``QUANTIX_CONFIG``,
    ``QUANTIX_ADMIN_TOKEN_FILE``, ``QUANTIX_STATE``. ``state`` is the folder for what the console remembers.
    What of it is not in the environment may stand in :data:`CONSOLE_SETTINGS`, one ``NAME=value`` a line.

    Of a console that owns a line (``QUANTIX_LINE``, set by whoever starts it there): ``line`` is its name,
    ``lock_after`` the seconds without a key after which it locks (``QUANTIX_LOCK_MINUTES``), ``lock_on_switch``
    whether it locks when another virtual console is looked at (``QUANTIX_LOCK_ON_SWITCH``). Everywhere:
    ``admin_groups``, whose members may change the node (``QUANTIX_ADMIN_GROUPS``), and ``shell``, a path, ``no``
    where nobody may have one, empty for the user's own (``QUANTIX_SHELL``).
    """

    __slots__ = (
        "_admin_token_file",
        "_config_file",
        "_socket",
        "admin_groups",
        "line",
        "lock_after",
        "lock_on_switch",
        "node",
        "shell",
        "state",
        "tcp_host",
        "tcp_port",
    )

    def __init__(
        self,
        *,
        node: str | None = None,
        config_file: "StrPath" = CONFIG_FILE,
        socket: "StrPath" = SOCKET,
        tcp_host: str = TCP_HOST,
        tcp_port: int = TCP_PORT,
        admin_token_file: "StrPath | None" = None,
        state: str = STATE,
        line: str | None = None,
        admin_groups: tuple[str, ...] = ADMIN_GROUPS,
        lock_after: float = LOCK_MINUTES * 60,
        lock_on_switch: bool = False,
        shell: str = "",
    ) -> None:
        self.node = node
        self._config_file = os.fspath(config_file)
        self._socket = os.fspath(socket)
        self.tcp_host = tcp_host
        self.tcp_port = tcp_port
        self.state = state
        self.line = line
        self.admin_groups = admin_groups
        self.lock_after = lock_after
        self.lock_on_switch = lock_on_switch
        self.shell = shell
        self._admin_token_file = None if admin_token_file is None else os.fspath(admin_token_file)

    @property
    def config_file(self) -> "Path":
        return _path(self._config_file)

    @property
    def socket(self) -> "Path":
        return _path(self._socket)

    @property
    def socket_path(self) -> str:
        return self._socket

    @property
    def admin_token(self) -> str:
        """The admin token's file: ``admin-token`` beside the configuration where none is named."""
        return self._admin_token_file or os.path.join(os.path.dirname(self._config_file), "admin-token")

    @property
    def names_admin_token(self) -> bool:
        """Whether the admin token's file is one that somebody named, in a place of its own."""
        return self._admin_token_file is not None

    def __repr__(self) -> str:
        return f"Settings(node={self.node!r}, config_file={self._config_file!r})"


def settings_from(given: Mapping[str, str], node: str | None = None, config_file: str | None = None) -> Settings:
    """Read the settings that the environment gives; ``node`` and ``config_file`` from the command line come on top."""
    environment = {**_console_settings(), **given}
    return Settings(
        node=node or environment.get("QUANTIX_NODE") or None,
        config_file=config_file or environment.get("QUANTIX_CONFIG") or CONFIG_FILE,
        admin_token_file=environment.get("QUANTIX_ADMIN_TOKEN_FILE") or None,
        state=environment.get("QUANTIX_STATE") or _state_folder(environment),
        line=environment.get("QUANTIX_LINE") or None,
        admin_groups=tuple(environment.get("QUANTIX_ADMIN_GROUPS", "").replace(",", " ").split()) or ADMIN_GROUPS,
        lock_after=60 * _minutes(environment.get("QUANTIX_LOCK_MINUTES", "")),
        lock_on_switch=environment.get("QUANTIX_LOCK_ON_SWITCH", "").lower() in ("yes", "on", "true", "1"),
        shell=environment.get("QUANTIX_SHELL", ""),
    )


def _console_settings() -> dict[str, str]:
    """A session over SSH has not the environment of the machine's own lines, and the same rules."""
    try:
        with open(CONSOLE_SETTINGS, encoding="utf-8", errors="replace") as file:
            rows = [row.strip().partition("=") for row in file.read(1 << 16).splitlines()]
    except OSError:
        return {}
    return {name: value.strip("\"'") for name, equals, value in rows if equals and name in _OF_EVERY_SESSION}


def _minutes(text: str) -> float:
    """From half a minute to a day. What cannot be read is the default: a slip must neither open a console nor keep it
    from starting."""
    try:
        minutes = float(text)
    except ValueError:
        return LOCK_MINUTES
    return min(max(minutes, 0.5), 1440.0) if math.isfinite(minutes) else LOCK_MINUTES


def _state_folder(environment: Mapping[str, str]) -> str:
    """Root's is the machine's; everybody else has one of their own (XDG Base Directory Specification)."""
    if os.geteuid() == 0:
        return STATE
    own = environment.get("XDG_STATE_HOME") or os.path.join(environment.get("HOME") or "/", ".local", "state")
    return os.path.join(own, "quantix-tui")


def _path(text: str) -> "Path":
    from pathlib import Path

    return Path(text)
