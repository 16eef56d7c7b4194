"""What the demo shows beside the console so that one can try it: where to join and with which tokens."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.cluster.trust import parse_fingerprint


@dataclass(frozen=True, slots=True)
class DemoHints:
    """``address`` and ``fingerprint`` as a person would type and compare them.

    ``tokens`` maps what a token is good for ("valid", "expired", ...) to its text. These tokens open
    nothing but the sandbox, which is why they may stand on the screen; they are kept out of repr
    all the same, so that no log and no traceback ever looks as if it leaked one.
    """

    address: str
    fingerprint: str
    tokens: Mapping[str, str] = field(repr=False)


def fingerprint_rows(hints: DemoHints) -> tuple[str, ...]:
    """The control plane's fingerprint as the join form groups it."""
    try:
        return parse_fingerprint(hints.fingerprint).rows()
    except QuantixError:
        return (hints.fingerprint,)
