"""Who keeps /etc/resolv.conf on a machine, and how each is told of name servers."""

import ipaddress
from collections.abc import Callable
from pathlib import Path

import pytest

from quantix_tui.host.files.tree import Tree
from quantix_tui.host.netconfig.resolver import Resolver, find_resolver, resolver_work
from quantix_tui.host.netconfig.wanted import Wanted
from tests.host.files.trees import link, put

RESOLV_CONF = "/etc/resolv.conf"
OWN = Wanted("eno1", dns=(ipaddress.ip_address("10.20.0.2"),), search=("example.com",))


def resolved(root: Path) -> None:
    link(root, RESOLV_CONF, "../run/systemd/resolve/stub-resolv.conf")


def resolved_aside(root: Path) -> None:
    """systemd-resolved is installed, and the administrator keeps the file himself."""
    put(root, RESOLV_CONF, "nameserver 9.9.9.9\n")
    put(root, "/usr/bin/resolvectl")
    link(root, "/usr/sbin/resolvconf", "../bin/resolvectl")
    link(root, "/sbin", "usr/sbin")


def openresolv(root: Path) -> None:
    put(root, RESOLV_CONF, "nameserver 9.9.9.9\n")
    put(root, "/sbin/resolvconf")


def debian_resolvconf(root: Path) -> None:
    link(root, RESOLV_CONF, "../run/resolvconf/resolv.conf")
    put(root, "/etc/resolvconf/resolv.conf.d/head", "# no touching\n")


def nothing(root: Path) -> None: ...


@pytest.mark.parametrize(
    ("machine", "resolver", "path", "lines"),
    [
        (
            resolved,
            Resolver.RESOLVED,
            "/etc/systemd/resolved.conf.d/quantix-tui.conf",
            ["[Resolve]", "DNS=", "DNS=10.20.0.2", "Domains=", "Domains=example.com"],
        ),
        (resolved_aside, Resolver.FILE, RESOLV_CONF, ["search example.com", "nameserver 10.20.0.2"]),
        (nothing, Resolver.FILE, RESOLV_CONF, ["search example.com", "nameserver 10.20.0.2"]),
        (
            openresolv,
            Resolver.RESOLVCONF,
            "/etc/resolvconf.conf",
            ['name_servers="10.20.0.2"', 'search_domains="example.com"'],
        ),
        (
            debian_resolvconf,
            Resolver.RESOLVCONF,
            "/etc/resolvconf/resolv.conf.d/head",
            ["nameserver 10.20.0.2", "search example.com"],
        ),
    ],
)
def test_who_is_told(
    machine: Callable[[Path], None], resolver: Resolver, path: str, lines: list[str], tmp_path: Path
) -> None:
    machine(tmp_path)
    tree = Tree(str(tmp_path))
    assert find_resolver(tree) is resolver
    tree.apply(resolver_work(tree, OWN, manages_dns=False).changes)
    text = (tmp_path / path.lstrip("/")).read_text()
    assert [line for line in text.splitlines() if not line.startswith("#")] == lines
    assert resolver_work(tree, OWN, manages_dns=False).is_nothing
