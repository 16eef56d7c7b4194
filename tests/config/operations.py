"""What is done to a configuration, by name: also a process beside the tests can be told to do it."""

from collections.abc import Callable

from quantix_tui.cluster.address import parse_address
from quantix_tui.cluster.secret import NodeCredential
from quantix_tui.cluster.token import parse_token
from quantix_tui.cluster.trust import Fingerprint, Trust
from quantix_tui.config.store import CleanupRecord, ConfigStore

ADDRESS = parse_address("vdc.example.com")
PIN = Trust(pin=Fingerprint("ab" * 32))
TOKEN = parse_token("QUANTIX-AAAA-BBBB-CCCC")
NEW_TOKEN = parse_token("QUANTIX-DDDD-EEEE-FFFF")
CREDENTIAL = NodeCredential("credential-of-the-node")
CLEANUP = CleanupRecord(ADDRESS, PIN, "node-1", CREDENTIAL, "2026-01-07T10:00:00Z")

Operation = Callable[[ConfigStore], None]


def join(store: ConfigStore) -> None:
    store.save_join(ADDRESS, PIN, TOKEN)


def join_with_ca(store: ConfigStore) -> None:
    store.save_join(ADDRESS, Trust(ca_file="/home/admin/ca.pem", ca_pem="the certificates"), TOKEN)


def join_again(store: ConfigStore) -> None:
    store.save_join(ADDRESS, PIN, NEW_TOKEN)


def join_elsewhere(store: ConfigStore) -> None:
    store.save_join(parse_address("other.example.com"), Trust(ca_file="/etc/ca.pem"), NEW_TOKEN)


def register(store: ConfigStore) -> None:
    store.save_registration("node-1", CREDENTIAL, registered_at=ADDRESS)


def leave(store: ConfigStore) -> None:
    store.save_leave(lambda _: CLEANUP)


def recover(store: ConfigStore) -> None:
    store.recover()
