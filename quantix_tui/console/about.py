"""What the about screen and its command say: label and value, in their order. Pure."""

from collections.abc import Iterator

from quantix_tui.console import words
from quantix_tui.host.facts import HostFacts
from quantix_tui.node.gateway.about import About

NO_CERTIFICATE = "none yet: nothing answers there"
OTHER_MACHINE = "not read: this console runs on another machine"
NO_KEYS = "none: this machine has no SSH host keys"


def about_rows(about: About) -> Iterator[tuple[str, str]]:
    """A label that is empty goes on with what stands above it. Unknown is told as unknown."""
    facts = about.facts or HostFacts("")
    yield "Node", facts.hostname or words.UNKNOWN
    yield "Node id", about.node_id or ("none: it belongs to no cluster" if about.problem is None else words.UNKNOWN)
    yield "Manage at", about.management_address or "no address that others could reach"
    yield "Certificate", str(about.certificate) if about.certificate else NO_CERTIFICATE
    yield from _keys(about)
    yield "Console", about.console_version
    yield "Node daemon", facts.daemon_version or words.UNKNOWN
    yield "System", " ".join(word for word in (facts.os_name, facts.os_version) if word) or words.UNKNOWN
    yield "Kernel", facts.kernel_version or words.UNKNOWN
    yield "Python", about.python_version
    yield "Machine", " ".join(word for word in (facts.vendor, facts.model) if word) or words.UNKNOWN
    yield "Serial no.", facts.serial_number or words.UNKNOWN
    yield "UUID", about.uuid or words.UNKNOWN


def _keys(about: About) -> Iterator[tuple[str, str]]:
    if not about.ssh_keys:
        yield "SSH keys", OTHER_MACHINE if about.ssh_keys is None else NO_KEYS
        return
    label = "SSH keys"
    for key in about.ssh_keys:
        yield label, f"{key.fingerprint} {key.kind}"
        label = ""
