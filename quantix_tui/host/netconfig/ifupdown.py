"""ifupdown, ifupdown-ng, busybox's: our part of ``/etc/network/interfaces``, the administrator's put out of force."""

import os
from dataclasses import dataclass

from quantix_tui.host.files.changes import Change, File, Remove, Sweep
from quantix_tui.host.files.texts import edited, put, text_of
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.netconfig.interfaces import brought_up, sources_folder, stanzas, without_devices
from quantix_tui.host.netconfig.resolver import resolver_work
from quantix_tui.host.netconfig.wanted import NetworkWork, Wanted
from quantix_tui.host.sections import original, section_of, with_section
from quantix_tui.host.work import Command, Work

INTERFACES = "/etc/network/interfaces"
FOLDER = "/etc/network/interfaces.d"
OWN = f"{FOLDER}/quantix-tui"
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
        own = stanzas(wanted, {name for text in cleaned.values() for name in brought_up(text)})
        # What an attempt that was cut short has left there would be read as well.
        changes: list[Change] = [Sweep(path) for path in self.tree.unfinished([FOLDER])]
        if sources_folder(cleaned[INTERFACES]):
            changes += put(self.tree, OWN, _HEAD + own)
        else:
            cleaned[INTERFACES] = with_section(cleaned[INTERFACES], own)
            changes += [Remove(OWN)] if isinstance(self.tree.read(OWN), File) else []
        for path, text in cleaned.items():
            changes += edited(self.tree, path, text)
        there = Work(changes=tuple(changes)) + resolver_work(self.tree, wanted, manages_dns=False)
        if self.tree.root != "/":
            return NetworkWork(there)
        return self._running(wanted, there)

    def _texts(self) -> dict[str, str]:
        """The files that are read, but for our own. A machine that has none yet gets its loopback too."""
        texts = {INTERFACES: text_of(self.tree, INTERFACES) or _LOOPBACK}
        if sources_folder(original(texts[INTERFACES])):
            ours = {OWN, *self.tree.unfinished([FOLDER])}
            # Names with a dot before are read by nobody (wordexp(3)); a trial keeps old files under such.
            paths = [f"{FOLDER}/{name}" for name in self.tree.names(FOLDER) if not name.startswith(".")]
            texts |= {
                path: text_of(self.tree, path) or "" for path in paths if path not in ours and self._is_file(path)
            }
        return texts

    def _is_file(self, path: str) -> bool:
        return os.path.isfile(self.tree.real(path, follow=True))

    def _running(self, wanted: Wanted, there: Work) -> NetworkWork:
        before = sorted({*self._own_devices(), *wanted.devices})
        # With the files as they are, for they say how it is taken down. What ifup does not know of (an address
        # from the boot loader) is taken away by hand.
        down = tuple(command for device in reversed(before) for command in _down(device))
        up = tuple(Command(("ifup", device), _UP_SECS) for device in wanted.devices)
        gone = [Command(("ip", "link", "delete", "dev", wanted.device), optional=True)] if wanted.vlan else []
        down_again = tuple(command for device in reversed(wanted.devices) for command in _down(device))
        up_again = tuple(Command(("ifup", device), _UP_SECS, optional=True) for device in before)
        return NetworkWork(
            Work(before=down) + there + Work(after=up),
            (*down_again, *gone),
            (Command(("ifup", "-a"), _UP_SECS, optional=True), *up_again),
            tuple(before),
        )

    def _own_devices(self) -> set[str]:
        ours = (text_of(self.tree, OWN) or "") + section_of(text_of(self.tree, INTERFACES) or "")
        rows = [line.split() for line in ours.splitlines()]
        return {row[1] for row in rows if len(row) > 2 and row[0] == "iface"}


def _down(device: str) -> tuple[Command, ...]:
    return (
        Command(("ifdown", device), optional=True),
        Command(("ip", "address", "flush", "dev", device, "scope", "global"), optional=True),
    )
