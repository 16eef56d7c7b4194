"""The first useful thing on the screen: name and addresses of the node, before anything heavy is imported."""

import os
import sys

from quantix_tui.host.addresses import interface_addresses
from quantix_tui.settings import Settings

ADDRESSES_SHOWN = 4


def paint(settings: Settings) -> int:
    """Write name, addresses and "loading" to standard output when that is a terminal; how many rows that were.

    Nothing is written about another machine: what its name is, its daemon must say first.
    """
    if not sys.stdout.isatty():
        return 0
    columns = os.get_terminal_size(sys.stdout.fileno()).columns or 80
    rows = [line[: columns - 1] for line in lines(settings)]
    sys.stdout.write("\n".join(rows) + "\n")
    sys.stdout.flush()
    return len(rows)


def wiping(rows: int) -> bytes:
    """What takes so many rows away again, sent while the cursor still stands below them."""
    return f"\r\x1b[{rows}A\x1b[J".encode() if rows else b""


def lines(settings: Settings) -> list[str]:
    """The lines of the first paint, ASCII only: nothing is known of the terminal yet."""
    if not is_this_machine(settings):
        return [" Quantix-OS | loading ..."]
    rows = interface_addresses()[:ADDRESSES_SHOWN]
    addresses = [f"   {address}/{prefix}  {name}" for name, address, prefix in rows] or ["   no address"]
    return [f" Quantix-OS | {os.uname().nodename}", *addresses, " loading ..."]


def is_this_machine(settings: Settings) -> bool:
    """Whether the node that is asked for runs on this machine."""
    node = settings.node or "unix:"
    if node.startswith("unix:"):
        return True
    host = node.partition("://")[2] or node
    return host.startswith(("127.", "localhost", "[::1]"))
