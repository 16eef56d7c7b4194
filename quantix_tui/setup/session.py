"""One wizard at a time has the pages. Whoever opens a second one is told of the first, and may take over.

The file ``wizard-open`` is locked by the process whose wizard it is, for as long as that lives; to take over is to put
another file in its place. So whoever was taken over from, hung or not, keeps no page any more.
"""

import fcntl
import os

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.host.wayback.record import now
from quantix_tui.setup.claim import Doing, Holder, Who, briefly, holder_of, not_kept, write_holder

OPEN = "wizard-open"


class Session:
    """The wizard of this process on the machine whose state is in ``folder``."""

    def __init__(self, folder: str, who: Who) -> None:
        self._folder = folder
        self._who = who
        self._path = os.path.join(folder, OPEN)
        self._descriptor: int | None = None

    @property
    def is_ours(self) -> bool:
        """Some microseconds; raises nothing."""
        ours = self._descriptor
        if ours is None:
            return False
        try:
            return os.path.samestat(os.stat(self._path), os.fstat(ours))
        except OSError:
            # It is closed where another thread has just put a new one there.
            return False

    @property
    def is_lost(self) -> bool:
        """Whether they were ours, and somebody has taken them over."""
        return self._descriptor is not None and not self.is_ours

    def other(self) -> Holder | None:
        """Who has the pages, but for us. Some microseconds; raises nothing."""
        return None if self.is_ours else holder_of(self._path)

    def enter(self) -> Holder | None:
        """The pages are ours, unless somebody else has them: then who. For whoever has the lock (:func:`briefly`).

        Raises :class:`QuantixError`. Blocking.
        """
        held = self.other()
        if held is None and not self.is_ours:
            self._put()
        return held

    def take_over(self) -> None:
        """The pages are ours. Raises :class:`QuantixError`, also while somebody sets the node up. Blocking."""
        with briefly(self._folder):
            self._put()

    def end(self) -> None:
        """They are nobody's any more, if they were ours. Raises nothing. Blocking."""
        if self._descriptor is None:
            return
        try:
            with briefly(self._folder):
                if self.is_ours:
                    os.unlink(self._path)
        except (OSError, QuantixError):
            # It is locked by nobody then, which says the same.
            pass
        finally:
            os.close(self._descriptor)
            self._descriptor = None

    def _put(self) -> None:
        fresh = f"{self._path}.{os.getpid()}"
        try:
            descriptor = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise not_kept(self._folder, error) from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            write_holder(descriptor, Holder(self._who, Doing.ASKS, now(), os.getpid()))
            os.rename(fresh, self._path)
        except OSError as error:
            os.close(descriptor)
            raise not_kept(self._folder, error) from None
        if self._descriptor is not None:
            os.close(self._descriptor)
        self._descriptor = descriptor


def taken_over(held: Holder | None) -> Problem:
    """That somebody else's wizard has the pages."""
    if held is None:
        who = "Somebody else has gone on with setting this node up meanwhile."
        hint = "Close this: what was kept there is shown then."
        return Problem(ErrorCode.MACHINE_REFUSED, who, hint, "taken_over")
    who = str(held)
    hint = "Go on there, or leave it there first; a second wizard can take it over."
    return Problem(ErrorCode.MACHINE_REFUSED, who, hint, "taken_over")
