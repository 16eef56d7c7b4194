"""What is known of the machine that is set up: what answers are held against, and what the welcome page shows."""

import os
from dataclasses import dataclass, replace

from quantix_tui.host.accounts import barred, users
from quantix_tui.host.addresses import interface_addresses
from quantix_tui.host.clock.timezone import timezones
from quantix_tui.host.facts import HostFacts
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.inventory import Inventory, read_inventory
from quantix_tui.host.machine import read_facts
from quantix_tui.host.network.links import Link, read_links
from quantix_tui.host.password_hashes import known_hashes
from quantix_tui.host.password_policy import policy_of
from quantix_tui.setup.checking import Ground


@dataclass(frozen=True, slots=True)
class Machine:
    """The welcome page's facts. What is not known is None in them, or missing.

    ``knows_disks``, ``knows_links``: whether a kernel tells of them at all; none does in the tree of an image.
    """

    facts: HostFacts
    inventory: Inventory
    links: tuple[Link, ...]
    knows_disks: bool
    knows_links: bool


def read_machine(root: str = "/") -> Machine:
    """Vendor, model, serial, processors, memory, disks, interfaces with their links. Some milliseconds; blocking."""
    return Machine(
        read_facts(root),
        read_inventory(root),
        read_links(root),
        knows_disks=os.path.isdir(os.path.join(root, "sys/block")),
        knows_links=os.path.isdir(os.path.join(root, "sys/class/net")),
    )


def read_ground(tree: Tree, done: frozenset[str] = frozenset()) -> Ground:
    """Of a tree, what its files say: its interfaces are not known. Blocking. Raises OSError."""
    known = users(tree) or None
    zones, passwords, hashes = timezones(tree), policy_of(tree), known_hashes(tree)
    ground = Ground(zones=zones, users=known, barred=barred(tree), passwords=passwords, hashes=hashes, done=done)
    return look_again(tree, ground)


def look_again(tree: Tree, ground: Ground) -> Ground:
    """``ground`` with what cables, drivers and networks have made of it since. Some milliseconds; blocking."""
    if tree.root != "/":
        return ground
    rows = interface_addresses()
    links = read_links(rows=rows)
    return replace(
        ground,
        interfaces={link.name: link.carrier for link in links},
        addresses=tuple((name, address) for name, address, _ in rows),
        ports={link.name: link.master for link in links if link.master},
    )
