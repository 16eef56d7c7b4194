"""``quantix-node``: the daemon's process. Options, log, signals, and the two ways in which it ends."""

import argparse
import asyncio
import contextlib
import gc
import logging
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.config.secrets import ensure_admin_token
from quantix_tui.config.store import ConfigPaths, ConfigStore
from quantix_tui.host.core_dumps import forbid_core_dumps
from quantix_tui.node.agent import Pace
from quantix_tui.node.api.app import create_app
from quantix_tui.node.daemon import Daemon
from quantix_tui.node.events import Journal
from quantix_tui.node.machine import Machine
from quantix_tui.node.serving import duplicates, server_for
from quantix_tui.node.sockets import Listeners, hand_on, names, open_listeners, parse_listen
from quantix_tui.node.version import VERSION
from quantix_tui.settings import CONFIG_FILE, SOCKET, TCP_HOST, TCP_PORT, settings_from

log = logging.getLogger("quantix_node")


class Ending(StrEnum):
    """How the daemon ends."""

    STOP = "stop"
    RESTART = "restart"


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says; the rest is :class:`Settings`."""

    config_file: Path
    socket: Path
    host: str
    port: int
    admin_token_file: Path
    pace: Pace
    administrators: tuple[str, ...]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the daemon until SIGTERM. Exit codes: 0 ended cleanly, 1 could not start, 2 usage."""
    options = _options(sys.argv[1:] if argv is None else argv, os.environ)
    _set_up_log()
    try:
        forbid_core_dumps()
    except OSError as error:
        log.warning("A crash of the daemon may leave a core dump with secrets in it: %s.", error.strerror)
    # Until its handler is there, and while a restart has none, a reload is lost rather than deadly.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        listeners = open_listeners(options.socket, options.host, options.port, os.environ)
    except QuantixError as error:
        log.error("%s %s", error.problem.message, error.problem.hint)
        return 1
    try:
        if asyncio.run(_serve(options, listeners)) is Ending.RESTART:
            _execute_again(hand_on(listeners, os.environ))
    finally:
        listeners.close()
    return 0


async def _serve(options: Options, listeners: Listeners) -> Ending:
    """Serve until the daemon is told to end; returns how."""
    wanted: set[Ending] = set()

    def end(how: Ending) -> None:
        wanted.add(how)
        server.end()

    _make_admin_token(options.admin_token_file)
    daemon = Daemon(
        ConfigStore(ConfigPaths(options.config_file)),
        options.config_file,
        Journal(options.socket.with_name("events.jsonl")),
        Machine(),
        pace=options.pace,
        on_restart=lambda: end(Ending.RESTART),
    )
    server = server_for(create_app(daemon, options.admin_token_file, options.administrators))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end, Ending.STOP)
    reloads: set[asyncio.Task[None]] = set()

    def reload() -> None:
        task = loop.create_task(_reload(daemon))
        reloads.add(task)
        task.add_done_callback(reloads.discard)

    loop.add_signal_handler(signal.SIGHUP, reload)
    daemon.start()
    # What was imported stays for good: looking through it again and again would hold up an answer for 20 ms.
    gc.collect()
    gc.freeze()
    log.info("quantix-node %s answers on %s", VERSION, " and ".join(names(listeners)))
    try:
        await server.serve(sockets=duplicates((listeners.unix, listeners.tcp)))
    finally:
        await daemon.stop()
    # Whoever stops the service while it restarts has the last word.
    return Ending.RESTART if wanted == {Ending.RESTART} else Ending.STOP


async def _reload(daemon: Daemon) -> None:
    # What is wrong with the configuration stands in the journal; a signal has nobody to answer to.
    with contextlib.suppress(QuantixError):
        await daemon.reload()


def _execute_again(environment: Mapping[str, str]) -> None:
    """Become a fresh daemon under the same process id, with the command line that this one was started with."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], environment)  # noqa: S606 - no shell is wanted


def _make_admin_token(file: Path) -> None:
    """Make the admin token at the first start. Without one, changing works over the unix socket only."""
    try:
        file.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        ensure_admin_token(str(file))
    except OSError as error:
        log.warning("The admin token file %s cannot be made: %s.", file, error.strerror)


def _set_up_log() -> None:
    logging.basicConfig(format="%(levelname)s %(message)s", level=logging.INFO)
    # They tell every request; what matters of them is in the journal.
    for name in ("httpx", "httpcore", "uvicorn", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _options(argv: Sequence[str], environment: Mapping[str, str]) -> Options:
    parser = argparse.ArgumentParser(prog="quantix-node", description="The Quantix node daemon.")
    parser.add_argument("--version", action="version", version=f"quantix-node {VERSION}")
    parser.add_argument("--config", metavar="FILE", help=f"default {CONFIG_FILE}")
    parser.add_argument("--socket", type=Path, default=Path(SOCKET), metavar="PATH", help="the unix socket")
    parser.add_argument(
        "--listen",
        type=_listen,
        default=(TCP_HOST, TCP_PORT),
        metavar="HOST:PORT",
        help="loopback address of the API; port 0 takes any",
    )
    parser.add_argument("--admin-token-file", type=Path, metavar="FILE", help="made at the first start if missing")
    parser.add_argument(
        "--heartbeat-floor",
        type=_seconds,
        default=Pace().floor,
        metavar="SECS",
        help="shortest heartbeat interval that is accepted (default 1); lower only for trials",
    )
    given = parser.parse_args(argv)
    settings = settings_from(environment, config_file=given.config)
    return Options(
        config_file=settings.config_file.absolute(),
        socket=given.socket.absolute(),
        host=given.listen[0],
        port=given.listen[1],
        admin_token_file=given.admin_token_file or Path(settings.admin_token),
        pace=Pace(given.heartbeat_floor),
        administrators=settings.admin_groups,
    )


def _listen(text: str) -> tuple[str, int]:
    try:
        return parse_listen(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0.01 <= seconds <= 60:
        raise argparse.ArgumentTypeError("from 0.01 to 60 seconds")
    return seconds


if __name__ == "__main__":
    sys.exit(main())
