"""Name servers that were named, for whatever keeps ``/etc/resolv.conf`` on this machine."""

import os
from enum import Enum

from quantix_tui.host.files.changes import Change, File, Link, Remove
from quantix_tui.host.files.texts import edited, put, text_of
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.netconfig.wanted import Method, Wanted
from quantix_tui.host.sections import original, with_section
from quantix_tui.host.work import Command, Work

RESOLV_CONF = "/etc/resolv.conf"
RESOLVED = "/etc/systemd/resolved.conf.d/quantix-tui.conf"
DEBIAN_RESOLVCONF = "/etc/resolvconf/resolv.conf.d"
OPENRESOLV = "/etc/resolvconf.conf"
DHCLIENT_HOOK = "/etc/dhcp/dhclient-enter-hooks.d/quantix-tui"
UDHCPC = "/etc/udhcpc/udhcpc.conf"
DHCPCD = "/etc/dhcpcd.conf"
_HEAD = "# Written by the Quantix console; what is changed here is lost when it sets the network up again.\n"
_KEPT = ("options", "sortlist")


class Resolver(Enum):
    RESOLVED = "systemd-resolved"
    RESOLVCONF = "resolvconf"
    FILE = "/etc/resolv.conf"


def find_resolver(tree: Tree) -> Resolver:
    """By where ``/etc/resolv.conf`` leads, else by what is there. Raises OSError."""
    state = tree.read(RESOLV_CONF)
    target = state.target if isinstance(state, Link) else ""
    if "systemd" in target:
        return Resolver.RESOLVED
    programs = [tree.real(path, follow=True) for path in ("/sbin/resolvconf", "/usr/sbin/resolvconf")]
    # systemd-resolved's resolvectl has that name too, and leaves a file that is none of its own alone.
    if "resolvconf" in target or any(os.path.isfile(path) and "resolvectl" not in path for path in programs):
        return Resolver.RESOLVCONF
    return Resolver.FILE


def resolver_work(tree: Tree, wanted: Wanted, *, manages_dns: bool) -> Work:
    """``manages_dns``: what configures the network tells systemd-resolved by itself. Raises OSError."""
    resolver = find_resolver(tree)
    if resolver is Resolver.RESOLVED:
        return Work() if manages_dns else _resolved(tree, wanted)
    if resolver is Resolver.RESOLVCONF:
        return _resolvconf(tree, wanted)
    return _file(tree, wanted, clients=not manages_dns)


def resolv_conf(before: str, wanted: Wanted) -> str:
    """resolv.conf(5); the administrator's options stay."""
    kept = [line for line in before.splitlines() if line.split(maxsplit=1)[:1] and line.split()[0] in _KEPT]
    search = [f"search {' '.join(wanted.search)}"] if wanted.search else []
    return _HEAD + "".join(f"{row}\n" for row in (*search, *(f"nameserver {one}" for one in wanted.dns), *kept))


def _resolved(tree: Tree, wanted: Wanted) -> Work:
    servers, domains = " ".join(map(str, wanted.dns)), " ".join(wanted.search)
    # An empty one first: what other files name is not added to (resolved.conf(5)).
    rows = [*(["DNS=", f"DNS={servers}"] if servers else []), *(["Domains=", f"Domains={domains}"] if domains else [])]
    changes = _present(tree, RESOLVED, _HEAD + "[Resolve]\n" + "".join(f"{row}\n" for row in rows) if rows else "")
    restart = Command(("systemctl", "restart", "systemd-resolved"), optional=True)
    return Work(changes=changes, after=(restart,) if changes and tree.root == "/" else ())


def _resolvconf(tree: Tree, wanted: Wanted) -> Work:
    if tree.is_folder(DEBIAN_RESOLVCONF):
        path, body = f"{DEBIAN_RESOLVCONF}/head", "".join(f"nameserver {server}\n" for server in wanted.dns)
        body += f"search {' '.join(wanted.search)}\n" if wanted.search else ""
    else:
        path, body = OPENRESOLV, f'name_servers="{" ".join(map(str, wanted.dns))}"\n' if wanted.dns else ""
        body += f'search_domains="{" ".join(wanted.search)}"\n' if wanted.search else ""
    changes = _section(tree, path, body)
    update = Command(("resolvconf", "-u"), optional=True)
    return Work(changes=changes, after=(update,) if changes and tree.root == "/" else ())


def _file(tree: Tree, wanted: Wanted, *, clients: bool) -> Work:
    """The file itself; a DHCP client would write it anew, so it is told not to."""
    changes: tuple[Change, ...] = ()
    if wanted.dns or wanted.search:
        changes = put(tree, RESOLV_CONF, resolv_conf(text_of(tree, RESOLV_CONF) or "", wanted))
    kept = bool(wanted.dns) and wanted.ipv4.method is Method.AUTOMATIC and clients
    hook = f"{_HEAD}make_resolv_conf() {{ :; }}\n" if kept and tree.is_folder("/etc/dhcp") else ""
    changes += _present(tree, DHCLIENT_HOOK, hook)
    if tree.is_folder("/etc/udhcpc") or tree.is_folder("/usr/share/udhcpc"):
        changes += _section(tree, UDHCPC, "RESOLV_CONF=no\n" if kept else "")
    if text_of(tree, DHCPCD) is not None:
        changes += _section(tree, DHCPCD, "nohook resolv.conf\n" if kept else "")
    return Work(changes=changes)


def _present(tree: Tree, path: str, text: str) -> tuple[Change, ...]:
    """A file of our own, there or gone."""
    if text:
        return put(tree, path, text)
    return (Remove(path),) if isinstance(tree.read(path), File) else ()


def _section(tree: Tree, path: str, body: str) -> tuple[Change, ...]:
    before = text_of(tree, path)
    after = with_section(before or "", body) if body else original(before or "")
    return () if after == (before or "") else edited(tree, path, after)
