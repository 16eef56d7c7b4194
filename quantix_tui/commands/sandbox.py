"""``quantix-tui sandbox``: a control plane and a node daemon to try the program on."""

from collections.abc import Sequence
from pathlib import Path

from quantix_tui.commands.options import GlobalOptions, Parser, interval


def run(words: Sequence[str], _: GlobalOptions) -> int:
    parser = Parser("sandbox", "Run a control plane and a node daemon in one folder; print one line of JSON.")
    parser.add_argument("--dir", type=Path, metavar="DIR", help="the folder; a temporary one when left out")
    parser.add_argument("--heartbeat-interval", type=interval, metavar="S", help="seconds between heartbeats")
    parser.add_argument(
        "--port", type=int, choices=range(65536), default=0, metavar="PORT", help="the control plane's; any free one"
    )
    given = parser.read(words)
    from quantix_tui.sandbox.process import DEFAULT_INTERVAL_SECS, main

    secs = DEFAULT_INTERVAL_SECS if given.heartbeat_interval is None else given.heartbeat_interval
    return main(given.dir, secs, given.port)
