"""Answers as a person types them into one field: lists with commas or spaces in between, a number that may be missing.

The models hold no more than they may; what was typed beyond that is a fault here, before it is left out there. Pure.
"""

from collections.abc import Sequence

from quantix_tui.setup.answers import MOST_DOMAINS, MOST_SERVERS
from quantix_tui.setup.fault import Fault, Place

MOST = 512
"""Characters of one answer, as the models take them."""


def words_of(text: str) -> tuple[str, ...]:
    return tuple(text.replace(",", " ").split())


def servers_of(text: str) -> tuple[str, ...]:
    return tuple(word[:MOST] for word in words_of(text)[:MOST_SERVERS])


def domains_of(text: str) -> tuple[str, ...]:
    return tuple(word[:MOST] for word in words_of(text)[:MOST_DOMAINS])


def vlan_of(text: str) -> int | None:
    """None: no VLAN, or no number."""
    typed = text.strip()
    return int(typed[:MOST]) if typed.isascii() and typed.isdecimal() else None


def vlan_faults(text: str) -> Sequence[Fault]:
    if not text.strip() or vlan_of(text) is not None:
        return ()
    return (Fault(("network", "vlan"), "A VLAN is a number.", "Type it in digits, or leave it empty."),)


def dns_faults(text: str) -> Sequence[Fault]:
    return _many(text, MOST_SERVERS, ("network", "dns"), "name servers")


def ntp_faults(text: str) -> Sequence[Fault]:
    return _many(text, MOST_SERVERS, ("time", "ntp"), "time servers")


def domains_faults(text: str) -> Sequence[Fault]:
    return _many(text, MOST_DOMAINS, ("network", "search"), "search domains")


def _many(text: str, most: int, place: Place, what: str) -> Sequence[Fault]:
    return (Fault(place, f"{most} {what} are the most.", "Leave some out."),) if len(words_of(text)) > most else ()
