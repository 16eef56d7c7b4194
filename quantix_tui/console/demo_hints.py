"""What the demo shows beside the console so that one can try it: where to join and with which tokens."""

from collections.abc import Mapping
from dataclasses import dataclass, field


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
