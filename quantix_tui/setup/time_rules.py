"""Whether the answers about the time make sense. Pure."""

import ipaddress
import re
from collections.abc import Collection, Iterator

from quantix_tui.cluster.text import harmless
from quantix_tui.setup.answers import TimeAnswers
from quantix_tui.setup.fault import Fault
from quantix_tui.setup.names import domain_problem

_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9+_-]*(/[A-Za-z0-9+_-]+){0,2}", re.ASCII)
_EXAMPLE = "Type it like Europe/Berlin, or UTC."


def time_faults(time: TimeAnswers, zones: Collection[str] | None) -> Iterator[Fault]:
    if problem := timezone_problem(time.timezone, zones):
        yield Fault(("time", "timezone"), problem)
    seen: set[str] = set()
    for place, text in enumerate(time.ntp):
        where = ("time", "ntp", place)
        if problem := time_server_problem(text):
            yield Fault(where, problem)
        elif text.lower() in seen:
            yield Fault(where, f"The time server {text} is given twice.", "Leave one of them out.")
        seen.add(text.lower())


def timezone_problem(text: str, zones: Collection[str] | None) -> str:
    """Why ``text`` is no timezone of a machine that knows ``zones`` (None: which it knows cannot be told)."""
    if not text:
        return f"No timezone was chosen. {_EXAMPLE}"
    if not _ZONE.fullmatch(text):
        return f"{harmless(text, 40)!r} is no name of a timezone. {_EXAMPLE}"
    if zones is None or text in zones:
        return ""
    # Imported here: a name that is right is the rule.
    from difflib import get_close_matches

    last = {zone.rsplit("/", 1)[-1].lower(): zone for zone in zones}
    near = get_close_matches(text.rsplit("/", 1)[-1].lower(), last, n=1, cutoff=0.8)
    meant = f"Did you mean {last[near[0]]}?" if near else _EXAMPLE
    return f"This machine knows no timezone {harmless(text, 40)}. {meant}"


def time_server_problem(text: str) -> str:
    """Why ``text`` is neither a name nor an address of a time server."""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        if re.fullmatch(r"[0-9.]+", text, re.ASCII):
            return f"{harmless(text, 40)} is no address. Type it like 10.20.0.3, or a name such as time.example.com."
        if not domain_problem(text):
            return ""
        shown = harmless(text, 40) or "Nothing"
        return f"{shown} is neither a name nor an address. Type it like time.example.com or 10.20.0.3."
    if found.is_unspecified or found.is_multicast or getattr(found, "scope_id", None):
        return f"{found} is no address of a time server. Type it like 10.20.0.3."
    return ""
