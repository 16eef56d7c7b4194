"""A text that never prints itself. What the registration token and the node credential share."""

from dataclasses import dataclass, field
from typing import NoReturn


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """``str``, ``repr``, formatting and pickling never give the text; :meth:`reveal` alone does."""

    _text: str = field(repr=False)

    def reveal(self) -> str:
        """The text itself: only for the request that uses it and the 0600 file that keeps it."""
        return self._text

    def __repr__(self) -> str:
        return f"{type(self).__name__}(****)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} is never pickled")


class NodeCredential(Secret):
    """What the control plane issued at registration; heartbeats authenticate with it."""

    __slots__ = ()


class AdminToken(Secret):
    """What proves an administrator to the node's own API over TCP."""

    __slots__ = ()
