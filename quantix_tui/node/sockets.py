"""The daemon's two ways in: a unix socket, which tells who asks, and TCP on loopback. Opened once, kept over a restart.

Over a restart the listening sockets are handed on as systemd hands them on (sd_listen_fds(3)): the
process id stays, no port is ever free for somebody else, and no client meets a closed door.
"""

import contextlib
import errno
import fcntl
import ipaddress
import os
import socket
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError

_FIRST_FD = 3
"""Where the sockets that were handed on begin (SD_LISTEN_FDS_START)."""


@dataclass(frozen=True, slots=True)
class Listeners:
    """The listening sockets, the unix one's path, and the lock that keeps a second daemon out."""

    unix: socket.socket
    tcp: socket.socket
    path: Path
    lock: int

    @property
    def port(self) -> int:
        port: int = self.tcp.getsockname()[1]
        return port

    def close(self) -> None:
        """Close both and remove the socket's file: nobody is to find a door that leads nowhere."""
        with contextlib.suppress(FileNotFoundError):
            self.path.unlink()
        self.unix.close()
        self.tcp.close()
        os.close(self.lock)


def open_listeners(path: Path, host: str, port: int, environment: Mapping[str, str]) -> Listeners:
    """Take over the sockets that were handed on, or open them.

    Raises :class:`QuantixError` (``invalid_request``; its reason is ``running`` when another daemon
    runs, ``port`` when the port is taken, ``socket`` when the socket cannot be made).
    """
    try:
        path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        lock = _lock(path)
    except OSError as error:
        raise _refusal(
            f"The folder {path.parent} for the node daemon's socket cannot be used: {_words(error)}.",
            "Start it as root, or choose another place with --socket.",
            "socket",
        ) from None
    inherited = _inherited(environment)
    try:
        tcp = inherited.get(socket.AF_INET) or inherited.get(socket.AF_INET6) or _open_tcp(host, port)
        try:
            unix = inherited.get(socket.AF_UNIX) or _open_unix(path)
        except QuantixError:
            tcp.close()
            raise
    except QuantixError:
        os.close(lock)
        raise
    return Listeners(unix, tcp, path, lock)


def hand_on(listeners: Listeners, environment: Mapping[str, str]) -> dict[str, str]:
    """Prepare this process to execute itself again; returns the environment to do it with."""
    # First out of the way, then into place: the places may be taken by each other.
    aside = [fcntl.fcntl(listener.fileno(), fcntl.F_DUPFD, 64) for listener in (listeners.unix, listeners.tcp)]
    for place, descriptor in enumerate(aside, start=_FIRST_FD):
        os.dup2(descriptor, place, inheritable=True)
        os.close(descriptor)
    return {**environment, "LISTEN_PID": str(os.getpid()), "LISTEN_FDS": str(len(aside))}


def parse_listen(text: str) -> tuple[str, int]:
    """``HOST:PORT`` of a loopback address (port 0: any). Raises ValueError with the reason."""
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not (port.isascii() and port.isdigit()) or int(port) > 65535:
        raise ValueError("write it like 127.0.0.1:8080")
    if host == "localhost":
        host = "127.0.0.1"
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        raise ValueError("the host is no IP address") from None
    if not loopback:
        raise ValueError("only loopback addresses: the API is not encrypted")
    return host, int(port)


def _lock(path: Path) -> int:
    descriptor = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise _second(path) from None
    return descriptor


def _inherited(environment: Mapping[str, str]) -> dict[int, socket.socket]:
    """The listening sockets handed to this process, by their family."""
    if environment.get("LISTEN_PID") != str(os.getpid()):
        return {}
    found: dict[int, socket.socket] = {}
    for descriptor in range(_FIRST_FD, _FIRST_FD + int(environment.get("LISTEN_FDS") or 0)):
        os.set_inheritable(descriptor, False)
        listener = socket.socket(fileno=descriptor)
        found[listener.family] = listener
    return found


def _open_unix(path: Path) -> socket.socket:
    _remove_stale(path)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # Everybody may read; who may change is asked of the peer's user.
    before = os.umask(0o111)
    try:
        listener.bind(str(path))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise _refusal(
            f"The node daemon's socket {path} cannot be made: {_words(error)}.",
            "Start it as root, or choose another place with --socket.",
            "socket",
        ) from None
    finally:
        os.umask(before)
    return listener


def _remove_stale(path: Path) -> None:
    """Remove what a killed daemon left; refuse when somebody answers there or it is something else."""
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise _refusal(
            f"{path} exists and is no socket.", "Remove it, or choose another place with --socket.", "socket"
        )
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        try:
            probe.connect(str(path))
        except (ConnectionRefusedError, FileNotFoundError):
            with contextlib.suppress(FileNotFoundError):
                path.unlink()
            return
        except OSError:
            # It listens, and is busy.
            pass
    raise _second(path)


def _open_tcp(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio sets TCP_NODELAY only where it is: without, answers wait 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        taken = error.errno == errno.EADDRINUSE
        why = "another program has it" if taken else _words(error)
        raise _refusal(
            f"The node daemon cannot listen on {host} port {port}: {why}.",
            "Stop the other program (ss -ltnp shows it), or choose another port with --listen.",
            "port",
        ) from None
    return listener


def _second(path: Path) -> QuantixError:
    return _refusal(
        f"Another node daemon runs already and answers on {path}.",
        "Stop it first, or use it: quantix-tui finds it by itself.",
        "running",
    )


def _refusal(message: str, hint: str, reason: str) -> QuantixError:
    return QuantixError(Problem(ErrorCode.INVALID_REQUEST, message, hint, reason))


def _words(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()


def names(listeners: Listeners) -> Sequence[str]:
    """Where the daemon answers, as a client would write it."""
    host = listeners.tcp.getsockname()[0]
    return f"unix:{listeners.path}", f"http://{f'[{host}]' if ':' in host else host}:{listeners.port}"
