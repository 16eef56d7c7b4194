"""What the ``control_plane`` section says, and what joining, registering and leaving make of it (WIRE 3)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from yaml import ScalarNode
from yaml.constructor import ConstructorError, SafeConstructor
from yaml.events import AliasEvent, ScalarEvent
from yaml.resolver import Resolver

from quantix_tui.cluster.address import ControlPlaneAddress, parse_address
from quantix_tui.cluster.errors import QuantixError
from quantix_tui.cluster.trust import Fingerprint, Trust, parse_fingerprint
from quantix_tui.config.document import IfAbsent, edit_section
from quantix_tui.config.layout import DocumentFault, Layout, read_layout, starts_at

DEFAULT_HEARTBEAT_INTERVAL_SECS = 30

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ControlPlaneSection:
    """The section as it stands on disk; a missing section, file or key is its default."""

    enabled: bool = False
    """``registration_enabled``."""
    address: ControlPlaneAddress | None = None
    heartbeat_interval_secs: int = DEFAULT_HEARTBEAT_INTERVAL_SECS
    node_id: str | None = None
    ca_file: str | None = None
    pin_sha256: Fingerprint | None = None
    proxy: str | None = field(default=None, repr=False)
    """Its URL; it may hold a password."""
    allow_plaintext: bool = False

    @property
    def trust(self) -> Trust:
        return Trust(ca_file=self.ca_file, pin=self.pin_sha256)

    @property
    def joined(self) -> bool:
        return self.enabled and self.address is not None


def read_section(source: bytes) -> ControlPlaneSection:
    """Read the section. Raises :class:`DocumentFault` with the line of what cannot be read."""
    read = _Reader(read_layout(source))
    heartbeat = read.value("heartbeat_interval_secs", _positive, "a whole number of seconds from 1 on")
    return ControlPlaneSection(
        enabled=read.value("registration_enabled", _flag, "true or false") or False,
        address=read.value("address", _address, "the address of a control plane"),
        heartbeat_interval_secs=heartbeat or DEFAULT_HEARTBEAT_INTERVAL_SECS,
        node_id=read.value("node_id", _text, "a text in quotes"),
        ca_file=read.value("ca_file", _text, "the path of a file"),
        pin_sha256=read.value("pin_sha256", _fingerprint, "a SHA-256 fingerprint (sha256: and 64 digits)"),
        proxy=read.value("proxy", _text, "the address of a proxy"),
        allow_plaintext=read.value("allow_plaintext", _flag, "true or false") or False,
    )


def joined(source: bytes, address: ControlPlaneAddress, trust: Trust) -> bytes:
    """The configuration after a join; what an earlier join left behind is dropped."""
    return edit_section(
        source,
        {
            "registration_enabled": True,
            "address": str(address),
            "heartbeat_interval_secs": IfAbsent(DEFAULT_HEARTBEAT_INTERVAL_SECS),
            "node_id": None,
            "ca_file": trust.ca_file,
            "pin_sha256": str(trust.pin) if trust.pin else None,
        },
    )


def left(source: bytes) -> bytes:
    """The configuration after a leave: what the join wrote goes, what the administrator wrote stays."""
    if not read_layout(source).entries:
        return source
    return edit_section(
        source,
        {"registration_enabled": False, "address": None, "node_id": None, "ca_file": None, "pin_sha256": None},
    )


def registered(source: bytes, node_id: str) -> bytes:
    """The configuration after the registration.

    The heartbeat interval stays what the administrator wrote: what the control plane says of it comes with every
    answer, holds while the daemon runs, and must not outlive the membership.
    """
    return edit_section(source, {"node_id": node_id})


class _Reader:
    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def value(self, name: str, convert: Callable[[object], T], meant: str) -> T | None:
        """The value of a key, None when it is absent, empty or null."""
        entry = self._layout.entry(name)
        if entry is None:
            return None
        head = entry.value.head
        if isinstance(head, AliasEvent):
            head = self._layout.aliased(starts_at(head))
        try:
            if not isinstance(head, ScalarEvent):
                raise ValueError("not a scalar")
            value = _resolved(head)
            return None if value is None or value == "" else convert(value)
        except (ValueError, ConstructorError, QuantixError):
            raise DocumentFault(
                "invalid_value", entry.value.line, f"{name} is not {meant}", "Correct that line, or take it out."
            ) from None


def _resolved(event: ScalarEvent) -> object:
    tag = event.tag
    if tag is None or tag == "!":
        # PyYAML's stubs leave this one call untyped.
        tag = Resolver().resolve(ScalarNode, event.value, event.implicit)  # type: ignore[no-untyped-call]
    return SafeConstructor().construct_object(ScalarNode(tag, event.value))


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("not true or false")
    return value


def _positive(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError("not a positive number")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")
    return value


def _address(value: object) -> ControlPlaneAddress:
    return parse_address(_text(value))


def _fingerprint(value: object) -> Fingerprint:
    return parse_fingerprint(_text(value))
