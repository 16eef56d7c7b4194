"""ifupdown, ifupdown-ng, busybox's: our part of ``/etc/network/interfaces``, the administrator's put out of force."""

import posixpath
from collections.abc import Collection
from dataclasses import dataclass

from quantix_tui.host.cloud_init import NETWORK, kept_from_cloud_init
from quantix_tui.host.files.changes import Change, File, Remove, Sweep
from quantix_tui.host.files.texts import edited, put, text_of
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.lines.init import Init, is_running
from quantix_tui.host.netconfig.included import included, would_include
from quantix_tui.host.netconfig.interfaces import brought_up, link_options, stanzas, without_devices
from quantix_tui.host.netconfig.resolver import resolver_work
from quantix_tui.host.netconfig.wanted import NetworkWork, Wanted
from quantix_tui.host.sections import original, section_of, with_section
from quantix_tui.host.work import Command, Work

INTERFACES = "/etc/network/interfaces"
FOLDER = "/etc/network/interfaces.d"
OWN = f"{FOLDER}/quantix-tui"
_PASSING = "/run/"
_HEAD = "# Written by the Quantix console; what is changed here is lost when it sets the network up again.\n"
_UP_SECS = 75.0
"""A DHCP client tries for a minute (dhclient.conf(5), timeout)."""
_LOOPBACK = "auto lo\niface lo inet loopback\n"


@dataclass(frozen=True, slots=True)
class Ifupdown:
    tree: Tree
    name: str = "ifupdown (/etc/network/interfaces)"

    def work(self, wanted: Wanted) -> NetworkWork:
        texts = self._texts()
        cleaned = {path: without_devices(text, wanted.devices) for path, text in texts.items()}
        # What is made anew at each start says nothing of the next one.
        lasting = [text for path, text in cleaned.items() if not path.startswith(_PASSING)]
        auto = {name for text in lasting for name in brought_up(text)}
        everything = "\n".join(texts.values())
        kept = {device: link_options(everything, device) for device in wanted.devices}
        own = stanzas(wanted, auto, kept)
        # What an attempt that was cut short has left there would be read as well.
        folders = sorted({FOLDER, *map(posixpath.dirname, texts)})
        changes: list[Change] = [Sweep(path) for path in self.tree.unfinished(folders)]
        if would_include(cleaned[INTERFACES], INTERFACES, OWN):
            changes += put(self.tree, OWN, _HEAD + own)
        else:
            cleaned[INTERFACES] = with_section(cleaned[INTERFACES], own)
            changes += [Remove(OWN)] if isinstance(self.tree.read(OWN), File) else []
        for path, text in cleaned.items():
            changes += edited(self.tree, path, text)
        changes += kept_from_cloud_init(self.tree, "network", NETWORK)
        there = Work(changes=tuple(changes)) + resolver_work(self.tree, wanted, manages_dns=False)
        if self.tree.root != "/":
            return NetworkWork(there)
        return self._running(wanted, there, auto)

    def _texts(self) -> dict[str, str]:
        """The files that are read, but for our own. A machine that has none yet gets its loopback too."""
        text = text_of(self.tree, INTERFACES) or _LOOPBACK
        # Names with a dot before are read by nobody; a trial keeps old files under such.
        paths = included(self.tree, INTERFACES, original(text))
        ours = {OWN, *self.tree.unfinished(sorted({*map(posixpath.dirname, paths)}))}
        return {INTERFACES: text} | {path: text_of(self.tree, path) or "" for path in paths if path not in ours}

    def _running(self, wanted: Wanted, there: Work, auto: Collection[str]) -> NetworkWork:
        before = sorted({*self._own_devices(), *wanted.devices})
        # With the files as they are, for they say how it is taken down. What ifup does not know of (an address
        # from the boot loader) is taken away by hand.
        down = tuple(command for device in reversed(before) for command in _down(device))
        up = (*(_up(device) for device in wanted.devices), *_is_there(wanted))
        # What was ours and is the administrator's again comes up as it will at the next start.
        others = tuple(
            _up(device, optional=True) for device in before if device in auto and device not in wanted.devices
        )
        gone = [Command(("ip", "link", "delete", "dev", wanted.device), optional=True)] if wanted.vlan else []
        down_again = tuple(command for device in reversed(before) for command in _down(device))
        up_again = tuple(_up(device, optional=True) for device in before)
        return NetworkWork(
            Work(before=down) + there + Work(after=(*up, *others)),
            (*down_again, *gone),
            (_scoped(("ifup", "-a"), optional=True), *up_again),
            tuple(before),
        )

    def _own_devices(self) -> set[str]:
        ours = (text_of(self.tree, OWN) or "") + section_of(text_of(self.tree, INTERFACES) or "")
        return _named(ours)


def configured(tree: Tree) -> frozenset[str]:
    """The interfaces that ``/etc/network/interfaces``, or what it has read, says something of. Raises OSError."""
    text = text_of(tree, INTERFACES) or ""
    texts = [text, *(text_of(tree, path) or "" for path in included(tree, INTERFACES, text))]
    return frozenset(_named("\n".join(texts)))


def _named(text: str) -> set[str]:
    rows = [line.split() for line in text.splitlines()]
    return {row[1] for row in rows if len(row) > 2 and row[0] == "iface"}


def _up(device: str, *, optional: bool = False) -> Command:
    return _scoped(("ifup", device), optional=optional)


def _scoped(words: tuple[str, ...], *, optional: bool) -> Command:
    """The DHCP client that it leaves running must not end with the unit of whoever runs it (systemd.kill(5))."""
    scope = ("systemd-run", "--scope", "--quiet") if is_running(Tree(), Init.SYSTEMD) else ()
    return Command((*scope, *words), _UP_SECS, optional)


def _is_there(wanted: Wanted) -> tuple[Command, ...]:
    """Debian's ifup is content with a VLAN that the kernel refused to make: it ignores an interface it cannot see."""
    return (Command(("ip", "link", "show", "dev", wanted.device)),) if wanted.vlan else ()


def _down(device: str) -> tuple[Command, ...]:
    return (
        Command(("ifdown", device), optional=True),
        Command(("ip", "address", "flush", "dev", device, "scope", "global"), optional=True),
    )
