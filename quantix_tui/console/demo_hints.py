"""What the demo shows beside the console so that one can try it: where to join and with which tokens."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.cluster.trust import parse_fingerprint

SPENT = "spent"
"""The kind of a token that was good until this console used it."""


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

    def kind_of(self, token: str) -> str | None:
        """What ``token`` is good for; None when it is none of these."""
        return next((kind for kind, text in self.tokens.items() if text == token), None)

    def after_use(self, kind: str) -> "DemoHints":
        """The hints once the token of this kind has admitted a node: it is no longer what it was."""
        tokens = {(SPENT if name == kind else name): text for name, text in self.tokens.items()}
        return DemoHints(self.address, self.fingerprint, tokens)


def fingerprint_rows(hints: DemoHints) -> tuple[str, ...]:
    """The control plane's fingerprint as the join form groups it."""
    try:
        return parse_fingerprint(hints.fingerprint).rows()
    except QuantixError:
        return (hints.fingerprint,)
