"""The two ways to name a machine: systemd's where it runs, else the files and the kernel."""

from dataclasses import dataclass

from quantix_tui.cluster.text import harmless
from quantix_tui.host.addresses import read_text
from quantix_tui.host.cloud_init import NAME, kept_from_cloud_init
from quantix_tui.host.files.changes import Change
from quantix_tui.host.files.texts import edited, put, text_of
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.identity.hosts import with_name
from quantix_tui.host.lines.init import has_systemd_daemons
from quantix_tui.host.work import Command, Renaming, Work

HOSTNAME = "/etc/hostname"
HOSTS = "/etc/hosts"


def find_renaming(tree: Tree) -> Renaming:
    return Systemd(tree) if has_systemd_daemons(tree) else Files(tree)


def current_name(tree: Tree) -> str:
    """The machine's name by its file (hostname(5): the first line that is no comment); empty when it has none."""
    lines = (text_of(tree, HOSTNAME) or "").splitlines()
    return harmless(next((line.strip() for line in lines if line.strip() and not line.startswith("#")), ""))


@dataclass(frozen=True, slots=True)
class Systemd:
    """hostnamed writes ``/etc/hostname`` and tells the kernel and whoever listens."""

    tree: Tree

    def work(self, hostname: str) -> Work:
        named = current_name(self.tree) == hostname == read_text("/proc/sys/kernel/hostname").strip()
        command = () if named else (Command(("hostnamectl", "set-hostname", hostname)),)
        return Work(changes=_hosts(self.tree, hostname), after=command)


@dataclass(frozen=True, slots=True)
class Files:
    """``/etc/hostname``, and hostname(1) where the machine runs. OpenRC, sysvinit and busybox read the same file."""

    tree: Tree

    def work(self, hostname: str) -> Work:
        # The hosts first: what the power cuts short is then done anew with the old name still known.
        changes = (*_hosts(self.tree, hostname), *put(self.tree, HOSTNAME, f"{hostname}\n"))
        runs = self.tree.root == "/" and read_text("/proc/sys/kernel/hostname").strip() != hostname
        return Work(changes=changes, after=(Command(("hostname", hostname)),) if runs else ())


def _hosts(tree: Tree, hostname: str) -> tuple[Change, ...]:
    kept = kept_from_cloud_init(tree, "name", NAME)
    return kept + edited(tree, HOSTS, with_name(text_of(tree, HOSTS), hostname, current_name(tree)))
