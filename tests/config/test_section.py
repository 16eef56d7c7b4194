"""What the section says, and what joining, registering and leaving make of it."""

import pytest

from quantix_tui.cluster.address import parse_address
from quantix_tui.cluster.trust import Fingerprint, Trust
from quantix_tui.config.layout import DocumentFault
from quantix_tui.config.section import ControlPlaneSection, joined, left, read_section, registered

ADDRESS = parse_address("control-plane.example.com")
DOCUMENT = b"""\
# Cluster Configuration
control_plane:
  registration_enabled: true
  address: "https://control-plane.example.com:8443"
  heartbeat_interval_secs: 30
"""


def test_the_document_s_own_example() -> None:
    section = read_section(DOCUMENT)
    assert section == ControlPlaneSection(enabled=True, address=ADDRESS, heartbeat_interval_secs=30)
    assert section.joined
    assert section.trust == Trust()
    assert joined(b"", ADDRESS, Trust()) == DOCUMENT


@pytest.mark.parametrize(
    "source", ["", "node: 1\n", "control_plane:\n", "control_plane: {}\n", "# control_plane: {}\n"]
)
def test_what_is_not_said_is_standalone(source: str) -> None:
    assert read_section(source.encode()) == ControlPlaneSection()
    assert not read_section(source.encode()).joined
    assert left(source.encode()) == source.encode()


def test_every_key_is_read() -> None:
    section = read_section(
        f"""\
control_plane:
  registration_enabled: yes
  address: vdc.quantix.local:8443
  heartbeat_interval_secs: 12
  node_id: "0123"
  ca_file: /etc/ca.pem
  pin_sha256: {"AB:" * 31}AB
  proxy: http://proxy:3128
  allow_plaintext: true
  somebody: {{else: s}}
""".encode()
    )
    assert section == ControlPlaneSection(
        enabled=True,
        address=parse_address("https://vdc.quantix.local:8443"),
        heartbeat_interval_secs=12,
        node_id="0123",
        ca_file="/etc/ca.pem",
        pin_sha256=Fingerprint("ab" * 32),
        proxy="http://proxy:3128",
        allow_plaintext=True,
    )
    assert section.trust == Trust("/etc/ca.pem", Fingerprint("ab" * 32))


@pytest.mark.parametrize("empty", ["", " ~", " null", ' ""'])
def test_empty_values_are_their_defaults(empty: str) -> None:
    keys = ("registration_enabled", "address", "heartbeat_interval_secs", "node_id", "pin_sha256", "allow_plaintext")
    source = "control_plane:\n" + "".join(f"  {key}:{empty}\n" for key in keys)
    assert read_section(source.encode()) == ControlPlaneSection()


def test_an_alias_is_read() -> None:
    assert read_section(b"a: &a vdc.example.com\ncontrol_plane:\n  address: *a\n").address == parse_address(
        "vdc.example.com"
    )


@pytest.mark.parametrize(
    "line",
    [
        "registration_enabled: maybe",
        'registration_enabled: "true"',
        "registration_enabled: 1",
        "registration_enabled: []",
        "address: https://x:99999",
        "address: [x]",
        "address: 12",
        "heartbeat_interval_secs: soon",
        "heartbeat_interval_secs: 0",
        "heartbeat_interval_secs: -5",
        "heartbeat_interval_secs: 1.5",
        "heartbeat_interval_secs: true",
        "heartbeat_interval_secs: !!int x",
        "node_id: 12",
        "node_id: 2026-99-99",
        "pin_sha256: sha256:12",
        "allow_plaintext: please",
        "proxy: !custom x",
    ],
)
def test_an_invalid_value_is_told_with_its_line(line: str) -> None:
    with pytest.raises(DocumentFault) as refusal:
        read_section(f"# one\ncontrol_plane:\n  # three\n  {line}\n".encode())
    assert (refusal.value.reason, refusal.value.line) == ("invalid_value", 4)
    assert line.split(":", maxsplit=1)[0] in refusal.value.what


def test_leaving_takes_away_what_the_join_wrote_and_nothing_else() -> None:
    source = b"""\
control_plane:
  registration_enabled: true
  address: "https://a.example:8443"
  heartbeat_interval_secs: 12 # ours
  node_id: "n-1"
  ca_file: "/etc/ca.pem"
  pin_sha256: "sha256:00"
  proxy: http://proxy:3128
  allow_plaintext: true
  somebody: else
"""
    assert (
        left(source)
        == b"""\
control_plane:
  registration_enabled: false
  heartbeat_interval_secs: 12 # ours
  proxy: http://proxy:3128
  allow_plaintext: true
  somebody: else
"""
    )


def test_leaving_works_whatever_the_values_are() -> None:
    source = b"control_plane:\n  registration_enabled: perhaps\n  address: [1]\n  node_id: {a: 1}\n"
    assert left(source) == b"control_plane:\n  registration_enabled: false\n"


def test_joining_again_drops_what_the_last_join_left() -> None:
    first = registered(joined(b"", ADDRESS, Trust(pin=Fingerprint("ab" * 32))), "n-1")
    assert read_section(first).node_id == "n-1"
    section = read_section(joined(first, ADDRESS, Trust(ca_file="/etc/ca.pem")))
    assert section.node_id is None
    assert section.trust == Trust(ca_file="/etc/ca.pem")


def test_the_interval_is_the_administrators() -> None:
    mine = b"control_plane:\n  heartbeat_interval_secs: 12 # mine\n"
    whole = left(registered(joined(mine, ADDRESS, Trust()), "n-1"))
    assert b"  heartbeat_interval_secs: 12 # mine\n" in whole
    assert read_section(registered(joined(b"", ADDRESS, Trust()), "n-1")).heartbeat_interval_secs == 30
